import Foundation
import TestTools

/// A file system of a few megabytes, in memory, that a test may fill to the last byte. Mounting takes root.
final class SmallDisk {
    /// Whether this process may mount one: found out by trying.
    static let isAvailable: Bool = (try? SmallDisk(kilobytes: 64)) != nil

    private struct NotMounted: Error {}

    private let parent: TemporaryDirectory
    var path: String { parent.file("disk") }
    private var filler: String { path + "/filler" }

    init(kilobytes: Int) throws {
        parent = try TemporaryDirectory()
        let path = parent.file("disk")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard try Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path) else {
            throw NotMounted()
        }
    }

    deinit {
        _ = try? Self.run("umount", "-l", path)
    }

    /// Writes until there is no room for another byte.
    func fill() {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
    }

    func free() throws { try FileManager.default.removeItem(atPath: filler) }

    private static func run(_ command: String, _ arguments: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
