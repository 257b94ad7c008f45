import EventStore
import Testing

@Suite("Reading")
struct ReadStreamTests {
    @Test func `gives a stream in both directions, from any revision, up to a limit`() async throws {
        try await withJournal { journal in
            for number in 0..<10 {
                _ = try await journal.append(.numbered(number..<(number + 1)), to: .bot(1), expected: .any)
                _ = try await journal.append([.sample("bot.resumed")], to: .bot(2), expected: .any)
            }
            func revisions(_ from: Int?, _ direction: ReadDirection, _ limit: Int = .max) throws -> [Int] {
                let events = try journal.readStream(.bot(1), from: from, direction: direction, limit: limit)
                #expect(events.allSatisfy { $0.stream == .bot(1) && $0.type == "bot.paused" })
                return events.map(\.revision)
            }
            #expect(try revisions(nil, .forwards) == Array(0..<10))
            #expect(try revisions(nil, .backwards) == (0..<10).reversed())
            #expect(try revisions(4, .forwards) == Array(4..<10))
            #expect(try revisions(4, .backwards) == [4, 3, 2, 1, 0])
            #expect(try revisions(4, .forwards, 3) == [4, 5, 6])
            #expect(try revisions(4, .backwards, 3) == [4, 3, 2])
            #expect(try revisions(nil, .backwards, 1) == [9])
            #expect(try revisions(10, .forwards) == [])
            #expect(try revisions(100, .backwards, 2) == [9, 8])
            #expect(try revisions(-1, .backwards) == [])
            #expect(try journal.readStream(.bot(3)).isEmpty)
        }
    }

    @Test func `finds an event by its position`() async throws {
        try await withJournal { journal in
            _ = try await journal.append(.numbered(0..<3), to: .bot(1, account: "a1"), expected: .any)
            let event = try #require(try journal.event(at: 2))
            #expect((event.position, event.revision, event.stream.account) == (2, 1, "a1"))
            for position in [0, -1, 4, .max] { #expect(try journal.event(at: position) == nil) }
        }
    }

    @Test func `finds the first position recorded at a moment or later`() async throws {
        let clock = TestClock(1_000)
        try await withJournal(options: clock.options) { journal in
            #expect(try journal.firstPosition(recordedAtOrAfter: 0) == 1)
            for step in [0, 10, 0, -5, 100] {
                clock.advance(by: step)
                _ = try await journal.append(.numbered(0..<3), to: .bot(), expected: .any)
            }
            let moments = try journal.allEvents().map(\.recordedAt)
            for moment in [Int.min, 0] + Array(990...1_120) + [Int.max] {
                let expected = (moments.firstIndex { $0 >= moment } ?? moments.count) + 1
                #expect(try journal.firstPosition(recordedAtOrAfter: moment) == expected)
            }
        }
    }

    @Test func `visits rows in place, from anywhere to anywhere`() async throws {
        try await withJournal { journal in
            for number in 0..<4 { _ = try await journal.append(.numbered(0..<5), to: .bot(number), expected: .any) }
            let all = try journal.allEvents()
            func scan(after: Int, through: Int = .max, limit: Int = .max) throws -> [Int] {
                var positions: [Int] = []
                let reached = try journal.scan(after: after, through: through, limit: limit) { row in
                    let event = all[row.position - 1]
                    #expect(row.id == event.id && row.leafHash == event.leafHash && Array(row.data) == event.data)
                    #expect(row.streamNumber == event.streamNumber && row.revision == event.revision)
                    positions.append(row.position)
                }
                #expect(reached == positions.last ?? after)
                return positions
            }
            #expect(try scan(after: 0) == Array(1...20))
            #expect(try scan(after: 3, through: 7) == [4, 5, 6, 7])
            #expect(try scan(after: 3, limit: 2) == [4, 5])
            #expect(try scan(after: 20) == [])
            #expect(try journal.streams(after: 2).map(\.stream) == [.bot(2), .bot(3)])
        }
    }
}
