import EventStore
import Foundation
import GRDB
import TestTools

@testable import Transparency

/// A journal and its log in a directory that is deleted afterwards.
struct LogStage {
    let directory: TemporaryDirectory
    static let signer = NoteSigner(name: "log.example/test", kind: .ed25519)

    init() throws { directory = try TemporaryDirectory() }

    /// Lends the journal, and closes it.
    func withJournal<Value>(_ body: (Journal) async throws -> Value) async throws -> Value {
        let journal = try Journal.open(directory: directory.path)
        defer { journal.close() }
        return try await body(journal)
    }

    func log(_ journal: any JournalReading) throws -> MerkleLog {
        try MerkleLog(journal: journal, directory: directory.path, signer: Self.signer)
    }

    /// - Parameter count: events of a few streams, in appends of ten.
    func fill(_ journal: Journal, _ count: Int, from first: Int = 0) async throws {
        for start in stride(from: first, to: first + count, by: 10) {
            let events = (start..<min(first + count, start + 10)).map {
                NewEvent(
                    type: "bot.paused", schemaVersion: 1, data: Array(#"{"number":\#($0)}"#.utf8),
                    metadata: Array(#"{"actor":{"id":"u1"}}"#.utf8))
            }
            let stream = StreamID(category: "bot", key: "a\(start / 10 % 7):twitch", account: "a\(start / 10 % 7)")
            _ = try await journal.append(events, to: stream, expected: .any)
        }
    }

    /// The file of a closed journal, in the hands of somebody who wants to change it and has dropped the triggers.
    func tamper(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: directory.file(Journal.fileName), configuration: configuration)
        try queue.writeWithoutTransaction { db in
            for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(name)")
            }
            try db.execute(sql: sql)
        }
        try queue.close()
    }

    /// What somebody does who wants a changed history to look right: every hash is made anew.
    func rehash() throws {
        let reader = try JournalReader(directory: directory.path)
        var frontier = Frontier()
        var updates = ""
        for event in try reader.readAll(EventFilter(), limit: .max).events {
            let hash = event.recomputedLeafHash()
            frontier.append(hash)
            updates += "UPDATE events SET leaf_hash = x'\(hash)' WHERE position = \(event.position);"
        }
        let edge = frontier.roots.map(\.description).joined()
        try tamper(updates + "UPDATE tree SET size = \(frontier.size), frontier = x'\(edge)'")
    }

    func file(_ name: String) -> String { directory.file("tree/" + name) }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file(name)))) }
}
