import GRDB
import Testing
import TestTools

@testable import EventStore

@Suite("The indexes of events", .timeLimit(.minutes(1)))
struct IndexerTests {
    private func filled(_ count: Int = 10) async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            for number in 0..<count {
                _ = try await journal.append([.sample("bot.t\(number % 3)")], to: .bot(number % 4), expected: .any)
            }
        }
        return directory
    }

    /// The tail, if there is one, is left by somebody whose indexes could not be filled.
    private func filled(indexed: Int, tail: Int) async throws -> TemporaryDirectory {
        let directory = try await filled(indexed)
        try directory.holdIndexes()
        try await withJournal(in: directory) { journal in
            for number in 0..<tail {
                _ = try await journal.append([.sample()], to: .bot(number % 7), expected: .any)
            }
            #expect(try journal.indexedPosition() == indexed)
        }
        return directory
    }

    @Test func `are filled when enough events wait`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(1..<Indexer.dueMin), to: .bot(1), expected: .any)
            _ = try await journal.append([], to: .bot(1), expected: .any)
            #expect(try journal.indexedPosition() == 0)
            _ = try await journal.append([.sample()], to: .bot(2), expected: .any)
            // The writer has taken care of the indexes before it takes the next append.
            _ = try await journal.append([.sample()], to: .bot(3), expected: .any)
            #expect(try journal.indexedPosition() == Indexer.dueMin)
        }
        try directory.expectIndexed()
    }

    @Test func `are filled when nothing has come for a while`() async throws {
        try await withJournal { journal in
            _ = try await journal.append(.numbered(0..<10), to: .bot(), expected: .any)
            try await journal.waitUntilIndexed(through: 10)
            #expect(try journal.readStream(.bot()).count == 10)
        }
    }

    @Test func `are filled on closing`() async throws {
        try await filled().expectIndexed()
    }

    @Test func `are filled part by part, however far they are behind`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            for _ in 0..<5 {
                _ = try await journal.append(.numbered(0..<(Indexer.eventsMax / 2)), to: .bot(), expected: .any)
            }
        }
        try directory.withRawDatabase { db in try db.execute(sql: "DELETE FROM indexed") }
        try await withJournal(in: directory) { journal in
            let indexed = try journal.indexedPosition()
            #expect(indexed == journal.head)
        }
        try directory.expectIndexed()
    }

    static let damages = [
        "DELETE FROM indexed", "UPDATE indexed SET position = 3", "UPDATE indexed SET position = 999",
        "UPDATE indexed SET position = -1", "DELETE FROM stream_events", "DELETE FROM type_events",
        "DELETE FROM stream_events WHERE position = 4", "DELETE FROM type_events WHERE position = 10",
        "INSERT INTO stream_events VALUES (1, 99, 999)", "INSERT INTO type_events VALUES ('bot.t1', 999)",
        "DELETE FROM indexed; DELETE FROM stream_events; DELETE FROM type_events",
    ]

    @Test(arguments: damages)
    func `are made again on opening when they do not fit the events`(damage: String) async throws {
        let directory = try await filled()
        try directory.withRawDatabase { db in try db.execute(sql: damage) }
        try await withJournal(in: directory) { journal in
            #expect(try journal.indexedPosition() == 10)
            #expect(try journal.readStream(.bot(0)).map(\.position) == [1, 5, 9])
            #expect(try journal.readAll(EventFilter(types: ["bot.t1"]), limit: 9).events.map(\.position) == [2, 5, 8])
            let next = try await journal.append([.sample()], to: .bot(1), expected: .exactly(2))
            #expect(next.revision == 3)
        }
        try directory.expectIndexed()
    }

    @Test func `cost no append and no read when they cannot be filled`() async throws {
        let directory = try await filled(indexed: 10, tail: 0)
        try await withJournal(in: directory) { journal in
            for _ in 0..<3 {
                _ = try await journal.append(.numbered(0..<Indexer.dueMin), to: .bot(5), expected: .any)
            }
            #expect(try journal.indexedPosition() == 10)
            #expect(try journal.readStream(.bot(5)).count == 3 * Indexer.dueMin)
            #expect(try journal.readStream(.bot(1)).count == 3)
            try journal.expectSound()
        }
        try directory.releaseIndexes()
        let (indexed, head) = try await withJournal(in: directory) { try ($0.indexedPosition(), $0.head) }
        #expect(indexed == head)
        try directory.expectIndexed()
    }

    @Test func `are tried again when they could not be filled`() async throws {
        let directory = try await filled()
        try directory.holdIndexes(seconds: 2)
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<Indexer.dueMin), to: .bot(), expected: .any)
            _ = try await journal.append([], to: .bot(), expected: .any)
            #expect(try journal.indexedPosition() == 10)
            try await journal.waitUntilIndexed(through: journal.head)
        }
        try directory.expectIndexed()
    }

    @Test func `may wait for room in the file while appends find some`() async throws {
        let directory = try await filled(indexed: 10, tail: 1_000)
        try directory.releaseIndexes()
        let pages = try directory.withRawDatabase { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 }
        try await withJournal(in: directory, options: .init(pagesMax: pages + 2)) { journal in
            for number in 0..<7 {
                let revisions = try journal.readStream(.bot(number)).map(\.revision)
                let count = revisions.count
                let next = try await journal.append([.sample()], to: .bot(number), expected: .exactly(count - 1))
                #expect(revisions == Array(0..<count) && next.revision == count)
            }
            #expect(try journal.indexedPosition() == 10)
            try journal.expectSound()
        }
        try await withJournal(in: directory) { try $0.expectSound() }
        try directory.expectIndexed()
    }
}

@Suite("The writer's knowledge of streams")
struct StreamKnowledgeTests {
    private static let poison = NewEvent.sample("bot.poison")

    private func poisoned() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<4), to: .bot(1), expected: .any)
        }
        try directory.withRawDatabase { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON events WHEN new.type = 'bot.poison'
                      BEGIN SELECT raise(ABORT, 'poison'); END
                    """)
        }
        return directory
    }

    @Test func `reaches into the tail after a rollback`() async throws {
        let directory = try await poisoned()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<2), to: .bot(1), expected: .exactly(3))
            _ = try await journal.append(.numbered(0..<3), to: .bot(2), expected: .noStream)
            await #expect(throws: JournalError.self) {
                try await journal.append([.sample(), Self.poison], to: .bot(1), expected: .exactly(5))
            }
            #expect(try await journal.append([.sample()], to: .bot(1), expected: .exactly(5)).revision == 6)
            #expect(try await journal.append([.sample()], to: .bot(2), expected: .exactly(2)).revision == 3)
            #expect(try journal.indexedPosition() == 4)
            try journal.expectSound()
        }
        try directory.expectIndexed()
    }

    @Test func `reaches into the tail of the process before`() async throws {
        let directory = try await poisoned()
        try directory.holdIndexes()
        for round in 0..<3 {
            try await withJournal(in: directory) { journal in
                _ = try await journal.append([.sample()], to: .bot(1), expected: .exactly(3 + round))
                let other: ExpectedRevision = round == 0 ? .noStream : .exactly(round - 1)
                _ = try await journal.append([.sample()], to: .bot(2), expected: other)
                #expect(try journal.indexedPosition() == 4)
                try journal.expectSound()
            }
        }
    }

    @Test func `survives neighbours that are rolled back`() async throws {
        let directory = try await poisoned()
        try await withJournal(in: directory) { journal in
            let results = await journal.race(2_000) { journal, number in
                let events = number % 50 == 7 ? [.sample(), Self.poison] : [NewEvent].numbered(0..<(number % 3 + 1))
                return try await journal.append(events, to: .bot(number % 20), expected: .any)
            }
            #expect(results.failures.count == 40)
            try journal.expectSound()
        }
        try directory.expectIndexed()
    }

    @Test func `is given up between transactions only`() {
        var cache = StreamCache()
        for number in 0...StreamCache.countMax { cache["\(number)"] = StreamCache.Entry(number: number, revision: nil) }
        #expect(cache["0"]?.number == 0)
        cache.makeRoom()
        #expect(cache["0"] == nil)
        cache["1"] = StreamCache.Entry(number: 1, revision: 5)
        cache.makeRoom()
        #expect(cache["1"]?.revision == 5)
    }
}
