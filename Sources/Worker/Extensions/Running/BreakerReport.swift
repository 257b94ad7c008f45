import Domain

/// What this worker has to say about an install's circuit breaker.
package enum BreakerReport: Equatable, Sendable {
    case tripped(InstallID, reason: String, failures: Int, at: Timestamp)
    case recovered(InstallID, at: Timestamp)
}
