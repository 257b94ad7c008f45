import Crypto
import EventStore

/// The tree of RFC 6962, section 2.1, written down as the RFC has it: recursive, and sharing nothing with the product.
enum MerkleTree {
    static func leaf(_ entry: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: [0] + entry)) }

    /// MTH over hashes of leaves.
    static func head(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        switch leaves.count {
        case 0: return Array(SHA256.hash(data: [UInt8]()))
        case 1: return leaves[leaves.startIndex]
        default:
            var split = 1
            while split * 2 < leaves.count { split *= 2 }
            let middle = leaves.startIndex + split
            return Array(SHA256.hash(data: [1] + head(leaves[..<middle]) + head(leaves[middle...])))
        }
    }

    static func head(_ events: [RecordedEvent]) -> String {
        hexadecimal(head(events.map { bytes($0.leafHash) }[...]))
    }

    static func bytes(_ hash: Hash) -> [UInt8] { (0..<32).map { hash.bytes[$0] } }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
