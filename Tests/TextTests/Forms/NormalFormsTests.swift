import TestTools
import Testing
import Text

@Suite("The forms of a text")
struct NormalFormsTests {
    @Test(arguments: [
        ("Hello World", "hello world"), ("  a \t b\u{3000}c\n", "a b c"), ("a\u{200B}b", "ab"), ("a\u{E0000}", "a"),
        ("hi \u{E0000}", "hi"), ("h\u{E0041}\u{E0042}i", "hi"), ("\u{202E}abc\u{202C}", "abc"), ("\u{AD}x", "x"),
        ("STRASSE Straße", "strasse strasse"), ("ΑΒΓς", "αβγσ"), ("\u{0}a\u{7F}b", "ab"), ("\u{2800}a\u{2800}", "a"),
        ("\u{3164}a", "a"), ("❤\u{FE0F}", "❤"), ("👨\u{200D}👩", "👨👩"), ("", ""), (" \u{200B} ", ""), ("İ", "i\u{307}"),
    ])
    func `have what is seen`(text: String, visible: String) {
        #expect(Array(NormalForms(text).visible.text.utf8) == Array(visible.utf8))
    }

    @Test(arguments: [
        ("b4d", "bad"), ("sh1t", "shit"), ("$h!t", "shit"), ("l33t 1337", "leet 1337"), ("@ss", "ass"),
        ("bád", "bad"), ("b\u{337}a\u{336}d\u{20DD}", "bad"), ("ｂａｄ", "bad"), ("𝐛𝖆𝕕", "bad"), ("ⓑⓐⓓ", "bad"),
        ("🅱ad", "bad"), ("🄱🄰🄳", "bad"), ("🇧🇦🇩", "bad"), ("b\u{FFFD}ad", "bad"), ("ﬁsh", "fish"), ("50€", "50€"),
        ("2024!", "2024!"), ("пр1вет", "прiвет"),
    ])
    func `have the plainest letters`(text: String, skeleton: String) {
        let forms = NormalForms(text)
        #expect((forms.skeleton ?? forms.visible).text == skeleton)
    }

    @Test(arguments: ["plain words", "100 %", "❤", "привет", "has\u{200B}gap"])
    func `have no skeleton that says the same`(text: String) {
        let forms = NormalForms(text)
        #expect(forms.skeleton.map { $0.text == forms.visible.text } ?? true)
    }

    @Test func `show a word of another alphabet as what it looks like, and never one of ASCII`() {
        #expect(NormalForms("bаd").prototype?.text == "bad", "with a Cyrillic а")
        #expect(NormalForms("ѕрam bum").prototype?.text == "sparn bum")
        #expect(NormalForms("bum").prototype == nil)
        #expect(NormalForms("bum ❤").prototype == nil, "a heart is no word")
    }

    @Test(arguments: [
        ("A  b\u{200B}C", 0..<4, "A  b\u{200B}C"), ("x bád", 2..<5, "bád"), ("\u{E0000} ﷺ!", 0..<2, "ﷺ"),
    ])
    func `know where they come from`(text: String, range: Range<Int>, expected: String) {
        let forms = NormalForms(text)
        let form = forms.skeleton ?? forms.visible
        #expect(forms.rawText(forms.rawRange(of: range, in: form)) == expected)
    }

    @Test func `are the same whether the text is ASCII to its end or not`() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let text = random.text(from: Array("aB1!@ .\t\u{0}\u{7F}-_".unicodeScalars), lengthMax: 24)
            // The general path begins at the first byte that is not ASCII: here before everything.
            let slow = NormalForms("\u{E0000}" + text)
            let fast = NormalForms(text)
            #expect(slow.visible.text == fast.visible.text, "seed \(random.seed)")
            #expect(slow.skeleton?.text == fast.skeleton?.text, "seed \(random.seed)")
            #expect(slow.uppercaseCount == fast.uppercaseCount && slow.casedCount == fast.casedCount)
        }
    }

    @Test func `are their own forms`() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let forms = NormalForms(random.textOfAllPlanes(lengthMax: 16))
            let visible = forms.visible.text
            #expect(NormalForms(visible).visible.text == visible, "seed \(random.seed)")
            guard let skeleton = forms.skeleton?.text else { continue }
            let again = NormalForms(skeleton)
            #expect((again.skeleton ?? again.visible).text == NormalForms(skeleton).visible.text, "seed \(random.seed)")
        }
    }

    @Test func `lead back into the text from every place`() {
        var random = SeededRandom()
        for _ in 0..<1000 {
            let text = random.textOfAllPlanes(lengthMax: 12)
            let forms = NormalForms(text)
            for form in [forms.visible, forms.skeleton, forms.prototype].compactMap({ $0 }) where form.count > 0 {
                let start = Int.random(in: 0..<form.count, using: &random)
                let range = forms.rawRange(of: start..<Int.random(in: start..<form.count, using: &random) + 1, in: form)
                #expect(range.upperBound <= text.utf8.count && !range.isEmpty, "seed \(random.seed): \(text)")
            }
        }
    }
}
