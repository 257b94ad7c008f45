import Foundation
import Redis
import TestTools

/// A real redis-server on a free port of this machine, with a directory of its own; it ends with its last user.
package final class RedisServer: @unchecked Sendable {
    package let port: Int
    package let url: RedisURL
    private let directory: TemporaryDirectory
    private let options: [String]
    private var process: Process?

    /// - Parameter options: as on its command line; without them nothing is written to the disk.
    package init(_ options: [String] = [], url: (Int) -> RedisURL = { RedisURL(host: "127.0.0.1", port: $0) }) throws {
        port = try Self.freePort()
        self.url = url(port)
        self.options = options
        directory = try TemporaryDirectory()
        try start()
    }

    deinit { kill() }

    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(descriptor, address, length)
                getsockname(descriptor, address, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
    }

    /// Returns when it answers, with whatever it has read from its directory.
    package func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory.path, "--save", "",
                "--loglevel", "warning",
            ] + options
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        for _ in 0..<400 {
            if isListening { return }
            usleep(10_000)
        }
        throw RedisError(.unreachable, "the test's redis-server does not start: is it installed?")
    }

    private var isListening: Bool {
        do {
            _ = try RedisSession(url)
            return true
        } catch let error as RedisError {
            return error.kind == .authentication
        } catch {
            return false
        }
    }

    package func kill() {
        signal(SIGKILL)
        process?.waitUntilExit()
        process = nil
    }

    /// As an operator stops it: what it persists is written. SIGTERM would not reach it, for a child inherits what the
    /// threads of Swift's pool block.
    package func stop() {
        _ = try? send("SHUTDOWN")
        process?.waitUntilExit()
        process = nil
    }

    /// Answers nothing from here on, while its connections stay open: as a network that stalls without a reset.
    package func stall() { signal(SIGSTOP) }

    package func goOn() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        guard let process, process.isRunning else { return }
        _ = Foundation.kill(process.processIdentifier, number)
    }

    /// One command on a connection of its own.
    @discardableResult
    package func send(_ words: String...) throws -> RedisReply {
        var command = RedisCommand()
        for word in words { command.append(word) }
        return try RedisSession(url).send(command)
    }

    /// A file of its directory.
    package func file(_ name: String) -> String { directory.path + "/" + name }
}
