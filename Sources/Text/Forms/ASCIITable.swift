import CText

/// The first 128 scalars, packed for the loop over ASCII.
enum ASCIITable {
    struct Entry {
        let folded: UInt8
        let traits: UInt8
        let cased: UInt8
        let uppercase: UInt8
        let isPlain: Bool
        let isSpace: Bool
        /// As what a word's digit or sign is read, else itself.
        let leet: UInt8
    }

    nonisolated(unsafe) static let entries: UnsafePointer<Entry> = {
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: 128)
        for byte in 0..<128 { (entries + byte).initialize(to: entry(UInt8(byte))) }
        return UnsafePointer(entries)
    }()

    private static let leet: [Character: Character] = [
        "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
    ]

    private static func entry(_ byte: UInt8) -> Entry {
        let scalar = ScalarTable.ascii[Int(byte)]
        let flags = Int(scalar.flags)
        let hidden = flags & CTEXT_HIDDEN != 0, space = flags & CTEXT_SPACE != 0
        let kinds = TextForm.Traits.word.rawValue | TextForm.Traits.letter.rawValue
        let folded = Character(Unicode.Scalar(byte)).lowercased().utf8.first ?? byte
        return Entry(
            folded: folded, traits: scalar.flags & kinds | TextForm.Traits.lead.rawValue,
            cased: flags & CTEXT_CASED != 0 ? 1 : 0,
            uppercase: flags & CTEXT_UPPERCASE != 0 ? 1 : 0, isPlain: !hidden && !space, isSpace: space,
            leet: leet[Character(Unicode.Scalar(byte))]?.asciiValue ?? folded)
    }
}
