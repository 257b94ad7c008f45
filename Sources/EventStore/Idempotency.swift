import Synchronization

/// What an answer to a command was, so that the same request gets the same answer again.
package struct IdempotencyRecord: Sendable {
    /// SHA-256 of caller, route and the caller's key.
    package let key: Hash
    /// SHA-256 of what was asked.
    package let fingerprint: Hash
    package let status: Int
    /// The answer's `meta` as JSON; made in the append's transaction, where the position is known.
    package let meta: @Sendable (AppendResult) -> [UInt8]

    package init(
        key: Hash, fingerprint: Hash, status: Int, meta: @escaping @Sendable (AppendResult) -> [UInt8]
    ) {
        (self.key, self.fingerprint, self.status, self.meta) = (key, fingerprint, status, meta)
    }
}

/// An answer that was given before.
package struct RecordedAnswer: Equatable, Sendable {
    package let fingerprint: Hash, status: Int, meta: [UInt8]
}

/// The same key came in twice at once; the other one has been recorded.
package struct IdempotencyKeyTaken: Error, Equatable {}

/// The keys of the last 24 hours in memory: an index in the table would cost every append its random page.
final class IdempotencyKeys: Sendable {
    static let keptMicroseconds = 24 * 3600 * 1_000_000

    /// One transaction deletes this many expired rows at most.
    static let expiredMax = 10_000

    private struct Entry {
        let key: Hash, number: Int, recordedAt: Int
    }

    private struct State {
        var numbers: [Hash: (number: Int, recordedAt: Int)] = [:]
        var entries: [Entry] = []
        /// Entries before this are forgotten; they are dropped together, so that expiry costs O(1) a key.
        var first = 0
    }

    private let state = Mutex(State())

    /// The row's number; nil when the key is unknown or has expired.
    func number(of key: Hash, now: Int) -> Int? {
        guard let row = state.withLock({ $0.numbers[key] }) else { return nil }
        return Self.isExpired(row.recordedAt, now: now) ? nil : row.number
    }

    func insert(_ key: Hash, number: Int, recordedAt: Int) {
        state.withLock { state in
            state.numbers[key] = (number, recordedAt)
            state.entries.append(Entry(key: key, number: number, recordedAt: recordedAt))
        }
    }

    /// The last row that may be deleted, because it and those before it are older than they are kept.
    func lastExpired(now: Int) -> Int? {
        state.withLock { state in
            let oldest = state.entries[state.first...].prefix(Self.expiredMax)
            return oldest.prefix { Self.isExpired($0.recordedAt, now: now) }.last?.number
        }
    }

    /// After the rows up to this one were deleted.
    func forget(through number: Int) {
        state.withLock { state in
            while state.first < state.entries.count, state.entries[state.first].number <= number {
                let entry = state.entries[state.first]
                if state.numbers[entry.key]?.number == entry.number { state.numbers[entry.key] = nil }
                state.first += 1
            }
            if state.first > Self.expiredMax {
                state.entries.removeFirst(state.first)
                state.first = 0
            }
        }
    }

    private static func isExpired(_ recordedAt: Int, now: Int) -> Bool { recordedAt < now - keptMicroseconds }
}
