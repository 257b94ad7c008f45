/// Why a log cannot be signed any more. Each is a matter for a person: the program must not decide which is right.
package enum LogProblem: Error, Equatable, CustomStringConvertible {
    case shorter(events: Int, leaves: Int)
    case rewritten(size: Int)
    case gap(after: Int)
    case leavesDoNotFit(size: Int)

    package var description: String {
        let advice = "run botcontrol audit verify, and bring the right journal back"
        return switch self {
        case .shorter(let events, let leaves):
            "the journal holds \(events) events, but \(leaves) were signed before: the newest are missing; \(advice)"
        case .rewritten(let size):
            "the journal's first \(size) events are not those that were signed before: \(advice)"
        case .gap(let position): "there is no event after position \(position): \(advice)"
        case .leavesDoNotFit(let size):
            "the \(size) events do not have the hash that the journal has of them: \(advice)"
        }
    }
}

/// The tiles are still being made, and nothing was signed before.
package struct LogNotReady: Error, CustomStringConvertible {
    let leaves: Int
    package var description: String { "the log is being made, at position \(leaves): try again in a moment" }
}
