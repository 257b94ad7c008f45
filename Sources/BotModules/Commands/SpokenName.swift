import Domain

/// A name that somebody chose, fit to be said by a bot: it mentions nobody, calls no command of another bot, and turns
/// no text around.
package enum SpokenName {
    package static let lengthMax = 64

    package static func of(_ user: ChatUser) -> String { of(user.name) ?? of(user.login) ?? "somebody" }

    /// nil when nothing is left of it.
    package static func of(_ name: String) -> String? {
        let scalars = name.unicodeScalars.filter(isHarmless).prefix(lengthMax)
        // A line may begin with the name, and what it begins with may call something.
        let text = String(String.UnicodeScalarView(scalars.drop(while: isSign)))
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // `@name` and Discord's `<@id>` mention.
        case "@", "<", ">": return false
        // They join what is one letter to people.
        case "\u{200C}", "\u{200D}": return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: return false
        default: return true
        }
    }

    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && !(scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_")
    }
}
