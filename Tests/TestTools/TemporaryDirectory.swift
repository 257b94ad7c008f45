import Foundation

/// A directory that is deleted with its last user.
package final class TemporaryDirectory: Sendable {
    package let path = NSTemporaryDirectory() + "/botcontrol-test-" + UUID().uuidString.lowercased()

    package init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { path + "/" + name }

    /// The names in it that begin so, sorted.
    package func contents(_ prefix: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(prefix) }.sorted()
    }

    package func bytes(of name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file(name)))) }

    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
    }

    /// What the disk holds at this moment, as after a `kill -9`.
    package func copy() throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        for name in try contents() where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: file(name), toPath: copy.file(name))
        }
        return copy
    }
}
