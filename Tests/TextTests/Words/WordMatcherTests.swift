import TestTools
import Testing
import Text

@Suite("A blocked word")
struct WordMatcherTests {
    private func match(_ entries: [String], _ text: String) -> String? {
        let forms = NormalForms(text)
        return WordMatcher(entries).firstMatch(in: forms).map { forms.rawText($0.range) }
    }

    @Test(arguments: [
        ("bad", "so BAD it hurts", "BAD"), ("bad", "bad", "bad"), ("BAD", "it's bad.", "bad"),
        ("bad", "bad,bad", "bad"),
        ("bad word", "a Bad   Word here", "Bad   Word"), ("c++", "I like C++11", "C++"), ("$$$", "get $$$ now", "$$$"),
        ("💥", "a💥b", "💥"), ("bad", "\u{200B}bad\u{200B}", "bad"), ("bad", "b\u{200B}a\u{200D}d", "b\u{200B}a\u{200D}d"),
        ("bad", "b\u{E0061}ad", "b\u{E0061}ad"), ("schön", "SCHÖN", "SCHÖN"), ("scho\u{308}n", "schön", "schön"),
        ("straße", "STRASSE", "STRASSE"), ("привет", "ПРИВЕТ!", "ПРИВЕТ"), ("1337", "1337", "1337"),
    ])
    func `is found in any case, between any edges, whatever hides in it`(entry: String, text: String, found: String) {
        #expect(match([entry], text) == found)
    }

    @Test(arguments: [
        ("bad", "badly"), ("bad", "abad"), ("bad", "bad1"), ("bad", "bad_x"), ("bad word", "bad a word"),
        ("schön", "schon"), ("bum", "burn"), ("burn", "bum"), ("bum", "burn ❤"), ("bum", "burn привет"),
        ("bad", "b a d"),
        ("bad", ""), ("ばか", "はか"), ("はか", "ばか"), ("naïve", "nave"), ("c++", "c+"),
    ])
    func `is not found in another word`(entry: String, text: String) {
        #expect(match([entry], text) == nil)
    }

    @Test(arguments: [
        ("bad", "b4d"), ("shit", "$h1t"), ("shit", "sh!t!"), ("shit", "SH!T"), ("bad", "bád"), ("bad", "b̷a̷d̷"),
        ("bad", "ｂａｄ"),
        ("bad", "𝓫𝓪𝓭"), ("bad", "🅱🅰d"), ("bad", "🇧🇦🇩"), ("bad", "bаd"), ("spam", "ѕраm"), ("bum", "bυm"),
        ("h4ck", "hack"),
        ("bad", "b\u{FFFD}ad"), ("привет", "пpивeт"), ("hack", "ḥ̷ä̶c̵k"), ("хуй", "xyй"), ("bad word", "ｂａｄ w0rd"),
        ("bad", "\u{202D}bad"),
        ("ass", "@ss"), ("bad", "Ьad bаd"),
    ])
    func `is found in disguise`(entry: String, text: String) {
        #expect(match([entry], text) != nil)
    }

    @Test(arguments: [
        ("bad*", "so badly", "badly"), ("*bad", "verybad", "verybad"), ("*bad*", "xbadx", "xbadx"),
        ("b*d", "bold", "bold"),
        ("b*d", "bd", "bd"), ("a*b*c", "axxbyyc", "axxbyyc"), ("b*d w*d", "bad word", "bad word"),
        ("b*d", "bxxD!", "bxxD"),
        ("*a*b c*d", "ab cab cd", "cab cd"), ("a**b", "axb", "axb"),
        ("f*k", "f\u{200B}u\u{200B}ck", "f\u{200B}u\u{200B}ck"),
        ("bad * word", "bad old word", "bad old word"), ("b*ß", "bloss", "bloss"), ("*💥*", "a💥", "💥"),
        ("b4*d", "b4xd", "b4xd"),
    ])
    func `takes a wildcard for any letters`(entry: String, text: String, found: String) {
        #expect(match([entry], text) == found)
    }

    @Test(arguments: [
        ("b*d", "b d"), ("b*d", "bxdx"), ("b*d", "b-d"), ("bad*", "xbad"), ("*bad", "badx"), ("a*b*c", "acb"),
    ])
    func `takes a wildcard for letters only`(entry: String, text: String) {
        #expect(match([entry], text) == nil)
    }

    @Test(arguments: [("操你", "我操你妈"), ("ไทย", "ภาษาไทยดี"), ("ばか", "おまえはばかだ")])
    func `needs no edges in scripts that have no spaces`(entry: String, text: String) {
        #expect(match([entry], text) == entry)
    }

    @Test func `is named by its place in the list`() {
        let matcher = WordMatcher(["one", "two*", "three"])
        #expect(matcher.firstMatch(in: NormalForms("a twofold thing"))?.entry == 1)
        #expect(matcher.firstMatch(in: NormalForms("thr33"))?.entry == 2)
        #expect(WordMatcher([]).firstMatch(in: NormalForms("x")) == nil)
    }

    @Test func `is found like a plain search finds it, among a thousand`() {
        var random = SeededRandom()
        let letters = Array("abc *".unicodeScalars)
        for _ in 0..<300 {
            let entries = (0..<20).map { _ in random.text(from: letters, lengthMax: 5) }
            let text = random.text(from: Array("abc .".unicodeScalars), lengthMax: 30)
            let found = WordMatcher(entries).firstMatch(in: NormalForms(text))
            let oracle = entries.contains { Oracle.finds($0, in: text) }
            #expect((found != nil) == oracle, "seed \(random.seed): \(entries) in \(text)")
            if let found { #expect(Oracle.finds(entries[found.entry], in: text), "seed \(random.seed)") }
        }
    }

    /// A thousand entries begin alike, and the text is nothing but that beginning: still each place is looked at once.
    @Test(.timeLimit(.minutes(1)), arguments: ["a*b", "*a*b", "aaaaaaab"])
    func `costs a text of any length a like part`(shape: String) {
        let entries = (0..<1000).map { shape + String($0, radix: 36) }
        let matcher = WordMatcher(entries)
        for length in [1000, 20_000] {
            #expect(matcher.firstMatch(in: NormalForms(String(repeating: "a", count: length))) == nil)
        }
    }
}

/// Entry by entry and place by place, as slow as can be.
private enum Oracle {
    static func finds(_ entry: String, in text: String) -> Bool {
        let text = text.split(separator: " ").joined(separator: " ").map { $0 }
        let entry = entry.split(separator: " ").joined(separator: " ").map { $0 }
        guard entry.contains(where: { $0 != "*" }) else { return false }
        return text.indices.contains { start in
            let anchored = entry.first.map { $0.isLetter } ?? false
            return (!anchored || isEdge(start, text)) && matches(entry[...], text, start, openEnd: false)
        }
    }

    private static func isEdge(_ index: Int, _ text: [Character]) -> Bool {
        index == 0 || index == text.count || !(text[index - 1].isLetter && text[index].isLetter)
    }

    private static func matches(_ entry: ArraySlice<Character>, _ text: [Character], _ index: Int, openEnd: Bool)
        -> Bool
    {
        guard let first = entry.first else { return openEnd || isEdge(index, text) || !text[index - 1].isLetter }
        let rest = entry.dropFirst()
        if first == "*" {
            if matches(rest, text, index, openEnd: rest.isEmpty) { return true }
            return index < text.count && text[index].isLetter && matches(entry, text, index + 1, openEnd: false)
        }
        return index < text.count && text[index] == first && matches(rest, text, index + 1, openEnd: false)
    }
}
