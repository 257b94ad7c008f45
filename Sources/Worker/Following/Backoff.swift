/// How long to wait after so many failures in a row: twice as long each time, with a random part, so that a thousand
/// workers do not come back at the same moment.
package struct Backoff: Sendable {
    package static let firstMax = Duration.milliseconds(200), restMax = Duration.seconds(5)

    /// From 0 up to 1.
    private let random: @Sendable () -> Double

    package init(random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }) {
        self.random = random
    }

    /// Between half and all of the doubled time.
    ///
    /// - Parameter failures: at least 1.
    package func rest(after failures: Int) -> Duration {
        let doubled = min(Self.restMax, Self.firstMax * (1 << min(max(failures, 1) - 1, 16)))
        return doubled * (0.5 + 0.5 * random())
    }
}
