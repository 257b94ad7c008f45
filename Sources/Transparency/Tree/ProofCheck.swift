import EventStore

/// What a verifier does with a proof: RFC 9162, sections 2.1.3.2 and 2.1.4.2, step by step.
///
/// It shares nothing with the code that makes proofs but the hash of a node.
package enum ProofCheck {
    /// The root that a leaf and its path lead to; nil when the path has the wrong length or place.
    package static func root(of leaf: Hash, at index: Int, size: Int, path: [Hash]) -> Hash? {
        guard 0 <= index, index < size else { return nil }
        var node = index, last = size - 1, hash = leaf
        for sibling in path {
            guard last > 0 else { return nil }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = .node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 ? hash : nil
    }

    /// Whether the tree with the first root is the beginning of the tree with the second.
    package static func isConsistent(
        from first: Int, _ firstRoot: Hash, to second: Int, _ secondRoot: Hash, path: [Hash]
    ) -> Bool {
        guard 0 <= first, first <= second else { return false }
        if first == second { return path.isEmpty && firstRoot == secondRoot }
        if first == 0 { return path.isEmpty && firstRoot == Hash(of: []) }
        var path = path[...]
        // A complete tree is its own first node: the proof does not repeat it.
        guard let start = first.nonzeroBitCount == 1 ? firstRoot : path.popFirst() else { return false }
        var node = first - 1, last = second - 1
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (older, newer) = (start, start)
        for sibling in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                (older, newer) = (.node(sibling, older), .node(sibling, newer))
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                newer = .node(newer, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && older == firstRoot && newer == secondRoot
    }
}
