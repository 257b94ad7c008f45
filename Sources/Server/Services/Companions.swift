import Synchronization

/// What runs beside the server in the same process, and has a say in whether all is well.
package final class Companions: Sendable {
    private let checks = Mutex<[@Sendable () -> [Readiness.Reason]]>([])

    /// - Parameter check: what is wrong now; asked with every readiness check.
    package func add(_ check: @escaping @Sendable () -> [Readiness.Reason]) {
        checks.withLock { $0.append(check) }
    }

    var reasons: [Readiness.Reason] { checks.withLock { $0 }.flatMap { $0() } }
}
