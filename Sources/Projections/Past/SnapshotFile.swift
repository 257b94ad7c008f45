import Domain
import EventStore
import Foundation
import GRDB

/// The read models as they were at one position, in a file that never changes: `<position>.<SHA-256>.sqlite`.
///
/// The name says what it holds, so that a file that was cut off, mixed up or damaged is not believed.
struct SnapshotFile: Hashable, Sendable {
    let position: Int
    let path: String
    private let digest: String

    static let partSuffix = ".part"

    init?(name: String, in directory: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2] == "sqlite", let position = Int(parts[0]), position > 0, parts[1].count == 64
        else { return nil }
        (self.position, digest, path) = (position, String(parts[1]), "\(directory)/\(name)")
    }

    private init(position: Int, digest: String, in directory: String) {
        (self.position, self.digest) = (position, digest)
        path = "\(directory)/\(position).\(digest).sqlite"
    }

    /// All that lie there, in the order of their positions.
    static func all(in directory: String) -> [SnapshotFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { SnapshotFile(name: $0, in: directory) }.sorted { $0.position < $1.position }
    }

    var bytes: Int {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Whether it is what was written, and was made of this journal by this version of the program.
    ///
    /// - Parameter generation: of the documents; nil for any.
    func isIntact(epoch: String, generation: Int? = nil) -> Bool {
        guard (try? Hash(ofFile: path).description) == digest else { return false }
        var configuration = Configuration()
        configuration.readonly = true
        let found = try? DatabaseQueue(path: path, configuration: configuration).read { db in
            try Row.fetchOne(
                db, sql: "SELECT generation FROM subscription WHERE epoch = ? AND layout = ? AND position = ?",
                arguments: [epoch, ReadModelsFile.layout, position])
        }
        guard let row = found ?? nil else { return false }
        return generation == nil || generation == row[0] as Int
    }

    /// Gives a part that is complete its name. From then on it is there, also after a crash.
    static func seal(part: String, position: Int, in directory: String) throws -> SnapshotFile {
        try sync(part)
        let file = SnapshotFile(position: position, digest: try Hash(ofFile: part).description, in: directory)
        guard rename(part, file.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        try sync(directory)
        return file
    }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
