import TestTools
import Testing
import Text

@Suite("A set of patterns")
struct PatternSetTests {
    private func match(_ sources: [String], _ text: String) -> PatternSet.Match? {
        Array(text.utf8).withUnsafeBufferPointer { PatternSet(sources).firstMatch(in: $0) }
    }

    @Test func `finds the first of the list that matches, and where`() {
        let sources = ["zebra", "b.d", "a+"]
        #expect(match(sources, "xx BAD")?.pattern == 1)
        #expect(match(sources, "xx BAD")?.range == 3..<6)
        #expect(match(sources, "äa")?.range == 2..<3)
        #expect(match(sources, "nothing") == nil)
        #expect(match(sources, "") == nil)
        #expect(match([], "x") == nil)
    }

    @Test func `finds what each pattern finds by itself`() throws {
        let sources = ["ab*c", "[xy]{2}", #"\bz"#, "q$", "(?:ca|cb)+", "привет", "."]
        var random = SeededRandom()
        for _ in 0..<500 {
            let text = random.text(from: Array("abcxyzq привет".unicodeScalars), lengthMax: 12)
            let first = try sources.firstIndex { try Pattern($0).matches(text) }
            #expect(match(sources, text)?.pattern == first, "seed \(random.seed): \(text)")
        }
    }

    @Test func `passes over what is no pattern`() {
        #expect(match(["(", "b"], "ab")?.pattern == 1)
    }

    @Test func `looks for them one by one when they are too large together`() {
        let large = (0..<60).map { #"[a-z\pL]{\#(200 + $0)}x"# }
        #expect(match(large + ["needle"], "a needle")?.pattern == 60)
        #expect(match(large + ["needle"], "hay") == nil)
    }

    @Test func `gives up nothing when its states take too much`() {
        let hungry = (1...8).map { "(?:a|b)*a(?:a|b){\($0 + 10)}c" } + ["end$"]
        var random = SeededRandom()
        let text = String((0..<20_000).map { _ in Bool.random(using: &random) ? "a" : "b" })
        #expect(match(hungry, text + "end")?.pattern == 8)
        #expect(match(hungry, text) == nil)
    }
}
