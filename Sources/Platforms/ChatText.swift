/// Cutting texts to what a platform takes.
enum ChatText {
    /// The longest start of so many code points that ends on the edge of a character; within the first one when that
    /// alone is longer.
    static func prefix(_ text: String, codePointsMax: Int) -> String {
        let scalars = text.unicodeScalars
        guard let limit = scalars.index(scalars.startIndex, offsetBy: codePointsMax, limitedBy: scalars.endIndex),
            limit < scalars.endIndex
        else { return text }
        var edge = text.startIndex
        while case let next = text.index(after: edge), next <= limit { edge = next }
        return String(text[..<(edge == text.startIndex ? limit : edge)])
    }

    /// A foreign reason, fit for a line of a log: short, and without control characters.
    static func reason(_ text: String) -> String {
        let plain = String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
        return prefix(plain, codePointsMax: 300)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
