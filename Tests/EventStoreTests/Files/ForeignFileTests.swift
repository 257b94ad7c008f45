import EventStore
import Foundation
import GRDB
import Testing
import TestTools

@Suite("A file that is not this program's journal")
struct ForeignFileTests {
    private func directory(with bytes: Data) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try bytes.write(to: URL(fileURLWithPath: directory.file(Journal.fileName)))
        return directory
    }

    private func database(_ sql: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.withRawDatabase { db in try db.execute(sql: sql) }
        return directory
    }

    /// Every way in says the same, and leaves the file as it was.
    private func expectRefused(_ directory: TemporaryDirectory, _ refusal: JournalError) throws {
        let path = directory.file(Journal.fileName)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: refusal) { try Journal.open(directory: directory.path) }
        #expect(throws: refusal) { try Journal.summary(directory: directory.path) }
        #expect(throws: refusal) { try Journal.backup(directory: directory.path, to: directory.file("copy")) }
        let elsewhere = try TemporaryDirectory()
        #expect(throws: refusal) { try Journal.restore(from: path, directory: elsewhere.file("data")) }
        #expect(try elsewhere.contents() == [])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try !directory.contents().contains { $0.hasPrefix("copy") })
    }

    @Test func `is refused when it is no database`() throws {
        let text = Data(String(repeating: "These are the holiday pictures. ", count: 500).utf8)
        let directory = try directory(with: text)
        try expectRefused(directory, .notAJournal(path: directory.file(Journal.fileName)))
    }

    @Test(arguments: ["", "PRAGMA application_id = 7;", "PRAGMA user_version = 1;"])
    func `is refused, and not touched, when it is somebody else's database`(pragma: String) throws {
        let directory = try database("\(pragma) CREATE TABLE pictures (id INTEGER PRIMARY KEY)")
        try expectRefused(directory, .notAJournal(path: directory.file(Journal.fileName)))
    }

    @Test func `is refused when a newer program wrote it`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append([.sample()], to: .bot(), expected: .any)
        }
        try directory.withRawDatabase { db in try db.execute(sql: "PRAGMA user_version = 2") }
        try expectRefused(directory, .fromNewerVersion(path: directory.file(Journal.fileName), version: 2))
    }

    @Test func `is begun when there is none, or an empty one`() async throws {
        let directory = try directory(with: Data())
        try await withJournal(in: directory) { journal in
            #expect(journal.head == 0)
            #expect(!journal.epoch.isEmpty)
            try journal.expectSound()
        }
    }

    @Test func `is missed where there must be one`() throws {
        let directory = try TemporaryDirectory()
        let missing = JournalError.missing(path: directory.file(Journal.fileName))
        #expect(throws: missing) { try Journal.summary(directory: directory.path) }
        #expect(throws: missing) { try Journal.backup(directory: directory.path, to: directory.file("copy")) }
        #expect(throws: JournalError.missing(path: "/nonexistent/copy")) {
            try Journal.restore(from: "/nonexistent/copy", directory: directory.path)
        }
        #expect(throws: JournalError.self) { try Journal.open(directory: "/nonexistent") }
        #expect(try directory.contents() == [])
    }
}
