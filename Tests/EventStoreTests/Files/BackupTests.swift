import EventStore
import Foundation
import GRDB
import Testing
import TestTools

@Suite("A backup")
struct BackupTests {
    private func filled(_ count: Int = 10) async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<count), to: .bot(1, account: "a1"), expected: .any)
        }
        return directory
    }

    @Test func `taken while writers append is the journal of one moment`() async throws {
        let (directory, target) = (try TemporaryDirectory(), try TemporaryDirectory())
        let journal = try Journal.open(directory: directory.path)
        defer { journal.close() }
        _ = try await journal.append(.numbered(0..<2_000), to: .bot(99), expected: .any)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    while !Task.isCancelled {
                        _ = try await journal.append(.numbered(0..<3), to: .bot(writer), expected: .any)
                    }
                }
            }
            for number in 0..<5 {
                let before = journal.head
                try Journal.backup(directory: directory.path, to: target.file("\(number).sqlite"))
                let after = journal.head
                let restored = try TemporaryDirectory()
                _ = try Journal.restore(from: target.file("\(number).sqlite"), directory: restored.path)
                try await withJournal(in: restored) { copy in
                    try copy.expectSound()
                    #expect((before...after).contains(copy.head))
                    #expect(try copy.event(at: copy.head)?.leafHash == journal.event(at: copy.head)?.leafHash)
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
        }
        try journal.expectSound()
        #expect(try target.contents() == (0..<5).map { "\($0).sqlite" })
    }

    @Test func `replaces nothing`() async throws {
        let directory = try await filled()
        let target = directory.file("copy.sqlite")
        try "precious".write(toFile: target, atomically: false, encoding: .utf8)
        #expect(throws: JournalError.exists(path: target)) { try Journal.backup(directory: directory.path, to: target) }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "precious")
    }

    @Test func `comes back as another line of history with the same events`() async throws {
        let (directory, restored) = (try await filled(), try TemporaryDirectory())
        let target = restored.file("copy.sqlite")
        try Journal.backup(directory: directory.path, to: target)
        let summary = try Journal.restore(from: target, directory: restored.file("new/data"))
        let journal = try Journal.open(directory: restored.file("new/data"))
        defer { journal.close() }
        try journal.expectSound()
        let restoredLeaves = try journal.allEvents().map(\.leafHash)
        try await withJournal(in: directory) { original in
            let events = try original.allEvents()
            let root = try original.frontier().root
            #expect(restoredLeaves == events.map(\.leafHash))
            #expect(journal.epoch != original.epoch)
            #expect(summary.epoch == journal.epoch)
            #expect((summary.position, summary.streams, summary.root) == (10, 1, root))
            #expect(summary.lastRecordedAt == events.last?.recordedAt)
        }
        #expect(try await journal.append([.sample()], to: .bot(), expected: .exactly(9)).position == 11)
    }

    @Test func `is not restored over a journal`() async throws {
        let (directory, other) = (try await filled(), try await filled(3))
        let target = directory.file("copy.sqlite")
        try Journal.backup(directory: directory.path, to: target)
        #expect(throws: JournalError.exists(path: other.file(Journal.fileName))) {
            try Journal.restore(from: target, directory: other.path)
        }
        try await withJournal(in: other) { #expect($0.head == 3) }
    }

    @Test func `is not restored beside what a deleted journal left behind`() async throws {
        let (directory, other) = (try await filled(), try TemporaryDirectory())
        let target = directory.file("copy.sqlite")
        try Journal.backup(directory: directory.path, to: target)
        let journal = try Journal.open(directory: other.path)
        _ = try await journal.append(.numbered(0..<50), to: .bot(), expected: .any)
        let log = try Data(contentsOf: URL(fileURLWithPath: other.file("journal.sqlite-wal")))
        journal.close()
        try FileManager.default.removeItem(atPath: other.file(Journal.fileName))
        try log.write(to: URL(fileURLWithPath: other.file("journal.sqlite-wal")))
        #expect(throws: JournalError.exists(path: other.file("journal.sqlite-wal"))) {
            try Journal.restore(from: target, directory: other.path)
        }
    }

    @Test func `may be the files that a killed server left`() async throws {
        let (directory, killed) = (try TemporaryDirectory(), try TemporaryDirectory())
        let restored = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<20), to: .bot(), expected: .any)
            for name in ["journal.sqlite", "journal.sqlite-wal"] {
                try FileManager.default.copyItem(atPath: directory.file(name), toPath: killed.file(name))
            }
        }
        #expect(try Journal.restore(from: killed.file("journal.sqlite"), directory: restored.path).position == 20)
        try await withJournal(in: restored) { try $0.expectSound() }
    }
}
