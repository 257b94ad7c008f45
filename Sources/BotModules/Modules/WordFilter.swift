import Domain

/// Messages with blocked words, phrases or patterns.
package enum WordFilter {
    package struct Settings: Equatable, Sendable {
        package let enforcement: Enforcement
        package let blockedWords: [String]
        /// Each compiles as a `Pattern` and takes at least a character.
        package let blockedPatterns: [String]

        init(_ config: JSON) {
            enforcement = Enforcement(config)
            blockedWords = config[WordFilter.blockedWords]
            blockedPatterns = config[WordFilter.blockedPatterns]
        }
    }

    static let fields = [blockedWords.field, blockedPatterns.field] + Enforcement.fields

    private static let blockedWords = Setting<[String]>.list(
        "blocked_words", of: .text(lengthMax: 100, rule: .word), countMax: 1000,
        "Whole words or phrases in any case and disguise; * stands for any letters. Blank ones are refused."
    ) { $0.string }
    private static let blockedPatterns = Setting<[String]>.list(
        "blocked_patterns", of: .text(lengthMax: 500, rule: .pattern), countMax: 100,
        "Regular expressions (RE2 syntax) in any case. Refused when invalid, too large, or matching the empty string."
    ) { $0.string }
}
