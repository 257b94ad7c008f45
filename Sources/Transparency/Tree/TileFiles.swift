import EventStore
import Foundation
import Synchronization

/// The tree's nodes on disk, one file a level: a tile is 8 KiB of it, and a partial tile is the beginning of one.
///
/// They follow from the leaves, which follow from the events: nothing is lost with them. One caller appends; any number
/// reads what is published. What was written after the last `sync` is not trusted by the next one to open them.
package final class TileFiles: SubtreeSource, Sendable {
    private static let nodeBytes = 32

    package let folder: String
    private let levels: [Int32]
    private let count: Atomic<Int>

    /// - Throws: `TileError`.
    package init(folder: String, isReadOnly: Bool = false) throws {
        self.folder = folder
        if !isReadOnly {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        var levels: [Int32] = []
        for level in 0...TileAddress.levelMax {
            let path = folder + "/level-\(level)"
            let descriptor = open(path, isReadOnly ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                let reason = errno
                for descriptor in levels { close(descriptor) }
                throw TileError.unusable(path: path, reason: String(cString: strerror(reason)))
            }
            levels.append(descriptor)
        }
        self.levels = levels
        count = Atomic(0)
        count.store(storedLeaves, ordering: .releasing)
    }

    deinit { for descriptor in levels { close(descriptor) } }

    /// The leaves that can be read.
    package var size: Int { count.load(ordering: .acquiring) }

    /// As the files' lengths have it: as many leaves as all levels have nodes for, since another process may be in the
    /// middle of writing them. Whoever opens the files decides how many of them he trusts.
    private var storedLeaves: Int {
        levels.enumerated().map { level, descriptor in
            var status = stat()
            let nodes = fstat(descriptor, &status) == 0 ? Int(status.st_size) / Self.nodeBytes : 0
            return level == 0 ? nodes : ((nodes + 1) << (8 * level)) - 1
        }.min() ?? 0
    }

    /// Forgets everything after the first leaves.
    package func truncate(to size: Int) throws {
        count.store(size, ordering: .releasing)
        for (level, descriptor) in levels.enumerated() {
            let bytes = (size >> (8 * level)) * Self.nodeBytes
            guard ftruncate(descriptor, off_t(bytes)) == 0 else { throw failure(level) }
        }
    }

    /// Appends leaves, and above them the roots of the tiles that they fill. Published when all of it is written.
    package func append(_ leaves: [Hash]) throws {
        let size = size
        try append(leaves, level: 0, at: size)
        count.store(size + leaves.count, ordering: .releasing)
    }

    private func append(_ nodes: [Hash], level: Int, at place: Int) throws {
        guard !nodes.isEmpty else { return }
        try write(nodes, level, at: place)
        let full = place / TileAddress.nodesMax..<(place + nodes.count) / TileAddress.nodesMax
        let roots: [Hash] = try full.map { tile in
            .root(over: try read(level, tile * TileAddress.nodesMax, TileAddress.nodesMax))
        }
        try append(roots, level: level + 1, at: full.lowerBound)
    }

    /// What is written is on the disk when it returns.
    package func sync() throws {
        for (level, descriptor) in levels.enumerated() where fsync(descriptor) != 0 { throw failure(level) }
    }

    /// nil when the tree is too small for it.
    package func tile(_ address: TileAddress) throws -> [Hash]? {
        guard let leaves = address.leavesMin, leaves <= size else { return nil }
        return try read(address.level, address.index * TileAddress.nodesMax, address.width)
    }

    package func subtree(height: Int, index: Int) throws -> Hash {
        let nodes = 1 << (height % 8)
        return .root(over: try read(height / 8, index * nodes, nodes))
    }

    /// Nodes as they stand, whether they are right or not.
    package func read(_ level: Int, _ first: Int, _ count: Int) throws -> [Hash] {
        try [Hash](unsafeUninitializedCapacity: count) { nodes, filled in
            let buffer = UnsafeMutableRawBufferPointer(nodes)
            var done = 0
            while done < count * Self.nodeBytes {
                let place = off_t(first * Self.nodeBytes + done)
                let read = pread(levels[level], buffer.baseAddress! + done, count * Self.nodeBytes - done, place)
                if read < 0, errno == EINTR { continue }
                guard read >= 0 else { throw failure(level) }
                guard read > 0 else { throw TileError.damaged(path: path(level), reason: "it is too short") }
                done += read
            }
            filled = count
        }
    }

    private func write(_ nodes: [Hash], _ level: Int, at place: Int) throws {
        try nodes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = pwrite(
                    levels[level], bytes.baseAddress! + done, bytes.count - done,
                    off_t(place * Self.nodeBytes + done))
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw failure(level) }
                done += written
            }
        }
    }

    private func path(_ level: Int) -> String { folder + "/level-\(level)" }

    private func failure(_ level: Int, _ code: Int32 = errno) -> TileError {
        .unusable(path: path(level), reason: String(cString: strerror(code)))
    }
}

/// Why tiles cannot be had; they can always be made again.
package enum TileError: Error, Equatable, CustomStringConvertible {
    case unusable(path: String, reason: String)
    case damaged(path: String, reason: String)

    package var description: String {
        switch self {
        case .unusable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
        }
    }
}
