import BotModules
import Domain
import Testing

@Suite("The rules of the texts")
struct TextRulesTests {
    private func code(_ module: ModuleName, _ field: String, _ entry: String) -> String? {
        let prefix = "config.\(field).0 "
        return Given.objections(module, field, .array([.string(entry)])).first.map {
            String($0.dropFirst(prefix.count))
        }
    }

    @Test(arguments: [
        ("bad", nil), ("bad word", nil), ("b*d", nil), ("*bad*", nil), ("💥", nil), ("$", nil), ("", "blank"),
        (" ", "blank"), ("\u{200B}", "blank"), ("\t\u{3000}\u{FEFF}", "blank"), ("\u{E0041}", "blank"),
        ("*", "matches_empty"),
        ("***", "matches_empty"), ("* *", "matches_empty"), ("*\u{200B}*", "matches_empty"),
    ])
    func `refuse a word that is blank or only wildcards`(entry: String, expected: String?) {
        #expect(code(.wordFilter, "blocked_words", entry) == expected)
    }

    @Test(arguments: [
        ("(a+)+$", nil), (#"free\s+viewers"#, nil), (" ", nil), ("(?=x)", "invalid_pattern"), ("(", "invalid_pattern"),
        (#"\C"#, "invalid_pattern"), (#"(a)\1"#, "invalid_pattern"), ("(a{1000}){1000}", "invalid_pattern"),
        (#"\pL{500}"#, "pattern_too_large"), ("", "matches_empty"), ("a*", "matches_empty"), (#"\b"#, "matches_empty"),
        ("^|x", "matches_empty"),
    ])
    func `refuse a pattern that is invalid, too large or matches the empty string`(entry: String, expected: String?) {
        #expect(code(.wordFilter, "blocked_patterns", entry) == expected)
    }

    @Test(arguments: [
        ("youtube.com", nil), ("https://www.youtube.com/c/lumio", nil), ("münchen.de", nil), ("xn--mnchen-3ya.de", nil),
        ("lumio.github.io", nil), ("1.2.3.4", nil), ("co.uk", "public_suffix"), ("github.io", "public_suffix"),
        ("com", "public_suffix"), ("*.com", "public_suffix"), ("*.twitch.tv", "invalid_domain"),
        ("node.js", "invalid_domain"), ("", "blank"), ("you tube", "invalid_domain"),
        ("a.com?x", "invalid_domain"),
    ])
    func `refuse a domain that is none or a public suffix`(entry: String, expected: String?) {
        #expect(code(.linkProtection, "whitelist_domains", entry) == expected)
    }

    @Test func `name every bad entry by its index`() throws {
        let failures = try Given.failures(
            .wordFilter, #"{"blocked_patterns": ["ok", "ä(?=x)", "fine", "a*"], "blocked_words": ["ok", "*"]}"#)
        #expect(
            failures.map(\.path) == [
                "config.blocked_words.1", "config.blocked_patterns.1", "config.blocked_patterns.3",
            ])
        #expect(failures[1].message.contains("at offset 1,"))
    }

    @Test func `judge the largest config soon`() throws {
        let words = JSON.array(Array(repeating: .string(String(repeating: "w", count: 100)), count: 1000))
        let patterns = JSON.array(Array(repeating: .string(String(repeating: "x", count: 500)), count: 100))
        let config = JSON.object([JSON.Member("blocked_words", words), JSON.Member("blocked_patterns", patterns)])
        let start = ContinuousClock.now
        _ = try ModuleSettings(module: .wordFilter, config: config, exemptRoles: nil)
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
