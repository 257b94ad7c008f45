/// Links whose dot is written in words or between spaces: `example dot com`, `example(dot)com`, `example[.]com`,
/// `example . com`.
///
/// Only with domains that many links have and that are no words of their own: "nice. so" is no link.
enum DisguisedDots {
    private static let suffixes: Set<String> = [
        "com", "net", "org", "gg", "tv", "io", "ru", "xyz", "info", "biz", "ly", "cc", "uk",
    ]
    /// Those that count after a dot that ends a sentence: `nice. gg` is no link.
    private static let suffixesAfterSentence: Set<String> = ["com", "net", "org"]
    private static let labelLengthMax = 63

    static func mayHold(_ form: TextForm) -> Bool {
        for number in 0..<form.wordStartCount where isDotWord(form, Int(form.wordStarts[number])) { return true }
        return false
    }

    static func find(in form: TextForm, into found: inout [LinkFinder.Found]) {
        for number in 0..<form.wordStartCount {
            let start = Int(form.wordStarts[number])
            if isDotWord(form, start) { look(around: start..<start + 3, in: form, into: &found) }
        }
        for index in 1..<max(form.count - 1, 1) where form.bytes[index] == UInt8(ascii: ".") {
            let isSpaced = isSpace(form, index - 1) || isSpace(form, index + 1)
            let isBracketed = isBracket(form.bytes[index - 1]) && isBracket(form.bytes[index + 1])
            if isSpaced || isBracketed { look(around: index..<index + 1, in: form, into: &found) }
        }
    }

    private static func isDotWord(_ form: TextForm, _ start: Int) -> Bool {
        form.bytes[start] == UInt8(ascii: "d") && form.bytes[start + 1] == UInt8(ascii: "o")
            && form.bytes[start + 2] == UInt8(ascii: "t") && form.isEdge(start + 3)
    }

    private static func look(around dot: Range<Int>, in form: TextForm, into found: inout [LinkFinder.Found]) {
        let left = skippedBack(form, from: dot.lowerBound), right = skipped(form, from: dot.upperBound)
        // A word is only a dot when something sets it apart, on both sides.
        guard dot.count == 1 || (left < dot.lowerBound && right > dot.upperBound) else { return }
        let label = labelBefore(form, left), suffix = suffixAfter(form, right)
        guard !label.isEmpty, !suffix.isEmpty else { return }
        let name = String(decoding: form.buffer[suffix], as: UTF8.self)
        guard suffixes.contains(name) else { return }
        let endsSentence = dot.count == 1 && left == dot.lowerBound
        let leadsOn = suffix.upperBound < form.count && form.bytes[suffix.upperBound] == UInt8(ascii: "/")
        if endsSentence, !leadsOn, !suffixesAfterSentence.contains(name) { return }
        let range = label.lowerBound..<suffix.upperBound
        found.append(LinkFinder.Found(range: range, host: range, pathStart: range.upperBound))
    }

    /// The host that is meant: `example dot com` is `example.com`.
    static func withoutThem(_ host: some Collection<UInt8>) -> String {
        let parts = host.split { isBracket($0) || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ".") }
        let labels = parts.map { String(decoding: $0, as: UTF8.self) }
        return labels.filter { labels.count == 2 || $0 != "dot" }.joined(separator: ".")
    }

    private static func isSpace(_ form: TextForm, _ index: Int) -> Bool {
        form.bytes[index] == UInt8(ascii: " ")
    }

    /// Past a bracket and a space, in either order, towards the end.
    private static func skipped(_ form: TextForm, from start: Int) -> Int {
        var index = start
        for _ in 0..<2 where index < form.count && (isSpace(form, index) || isBracket(form.bytes[index])) { index += 1 }
        return index
    }

    private static func skippedBack(_ form: TextForm, from start: Int) -> Int {
        var index = start
        for _ in 0..<2 where index > 0 && (isSpace(form, index - 1) || isBracket(form.bytes[index - 1])) { index -= 1 }
        return index
    }

    private static func isBracket(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "}"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "*"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func labelBefore(_ form: TextForm, _ end: Int) -> Range<Int> {
        var start = end
        while start > max(0, end - labelLengthMax * 4), isLabelByte(form, start - 1) { start -= 1 }
        while start < end, form.bytes[start] == UInt8(ascii: "-") { start += 1 }
        return start..<end
    }

    private static func isLabelByte(_ form: TextForm, _ index: Int) -> Bool {
        form.bytes[index] == UInt8(ascii: "-") || form.has(.letter, at: index)
    }

    private static func suffixAfter(_ form: TextForm, _ start: Int) -> Range<Int> {
        var end = start
        while end < form.count, end - start < 8, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(form.bytes[end]) {
            end += 1
        }
        return form.isEdge(end) ? start..<end : start..<start
    }
}
