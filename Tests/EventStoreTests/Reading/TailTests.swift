import EventStore
import GRDB
import Testing
import TestTools

/// Where the indexes end, at this moment: before everything, behind everything, or in between.
enum IndexedPart: CaseIterable {
    case nothing, some, everything

    /// Fills a journal in two halves and lends it with just so much of it indexed.
    func withJournal(
        _ fill: (Journal) async throws -> Void, _ body: (Journal, TemporaryDirectory) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        try await EventStoreTests.withJournal(in: directory) { _ in }
        if self == .nothing { try directory.holdIndexes() }
        try await EventStoreTests.withJournal(in: directory, fill)
        if self == .some { try directory.holdIndexes() }
        try await EventStoreTests.withJournal(in: directory, fill)
        try await EventStoreTests.withJournal(in: directory) { journal in
            let indexed = try journal.indexedPosition()
            switch self {
            case .nothing: #expect(indexed == 0)
            case .some: #expect(indexed > 0 && indexed < journal.head)
            case .everything: #expect(indexed == journal.head)
            }
            try await body(journal, directory)
        }
    }
}

@Suite("A stream of which")
struct TailTests {
    private static func fill(_ journal: Journal) async throws {
        for number in 0..<60 {
            let stream = number % 10 == 9 ? StreamID.bot(100 + journal.head) : .bot(number % 5)
            _ = try await journal.append(.numbered(0..<(number % 3 + 1)), to: stream, expected: .any)
        }
    }

    private func expect(
        _ reader: some JournalReading, _ stream: StreamID, _ all: [RecordedEvent], from: Int?,
        _ direction: ReadDirection, limit: Int
    ) throws {
        let own = all.filter { $0.stream == stream }
        let wanted = direction == .forwards ? own : own.reversed()
        let expected = wanted.filter { event in
            guard let from else { return true }
            return direction == .forwards ? event.revision >= from : event.revision <= from
        }
        let found = try reader.readStream(stream, from: from, direction: direction, limit: limit)
        #expect(found.map(\.position) == expected.prefix(limit).map(\.position))
        #expect(found.map(\.leafHash) == expected.prefix(limit).map(\.leafHash))
        #expect(found.map(\.revision) == expected.prefix(limit).map(\.revision))
    }

    @Test(arguments: IndexedPart.allCases)
    func `some part is indexed is read as one`(part: IndexedPart) async throws {
        try await part.withJournal(Self.fill) { journal, directory in
            let all = try journal.allEvents()
            let reader = try JournalReader(directory: directory.path)
            let streams = Set(all.map(\.stream)).union([.bot(77)])
            for stream in streams {
                for direction in [ReadDirection.forwards, .backwards] {
                    for from in [nil, 0, 1, 10, 22, 23, 24, 1_000] {
                        for limit in [1, 5, Int.max] {
                            try expect(journal, stream, all, from: from, direction, limit: limit)
                            try expect(reader, stream, all, from: from, direction, limit: limit)
                        }
                    }
                }
            }
        }
    }

    @Test func `the indexes are filled meanwhile is never read with a gap, nor twice`() async throws {
        try await withJournal { journal in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<200 { _ = try? await journal.append(.numbered(0..<50), to: .bot(1), expected: .any) }
                }
                for stream in [StreamID.bot(1), .bot(1)] {
                    group.addTask {
                        var count = 0
                        while count < 10_000 {
                            let head = journal.head
                            let revisions = (try? journal.readStream(stream).map(\.revision)) ?? []
                            #expect(revisions == Array(0..<revisions.count) && revisions.count >= head)
                            let types = EventFilter(types: ["bot.paused"])
                            let page = try? journal.readAll(types, direction: .backwards, limit: 100).events
                            let last = page?.first?.position ?? 0
                            #expect(page?.map(\.position) == (0..<min(100, last)).map { last - $0 })
                            count = revisions.count
                            await Task.yield()
                        }
                    }
                }
            }
            let indexed = try journal.indexedPosition()
            #expect(indexed > 0)
        }
    }

    @Test(arguments: ["DELETE FROM indexed", "UPDATE indexed SET position = 20", "UPDATE indexed SET position = 0"])
    func `the indexed part is not known is read as one by whoever cannot repair it`(damage: String) async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory, Self.fill)
        let all = try await withJournal(in: directory) { try $0.allEvents() }
        try directory.withRawDatabase { db in try db.execute(sql: damage) }
        let reader = try JournalReader(directory: directory.path)
        for stream in Set(all.map(\.stream)) {
            try expect(reader, stream, all, from: nil, .forwards, limit: .max)
            let page = try reader.readAll(EventFilter(stream: stream), limit: 1_000)
            #expect(page.events.map(\.position) == all.filter { $0.stream == stream }.map(\.position))
        }
        let types = try reader.readAll(EventFilter(types: ["bot.paused"]), limit: 1_000)
        #expect(types.events.map(\.position) == all.map(\.position))
    }
}
