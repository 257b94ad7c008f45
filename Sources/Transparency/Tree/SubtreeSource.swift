import EventStore

/// A tree whose complete subtrees are known: everything that RFC 6962, section 2.1, defines follows from them.
///
/// The functions are the RFC's own recursions. Their ranges always begin at a multiple of their largest power of two.
package protocol SubtreeSource {
    /// The root over the leaves from `index << height`, 2 to the power of `height` of them.
    func subtree(height: Int, index: Int) throws -> Hash
}

extension SubtreeSource {
    /// MTH(D[size]); of the empty tree, the hash of nothing.
    package func root(size: Int) throws -> Hash {
        size == 0 ? Hash(of: []) : try root(0..<size)
    }

    /// PATH(index, D[size]): what it takes to get from a leaf to the root, the leaf's sibling first.
    package func inclusionPath(of index: Int, size: Int) throws -> [Hash] {
        precondition((0..<size).contains(index), "the leaf is in the tree")
        return try path(to: index, in: 0..<size)
    }

    /// PROOF(first, D[second]): that the tree of the first size is the beginning of the tree of the second.
    package func consistencyPath(from first: Int, to second: Int) throws -> [Hash] {
        precondition(0 <= first && first <= second, "a tree grows")
        return first == 0 || first == second ? [] : try proof(first, in: 0..<second, isKnown: true)
    }

    private func root(_ range: Range<Int>) throws -> Hash {
        guard let split = Self.split(range) else {
            return try subtree(height: range.count.trailingZeroBitCount, index: range.lowerBound / range.count)
        }
        return .node(try root(range.lowerBound..<split), try root(split..<range.upperBound))
    }

    private func path(to index: Int, in range: Range<Int>) throws -> [Hash] {
        guard range.count > 1 else { return [] }
        let split = Self.half(range)
        return index < split
            ? try path(to: index, in: range.lowerBound..<split) + [root(split..<range.upperBound)]
            : try path(to: index, in: split..<range.upperBound) + [root(range.lowerBound..<split)]
    }

    /// - Parameter isKnown: the range is the whole of the first tree, whose root the verifier has.
    private func proof(_ first: Int, in range: Range<Int>, isKnown: Bool) throws -> [Hash] {
        if first == range.upperBound { return isKnown ? [] : [try root(range)] }
        let split = Self.half(range)
        return first <= split
            ? try proof(first, in: range.lowerBound..<split, isKnown: isKnown) + [root(split..<range.upperBound)]
            : try proof(first, in: split..<range.upperBound, isKnown: false) + [root(range.lowerBound..<split)]
    }

    /// nil for a complete subtree.
    private static func split(_ range: Range<Int>) -> Int? {
        range.count.nonzeroBitCount == 1 ? nil : half(range)
    }

    /// After the largest power of two that is smaller than the count.
    private static func half(_ range: Range<Int>) -> Int {
        range.lowerBound + (1 << (Int.bitWidth - 1 - (range.count - 1).leadingZeroBitCount))
    }
}
