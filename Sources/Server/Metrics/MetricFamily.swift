import Synchronization

/// A metric's name, what it means, and the names of its labels.
struct MetricHead: Equatable, Sendable {
    let name: String, help: String, labels: [String]

    init(_ name: String, _ help: String, _ labels: [String]) {
        precondition(Self.isName(name, colon: true), "\(name) is no name of a metric")
        let areNames = labels.allSatisfy { Self.isName($0, colon: false) && !$0.hasPrefix("__") }
        precondition(areNames && Set(labels).count == labels.count, "\(name) has a label that cannot be one")
        (self.name, self.help, self.labels) = (name, help, labels)
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, without the colon for labels.
    private static func isName(_ text: String, colon: Bool) -> Bool {
        let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: "_") || (colon && byte == UInt8(ascii: ":"))
                || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
        }
    }
}

/// All series of one name.
protocol MetricFamily: Sendable {
    var head: MetricHead { get }
    func write(to writer: inout ExpositionWriter)
}

/// One number, or one distribution, that can be told.
package protocol Metric: Sendable {
    func samples(_ name: String, _ labels: [ExpositionLabel], to writer: inout ExpositionWriter)
}

/// A metric with labels: one series for each combination of values, up to a bound.
package final class Family<Series: Metric>: MetricFamily {
    static var overflow: String { "other" }

    let head: MetricHead
    private let kind: String
    private let make: @Sendable () -> Series
    private let series = Mutex<[[String]: Series]>([:])

    init(_ head: MetricHead, kind: String, make: @escaping @Sendable () -> Series) {
        (self.head, self.kind, self.make) = (head, kind, make)
        // A metric without labels is told from the start, be it 0.
        if head.labels.isEmpty { _ = with([]) }
    }

    /// The series of these label values, in the order of the labels. Keep it where it is used often.
    package func with(_ values: String...) -> Series { with(values) }

    package func with(_ values: [String]) -> Series {
        precondition(values.count == head.labels.count, "\(head.name) has the labels \(head.labels)")
        return series.withLock { series in
            if let known = series[values] { return known }
            let isFull = series.count >= MetricsRegistry.seriesMax - 1
            let key = isFull ? values.map { _ in Self.overflow } : values
            if let known = series[key] { return known }
            let fresh = make()
            series[key] = fresh
            return fresh
        }
    }

    func write(to writer: inout ExpositionWriter) {
        let all = series.withLock { series in series.sorted { $0.key.lexicographicallyPrecedes($1.key) } }
        writer.head(head, kind: kind)
        for (values, one) in all {
            one.samples(head.name, zip(head.labels, values).map(ExpositionLabel.init), to: &writer)
        }
    }
}

/// Gauges that are read when they are asked for.
final class ReadFamily: MetricFamily {
    let head: MetricHead
    private let read: @Sendable () -> [([String], Double)]

    init(_ head: MetricHead, read: @escaping @Sendable () -> [([String], Double)]) {
        (self.head, self.read) = (head, read)
    }

    /// Rows with too few or too many values, or that stand there twice, are no series and left out.
    func write(to writer: inout ExpositionWriter) {
        writer.head(head, kind: "gauge")
        var told: Set<[String]> = []
        for (values, value) in read().prefix(MetricsRegistry.seriesMax)
        where values.count == head.labels.count && told.insert(values).inserted {
            writer.sample(head.name, zip(head.labels, values).map(ExpositionLabel.init), value)
        }
    }
}
