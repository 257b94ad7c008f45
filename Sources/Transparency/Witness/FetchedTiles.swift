import EventStore

/// Which tiles of a log it takes to follow a proof, for whoever must fetch them first.
package struct TileDemand: Sendable {
    package let addresses: [TileAddress]

    /// - Parameters:
    ///   - from: the older size.
    ///   - to: the newer size, of which a checkpoint was signed: only its tiles must be there.
    package init(from: Int, to: Int) {
        let recorder = Recorder(size: to)
        _ = try? recorder.consistencyPath(from: from, to: to)
        addresses = recorder.addresses.sorted { ($0.level, $0.index) < ($1.level, $1.index) }
    }

    private final class Recorder: SubtreeSource {
        let size: Int
        var addresses: Set<TileAddress> = []

        init(size: Int) {
            self.size = size
        }

        func subtree(height: Int, index: Int) throws -> Hash {
            let (level, tile, _) = TileAddress.place(height: height, index: index)
            let nodes = (size >> (8 * level)) - tile * TileAddress.nodesMax
            addresses.insert(TileAddress(level: level, index: tile, width: min(nodes, TileAddress.nodesMax)))
            return Hash(bytes: .zero)
        }
    }
}

/// Tiles that were fetched. They are not believed: what is made of them must fit what was signed.
package struct FetchedTiles: SubtreeSource, Sendable {
    private var nodes: [Int: [Int: [Hash]]] = [:]

    package init() {}

    /// - Returns: false when the bytes are not those of a tile of this width.
    package mutating func add(_ bytes: [UInt8], as address: TileAddress) -> Bool {
        guard bytes.count == address.width * 32 else { return false }
        let hashes = stride(from: 0, to: bytes.count, by: 32).compactMap { start in
            bytes[start..<(start + 32)].withUnsafeBytes { Hash($0) }
        }
        nodes[address.level, default: [:]][address.index] = hashes
        return true
    }

    package func subtree(height: Int, index: Int) throws -> Hash {
        let (level, tile, first) = TileAddress.place(height: height, index: index)
        let count = 1 << (height % 8)
        guard let hashes = nodes[level]?[tile], first + count <= hashes.count else {
            throw TileError.damaged(path: TileAddress(level: level, index: tile).path, reason: "it is not there")
        }
        return .root(over: hashes[first..<(first + count)])
    }
}

extension TileAddress {
    /// Which tile holds the nodes under a subtree, and from which of its places on.
    static func place(height: Int, index: Int) -> (level: Int, tile: Int, first: Int) {
        let node = index << (height % 8)
        return (height / 8, node / nodesMax, node % nodesMax)
    }
}
