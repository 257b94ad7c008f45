import Domain

/// `wait=converged&timeout_ms=`: the caller of a command wants to know which workers have applied it.
struct Waiting: Sendable {
    static let timeoutMillisecondsMax = 30_000
    static let names = ["wait", "timeout_ms"]
    static let parameters: [Operation.Parameter] = [
        .init(
            "wait", ["type": "string", "enum": ["converged"]],
            "Answer once every live worker has applied the change, and say which have."),
        .init(
            "timeout_ms",
            ["type": "integer", "minimum": 1, "maximum": .integer(timeoutMillisecondsMax), "default": 5000],
            "How long to wait; the command is carried out all the same."),
    ]

    let timeoutSeconds: Double

    /// nil: the caller does not wait.
    init?(_ query: inout ObjectReader) {
        let wait = query.choice("wait", of: Choice.self)
        let milliseconds = query.number("timeout_ms", in: 1...Self.timeoutMillisecondsMax, default: 5000)
        guard wait != nil else { return nil }
        timeoutSeconds = Double(milliseconds) / 1000
    }

    private enum Choice: String, CaseIterable { case converged }
}
