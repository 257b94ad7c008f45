import Synchronization

/// How values are distributed over fixed buckets.
package final class Histogram: Metric {
    /// Upper bounds in seconds for what a server does: 0.1 ms to 10 s.
    package static let requestSeconds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct State {
        /// Not cumulated; the last is for what exceeds every bound.
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// A value that is no number counts nothing: it would spoil the sum for ever.
    package func observe(_ value: Double) {
        guard value.isFinite else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    package func samples(_ name: String, _ labels: [ExpositionLabel], to writer: inout ExpositionWriter) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            let edge = ExpositionLabel("le", ExpositionWriter.number(bound))
            writer.sample("\(name)_bucket", labels + [edge], Double(total))
        }
        writer.sample("\(name)_sum", labels, sum)
        writer.sample("\(name)_count", labels, Double(total))
    }
}
