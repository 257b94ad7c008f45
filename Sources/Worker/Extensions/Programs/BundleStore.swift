import Domain
import Foundation
import Logging
import Synchronization

/// Bundles by digest, fetched once: in memory, and in a directory when there is one. Every copy is compared with its
/// digest whenever it is read, wherever it comes from.
final class BundleStore: Sendable {
    static let memoryBytesMax = 16 << 20
    /// Files beyond these are deleted, those first that were not used for the longest time.
    static let filesMax = 200

    private struct Memory {
        var bundles: [BundleDigest: [UInt8]] = [:]
        /// The least recently used first.
        var order: [BundleDigest] = []
        var sizeBytes = 0
    }

    private let source: any BundleSource
    private let directory: String?
    private let logger: Logger
    private let memory = Mutex(Memory())

    /// - Parameter directory: made when it is first needed; nil for none.
    init(_ source: any BundleSource, directory: String? = nil, logger: Logger) {
        (self.source, self.directory, self.logger) = (source, directory, logger)
    }

    /// The bytes that have this digest.
    func bytes(_ digest: BundleDigest) async throws(BundleTrouble) -> [UInt8] {
        if let bytes = remembered(digest) { return bytes }
        if let bytes = stored(digest) {
            remember(bytes, digest)
            return bytes
        }
        let bytes = try await fetched(digest)
        remember(bytes, digest)
        store(bytes, digest)
        return bytes
    }

    private func fetched(_ digest: BundleDigest) async throws(BundleTrouble) -> [UInt8] {
        let found: [UInt8]?
        do {
            found = try await source.bundle(digest)
        } catch {
            throw .unreachable("\(error)")
        }
        guard let bytes = found else { throw .missing(digest) }
        let actual = BundleDigest(of: bytes)
        guard actual == digest else { throw .differs(from: digest, found: actual) }
        return bytes
    }

    // MARK: memory

    private func remembered(_ digest: BundleDigest) -> [UInt8]? {
        memory.withLock { memory in
            guard let bytes = memory.bundles[digest] else { return nil }
            memory.order.removeAll { $0 == digest }
            memory.order.append(digest)
            return bytes
        }
    }

    private func remember(_ bytes: [UInt8], _ digest: BundleDigest) {
        memory.withLock { memory in
            guard memory.bundles.updateValue(bytes, forKey: digest) == nil else { return }
            memory.order.append(digest)
            memory.sizeBytes += bytes.count
            while memory.sizeBytes > Self.memoryBytesMax, let first = memory.order.first {
                memory.order.removeFirst()
                memory.sizeBytes -= memory.bundles.removeValue(forKey: first)?.count ?? 0
            }
        }
    }

    // MARK: files

    private func path(_ digest: BundleDigest) -> String? { directory.map { "\($0)/\(digest).json" } }

    /// A file that has been damaged is deleted.
    private func stored(_ digest: BundleDigest) -> [UInt8]? {
        guard let path = path(digest), let data = FileManager.default.contents(atPath: path) else { return nil }
        let bytes = Array(data)
        guard BundleDigest(of: bytes) == digest else {
            logger.warning("a stored bundle is damaged: it is fetched again", metadata: ["path": "\(path)"])
            try? FileManager.default.removeItem(atPath: path)
            return nil
        }
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path)
        return bytes
    }

    /// Nothing depends on it: without a file the bundle is fetched again after the next start.
    private func store(_ bytes: [UInt8], _ digest: BundleDigest) {
        guard let directory, let path = path(digest) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
            try trim(directory)
        } catch {
            logger.warning("a bundle could not be stored", metadata: ["path": "\(path)", "error": "\(error)"])
        }
    }

    private func trim(_ directory: String) throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: URL(filePath: directory), includingPropertiesForKeys: [.contentModificationDateKey])
        guard files.count > Self.filesMax else { return }
        let dated = try files.map { file in
            (
                file,
                try file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate ?? .distantPast
            )
        }
        for (file, _) in dated.sorted(by: { $0.1 < $1.1 }).prefix(files.count - Self.filesMax) {
            try FileManager.default.removeItem(at: file)
        }
    }
}
