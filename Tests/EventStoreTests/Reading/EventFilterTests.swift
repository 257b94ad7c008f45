import Testing

@testable import EventStore

@Suite("A filter of events")
struct EventFilterTests {
    @Test(arguments: ["'; DROP TABLE events; --", "\" OR 1=1 --", "%'", "\\", "') UNION SELECT 1 --"])
    func `takes text for text`(attack: String) async throws {
        try await withJournal { journal in
            _ = try await journal.append([.sample(), .sample()], to: .bot(1, account: "a1"), expected: .any)
            var filters = [EventFilter(category: attack), EventFilter(types: [attack]), EventFilter(account: attack)]
            filters += [EventFilter(actor: attack), EventFilter(text: attack)]
            filters.append(EventFilter(stream: StreamID(category: attack, key: attack)))
            for filter in filters {
                for direction in [ReadDirection.forwards, .backwards] {
                    let page = try journal.readAll(filter, direction: direction, limit: 10)
                    #expect(page.events.isEmpty && page.next == nil)
                }
            }
            #expect(try journal.readStream(StreamID(category: attack, key: attack)).isEmpty)
            let stream = StreamID(category: "bot", key: attack, account: attack)
            _ = try await journal.append([.sample(attack, data: attack)], to: stream, expected: .noStream)
            #expect(try journal.readAll(EventFilter(account: attack), limit: 10).events.map(\.position) == [3])
            #expect(try journal.readAll(EventFilter(text: attack), limit: 10).events.map(\.position) == [3])
            try journal.expectSound()
        }
    }

    @Test func `takes wildcards for characters, whatever stands around them`() async throws {
        try await withJournal { journal in
            let texts = ["50% off", "5000 off", "a_b", "axb", #"a\b"#, "50%\u{301}", "Ärger"]
            for text in texts { _ = try await journal.append([.sample(data: text)], to: .bot(), expected: .any) }
            func found(_ text: String) throws -> [String] {
                try journal.readAll(EventFilter(text: text), limit: 100).events.map {
                    String(decoding: $0.data, as: UTF8.self)
                }
            }
            #expect(try found("50%") == ["50% off", "50%\u{301}"])
            #expect(try found("a_b") == ["a_b"])
            #expect(try found("A_B") == ["a_b"])
            #expect(try found(#"a\b"#) == [#"a\b"#])
            #expect(try found("50%\u{301}") == ["50%\u{301}"])
            #expect(try found("_\u{301}") == [])
            #expect(try found("0%\u{301}0") == [])
            #expect(try found("ÄRGER") == ["Ärger"])
            #expect(try found("").count == texts.count)
        }
    }

    @Test func `survives metadata that is no JSON`() async throws {
        try await withJournal { journal in
            let odd: [[UInt8]] = [[], Array("{".utf8), [0xFF], Array("[]".utf8), Array(#"{"actor":5}"#.utf8)]
            for metadata in odd {
                let event = NewEvent(type: "bot.paused", schemaVersion: 1, data: [], metadata: metadata)
                _ = try await journal.append([event], to: .bot(), expected: .any)
            }
            _ = try await journal.append([.sample(actor: "u7")], to: .bot(), expected: .any)
            #expect(try journal.readAll(EventFilter(actor: "u7"), limit: 10).events.map(\.position) == [6])
        }
    }

    @Test func `looks at a bounded part of the journal a page, and says where to go on`() async throws {
        try await withJournal { journal in
            let count = EventQuery.examinedMax + 2_000
            let rare = [100, EventQuery.examinedMax + 1_000]
            for start in stride(from: 0, to: count, by: 2_000) {
                let events = (start..<(start + 2_000)).map { number in
                    NewEvent.sample(data: rare.contains(number + 1) ? #"{"reason":"rare"}"# : "{}")
                }
                _ = try await journal.append(events, to: .bot(start % 3, account: "a1"), expected: .any)
            }
            #expect(journal.head == count)
            for filter in [EventFilter(text: "rare"), EventFilter(account: "a1", text: "RARE")] {
                let first = try journal.readAll(filter, limit: 10)
                #expect(first.events.map(\.position) == [100])
                #expect(first.next == EventQuery.examinedMax + 1)
                var rest = filter
                rest.first = try #require(first.next)
                let second = try journal.readAll(rest, limit: 10)
                #expect(second.events.map(\.position) == [rare[1]])
                #expect(second.next == nil)

                let last = try journal.readAll(filter, direction: .backwards, limit: 10)
                #expect(last.events.map(\.position) == [rare[1]])
                #expect(last.next == 2_000)
            }
            let nothing = try journal.readAll(EventFilter(actor: "nobody"), limit: 10)
            #expect(nothing.events.isEmpty && nothing.next == EventQuery.examinedMax + 1)
            let plain = try journal.readAll(EventFilter(), direction: .backwards, limit: 5)
            #expect(plain.events.map(\.position) == (0..<5).map { count - $0 })
            #expect(plain.next == count - 5)
        }
    }
}
