import Testing
import Text

@Suite("A pattern of JavaScript")
struct ScriptPatternTests {
    private static func match(_ source: String, _ flags: String = "", _ text: String) throws -> [String?]? {
        let translation = try #require(ScriptPattern.translation(of: source, flags: flags))
        return try #require(GroupPattern(translation), "\(translation)").firstMatch(in: text)
    }

    @Test(
        arguments: [
            (#"^!(\w+)\s+(\d+)$"#, "", "!add  42", ["!add  42", "add", "42"]),
            ("b(x)?c", "", "abc", ["bc", nil]),
            ("(?<word>a+)(?:b)", "", "caab", ["aab", "aa"]),
            ("HELLO", "i", "well hello", ["hello"]),
            (#"\u00e4+"#, "", "xääy", ["ää"]),
            (#"\u{1F600}"#, "u", "a😀", ["😀"]),
            (#"\p{L}+"#, "u", "12ñandú", ["ñandú"]),
            (#"[\s.]+"#, "", "a\u{a0}.b", ["\u{a0}."]),
            ("^b$", "m", "a\nb\nc", ["b"]),
            ("a.b", "s", "a\nb", ["a\nb"]),
            (#"[[]x"#, "", "[x", ["[x"]),
            (#"\/\-\$"#, "", "/-$", ["/-$"]),
            (#"[\b]"#, "", "a\u{8}", ["\u{8}"]),
            ("a", "g", "ba", ["a"]),
        ] as [(String, String, String, [String?])])
    func `finds what JavaScript finds`(source: String, flags: String, text: String, groups: [String?]) throws {
        #expect(try Self.match(source, flags, text) == groups)
    }

    @Test(arguments: [
        ("Hello", "", "hello"), ("a.b", "", "a\u{2028}b"), ("a$", "", "a\n"), (#"\S"#, "", "\u{a0}\u{feff}"),
        ("^b", "", "a\nb"),
    ])
    func `does not find what JavaScript does not find`(source: String, flags: String, text: String) throws {
        #expect(try Self.match(source, flags, text) == nil)
    }

    @Test(arguments: [
        ("(?=a)", ""), ("(?<!a)b", ""), (#"(a)\1"#, ""), (#"\k<a>"#, ""), ("[]a]", ""), ("[^]", ""), (#"\Qa"#, ""),
        (#"\A"#, ""), (#"\pL"#, ""), (#"\p{L}"#, ""), (#"\p{Script=Greek}"#, "u"), (#"\ud83d"#, ""), ("(?i)a", ""),
        ("a", "y"), ("a", "v"), (#"[\S]"#, ""), (#"\07"#, ""), ("a\\", ""), ("[a", ""), (#"\u{110000}"#, "u"),
        (#"\u{zz}"#, "u"), (#"\x1"#, ""),
    ])
    func `is left to JavaScript where RE2 would read something else`(source: String, flags: String) {
        #expect(ScriptPattern.translation(of: source, flags: flags) == nil)
    }

    @Test func `takes linear time, whatever it says`() throws {
        let text = String(repeating: "a", count: 50_000) + "!"
        let start = ContinuousClock.now
        #expect(try Self.match("(a+)+$", "", text) == nil)
        #expect(ContinuousClock.now - start < .seconds(1))
    }
}

@Suite("A set of patterns")
struct PatternSetMatchesTests {
    @Test func `says which of them match`() {
        let set = PatternSet(["a", "(?-i)B", "x", "(", "a.c"])
        #expect(set.allMatches(in: "abc") == [0, 4])
        #expect(set.allMatches(in: "Bx") == [1, 2])
        #expect(PatternSet(["a", "(?-i)B", "x"]).allMatches(in: "aBx") == [0, 1, 2])
        #expect(PatternSet([]).allMatches(in: "a").isEmpty)
    }
}
