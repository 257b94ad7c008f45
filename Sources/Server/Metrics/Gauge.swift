import Synchronization

/// How much there is of something.
package final class Gauge: Metric {
    private let bits = Atomic<UInt64>(0)

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    package func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    /// - Parameter amount: may be negative.
    package func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let wanted = (Double(bitPattern: known) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: known, desired: wanted, ordering: .relaxed)
            if exchanged { return }
            known = original
        }
    }

    package func samples(_ name: String, _ labels: [ExpositionLabel], to writer: inout ExpositionWriter) {
        writer.sample(name, labels, value)
    }
}
