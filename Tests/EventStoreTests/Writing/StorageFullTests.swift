import EventStore
import Testing
import TestTools

@Suite("A file that may not grow")
struct StorageFullTests {
    private static func event(_ number: Int) -> NewEvent {
        .sample(data: #"{"number":\#(number),"text":"\#(String(repeating: "x", count: number % 9_000))"}"#)
    }

    @Test func `fails appends as full, writes none by halves and loses none that was acknowledged`() async throws {
        let directory = try TemporaryDirectory()
        var options = Journal.Options()
        options.pagesMax = 100
        let results = try await withJournal(in: directory, options: options) { journal in
            let results = await journal.race(600) { journal, number in
                try await journal.append(
                    [Self.event(number), Self.event(number + 1)], to: .bot(number % 20), expected: .any,
                    idempotency: .sample("k\(number)"))
            }
            try journal.expectSound()
            for number in 0..<600 {
                let isKept = try journal.answer(for: Hash(text: "k\(number)")) != nil
                #expect(isKept == ((try? results[number].get()) != nil))
            }
            return results
        }
        #expect(!results.successes.isEmpty)
        #expect(!results.failures.isEmpty)
        #expect(results.failures.allSatisfy { $0 as? JournalError == .storageFull })
        try await withJournal(in: directory) { journal in
            #expect(journal.head == results.successes.count * 2)
            for (number, result) in results.enumerated() {
                guard let position = try? result.get().position else { continue }
                #expect(try journal.event(at: position - 1)?.data == Self.event(number).data)
                #expect(try journal.event(at: position)?.data == Self.event(number + 1).data)
            }
            let next = try await journal.append([.sample()], to: .bot(), expected: .any)
            #expect(next.position == results.successes.count * 2 + 1)
            try journal.expectSound()
        }
    }

    @Test func `still takes what needs no page after it refused what does`() async throws {
        var options = Journal.Options()
        options.pagesMax = 60
        try await withJournal(options: options) { journal in
            await #expect(throws: JournalError.storageFull) {
                try await journal.append(
                    [.sample(data: String(repeating: "x", count: 500_000))], to: .bot(), expected: .noStream)
            }
            #expect(try journal.streams(after: 0).isEmpty)
            let result = try await journal.append([.sample()], to: .bot(), expected: .noStream)
            #expect((result.position, result.revision) == (1, 0))
            try journal.expectSound()
        }
    }
}
