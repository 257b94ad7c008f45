/// Entries in one kind of form, ready to be searched for in texts of that kind.
struct WordList: Sendable {
    /// Those that must begin where a word begins, and those that may begin anywhere.
    private let anchored: LiteralSet
    private let floating: LiteralSet
    private let wildcards: [(entry: Int16, pattern: WildcardEntry)]

    struct Found {
        let entry: Int
        let range: Range<Int>
    }

    init(_ entries: [(index: Int, entry: WordEntry)]) {
        var (anchored, floating): ([[UInt8]: LiteralSet.Literal], [[UInt8]: LiteralSet.Literal]) = ([:], [:])
        var wildcards: [(entry: Int16, pattern: WildcardEntry)] = []
        for (index, entry) in entries {
            func note(_ literal: inout LiteralSet.Literal) {
                if entry.segments.count > 1 {
                    literal.wildcards.append(Int16(wildcards.count))
                } else if entry.needsEndEdge {
                    literal.word = literal.word ?? Int16(index)
                } else {
                    literal.beginning = literal.beginning ?? Int16(index)
                }
            }
            if entry.needsStartEdge {
                note(&anchored[entry.segments[0], default: LiteralSet.Literal()])
            } else {
                note(&floating[entry.segments[0], default: LiteralSet.Literal()])
            }
            if entry.segments.count > 1 { wildcards.append((Int16(index), WildcardEntry(entry))) }
        }
        (self.anchored, self.floating) = (LiteralSet(anchored), LiteralSet(floating))
        self.wildcards = wildcards
    }

    var isEmpty: Bool { anchored.isEmpty && floating.isEmpty }

    /// - Parameter accept: whether a place counts.
    func firstMatch(in form: TextForm, where accept: (Range<Int>) -> Bool) -> Found? {
        firstMatch(in: form, anchored, .wordStarts, accept) ?? firstMatch(in: form, floating, .everywhere, accept)
    }

    private func firstMatch(
        in form: TextForm, _ literals: LiteralSet, _ places: LiteralSet.Places, _ accept: (Range<Int>) -> Bool
    ) -> Found? {
        var found: Found?
        // Each list of entries with wildcards is searched for once, however often it is called for.
        var wanted: Set<Int16> = []
        _ = literals.search(form, at: places) { ending, range in
            if ending.wildcards >= 0 { wanted.insert(ending.wildcards) }
            let entry = ending.beginning >= 0 ? ending.beginning : ending.word
            guard entry >= 0, ending.beginning >= 0 || form.isEdge(range.upperBound), accept(range) else {
                return false
            }
            found = Found(entry: Int(entry), range: range)
            return true
        }
        if let found { return found }
        if wanted.isEmpty { return nil }
        for list in wanted.sorted() {
            for number in literals.wildcardLists[Int(list)] {
                let (entry, pattern) = wildcards[Int(number)]
                if let range = pattern.firstMatch(in: form), accept(range) {
                    return Found(entry: Int(entry), range: range)
                }
            }
        }
        return nil
    }
}
