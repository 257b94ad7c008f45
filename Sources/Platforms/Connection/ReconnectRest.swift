/// How long to wait before a lost connection is made again: twice as long after each failure, with a random part, so
/// that a thousand bots do not come back at the same moment.
package struct ReconnectRest: Sendable {
    package static let restMax = Duration.seconds(60)

    private let firstMax: Duration
    /// From 0 up to 1.
    private let random: @Sendable () -> Double

    package init(
        firstMax: Duration = .seconds(1), random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        (self.firstMax, self.random) = (firstMax, random)
    }

    /// Between half and all of the doubled time.
    ///
    /// - Parameter failures: in a row, at least 1.
    func rest(after failures: Int) -> Duration {
        let doubled = min(Self.restMax, firstMax * (1 << min(max(failures, 1) - 1, 16)))
        return doubled * (0.5 + 0.5 * random())
    }
}
