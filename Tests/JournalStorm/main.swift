import EventStore
import Foundation

/// Appends to the journal of a directory until it is killed, and says after each answer what was promised.
///
///     JournalStorm DIRECTORY WRITERS
///
/// One line for each event: its position, stream, revision and number in the storm.
let directory = CommandLine.arguments[1]
let writers = Int(CommandLine.arguments[2]) ?? 8

let lock = try DirectoryLock(directory: directory, holder: "JournalStorm, process \(getpid())")
let journal = try Journal.open(directory: directory)

try await withThrowingTaskGroup(of: Void.self) { group in
    for writer in 0..<writers {
        group.addTask {
            for number in 0... {
                let stream = StreamID(category: "storm", key: "\(writer):\(number % 50)", account: "a\(writer)")
                let count = number % 3 + 1
                let events = (0..<count).map { part in
                    let data = "\(getpid()) \(writer) \(number) \(part)"
                    return NewEvent(
                        type: "storm.raged", schemaVersion: 1, data: Array(data.utf8), metadata: Array("{}".utf8))
                }
                let result = try await journal.append(events, to: stream, expected: .any)
                let line = "\(result.position) \(stream) \(result.revision ?? -1) \(writer) \(number)\n"
                // A line is shorter than PIPE_BUF: it is written as a whole, by the kernel, before the next append.
                _ = line.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
            }
        }
    }
    try await group.waitForAll()
}
withExtendedLifetime(lock) {}
