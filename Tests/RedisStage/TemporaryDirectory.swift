import Foundation

/// A directory that is deleted with its last user.
package final class TemporaryDirectory: Sendable {
    package let path = NSTemporaryDirectory() + "/redis-test-" + UUID().uuidString.lowercased()

    package init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What the disk holds at this moment.
    package func copy() throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }
}
