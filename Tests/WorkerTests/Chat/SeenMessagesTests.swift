import Domain
import Testing

@testable import Worker

@Suite("Messages that were seen")
struct SeenMessagesTests {
    private let start = ContinuousClock.now

    /// What `#expect` may call.
    private final class Memory {
        private var seen: SeenMessages

        init(at now: MonotonicClock.Instant, countMax: Int = SeenMessages.countMax) {
            seen = SeenMessages(at: now, countMax: countMax)
        }

        func insert(_ message: ChatMessage, at now: MonotonicClock.Instant) -> Bool { seen.insert(message, at: now) }
    }

    @Test func `are not new again, for as long as a message may be acted on`() {
        let seen = Memory(at: start)
        #expect(seen.insert(.sample("1"), at: start))
        for second in stride(from: 0.0, through: Moderator.ageMaxSeconds, by: 1) {
            #expect(!seen.insert(.sample("1"), at: start + .seconds(second)))
        }
    }

    @Test func `are told apart by platform and id`() {
        let seen = Memory(at: start)
        #expect(seen.insert(.sample("1"), at: start))
        #expect(seen.insert(.sample("2"), at: start))
        #expect(seen.insert(.sample("1", in: .sample(on: .kick)), at: start))
        #expect(!seen.insert(.sample("1", in: .sample("another channel")), at: start))
    }

    @Test func `are new with each new text of an edit`() {
        let seen = Memory(at: start)
        var edit = ChatMessage.sample("1")
        #expect(seen.insert(edit, at: start))
        edit.isEdit = true
        #expect(seen.insert(edit, at: start))
        #expect(!seen.insert(edit, at: start))
        edit.text = "other"
        #expect(seen.insert(edit, at: start))
    }

    @Test func `are forgotten in the end, and sooner when too many come`() {
        let seen = Memory(at: start, countMax: 100)
        #expect(seen.insert(.sample("1"), at: start))
        #expect(seen.insert(.sample("1"), at: start + .seconds(200)))
        for index in 2...300 { #expect(seen.insert(.sample("\(index)"), at: start + .seconds(200))) }
        #expect(seen.insert(.sample("1"), at: start + .seconds(200)))
        #expect(!seen.insert(.sample("300"), at: start + .seconds(200)))
    }
}
