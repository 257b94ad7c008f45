import Domain
import Text

extension WordFilter {
    /// The word filter, ready to look at messages.
    final class Judge: Sendable {
        let enforcement: Enforcement
        let exempt: ExemptRoles
        private let entries: [String]
        private let sources: [String]
        private let words: WordMatcher
        private let patterns: PatternSet

        init(_ settings: Settings, _ exempt: ExemptRoles) {
            (enforcement, self.exempt) = (settings.enforcement, exempt)
            (entries, sources) = (settings.blockedWords, settings.blockedPatterns)
            words = WordMatcher(settings.blockedWords)
            patterns = PatternSet(settings.blockedPatterns)
        }

        func hit(_ text: JudgedText) -> Hit? {
            if let found = words.firstMatch(in: text.forms) {
                return Hit(
                    rule: .blockedWords, match: text.match(found.range),
                    reason: "the blocked word \(entries[found.entry])")
            }
            return patterns.firstMatch(in: text.forms.rawBytes).map { found in
                Hit(
                    rule: .blockedPatterns, match: text.match(found.range),
                    reason: "the blocked pattern \(sources[found.pattern])")
            }
        }
    }
}
