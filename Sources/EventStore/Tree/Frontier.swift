import Crypto

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
        var hash = leaf
        var carry = size
        while carry & 1 == 1 {
            hash = Self.node(roots.removeLast(), hash)
            carry >>= 1
        }
        roots.append(hash)
        size += 1
    }

    /// The tree's head; of the empty tree, the hash of nothing.
    package var root: Hash {
        guard var hash = roots.last else { return Hash(of: []) }
        for left in roots.dropLast().reversed() { hash = Self.node(left, hash) }
        return hash
    }

    /// The roots one after the other, as they are stored.
    var bytes: [UInt8] {
        roots.withUnsafeBytes { Array($0) }
    }

    /// `SHA-256(0x01 ‖ left ‖ right)`.
    private static func node(_ left: Hash, _ right: Hash) -> Hash {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { buffer in
            buffer[0] = 1
            buffer.storeBytes(of: left.bytes, toByteOffset: 1, as: SIMD32<UInt8>.self)
            buffer.storeBytes(of: right.bytes, toByteOffset: 33, as: SIMD32<UInt8>.self)
            return Hash(SHA256.hash(data: UnsafeRawBufferPointer(buffer)))
        }
    }
}
