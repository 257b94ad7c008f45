import Foundation

/// A directory that is deleted with its last user.
final class TemporaryDirectory: Sendable {
    let path = NSTemporaryDirectory() + "/projections-test-" + UUID().uuidString.lowercased()

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The names in it that begin so, sorted.
    func contents(_ prefix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// What the disk holds at this moment, as after a `kill -9`.
    func copy() throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        for name in try contents("") where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: file(name), toPath: copy.file(name))
        }
        return copy
    }
}
