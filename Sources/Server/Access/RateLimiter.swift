import Domain

/// How many requests a caller may make, and how often an address may fail to say who it is.
///
/// Pauses and kills have a budget of their own: a caller who has used up the other one can still stop a bot.
package final class RateLimiter: Sendable {
    package enum RequestClass: Sendable {
        case ordinary
        /// Pauses and kills.
        case emergency
    }

    package struct Budgets: Sendable {
        package var ordinary = Budget(perSecond: 500, burst: 1000)
        package var emergency = Budget(perSecond: 100, burst: 200)
        package var failedAuthentications = Budget(perSecond: 1, burst: 20)

        package init() {}

        /// - Parameter perSecond: of every caller, with twice as many at once; 0 limits no caller. An address that
        ///   fails to say who it is stays limited.
        package init(perSecond: Int) {
            ordinary = Budget(perSecond: Double(perSecond), burst: Double(perSecond) * 2)
            if perSecond == 0 { emergency = .off }
        }
    }

    /// Buckets of each kind. Beyond, idle ones are dropped.
    package static let bucketsMax = 10_000

    private struct CallerKey: Hashable, Sendable {
        let kind: Actor.Kind, id: String, account: AccountID?

        init(_ caller: Caller) {
            (kind, id, account) = (caller.actor.kind, caller.actor.id, caller.account)
        }
    }

    private let ordinary: TokenBuckets<CallerKey>, emergency: TokenBuckets<CallerKey>
    private let failures: TokenBuckets<ClientAddress>

    package init(
        _ budgets: Budgets = Budgets(), bucketsMax: Int = bucketsMax,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        ordinary = TokenBuckets(budgets.ordinary, countMax: bucketsMax, now: now)
        emergency = TokenBuckets(budgets.emergency, countMax: bucketsMax, now: now)
        failures = TokenBuckets(budgets.failedAuthentications, countMax: bucketsMax, now: now)
    }

    /// Counts a request of a caller who is known.
    package func admit(_ caller: Caller, _ requestClass: RequestClass = .ordinary) -> Admission {
        switch requestClass {
        case .ordinary: ordinary.take(CallerKey(caller))
        case .emergency: emergency.take(CallerKey(caller))
        }
    }

    /// Whether an address may try to say who it is. Ask only before credentials that are not cached.
    package func admitsAuthentication(from address: ClientAddress) -> Admission { failures.look(address) }

    /// Counts an `AuthenticationFailed` of this address.
    package func recordFailedAuthentication(from address: ClientAddress) { _ = failures.take(address) }

    /// How many are kept at the moment.
    package var bucketCount: Int { ordinary.count + emergency.count + failures.count }
}
