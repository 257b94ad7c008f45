import Domain

/// Which messages, or events, have come lately: platforms, queues and lost workers deliver some of them twice.
///
/// It remembers for at least as long as a message is young enough to be acted on, unless more than `countMax` come in
/// that time; in two halves, of which the older is forgotten at once.
struct SeenMessages: Sendable {
    static let countMax = 500_000
    static let spanSeconds = 60.0

    /// 128 bits of hash stand for a message: two will not have the same.
    private struct Print: Hashable {
        let high: Int, low: Int

        init(_ parts: String...) {
            var first = Hasher(), second = Hasher()
            second.combine(0x5EED)
            for part in parts {
                first.combine(part)
                second.combine(part)
            }
            (high, low) = (first.finalize(), second.finalize())
        }
    }

    private var newer: Set<Print> = [], older: Set<Print> = []
    private var turnedAt: MonotonicClock.Instant
    private let countMax: Int

    init(at now: MonotonicClock.Instant, countMax: Int = countMax) {
        (turnedAt, self.countMax) = (now, countMax)
    }

    /// False when it has come before. The new text of an edited message is new.
    mutating func insert(_ message: ChatMessage, at now: MonotonicClock.Instant) -> Bool {
        insert(Print(message.channel.platform.rawValue, message.id, message.isEdit ? message.text : ""), at: now)
    }

    mutating func insert(_ event: PlatformEvent, at now: MonotonicClock.Instant) -> Bool {
        insert(Print(event.name.rawValue, event.id), at: now)
    }

    private mutating func insert(_ print: Print, at now: MonotonicClock.Instant) -> Bool {
        if newer.count >= countMax || now - turnedAt >= .seconds(Self.spanSeconds) { turn(at: now) }
        return !older.contains(print) && newer.insert(print).inserted
    }

    private mutating func turn(at now: MonotonicClock.Instant) {
        older = now - turnedAt >= .seconds(2 * Self.spanSeconds) ? [] : newer
        newer = []
        turnedAt = now
    }
}
