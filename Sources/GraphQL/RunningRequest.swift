import Dispatch
import JavaScript
import Synchronization

/// A request that graphql-js works on, and what it waits for.
final class RunningRequest {
    let resolver: any GraphQLResolving
    let continuation: CheckedContinuation<GraphQLAnswer, Never>
    let deadline: DispatchTime
    /// graphql-js' own, when it waits for the host.
    var promise: Isolate.Handle?
    /// What the host has not answered yet, by the number of the promise.
    var asks: [UInt32: Task<Void, Never>] = [:]

    init(
        _ resolver: any GraphQLResolving, _ continuation: CheckedContinuation<GraphQLAnswer, Never>, seconds: Double
    ) {
        (self.resolver, self.continuation) = (resolver, continuation)
        deadline = .now() + seconds
    }
}

/// An answer of the host, which may come at once or later.
final class ReplySlot: Sendable {
    private enum State {
        case empty
        case filled([UInt8])
        case awaited
    }

    private let state = Mutex(State.empty)

    /// - Returns: false when it is late: nobody looks here any more.
    func fill(_ reply: [UInt8]) -> Bool {
        state.withLock { state in
            guard case .empty = state else { return false }
            state = .filled(reply)
            return true
        }
    }

    /// What is there already; nil: from now on it comes late.
    func take() -> [UInt8]? {
        state.withLock { state in
            guard case .filled(let reply) = state else {
                state = .awaited
                return nil
            }
            return reply
        }
    }
}
