import Logging
import Synchronization

/// Keeps all that is logged.
package final class LogCollector: Sendable {
    private let taken = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { taken.withLock { $0 } }

    package var text: String { lines.joined(separator: "\n") }

    package var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(collector: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let collector: LogCollector
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            collector.taken.withLock { $0.append("\(event.message) \(event.metadata ?? [:]) \(metadata)") }
        }
    }
}
