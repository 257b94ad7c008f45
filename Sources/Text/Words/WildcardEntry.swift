import CText

/// An entry with wildcards inside, searched for in linear time: all its positions are bits that move on together.
struct WildcardEntry: Sendable {
    /// The scalars of all segments, one after the other.
    private let scalars: [UInt32]
    /// A bit for each position before which a wildcard stands.
    private let afterWildcard: [UInt64]
    /// The distinct scalars, and for each a bit for every position that it stands at.
    private let alphabet: [UInt32]
    private let masks: [UInt64]
    private let wordCount: Int
    private let needsStartEdge: Bool
    private let needsEndEdge: Bool
    /// All of which a text must hold to be worth a search.
    private let segments: [[UInt8]]

    init(_ entry: WordEntry) {
        self.segments = entry.segments
        let segments = entry.segments.map { String(decoding: $0, as: UTF8.self).unicodeScalars.map(\.value) }
        scalars = segments.flatMap { $0 }
        wordCount = (scalars.count + 63) / 64
        (needsStartEdge, needsEndEdge) = (entry.needsStartEdge, entry.needsEndEdge)

        var afterWildcard = [UInt64](repeating: 0, count: wordCount)
        var position = 0
        for segment in segments.dropLast() {
            position += segment.count
            afterWildcard[position / 64] |= 1 << UInt64(position % 64)
        }
        self.afterWildcard = afterWildcard
        alphabet = Set(scalars).sorted()
        var masks = [UInt64](repeating: 0, count: alphabet.count * wordCount)
        for (position, scalar) in scalars.enumerated() {
            guard let letter = alphabet.firstIndex(of: scalar) else { continue }
            masks[letter * wordCount + position / 64] |= 1 << UInt64(position % 64)
        }
        self.masks = masks
    }

    /// The first place where it ends, and the first place from which it gets there.
    func firstMatch(in form: TextForm) -> Range<Int>? {
        guard segments.allSatisfy({ ctext_holds(form.bytes, form.count, $0, $0.count) }), let end = firstEnd(in: form)
        else { return nil }
        return firstStart(in: form, end: end)..<end
    }

    private func firstEnd(in form: TextForm) -> Int? {
        // Positions reached by this very scalar, and those reached before since when there were only letters.
        var reached = [UInt64](repeating: 0, count: wordCount)
        var waiting = reached
        let last = scalars.count - 1
        var index = 0
        while index < form.count {
            let (scalar, length) = ScalarTable.decode(form.bytes + index)
            let letter = alphabet.firstIndex(of: scalar)
            let mayBegin = !needsStartEdge || form.isEdge(index)
            step(&reached, &waiting, letter: letter, isLetter: form.has(.letter, at: index), mayBegin: mayBegin)
            index += length
            if reached[last / 64] & (1 << UInt64(last % 64)) != 0, !needsEndEdge || form.isEdge(index) { return index }
        }
        return nil
    }

    private func step(
        _ reached: inout [UInt64], _ waiting: inout [UInt64], letter: Int?, isLetter: Bool, mayBegin: Bool
    ) {
        var carry: UInt64 = mayBegin ? 1 : 0
        var waitingCarry: UInt64 = 0
        for word in 0..<wordCount {
            let next = reached[word] << 1 | carry
            let afterGap = (waiting[word] << 1 | waitingCarry) & afterWildcard[word]
            carry = reached[word] >> 63
            waitingCarry = waiting[word] >> 63
            reached[word] = (next | afterGap) & (letter.map { masks[$0 * wordCount + word] } ?? 0)
            waiting[word] = reached[word] | (isLetter ? waiting[word] : 0)
        }
    }

    /// Only for what is a hit: the earliest start is carried along with every position.
    private func firstStart(in form: TextForm, end: Int) -> Int {
        let none = Int.max
        var reached = [Int](repeating: none, count: scalars.count)
        var waiting = reached
        var index = 0
        while index < end {
            let (scalar, length) = ScalarTable.decode(form.bytes + index)
            let isLetter = form.has(.letter, at: index)
            for position in scalars.indices.reversed() {
                var start = none
                if scalars[position] == scalar {
                    if position == 0 {
                        start = !needsStartEdge || form.isEdge(index) ? index : none
                    } else {
                        start = min(reached[position - 1], isAfterWildcard(position) ? waiting[position - 1] : none)
                    }
                }
                reached[position] = start
                waiting[position] = min(start, isLetter ? waiting[position] : none)
            }
            index += length
        }
        return reached.last.map { $0 == none ? 0 : $0 } ?? 0
    }

    private func isAfterWildcard(_ position: Int) -> Bool {
        afterWildcard[position / 64] & (1 << UInt64(position % 64)) != 0
    }
}
