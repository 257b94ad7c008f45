import EventStore
import Foundation
import Testing
import TestTools

@Suite("A closed journal")
struct ClosingTests {
    @Test func `refuses appends and reads, and may be closed again`() async throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal.open(directory: directory.path)
        _ = try await journal.append([.sample()], to: .bot(), expected: .any, idempotency: .sample("k"))
        journal.close()
        journal.close()
        await #expect(throws: JournalError.closed) {
            try await journal.append([.sample()], to: .bot(), expected: .any)
        }
        #expect(throws: JournalError.closed) { try journal.readStream(.bot()) }
        #expect(throws: JournalError.closed) { try journal.readAll(EventFilter(), limit: 1) }
        #expect(throws: JournalError.closed) { try journal.answer(for: Hash(text: "k")) }
        #expect(throws: JournalError.closed) { try journal.frontier() }
    }

    @Test func `leaves one file`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<100), to: .bot(), expected: .any)
            _ = try journal.allEvents()
        }
        #expect(try directory.contents() == [Journal.fileName])
    }

    @Test(arguments: 0..<10)
    func `has written what waited, and refused the rest`(round: Int) async throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal.open(directory: directory.path)
        async let closing: Void = {
            while journal.head < 20 * round { await Task.yield() }
            journal.close()
        }()
        let results = await journal.race(2_000) { journal, number in
            try await journal.append(.numbered(number..<(number + 1)), to: .bot(number % 9), expected: .any)
        }
        await closing
        #expect(results.failures.allSatisfy { $0 as? JournalError == .closed })
        try await withJournal(in: directory) { journal in
            let stored = try journal.allEvents()
            #expect(stored.count == results.successes.count)
            for (number, result) in results.enumerated() {
                guard let position = try? result.get().position else { continue }
                #expect(stored[position - 1].data == [NewEvent].numbered(number..<(number + 1))[0].data)
            }
            try journal.expectSound()
        }
    }
}
