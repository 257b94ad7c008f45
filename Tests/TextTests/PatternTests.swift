import Testing
import Text

@Suite("A pattern")
struct PatternTests {
    @Test(arguments: [
        ("bad", "so BAD it hurts"), ("b.d", "b💥d"), ("^hi$", "HI"), ("straße", "STRAßE"), ("ä+", "ÄÄÄ"),
        ("(a+)+$", "aaaa"), (#"\Qa.b\E"#, "xA.Bx"), (#"\p{Cyrillic}"#, "привет"), ("a\u{0}b", "A\u{0}B"),
        (#"\Q\C\E"#, #"\c"#), (#"\\C"#, #"\c"#), (#"\Q\\EC"#, #"\c"#),
    ])
    func `matches anywhere, in any case`(source: String, text: String) throws {
        #expect(try Pattern(source).matches(text))
    }

    @Test(arguments: [("^b", "ab"), ("bad", "b a d"), ("a.b", "a\nb"), ("x", "")])
    func `does not match what it does not say`(source: String, text: String) throws {
        #expect(try !Pattern(source).matches(text))
    }

    @Test(arguments: [
        "", "a*", "a?", "()", "|a", "a|", "^", "$", "^$", #"\b"#, #"\B"#, #"\A"#, #"\z"#, "(?m)^", "(?m)$", "(^|x)",
        "(?i)", #"(a|\b)*"#, "x{0}", "x{0,3}", #"\Q\E"#,
    ])
    func `says when it can match without taking a character`(source: String) throws {
        #expect(try Pattern(source).matchesEmpty)
    }

    @Test(arguments: ["a", ".", "a+", #"\bfoo\b"#, "^a", "a$", #"^\s"#, "(a*)b", "[^a]", #"\b\B"#, "(^|x)y", "💥"])
    func `takes a character otherwise`(source: String) throws {
        #expect(try !Pattern(source).matchesEmpty)
    }

    @Test(arguments: [
        ("(?=x)", 0), ("a(?!x)", 1), ("ä💥(?<=x)", 2), ("(abc", 4), ("a)b", 1), ("(a)b)", 4), (#"\)(a))"#, 5),
        ("a*b|*", 4), ("x**", 1), ("(x*)(y**)", 6), ("a[b", 1), ("[a][", 3), ("a\\", 1), ("ä\\", 1), (#"a\1"#, 1),
        (#"\Q\1\E\1"#, 6), ("[z-a]", 1), ("z-a[z-a]", 4), (#"\p{Foo}"#, 0), ("x{1001}", 1), ("(a{1000}){1000}", 9),
        ("(((a{10}){10}){10}){10}", 19), ("(?z)", 0), ("(?P<1", 0), (#"a\Cb"#, 1), (#"\Qx\\E\C"#, 6),
        (#"\\\C"#, 2), ("e\u{301}(?=x)", 2),
    ])
    func `is refused with the offset in characters`(source: String, offset: Int) {
        let error = #expect(throws: PatternError.self) { try Pattern(source) }
        guard case .invalid(_, let found)? = error else {
            Issue.record("\(source): \(String(describing: error))")
            return
        }
        #expect(found == offset, "\(source)")
    }

    @Test(arguments: [
        #"\pL{500}"#, #"(?:\pL|\pN){900}"#, String(repeating: "a", count: 100_000),
        String(repeating: #"[^\x00-\x{10FFFE}]\pL{200}"#, count: 20),
    ])
    func `is refused when it is too large`(source: String) {
        #expect(throws: PatternError.tooLarge) { try Pattern(source) }
    }

    @Test func `is refused soon, however hostile it is`() {
        let open = String(repeating: "(", count: 100_000)
        let stars = String(repeating: "a*", count: 50_000) + "**"
        let classes = String(repeating: "[a]", count: 30_000) + "["
        let start = ContinuousClock.now
        for source in [open, stars, classes] { #expect(throws: PatternError.self) { try Pattern(source) } }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `reads a text in linear time`() throws {
        let pattern = try Pattern("(x+x+)+y")
        let start = ContinuousClock.now
        #expect(!pattern.matches(String(repeating: "x", count: 100_000)))
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func `tells what is wrong in a sentence`() {
        let error = #expect(throws: PatternError.self) { try Pattern("a(b") }
        #expect(error?.description == "is not a valid RE2 pattern: at offset 3, a ) is missing")
    }

    @Test func `is shared between threads`() async throws {
        let pattern = try Pattern("(foo|bar)+baz")
        let hits = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 { group.addTask { pattern.matches(index.isMultiple(of: 2) ? "xFOObarBAZ" : "foo") } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(hits == 100)
    }
}
