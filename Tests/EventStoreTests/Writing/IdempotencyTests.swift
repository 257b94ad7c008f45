import GRDB
import Testing
import TestTools

@testable import EventStore

@Suite("An idempotency key")
struct IdempotencyTests {
    private static let day = 24 * 3600 * 1_000_000

    private func answer(position: Int, status: Int = 200) -> RecordedAnswer {
        RecordedAnswer(
            fingerprint: Hash(text: "body"), status: status, meta: Array(#"{"position":\#(position)}"#.utf8))
    }

    @Test func `is recorded with the events, and survives reopening`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            #expect(try journal.answer(for: Hash(text: "k")) == nil)
            _ = try await journal.append(
                .numbered(0..<2), to: .bot(), expected: .any, idempotency: .sample("k", status: 201))
            #expect(try journal.answer(for: Hash(text: "k")) == answer(position: 2, status: 201))
        }
        try await withJournal(in: directory) { journal in
            #expect(try journal.answer(for: Hash(text: "k")) == answer(position: 2, status: 201))
            await #expect(throws: IdempotencyKeyTaken()) {
                try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("k"))
            }
            _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("l"))
            #expect(try journal.answer(for: Hash(text: "l")) == answer(position: 3))
            #expect(try journal.allEvents().count == 3)
        }
    }

    @Test func `is recorded without any events, too`() async throws {
        try await withJournal { journal in
            _ = try await journal.append([.sample()], to: .bot(), expected: .any)
            _ = try await journal.append([], to: .bot(), expected: .any, idempotency: .sample("k"))
            #expect(try journal.answer(for: Hash(text: "k")) == answer(position: 1))
            #expect(try journal.frontier().size == 1)
        }
    }

    @Test(arguments: [ExpectedRevision.any, .noStream])
    func `has one winner`(expected: ExpectedRevision) async throws {
        try await withJournal { journal in
            let results = await journal.race(50) { journal, _ in
                try await journal.append([.sample()], to: .bot(), expected: expected, idempotency: .sample("k"))
            }
            #expect(results.successes.map(\.position) == [1])
            #expect(results.failures.filter { $0 is IdempotencyKeyTaken }.count == 49)
            #expect(try journal.answer(for: Hash(text: "k")) == answer(position: 1))
            let events = try journal.allEvents()
            #expect(events.count == 1)
        }
    }

    @Test func `is not recorded with an append that was refused`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            await #expect(throws: WrongExpectedRevision.self) {
                try await journal.append([.sample()], to: .bot(), expected: .exactly(3), idempotency: .sample("k"))
            }
            #expect(try journal.answer(for: Hash(text: "k")) == nil)
            _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("k"))
        }
        #expect(try rows(directory) == 1)
    }

    @Test func `expires after 24 hours without any traffic`() async throws {
        let clock = TestClock()
        try await withJournal(options: clock.options) { journal in
            _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("k"))
            clock.advance(by: Self.day)
            #expect(try journal.answer(for: Hash(text: "k")) != nil)
            clock.advance(by: 1)
            #expect(try journal.answer(for: Hash(text: "k")) == nil)
            _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("k"))
            #expect(try journal.answer(for: Hash(text: "k")) == answer(position: 2))
        }
    }

    @Test(arguments: [true, false])
    func `is deleted with its row once it has expired`(reopened: Bool) async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock()
        try await withJournal(in: directory, options: clock.options) { journal in
            for key in ["a", "b", "c"] {
                _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample(key))
                clock.advance(by: 1000)
            }
            guard !reopened else { return }
            clock.advance(by: Self.day - 2500)
            _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("d"))
        }
        if reopened {
            clock.advance(by: Self.day - 2500)
            try await withJournal(in: directory, options: clock.options) { journal in
                _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("d"))
            }
        }
        #expect(try rows(directory) == 3)
        clock.advance(by: 2 * Self.day)
        try await withJournal(in: directory, options: clock.options) { journal in
            _ = try await journal.append([.sample()], to: .bot(), expected: .any)
            for key in ["a", "b", "c", "d"] { #expect(try journal.answer(for: Hash(text: key)) == nil) }
        }
        #expect(try rows(directory) == 0)
    }

    @Test func `is kept apart from a thousand others in the same batches`() async throws {
        try await withJournal { journal in
            let results = await journal.race(2_000) { journal, number in
                try await journal.append(
                    number % 2 == 0 ? [.sample()] : [], to: .bot(number), expected: .any,
                    idempotency: .sample("k\(number / 2)"))
            }
            #expect(results.successes.count == 1_000)
            for number in 0..<1_000 { #expect(try journal.answer(for: Hash(text: "k\(number)")) != nil) }
            try journal.expectSound()
        }
    }

    private func rows(_ directory: TemporaryDirectory) throws -> Int? {
        try directory.withRawDatabase { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM idempotency") }
    }
}
