/// Many byte strings that are looked for at once: those that begin a word where words begin, the others everywhere.
///
/// Sorted, they are their own trie: each byte of the text narrows the range of those that still fit. A place costs as
/// many steps as the longest of them has bytes, so that the whole is linear in the text; most places cost one look at
/// a bitmap of the first two bytes. It takes little more memory than the strings themselves.
struct LiteralSet: Sendable {
    /// Which entries end with a literal; -1 where none does.
    struct Ending: Sendable {
        /// The entry that is hit when a word ends here.
        var word: Int16 = -1
        /// The entry that is hit wherever the word ends.
        var beginning: Int16 = -1
        /// The entry with inner wildcards that goes on from here, in a list of its own.
        var wildcards: Int16 = -1
    }

    private let bytes: [UInt8]
    private let offsets: [UInt32]
    private let endings: [Ending]
    /// A bit for each hash of a first two bytes.
    private let firstPairs: [UInt64]
    let wildcardLists: [[Int16]]

    var isEmpty: Bool { endings.isEmpty }

    init(_ literals: [[UInt8]: Literal]) {
        let sorted = literals.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var (bytes, offsets, endings): ([UInt8], [UInt32], [Ending]) = ([], [0], [])
        var lists: [[Int16]] = []
        var pairs = [UInt64](repeating: 0, count: literals.isEmpty ? 0 : 16)
        for (key, literal) in sorted {
            bytes += key
            offsets.append(UInt32(bytes.count))
            var ending = Ending(word: literal.word ?? -1, beginning: literal.beginning ?? -1)
            if !literal.wildcards.isEmpty {
                ending.wildcards = Int16(lists.count)
                lists.append(literal.wildcards)
            }
            endings.append(ending)
            let seconds = key.count > 1 ? key[1]...key[1] : 0...255
            for second in seconds { Self.set(Self.pair(key[0], second), in: &pairs) }
        }
        (self.bytes, self.offsets, self.endings, firstPairs, wildcardLists) = (bytes, offsets, endings, pairs, lists)
    }

    /// What is known of a literal while the set is being made.
    struct Literal {
        var word: Int16?
        var beginning: Int16?
        var wildcards: [Int16] = []
    }

    private static func pair(_ first: UInt8, _ second: UInt8) -> Int {
        Int(((UInt32(first) << 8 | UInt32(second)) &* 0x9E37_79B1) >> 22)
    }

    private static func set(_ bit: Int, in pairs: inout [UInt64]) {
        pairs[bit >> 6] |= 1 << UInt64(bit & 63)
    }
}

extension LiteralSet {
    /// Calls the body with the ending of every literal that stands at one of the places, and where it ends, until it
    /// returns true.
    ///
    /// - Returns: whether it did.
    @inline(__always)
    func search(_ form: TextForm, at places: Places, until body: (_ ending: Ending, _ range: Range<Int>) -> Bool)
        -> Bool
    {
        if isEmpty { return false }
        let text = UnsafePointer(form.bytes)
        return firstPairs.withUnsafeBufferPointer { pairs in
            switch places {
            case .wordStarts:
                for number in 0..<form.wordStartCount {
                    let start = Int(form.wordStarts[number])
                    if Self.mayBegin(text + start, pairs), walk(text, start, until: body) { return true }
                }
            case .everywhere:
                for start in 0..<form.count where form.has(.lead, at: start) {
                    if Self.mayBegin(text + start, pairs), walk(text, start, until: body) { return true }
                }
            }
            return false
        }
    }

    enum Places { case wordStarts, everywhere }

    @inline(__always)
    private static func mayBegin(_ text: UnsafePointer<UInt8>, _ pairs: UnsafeBufferPointer<UInt64>) -> Bool {
        let bit = pair(text[0], text[1])
        return pairs[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    /// The text is followed by a zero, which no literal holds.
    private func walk(
        _ text: UnsafePointer<UInt8>, _ start: Int, until body: (_ ending: Ending, _ range: Range<Int>) -> Bool
    ) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            offsets.withUnsafeBufferPointer { offsets in
                var (low, high, depth) = (0, endings.count, 0)
                while low < high {
                    if Int(offsets[low + 1] - offsets[low]) == depth {
                        if depth > 0, body(endings[low], start..<start + depth) { return true }
                        low += 1
                        if low == high { return false }
                    }
                    let byte = text[start + depth]
                    let at = { (index: Int) in bytes[Int(offsets[index]) + depth] }
                    low = Self.first(in: low..<high) { at($0) >= byte }
                    high = Self.first(in: low..<high) { at($0) > byte }
                    depth += 1
                }
                return false
            }
        }
    }

    /// The first index for which the condition holds, which holds for all after it; the end when it never does.
    @inline(__always)
    private static func first(in range: Range<Int>, where holds: (Int) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
