import Testing

@testable import EventStore

@Suite("Many writers at once")
struct ConcurrentAppendTests {
    @Test func `have one winner when all of them read the same revision`() async throws {
        try await withJournal { journal in
            _ = try await journal.append(.numbered(0..<2), to: .bot(), expected: .noStream)
            let results = await journal.race(100) { journal, _ in
                try await journal.append([.sample()], to: .bot(), expected: .exactly(1))
            }
            let refusal = WrongExpectedRevision(stream: .bot(), expected: .exactly(1), actual: 2)
            #expect(results.successes.map(\.revision) == [2])
            #expect(results.failures.compactMap { $0 as? WrongExpectedRevision }.filter { $0 == refusal }.count == 99)
            #expect(try journal.readStream(.bot()).count == 3)
        }
    }

    @Test func `have one winner when all of them found no stream`() async throws {
        try await withJournal { journal in
            let results = await journal.race(100) { journal, _ in
                try await journal.append([.sample()], to: .bot(), expected: .noStream)
            }
            #expect(results.successes.count == 1)
            #expect(results.failures.allSatisfy { ($0 as? WrongExpectedRevision)?.actual == 0 })
            try journal.expectSound()
        }
    }

    @Test func `are not failed by a neighbour who is refused`() async throws {
        try await withJournal { journal in
            let results = await journal.race(3_000) { journal, number in
                let expected: ExpectedRevision = number % 3 == 0 ? .exactly(1_000_000) : .any
                return try await journal.append(
                    .numbered(0..<(number % 4 + 1)), to: .bot(number % 50), expected: expected)
            }
            for (number, result) in results.enumerated() {
                switch result {
                case .success(let result): #expect(number % 3 != 0 && result.eventCount == number % 4 + 1)
                case .failure(let error): #expect(number % 3 == 0 && error is WrongExpectedRevision)
                }
            }
            try journal.expectSound()
            let positions = results.successes.flatMap { ($0.position - $0.eventCount + 1)...$0.position }
            #expect(positions.sorted() == Array(1...journal.head))
            for result in results.successes {
                let last = try #require(try journal.event(at: result.position))
                #expect(last.revision == result.revision && last.recordedAt == result.recordedAt)
                #expect(last.data == [NewEvent].numbered(0..<result.eventCount).last?.data)
            }
        }
    }

    @Test func `find each what they appended when they look`() async throws {
        try await withJournal { journal in
            let results = await journal.race(500) { journal, number in
                let result = try await journal.append(.numbered(number..<(number + 1)), to: .bot(), expected: .any)
                let event = try #require(try journal.event(at: result.position))
                #expect(event.data == [NewEvent].numbered(number..<(number + 1))[0].data)
                #expect(journal.head >= result.position)
                #expect(try journal.frontier().size >= result.position)
                return result
            }
            #expect(results.successes.compactMap(\.revision).sorted() == Array(0..<500))
        }
    }
}
