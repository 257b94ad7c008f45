import Synchronization

/// Everything that is counted, by name, and how it is told to Prometheus.
///
///     let requests = registry.counter("http_requests_total", "Requests answered.", labels: ["method", "status"])
///     requests.with("GET", "200").increment()
package final class MetricsRegistry: Sendable {
    /// The series of one metric. Further label values are counted together under `other`, so that nobody can fill
    /// the memory by inventing them.
    package static let seriesMax = 1000

    private let families = Mutex<[String: any MetricFamily]>([:])

    package init() {}

    /// A number that only grows. By convention its name ends in `_total`.
    package func counter(_ name: String, _ help: String, labels: [String] = []) -> Family<Counter> {
        family(MetricHead(name, help, labels)) { Family($0, kind: "counter") { Counter() } }
    }

    /// A number that goes up and down.
    package func gauge(_ name: String, _ help: String, labels: [String] = []) -> Family<Gauge> {
        family(MetricHead(name, help, labels)) { Family($0, kind: "gauge") { Gauge() } }
    }

    /// How often a value fell below each bound.
    /// - Parameter bounds: upper ones, in growing order, in the metric's unit; one for infinity is added.
    package func histogram(
        _ name: String, _ help: String, labels: [String] = [], bounds: [Double] = Histogram.requestSeconds
    ) -> Family<Histogram> {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of \(name) do not grow")
        precondition(bounds.allSatisfy(\.isFinite) && !labels.contains("le"), "\(name) is not a histogram")
        return family(MetricHead(name, help, labels)) { Family($0, kind: "histogram") { Histogram(bounds: bounds) } }
    }

    /// A gauge whose value is read when it is asked for; nil leaves it out.
    package func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double?) {
        gauges(name, help, labels: []) { read().map { [([], $0)] } ?? [] }
    }

    /// Gauges that are read when they are asked for: label values in the order of the labels, and the value.
    package func gauges(
        _ name: String, _ help: String, labels: [String], read: @escaping @Sendable () -> [([String], Double)]
    ) {
        let head = MetricHead(name, help, labels)
        _ = family(head) { ReadFamily($0, read: read) }
    }

    /// The same name asked for again is the same metric.
    private func family<Wanted: MetricFamily>(_ head: MetricHead, _ make: (MetricHead) -> Wanted) -> Wanted {
        families.withLock { families in
            if let known = families[head.name] {
                guard let known = known as? Wanted, known.head == head else {
                    preconditionFailure("the metric \(head.name) stands for two things")
                }
                return known
            }
            let fresh = make(head)
            families[head.name] = fresh
            return fresh
        }
    }

    /// All metrics in the text exposition format 0.0.4, in the order of their names.
    package func render() -> String {
        let families = families.withLock { $0.values.sorted { $0.head.name < $1.head.name } }
        var writer = ExpositionWriter()
        for family in families { family.write(to: &writer) }
        return writer.text
    }
}
