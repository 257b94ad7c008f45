import Crypto
import Domain
import Foundation

/// The bundles of extensions, each in a file that is called by its digest: `bundles/<digest>` beside the journal.
///
/// A file is written under another name first and is on the disk before it gets its own, so what stands under a digest
/// is whole; still its bytes are checked whenever they are read.
package struct BundleFiles: Sendable {
    package static let directoryName = "bundles"

    private let directory: String

    /// - Parameter directory: the data directory.
    package init(directory: String) {
        self.directory = directory + "/" + Self.directoryName
    }

    /// - Parameter folder: where the files themselves lie, as those of a backup do.
    package init(folder: String) {
        directory = folder
    }

    package static func digest(of bytes: [UInt8]) -> BundleDigest {
        BundleDigest(hash: SHA256.hash(data: bytes))
    }

    /// Keeps them, until the disk has them. What is there already, and whole, is left alone.
    @discardableResult
    package func put(_ bytes: [UInt8]) throws(BundleFileError) -> BundleDigest {
        let digest = Self.digest(of: bytes)
        if (try? get(digest)) != nil { return digest }
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw BundleFileError.notWritten(path: directory, reason: "\(error)")
        }
        let temporary = "\(directory)/.\(digest).\(UUID().uuidString)"
        guard Self.write(bytes, to: temporary), rename(temporary, path(digest)) == 0, Self.settle(directory) else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw BundleFileError.notWritten(path: path(digest), reason: reason)
        }
        return digest
    }

    /// nil when there is none.
    ///
    /// - Throws: `BundleFileError.damaged` for bytes that are not those of the digest.
    package func get(_ digest: BundleDigest) throws(BundleFileError) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path(digest)) else { return nil }
        let bytes = [UInt8](data)
        guard Self.digest(of: bytes) == digest else { throw .damaged(path: path(digest)) }
        return bytes
    }

    /// All that there are, whole or not.
    package var digests: [BundleDigest] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap(BundleDigest.init(rawValue:)).sorted { $0.rawValue < $1.rawValue }
    }

    private func path(_ digest: BundleDigest) -> String { "\(directory)/\(digest)" }

    /// Not before the disk has it.
    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress! + written, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return fsync(file) == 0
    }

    /// The new name is on the disk, too.
    private static func settle(_ directory: String) -> Bool {
        let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return fsync(file) == 0
    }
}

extension BundleFiles {
    /// Copies what another place holds; damaged ones are left behind, and named.
    package func take(all other: BundleFiles) throws(BundleFileError) -> (copied: Int, damaged: [BundleDigest]) {
        var copied = 0, damaged: [BundleDigest] = []
        for digest in other.digests {
            guard let bytes = (try? other.get(digest)) ?? nil else {
                damaged.append(digest)
                continue
            }
            try put(bytes)
            copied += 1
        }
        return (copied, damaged)
    }
}

/// Why a bundle cannot be kept or given.
package enum BundleFileError: Error, Equatable, CustomStringConvertible {
    case notWritten(path: String, reason: String)
    case damaged(path: String)

    package var description: String {
        switch self {
        case .notWritten(let path, let reason): "the bundle \(path) could not be written (\(reason)): look at the disk"
        case .damaged(let path):
            "the bundle \(path) is damaged: put the file of a backup in its place, or submit the same version again"
        }
    }
}
