import EventStore
import Foundation

/// A process that appends to a journal as fast as it can, until it is killed.
struct Storm {
    /// What the process was promised: an append's last event.
    struct Promise: Equatable {
        let process: Int32, position: Int, stream: String, revision: Int, writer: Int, number: Int

        /// The data of the append's last event, as the process made it.
        var data: String { "\(process) \(writer) \(number) \(number % 3)" }
    }

    struct NotBuilt: Error, CustomStringConvertible {
        let description = "JournalStorm stands in none of the folders around the test: build it"
    }

    let directory: String, writers: Int

    /// The test runs from the build's folder, or from a bundle inside it: the executable is in one of those above.
    private static func executable() throws -> URL {
        let starts = ["/proc/self/exe", CommandLine.arguments[0], Bundle.main.executablePath ?? ""]
        for start in starts {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
            while folder.path != "/" {
                folder.deleteLastPathComponent()
                let candidate = folder.appendingPathComponent("JournalStorm")
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue,
                    FileManager.default.isExecutableFile(atPath: candidate.path)
                {
                    return candidate
                }
            }
        }
        throw NotBuilt()
    }

    /// Lets it rage for so long after its first promise, kills it, and returns everything it said.
    ///
    /// On a thread of its own: a test that blocks would hold one of the few threads that all tests share.
    func rage(milliseconds: Int) async throws -> [Promise] {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try rageBlocking(milliseconds: milliseconds) }) }.start()
        }
    }

    private func rageBlocking(milliseconds: Int) throws -> [Promise] {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = [directory, "\(writers)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let identifier = process.processIdentifier
        var text = pipe.fileHandleForReading.availableData
        let deadline = DispatchTime.now() + .milliseconds(milliseconds)
        Thread {
            while DispatchTime.now() < deadline { usleep(1_000) }
            kill(identifier, SIGKILL)
        }.start()
        while case let more = pipe.fileHandleForReading.availableData, !more.isEmpty { text.append(more) }
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 5, let position = Int(words[0]), let revision = Int(words[2]),
                let writer = Int(words[3]), let number = Int(words[4])
            else { return nil }
            return Promise(
                process: identifier, position: position, stream: String(words[1]), revision: revision, writer: writer,
                number: number)
        }
    }
}
