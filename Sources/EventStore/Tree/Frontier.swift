/// The right edge of the Merkle tree over all events: the roots of its complete subtrees, the largest first.
///
/// It is all that appending needs: the tree's head (RFC 6962, section 2.1) follows from it, and it has at most 64
/// entries.
package struct Frontier: Equatable, Sendable {
    package private(set) var size: Int
    package private(set) var roots: [Hash]

    package init() {
        (size, roots) = (0, [])
    }

    /// nil unless there is one root for each bit of the size.
    package init?(size: Int, bytes: UnsafeRawBufferPointer) {
        guard size >= 0, bytes.count == size.nonzeroBitCount * 32 else { return nil }
        self.size = size
        roots = stride(from: 0, to: bytes.count, by: 32).compactMap {
            Hash(UnsafeRawBufferPointer(rebasing: bytes[$0..<($0 + 32)]))
        }
    }

    package mutating func append(_ leaf: Hash) {
        append(subtree: leaf, height: 0)
    }

    /// Appends many leaves at once by the root over them: 2 to the power of `height`, a multiple of which it has.
    package mutating func append(subtree: Hash, height: Int) {
        precondition(size & (1 << height - 1) == 0, "a subtree stands at a multiple of its size")
        var hash = subtree
        var carry = size >> height
        while carry & 1 == 1 {
            hash = Hash.node(roots.removeLast(), hash)
            carry >>= 1
        }
        roots.append(hash)
        size += 1 << height
    }

    /// The tree's head; of the empty tree, the hash of nothing.
    package var root: Hash {
        guard var hash = roots.last else { return Hash(of: []) }
        for left in roots.dropLast().reversed() { hash = Hash.node(left, hash) }
        return hash
    }

    /// The roots one after the other, as they are stored.
    package var bytes: [UInt8] {
        roots.withUnsafeBytes { Array($0) }
    }
}
