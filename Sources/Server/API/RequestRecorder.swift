import HTTPTypes
import Logging
import Synchronization

/// What is worth knowing of a request once it is answered.
struct RequestRecord: Sendable {
    let operation: Operation
    let status: Int
    let correlationID: String
    let actor: String?
    let seconds: Double
}

/// Counts every request, and logs the ones that changed something or went wrong; reads that went well only at debug.
struct RequestRecorder: Sendable {
    private let requests: Family<Counter>
    private let durations: Family<Histogram>
    private let logger: Logger

    init(metrics: MetricsRegistry, logger: Logger) {
        self.logger = logger
        requests = metrics.counter(
            "botcontrol_http_requests_total", "Requests answered.", labels: ["operation", "status"])
        durations = metrics.histogram(
            "botcontrol_http_request_duration_seconds", "From the request's head to the answer's.",
            labels: ["operation"])
    }

    /// The series of one operation, to be kept with it.
    func series(of operation: Operation) -> OperationSeries {
        OperationSeries(operation, requests: requests, duration: durations.with(operation.id))
    }

    func record(_ record: RequestRecord, in series: OperationSeries, path: String) {
        series.requests(record.status).increment()
        series.duration.observe(record.seconds)
        let level: Logger.Level = record.status >= 500 ? .error : record.operation.isWrite ? .info : .debug
        logger.log(
            level: level, "\(record.operation.method.rawValue) \(path)",
            metadata: [
                "operation": "\(record.operation.id)", "status": "\(record.status)",
                "correlation_id": "\(record.correlationID)", "actor": "\(record.actor ?? "")",
                "milliseconds": "\(Int(record.seconds * 1000))",
            ])
    }
}

/// The series of one operation: looking them up in every request would cost more than counting.
final class OperationSeries: Sendable {
    let duration: Histogram
    private let operation: String
    private let family: Family<Counter>
    private let byStatus = Mutex<[Int: Counter]>([:])

    init(_ operation: Operation, requests: Family<Counter>, duration: Histogram) {
        (self.operation, family, self.duration) = (operation.id, requests, duration)
    }

    func requests(_ status: Int) -> Counter {
        byStatus.withLock { known in
            if let counter = known[status] { return counter }
            let counter = family.with(operation, String(status))
            known[status] = counter
            return counter
        }
    }
}
