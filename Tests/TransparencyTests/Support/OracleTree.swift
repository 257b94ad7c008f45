import Crypto
import EventStore

/// The definitions of RFC 6962, section 2.1, over a list of leaves, sharing nothing with the product.
struct OracleTree {
    let leaves: [[UInt8]]

    init(_ leaves: [[UInt8]]) {
        self.leaves = leaves
    }

    /// As many leaves as wanted, all different.
    init(count: Int) {
        leaves = (0..<count).map { Self.leaf(Array("entry \($0)".utf8)) }
    }

    static func leaf(_ entry: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: [0] + entry)) }

    var hashes: [Hash] { leaves.map(Self.hash) }

    static func hash(_ bytes: [UInt8]) -> Hash { bytes.withUnsafeBytes { Hash($0) }! }

    func root(_ size: Int) -> [UInt8] { Self.head(leaves[..<size]) }

    static func head(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        switch leaves.count {
        case 0: return Array(SHA256.hash(data: [UInt8]()))
        case 1: return leaves[leaves.startIndex]
        default:
            let middle = leaves.startIndex + split(leaves.count)
            return Array(SHA256.hash(data: [1] + head(leaves[..<middle]) + head(leaves[middle...])))
        }
    }

    func path(_ index: Int, _ size: Int) -> [[UInt8]] { Self.path(index, leaves[..<size]) }

    private static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
        guard leaves.count > 1 else { return [] }
        let middle = leaves.startIndex + split(leaves.count)
        return index < middle
            ? path(index, leaves[..<middle]) + [head(leaves[middle...])]
            : path(index, leaves[middle...]) + [head(leaves[..<middle])]
    }

    private static func split(_ count: Int) -> Int {
        var split = 1
        while split * 2 < count { split *= 2 }
        return split
    }
}
