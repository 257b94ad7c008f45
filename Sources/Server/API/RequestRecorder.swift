import HTTPTypes
import Logging

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

    func record(_ record: RequestRecord, path: String) {
        requests.with(record.operation.id, String(record.status)).increment()
        durations.with(record.operation.id).observe(record.seconds)
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
