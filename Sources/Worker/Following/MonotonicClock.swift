/// A clock that only goes forward, whatever is done to the time of day; tests bring their own.
package struct MonotonicClock: Sendable {
    package typealias Instant = ContinuousClock.Instant

    private let read: @Sendable () -> Instant
    private let rest: @Sendable (Duration) async throws -> Void

    package init(
        now read: @escaping @Sendable () -> Instant, sleep rest: @escaping @Sendable (Duration) async throws -> Void
    ) {
        (self.read, self.rest) = (read, rest)
    }

    package var now: Instant { read() }

    package func sleep(for duration: Duration) async throws { try await rest(duration) }

    package static let system = MonotonicClock(
        now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0, clock: .continuous) })
}
