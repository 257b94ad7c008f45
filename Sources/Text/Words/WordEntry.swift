/// One form of a blocked word or phrase, taken apart at its wildcards.
struct WordEntry {
    /// What stands between the wildcards; none is empty.
    let segments: [[UInt8]]
    /// Whether a word must begin where it begins, and end where it ends. Without wildcards at its ends it must, unless
    /// it begins or ends with what belongs to no word: `c++`, an emoji, a character of a script without spaces.
    let needsStartEdge: Bool
    let needsEndEdge: Bool
    let startsWithWildcard: Bool
    let endsWithWildcard: Bool

    /// Nil when nothing is left of it in this form.
    init?(_ form: TextForm) {
        let wildcard = UInt8(ascii: "*")
        segments = form.buffer.split(separator: wildcard).map(Array.init)
        guard let first = form.buffer.first, let last = form.buffer.last, !segments.isEmpty else { return nil }
        startsWithWildcard = first == wildcard
        endsWithWildcard = last == wildcard
        needsStartEdge = !startsWithWildcard && form.has(.word, at: 0)
        needsEndEdge = !endsWithWildcard && form.has(.word, at: form.count - 1)
    }
}
