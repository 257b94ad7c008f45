import Synchronization

/// Counts what happens. It never goes down but with the process.
package final class Counter: Metric {
    private let count = Atomic<Int>(0)

    package var value: Int { count.load(ordering: .relaxed) }

    /// - Parameter amount: a negative one counts nothing.
    package func increment(by amount: Int = 1) {
        count.wrappingAdd(max(0, amount), ordering: .relaxed)
    }

    package func samples(_ name: String, _ labels: [ExpositionLabel], to writer: inout ExpositionWriter) {
        writer.sample(name, labels, Double(value))
    }
}
