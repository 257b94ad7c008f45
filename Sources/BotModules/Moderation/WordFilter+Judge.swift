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
            word(text) ?? pattern(text)
        }

        private func word(_ text: JudgedText) -> Hit? {
            if words.isEmpty { return nil }
            if let found = words.firstMatch(in: text.forms) { return hit(found, text.match(found.range)) }
            return text.displayed.flatMap { displayed in
                words.firstMatch(in: displayed).map { hit($0, text.whole) }
            }
        }

        private func hit(_ found: WordMatcher.Match, _ match: Verdict.Match) -> Hit {
            Hit(rule: .blockedWords, match: match, reason: "the blocked word \(entries[found.entry])")
        }

        private func pattern(_ text: JudgedText) -> Hit? {
            patterns.firstMatch(in: text.forms.rawBytes).map { found in
                let reason = "the blocked pattern \(sources[found.pattern])"
                return Hit(rule: .blockedPatterns, match: text.match(found.range), reason: reason)
            }
        }
    }
}
