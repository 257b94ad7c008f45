import Testing
import TestTools

@testable import EventStore

@Suite("Appending")
struct AppendTests {
    @Test func `starts positions at 1 and revisions at 0`() async throws {
        try await withJournal(options: TestClock(5_000_000).options) { journal in
            let result = try await journal.append([.sample()], to: .bot(), expected: .noStream)
            #expect(result == AppendResult(position: 1, revision: 0, recordedAt: 5_000_000, eventCount: 1))
            #expect(journal.head == 1)
        }
    }

    static let expectations: [(events: Int, expected: ExpectedRevision, isAdmitted: Bool)] = [
        (0, .noStream, true), (0, .any, true), (0, .streamExists, false), (0, .exactly(0), false),
        (0, .exactly(-1), false),
        (2, .noStream, false), (2, .any, true), (2, .streamExists, true), (2, .exactly(1), true),
        (2, .exactly(0), false), (2, .exactly(2), false),
    ]

    @Test(arguments: expectations)
    func `goes by what the writer believes of the stream`(
        events: Int, expected: ExpectedRevision, isAdmitted: Bool
    ) async throws {
        try await withJournal { journal in
            _ = try await journal.append(.numbered(0..<events), to: .bot(), expected: .any)
            let before = try journal.frontier()
            if isAdmitted {
                let result = try await journal.append([.sample()], to: .bot(), expected: expected)
                #expect(result.position == events + 1)
                #expect(result.revision == events)
            } else {
                let refusal = WrongExpectedRevision(
                    stream: .bot(), expected: expected, actual: events == 0 ? nil : events - 1)
                await #expect(throws: refusal) {
                    try await journal.append([.sample()], to: .bot(), expected: expected)
                }
                #expect(try journal.frontier() == before)
                #expect(try journal.streams(after: 0).count == (events == 0 ? 0 : 1))
            }
            try journal.expectSound()
        }
    }

    @Test func `writes several events one after the other`() async throws {
        try await withJournal { journal in
            _ = try await journal.append([.sample()], to: .bot(2), expected: .noStream)
            let result = try await journal.append(.numbered(0..<5), to: .bot(1), expected: .noStream)
            #expect((result.position, result.revision, result.eventCount) == (6, 4, 5))
            let events = try journal.readStream(.bot(1))
            #expect(events.map(\.position) == [2, 3, 4, 5, 6])
            #expect(events.map(\.data) == [NewEvent].numbered(0..<5).map(\.data))
            try journal.expectSound()
        }
    }

    @Test func `writes nothing for no events, and says where the journal stands`() async throws {
        try await withJournal { journal in
            #expect(try await journal.append([], to: .bot(), expected: .any).position == 0)
            _ = try await journal.append([.sample()], to: .bot(2), expected: .any)
            let result = try await journal.append([], to: .bot(), expected: .noStream)
            #expect((result.position, result.revision, result.eventCount) == (1, nil, 0))
            await #expect(throws: WrongExpectedRevision.self) {
                try await journal.append([], to: .bot(), expected: .streamExists)
            }
            #expect(try journal.streams(after: 0).map(\.stream) == [.bot(2)])
        }
    }

    static let bytes: [[UInt8]] = [
        [], [0], Array("null\0after".utf8), [0xFF, 0xFE, 0x80], Array("\u{FEFF}{\"é\":\"💥\"}\r\n".utf8),
        Array(repeating: UInt8(ascii: "x"), count: Journal.eventBytesMax),
    ]

    @Test(arguments: bytes)
    func `gives back the very bytes it was given`(bytes: [UInt8]) async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            let event = NewEvent(type: "bot.paused", schemaVersion: 7, data: bytes, metadata: bytes)
            _ = try await journal.append([event], to: .bot(), expected: .any)
        }
        try await withJournal(in: directory) { journal in
            let event = try #require(try journal.event(at: 1))
            #expect(event.data == bytes)
            #expect(event.metadata == bytes)
            #expect(event.schemaVersion == 7)
            try journal.expectSound()
        }
    }

    @Test func `refuses an event over 1 MiB together with its neighbours`() async throws {
        try await withJournal { journal in
            let large = Array(repeating: UInt8(ascii: "x"), count: Journal.eventBytesMax + 1)
            let events = [
                NewEvent(type: "bot.paused", schemaVersion: 1, data: large, metadata: []),
                NewEvent(type: "bot.paused", schemaVersion: 1, data: [], metadata: large),
            ]
            for event in events {
                let refusal = JournalError.eventTooLarge(bytes: large.count, bytesMax: Journal.eventBytesMax)
                await #expect(throws: refusal) {
                    try await journal.append([.sample(), event], to: .bot(), expected: .any)
                }
            }
            let stored = try journal.allEvents()
            #expect(stored.isEmpty)
        }
    }

    static let oddNames: [(category: String, key: String)] = [
        ("bot", "a:b"), ("bot", ""), ("bot", "a-b-c"), ("böt🤖", "schlüssel"), ("bot", "\u{301}combining"),
        ("bot", "'; DROP TABLE events; --"), ("bot", #"quote"back\slash"#), ("bot", "new\nline"),
    ]

    @Test(arguments: oddNames)
    func `keeps the names of streams as they are`(category: String, key: String) async throws {
        try await withJournal { journal in
            let stream = StreamID(category: category, key: key, account: "a1")
            _ = try await journal.append([.sample()], to: stream, expected: .noStream)
            #expect(try journal.event(at: 1)?.stream == stream)
            #expect(try journal.allEvents().map(\.stream) == [stream])
            #expect(try journal.readStream(stream).count == 1)
            #expect(try journal.streams(after: 0).map(\.stream) == [stream])
            try journal.expectSound()
        }
    }
}
