import Synchronization

/// The buckets of everybody, a bounded number of them.
final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
    /// The share of buckets that is dropped when all of them are in use.
    private static var droppedShare: Int { 10 }

    private let budget: Budget
    private let countMax: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let buckets = Mutex<[Key: TokenBucket]>([:])

    init(_ budget: Budget, countMax: Int, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        (self.budget, self.countMax, self.now) = (budget, max(1, countMax), now)
    }

    var count: Int { buckets.withLock(\.count) }

    func take(_ key: Key) -> Admission {
        guard !budget.isOff else { return .allowed }
        let now = now()
        return buckets.withLock { buckets in
            if buckets[key] == nil, buckets.count >= countMax { makeRoom(&buckets, at: now) }
            return buckets[key, default: TokenBucket(budget, at: now)].take(budget, at: now)
        }
    }

    /// Says whether `take` would be allowed; keeps nothing.
    func look(_ key: Key) -> Admission {
        guard !budget.isOff else { return .allowed }
        return buckets.withLock { buckets in
            guard var bucket = buckets[key] else { return .allowed }
            return bucket.look(budget, at: now())
        }
    }

    /// Full buckets are as good as none. When too few are full, those that were not used for longest go too.
    private func makeRoom(_ buckets: inout [Key: TokenBucket], at now: ContinuousClock.Instant) {
        buckets = buckets.filter { !$0.value.isFull(budget, at: now) }
        let countWanted = countMax - max(1, countMax / Self.droppedShare)
        guard buckets.count > countWanted else { return }
        let idle = buckets.sorted { $0.value.touchedAt < $1.value.touchedAt }.prefix(buckets.count - countWanted)
        for (key, _) in idle { buckets[key] = nil }
    }
}
