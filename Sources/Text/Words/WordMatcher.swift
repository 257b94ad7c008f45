/// Blocked words and phrases in any case and disguise: whole words with Unicode's word edges, `*` for any letters.
///
/// An entry is compared with a text's visible form, with its skeleton, and where words are still not ASCII with what
/// they look like. An entry that has marks of its own is compared with the marks kept: "schön" must not delete "schon".
package struct WordMatcher: Sendable {
    /// An entry that was found, and where.
    package struct Match: Equatable, Sendable {
        /// Its place in the list of entries.
        package let entry: Int
        /// In UTF-8 bytes of the text as it was written.
        package let range: Range<Int>
    }

    private let words: WordList
    private let prototypes: WordList
    private let hasMarks: Bool

    /// - Parameter entries: up to `Int16.max`; the rest is left out.
    package init(_ entries: [String]) {
        var (words, prototypes): ([(Int, WordEntry)], [(Int, WordEntry)]) = ([], [])
        var hasMarks = false
        let forms = NormalForms()
        for (index, entry) in entries.prefix(Int(Int16.max)).enumerated() {
            forms.read(entry)
            let skeleton = forms.skeleton ?? forms.visible
            let isMarked = forms.composed.map { !$0.buffer.elementsEqual(skeleton.buffer) } ?? false
            hasMarks = hasMarks || isMarked
            for form in [forms.visible, isMarked ? forms.composed : forms.skeleton].compactMap({ $0 }) {
                if let entry = WordEntry(form) { words.append((index, entry)) }
            }
            let prototype = TextForm(capacity: skeleton.count)
            PrototypeForm.makeWhole(prototype, of: skeleton)
            if let entry = WordEntry(prototype) { prototypes.append((index, entry)) }
        }
        (self.words, self.prototypes) = (WordList(words), WordList(prototypes))
        self.hasMarks = hasMarks
    }

    package var isEmpty: Bool { words.isEmpty }

    package func firstMatch(in forms: NormalForms) -> Match? {
        if let match = find(words, in: forms.visible, of: forms) { return match }
        if let skeleton = forms.skeleton, let match = find(words, in: skeleton, of: forms) { return match }
        if hasMarks, let composed = forms.composed, let match = find(words, in: composed, of: forms) { return match }
        guard let prototype = forms.prototype else { return nil }
        return find(words, in: prototype, of: forms)
            ?? find(prototypes, in: prototype, of: forms) { range in
                range.allSatisfy { !prototype.has(.letter, at: $0) || prototype.has(.prototype, at: $0) }
            }
    }

    private func find(
        _ list: WordList, in form: TextForm, of forms: NormalForms, where accept: (Range<Int>) -> Bool = { _ in true }
    ) -> Match? {
        guard let found = list.firstMatch(in: form, where: accept) else { return nil }
        return Match(entry: found.entry, range: forms.rawRange(of: Self.whole(found.range, in: form), in: form))
    }

    /// What people see as hit is the whole word, also where a wildcard has taken the rest of it.
    private static func whole(_ range: Range<Int>, in form: TextForm) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, !form.isEdge(start) { start -= 1 }
        while end < form.count, !form.isEdge(end) { end += 1 }
        return start..<end
    }
}
