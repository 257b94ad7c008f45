import CText

/// U+202E shows what follows it backwards: a text that reads "dab" in memory is read as "bad" by people.
enum RightToLeftOverride {
    private static let override: [UInt8] = [0xE2, 0x80, 0xAE]
    private static let overrideScalar: Unicode.Scalar = "\u{202E}"
    /// What ends it: the end of an embedding or isolate, or of the paragraph (UAX #9).
    private static let ends: Set<Unicode.Scalar> = ["\u{202C}", "\u{2069}", "\u{2029}", "\n"]

    /// The text in the order in which people see it; nil when that is its own.
    static func displayed(_ raw: UnsafeBufferPointer<UInt8>) -> String? {
        guard let base = raw.baseAddress, ctext_holds(base, raw.count, override, override.count) else { return nil }
        var shown = String.UnicodeScalarView()
        var turned: [Unicode.Scalar] = []
        var isTurned = false
        for scalar in String(decoding: raw, as: UTF8.self).unicodeScalars {
            if scalar == overrideScalar || ends.contains(scalar) {
                shown.append(contentsOf: turned.reversed())
                turned.removeAll()
                isTurned = scalar == overrideScalar
            } else if isTurned {
                turned.append(scalar)
            } else {
                shown.append(scalar)
            }
        }
        shown.append(contentsOf: turned.reversed())
        return String(shown)
    }
}

extension NormalForms {
    /// The forms of the text as people see it, when a part of it is shown backwards.
    package var displayed: NormalForms? {
        isRawASCII ? nil : RightToLeftOverride.displayed(rawBytes).map(NormalForms.init)
    }
}
