/// How long to wait before the next attempt: longer after each failure, never the same for everybody.
package struct Backoff: Sendable {
    package static let secondsMax = 5.0

    private var failures = 0
    private let firstSeconds: Double

    package init(firstSeconds: Double = 0.1) {
        self.firstSeconds = firstSeconds
    }

    package mutating func succeeded() {
        failures = 0
    }

    /// Between half and the whole of a time that doubles, up to five seconds.
    package mutating func next() -> Duration {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }

    package mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let whole = min(Self.secondsMax, firstSeconds * Double(1 << min(failures, 16)))
        failures += 1
        return .seconds(Double.random(in: whole / 2...whole, using: &random))
    }
}
