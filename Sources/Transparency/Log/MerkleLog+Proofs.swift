import EventStore
import Synchronization

/// What is asked of the log.
extension MerkleLog {
    /// A proof against the last checkpoint that others have signed, too, or against the newest when that has not come
    /// so far.
    ///
    /// - Throws: `LogNotReady`, and as the checkpoint and the path do.
    package func proof(of event: RecordedEvent) throws -> EventProof {
        var checkpoint = cosigned ?? published
        if (checkpoint?.checkpoint.size ?? 0) < event.position { checkpoint = try publishIfNear() }
        guard let checkpoint, checkpoint.checkpoint.size >= event.position else { throw LogNotReady(leaves: size) }
        let path = try inclusionPath(of: event.position - 1, leaf: event.leafHash, in: checkpoint.checkpoint)
        return EventProof(event, path: path, checkpoint: checkpoint)
    }

    /// nil when the log is too short for it.
    ///
    /// - Throws: `TileError.damaged` when a full tile does not have the hash that the level above has of it.
    package func tile(_ address: TileAddress) throws -> [Hash]? {
        guard let nodes = try tiles.tile(address) else { return nil }
        guard address.width == TileAddress.nodesMax, address.level < TileAddress.levelMax else { return nodes }
        guard try tiles.read(address.level + 1, address.index, 1)[0] == .root(over: nodes) else { throw damage() }
        return nodes
    }

    /// - Throws: `TileError.damaged` when the tiles do not lead to the checkpoint's root; they are made again then.
    package func inclusionPath(of index: Int, leaf: Hash, in checkpoint: Checkpoint) throws -> [Hash] {
        let path = try tiles.inclusionPath(of: index, size: checkpoint.size)
        guard ProofCheck.root(of: leaf, at: index, size: checkpoint.size, path: path) == checkpoint.root else {
            throw damage()
        }
        return path
    }

    package func root(size: Int) throws -> Hash { try tiles.root(size: size) }

    package func consistencyPath(from first: Int, to second: Int) throws -> [Hash] {
        let path = try tiles.consistencyPath(from: first, to: second)
        let (older, newer) = (try tiles.root(size: first), try tiles.root(size: second))
        guard ProofCheck.isConsistent(from: first, older, to: second, newer, path: path) else { throw damage() }
        return path
    }

    /// The tiles are forgotten, so that the next to publish makes them again.
    private func damage() -> TileError {
        growth.withLock { growth in
            try? tiles.truncate(to: 0)
            growth.synced = 0
        }
        return .damaged(path: folder, reason: "it is being made again from the journal")
    }
}
