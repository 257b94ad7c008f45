import CText

/// Why a text is no pattern that is taken.
package enum PatternError: Error, Equatable, Sendable {
    /// What is wrong, and before which Unicode scalar, counted from 0.
    case invalid(reason: String, offset: Int)
    /// It would compile to more than one pattern may take (1 MiB).
    case tooLarge
}

extension PatternError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalid(let reason, let offset): "is not a valid RE2 pattern: at offset \(offset), \(reason)"
        case .tooLarge: "compiles to too large a program: repeat less, or split it into several patterns"
        }
    }
}

extension PatternError {
    /// Nil when the pattern compiled.
    init?(_ compiled: OpaquePointer, source: String) {
        switch ctext_pattern_get_status(compiled) {
        case CTEXT_PATTERN_OK: return nil
        case CTEXT_PATTERN_TOO_LARGE: self = .tooLarge
        default:
            let bytes = ctext_pattern_error_offset(compiled)
            let end = source.utf8.index(source.startIndex, offsetBy: bytes)
            let offset = source.unicodeScalars.distance(from: source.startIndex, to: end)
            self = .invalid(reason: String(cString: ctext_pattern_error(compiled)), offset: offset)
        }
    }

    /// RE2 takes `\C`, one byte, but what it finds may begin or end within a character. Nil when the pattern has none.
    init?(halfCharacterIn source: String) {
        var quoted = false
        var escaped = false
        for (offset, scalar) in source.unicodeScalars.enumerated() {
            guard escaped else {
                escaped = scalar == "\\"
                continue
            }
            // Between \Q and \E a backslash is a character like any other, and may stand before that of \E.
            escaped = quoted && scalar == "\\"
            switch scalar {
            case "Q": quoted = true
            case "E": quoted = false
            case "C" where !quoted:
                self = .invalid(reason: "\\C takes half a character (write . instead)", offset: offset - 1)
                return
            default: break
            }
        }
        return nil
    }
}
