import EventStore
import Foundation
import Testing

/// Random events, random filters: what the journal finds page by page is what looking at every event finds.
@Suite("Every filter")
struct FilterPropertyTests {
    private static let types = [
        "bot": ["bot.paused", "bot.resumed"], "bot_module": ["bot_module.upserted", "bot_module.deleted"],
        "botx": ["botx.paused"],
    ]
    private static let texts = [
        "50% off", "5000 off", "a_b", "axb", #"back\slash"#, "it's", "Ärger", "SPAM", "spam", "", "bot.paused",
    ]

    private static func fill(_ journal: Journal) async throws {
        for _ in 0..<600 {
            let category = ["bot", "bot_module", "botx"].randomElement() ?? "bot"
            let account = ["a1", "a2", "a_3", nil].randomElement() ?? nil
            let stream = StreamID(
                category: category, key: "\(account ?? "none"):\(Int.random(in: 0..<6))", account: account)
            let events = (0..<Int.random(in: 1...4)).map { _ in
                NewEvent.sample(
                    types[category]?.randomElement() ?? "bot.paused", data: texts.randomElement() ?? "",
                    actor: "u\(Int.random(in: 0..<4))")
            }
            _ = try await journal.append(events, to: stream, expected: .any)
        }
    }

    private static func filter(_ events: [RecordedEvent]) -> EventFilter {
        var filter = EventFilter()
        if Int.random(in: 0..<4) == 0 { filter.stream = events.randomElement()?.stream }
        if Int.random(in: 0..<3) == 0 { filter.category = ["bot", "bot_module", "botx", "none"].randomElement() }
        if Int.random(in: 0..<3) == 0 {
            let all = types.values.flatMap { $0 } + ["none.such", "bot.paused"]
            filter.types = (0..<Int.random(in: 0...3)).compactMap { _ in all.randomElement() }
        }
        if Int.random(in: 0..<3) == 0 { filter.account = ["a1", "a2", "a_3", "aX3"].randomElement() }
        if Int.random(in: 0..<3) == 0 { filter.actor = "u\(Int.random(in: 0..<5))" }
        if Int.random(in: 0..<3) == 0 {
            filter.text = (texts + ["%", "_", "\\", "0%", "a_3", "PAUSED", "u1\"", "\u{301}"]).randomElement()
        }
        if Int.random(in: 0..<3) == 0 { filter.first = Int.random(in: -5...(events.count + 5)) }
        if Int.random(in: 0..<3) == 0 { filter.last = Int.random(in: -5...(events.count + 5)) }
        return filter
    }

    private static func admits(_ filter: EventFilter, _ event: RecordedEvent) -> Bool {
        func lowered(_ bytes: some Sequence<UInt8>) -> String {
            String(decoding: bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        }
        func contains(_ bytes: some Sequence<UInt8>, _ text: String) -> Bool {
            text.isEmpty || lowered(bytes).range(of: lowered(text.utf8), options: .literal) != nil
        }
        let actor = String(decoding: event.metadata, as: UTF8.self).dropFirst(#"{"actor":{"id":""#.count).dropLast(3)
        return (filter.stream.map { $0.description == event.stream.description } ?? true)
            && (filter.category.map { $0 == event.stream.category } ?? true)
            && (filter.types.map { $0.contains(event.type) } ?? true)
            && (filter.account.map { $0 == event.stream.account } ?? true)
            && (filter.actor.map { $0 == actor } ?? true)
            && (filter.text.map { text in
                contains(event.data, text) || contains(event.metadata, text) || contains(event.type.utf8, text)
                    || contains(event.stream.description.utf8, text)
            } ?? true)
            && event.position >= filter.first && event.position <= filter.last
    }

    @Test(arguments: IndexedPart.allCases)
    func `finds page by page what looking at everything finds`(part: IndexedPart) async throws {
        try await part.withJournal(Self.fill) { journal, _ in
            let events = try journal.allEvents()
            #expect(events.map(\.position) == Array(1...journal.head))
            for _ in 0..<250 {
                let filter = Self.filter(events)
                let expected = events.filter { Self.admits(filter, $0) }.map(\.position)
                for direction in [ReadDirection.forwards, .backwards] {
                    let found = try pages(journal, filter, direction, limit: [1, 7, 100, 10_000].randomElement() ?? 7)
                    let ordered = direction == .forwards ? expected : expected.reversed()
                    #expect(found == ordered, "\(filter) \(direction)")
                }
            }
        }
    }

    @Test(arguments: IndexedPart.allCases)
    func `finds what happened to some streams between two positions`(part: IndexedPart) async throws {
        try await part.withJournal(Self.fill) { journal, _ in
            let events = try journal.allEvents()
            let streams = Array(Set(events.map(\.stream)))
            for account in Set(streams.compactMap(\.account)) {
                let found = Set(try journal.streams(ofAccount: account))
                #expect(found == Set(streams.filter { $0.account == account }))
            }
            for _ in 0..<250 {
                let some = streams.filter { _ in Bool.random() } + [StreamID(category: "bot", key: "nobody")]
                let after = Int.random(in: 0...events.count), last = Int.random(in: 0...events.count + 1)
                let expected = events.filter { some.contains($0.stream) && $0.position > after && $0.position <= last }
                let found = try journal.events(of: some, after: after, through: last)
                #expect(found.map(\.position) == expected.map(\.position), "\(some) after \(after) through \(last)")
                #expect(found.map(\.data) == expected.map(\.data))
            }
        }
    }

    private func pages(
        _ journal: Journal, _ filter: EventFilter, _ direction: ReadDirection, limit: Int
    ) throws -> [Int] {
        var filter = filter
        var positions: [Int] = []
        while positions.count < 400 || limit > 1 {
            let page = try journal.readAll(filter, direction: direction, limit: limit)
            #expect(page.events.count <= limit)
            positions += page.events.map(\.position)
            guard let next = page.next else { return positions }
            if direction == .forwards { filter.first = next } else { filter.last = next }
        }
        // A page for each event is slow: the rest in one.
        return try positions + pages(journal, filter, direction, limit: 10_000)
    }
}
