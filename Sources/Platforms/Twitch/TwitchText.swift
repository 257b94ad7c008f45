/// The frame that `/me` puts around a text (CTCP ACTION).
enum TwitchText {
    private static let opening = "\u{1}ACTION "

    static func withoutAction(_ text: String) -> String {
        guard text.utf8.starts(with: opening.utf8) else { return text }
        let inner = text.utf8.dropFirst(opening.utf8.count)
        return String(decoding: inner.last == 1 ? inner.dropLast() : inner, as: UTF8.self)
    }

    /// Bytes before the text that is shown.
    static func actionShift(_ text: String, _ shown: String) -> Int {
        text.utf8.count == shown.utf8.count ? 0 : opening.utf8.count
    }
}
