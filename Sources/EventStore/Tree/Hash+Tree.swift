import Crypto

extension Hash {
    /// The inner node over two others: `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962, section 2.1).
    package static func node(_ left: Hash, _ right: Hash) -> Hash {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { buffer in
            buffer[0] = 1
            buffer.storeBytes(of: left.bytes, toByteOffset: 1, as: SIMD32<UInt8>.self)
            buffer.storeBytes(of: right.bytes, toByteOffset: 33, as: SIMD32<UInt8>.self)
            return Hash(SHA256.hash(data: UnsafeRawBufferPointer(buffer)))
        }
    }

    /// The root over a power of two of nodes that stand side by side.
    package static func root(over nodes: some RandomAccessCollection<Hash>) -> Hash {
        var row = Array(nodes)
        precondition(row.count.nonzeroBitCount == 1, "a complete subtree has a power of two of nodes")
        while row.count > 1 {
            for index in 0..<(row.count / 2) { row[index] = node(row[2 * index], row[2 * index + 1]) }
            row.removeLast(row.count / 2)
        }
        return row[0]
    }

    /// The leaf of an entry: `SHA-256(0x00 ‖ entry)`.
    package static func leaf(_ entry: some Sequence<UInt8>) -> Hash { Hash(of: [0] + entry) }
}
