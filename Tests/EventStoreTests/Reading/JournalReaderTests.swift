import EventStore
import Foundation
import GRDB
import Testing
import TestTools

@Suite("A reader in another process")
struct JournalReaderTests {
    @Test func `finds what the writer finds, while it writes`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            let reader = try JournalReader(directory: directory.path)
            #expect(reader.head == 0)
            #expect(try reader.readAll(EventFilter(), limit: 10).events.isEmpty)
            for round in 1...3 {
                _ = try await journal.append(.numbered(0..<600), to: .bot(round, account: "a1"), expected: .noStream)
                #expect(reader.head == round * 600)
                var positions: [Int] = []
                try reader.forEachPage(EventFilter(types: ["bot.paused"], account: "a1")) {
                    positions += $0.map(\.position)
                }
                #expect(positions == Array(1...(round * 600)))
                #expect(try reader.readStream(.bot(round)).count == 600)
                let last = try reader.readAll(EventFilter(text: "number"), direction: .backwards, limit: 1)
                #expect(last.events.map(\.leafHash) == [try journal.event(at: round * 600)?.leafHash])
            }
        }
    }

    @Test func `is refused what is missing or is no journal`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file(Journal.fileName)
        #expect(throws: JournalError.missing(path: path)) { try JournalReader(directory: directory.path) }
        try String(repeating: "holiday pictures ", count: 500).write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: JournalError.notAJournal(path: path)) { try JournalReader(directory: directory.path) }
        let foreign = try TemporaryDirectory()
        try foreign.withRawDatabase { db in try db.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE x (y)") }
        let refusal = JournalError.notAJournal(path: foreign.file(Journal.fileName))
        #expect(throws: refusal) { try JournalReader(directory: foreign.path) }
    }
}
