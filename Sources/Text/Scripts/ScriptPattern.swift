/// A regular expression as JavaScript writes it (ECMA-262, section 22.2), told in RE2's words where both mean the same.
///
/// The two agree on most of what people write. Where they do not, or where only JavaScript knows what is meant (looking
/// around, back-references), there is no translation, and somebody else has to try it.
package enum ScriptPattern {
    /// nil when there is no translation; whether RE2 takes the result is for RE2 to say.
    ///
    /// - Parameter flags: of `i`, `m`, `s` and `u`; with any other there is none. `g`, `y` and `d` change nothing about
    ///   whether a text matches, and are left out.
    package static func translation(of source: String, flags: String) -> String? {
        let known = flags.filter { !"gd".contains($0) }
        guard known.allSatisfy({ "imsu".contains($0) }) else { return nil }
        var translator = Translator(
            Array(source.unicodeScalars), dotTakesAll: known.contains("s"), isUnicode: known.contains("u"))
        guard let text = translator.run() else { return nil }
        let group = known.filter { "im".contains($0) } + "s"
        return "(?\(group))\(text)"
    }
}

/// Goes through a source once, from left to right.
private struct Translator {
    /// What JavaScript takes for white space: `\s` of RE2 is a part of it.
    private static let space =
        #"\s\x{b}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"#
    private static let lineEnds = #"\n\r\x{2028}\x{2029}"#

    private let source: [Unicode.Scalar]
    private let dotTakesAll: Bool, isUnicode: Bool
    private var offset = 0
    private var output = ""

    init(_ source: [Unicode.Scalar], dotTakesAll: Bool, isUnicode: Bool) {
        (self.source, self.dotTakesAll, self.isUnicode) = (source, dotTakesAll, isUnicode)
    }

    private var next: Unicode.Scalar? { offset < source.count ? source[offset] : nil }

    private func starts(with text: String) -> Bool { source[offset...].starts(with: text.unicodeScalars) }

    mutating func run() -> String? {
        while let scalar = next {
            offset += 1
            switch scalar {
            case "\\": guard escape(inClass: false) else { return nil }
            case "[": guard characterClass() else { return nil }
            case "(": guard group() else { return nil }
            case ".": output += dotTakesAll ? "." : "[^\(Self.lineEnds)]"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// `(?<name>` is `(?P<name>`; any other sign after `(?` is RE2's business only for plain groups.
    private mutating func group() -> Bool {
        output += "("
        guard next == "?" else { return true }
        if starts(with: "?:") {
            output += "?:"
            offset += 2
            return true
        }
        guard starts(with: "?<"), !starts(with: "?<="), !starts(with: "?<!") else { return false }
        output += "?P<"
        offset += 2
        return true
    }

    /// An empty class finds nothing in JavaScript; in RE2 its bracket is a member.
    private mutating func characterClass() -> Bool {
        output += "["
        if next == "^" {
            output += "^"
            offset += 1
        }
        guard next != "]" else { return false }
        while let scalar = next {
            offset += 1
            switch scalar {
            case "]":
                output += "]"
                return true
            case "\\": guard escape(inClass: true) else { return false }
            case "[":
                // Of RE2 it could begin a named class.
                output += #"\["#
            default: output.unicodeScalars.append(scalar)
            }
        }
        return false
    }

    /// What follows a backslash.
    private mutating func escape(inClass: Bool) -> Bool {
        guard let scalar = next else { return false }
        offset += 1
        switch scalar {
        case "d", "D", "w", "W", "n", "r", "t", "f": output += "\\\(scalar)"
        case "v": output += #"\x{b}"#
        case "b": output += inClass ? #"\x{8}"# : #"\b"#
        case "B" where !inClass: output += #"\B"#
        case "s": output += inClass ? Self.space : "[\(Self.space)]"
        case "S" where !inClass: output += "[^\(Self.space)]"
        case "0" where !(next.map { $0.isDigit } ?? false): output += #"\x{0}"#
        case "x": return hexadecimal(digits: 2)
        case "u": return unicodeEscape()
        case "p", "P": return property(scalar)
        case _ where scalar.isASCII && !scalar.isLetterOrDigit: output += "\\\(scalar)"
        default: return false
        }
        return true
    }

    private mutating func unicodeEscape() -> Bool {
        guard isUnicode, next == "{" else { return hexadecimal(digits: 4) }
        guard let end = source[offset...].firstIndex(of: "}") else { return false }
        let digits = source[(offset + 1)..<end]
        offset = end + 1
        return write(hexadecimal: digits)
    }

    private mutating func hexadecimal(digits count: Int) -> Bool {
        guard offset + count <= source.count else { return false }
        let digits = source[offset..<(offset + count)]
        offset += count
        return write(hexadecimal: digits)
    }

    /// Half a character (a surrogate) is none.
    private mutating func write(hexadecimal digits: ArraySlice<Unicode.Scalar>) -> Bool {
        let text = String(String.UnicodeScalarView(digits))
        guard (1...8).contains(digits.count), digits.allSatisfy({ $0.properties.isASCIIHexDigit }),
            let value = UInt32(text, radix: 16), Unicode.Scalar(value) != nil
        else { return false }
        output += #"\x{\#(String(value, radix: 16))}"#
        return true
    }

    /// RE2 knows general categories and scripts by their plain names.
    private mutating func property(_ scalar: Unicode.Scalar) -> Bool {
        guard isUnicode, next == "{", let end = source[offset...].firstIndex(of: "}") else { return false }
        let name = source[(offset + 1)..<end]
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetterOrDigit || $0 == "_") }) else { return false }
        output += "\\\(scalar){\(String(String.UnicodeScalarView(name)))}"
        offset = end + 1
        return true
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isLetterOrDigit: Bool { isDigit || ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}
