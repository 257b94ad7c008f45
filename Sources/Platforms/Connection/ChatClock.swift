import Domain

/// The two clocks of a connection: one that only goes forward, whatever is done to the time of day, and the time of
/// day. Tests bring their own.
package struct ChatClock: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let rest: @Sendable (Duration) async throws -> Void
    package let wall: WallClock

    /// - Parameters:
    ///   - elapsed: since any moment, the same for one clock.
    ///   - rest: returns after so long.
    package init(
        elapsed: @escaping @Sendable () -> Duration, wall: WallClock,
        sleep rest: @escaping @Sendable (Duration) async throws -> Void
    ) {
        (self.elapsed, self.wall, self.rest) = (elapsed, wall, rest)
    }

    package static let system = ChatClock(
        elapsed: { ContinuousClock.now - epoch }, wall: .system,
        sleep: { try await Task.sleep(for: $0, clock: .continuous) })

    private static let epoch = ContinuousClock.now

    /// Now, by both clocks.
    package var moment: ChatMoment { ChatMoment(elapsed: elapsed(), wall: wall.now) }

    func sleep(for duration: Duration) async throws { try await rest(duration) }
}

/// One moment by both clocks of a `ChatClock`.
package struct ChatMoment: Equatable, Sendable {
    package var elapsed: Duration
    package var wall: Timestamp

    package init(elapsed: Duration, wall: Timestamp) {
        (self.elapsed, self.wall) = (elapsed, wall)
    }
}
