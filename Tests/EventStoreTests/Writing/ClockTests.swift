import Foundation
import Testing
import TestTools

@testable import EventStore

@Suite("Ids and moments")
struct ClockTests {
    private func expectVersion7(_ id: EventID, microseconds: Int) throws {
        let text = id.description
        let uuid = try #require(UUID(uuidString: text))
        #expect(text == uuid.uuidString.lowercased())
        #expect(id.bytes[6] >> 4 == 7)
        #expect(id.bytes[8] >> 6 == 0b10)
        let milliseconds = (0..<6).reduce(0) { $0 << 8 | Int(id.bytes[$1]) }
        #expect(milliseconds == microseconds / 1000)
    }

    @Test func `are UUIDs of version 7`() async throws {
        let clock = TestClock()
        try await withJournal(options: clock.options) { journal in
            _ = try await journal.append(.numbered(0..<100), to: .bot(), expected: .any)
            for event in try journal.allEvents() { try expectVersion7(event.id, microseconds: clock.now) }
        }
        for _ in 0..<100 { try expectVersion7(.random(microseconds: clock.now), microseconds: clock.now) }
    }

    @Test func `are written as RFC 9562 does`() {
        let id = EventID(milliseconds: 0x017F_22E2_79B0, sequence: 0xCC3, random: 0x18C4_DC0C_0C07_398F << 2)
        #expect(id.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test func `grow within one millisecond, beyond its 4096, and when the clock goes back`() {
        var generator = EventIDGenerator()
        var previous = ""
        for number in 0..<20_000 {
            let microseconds = number < 10_000 ? 1_700_000_000_000_000 : 1_600_000_000_000_000
            let id = generator.next(microseconds: microseconds).description
            #expect(previous < id)
            previous = id
        }
    }

    @Test func `never go back when the clock does`() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock()
        let start = clock.now
        try await withJournal(in: directory, options: clock.options) { journal in
            for step in [0, 1_000, -5_000_000, 10, 1] {
                clock.advance(by: step)
                _ = try await journal.append(.numbered(0..<3), to: .bot(), expected: .any)
            }
            #expect(try journal.allEvents().last?.recordedAt == start + 1_000)
            try journal.expectSound()
        }
    }

    @Test(arguments: 0..<8)
    func `go on where they were, even when reopened within the same millisecond`(round: Int) async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock()
        for _ in 0..<4 {
            try await withJournal(in: directory, options: clock.options) { journal in
                _ = try await journal.append(.numbered(0..<(3 + round)), to: .bot(), expected: .any)
                try journal.expectSound()
            }
            clock.advance(by: -1_000_000)
        }
    }
}
