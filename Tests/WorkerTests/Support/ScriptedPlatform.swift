import Domain
import Platforms
import Synchronization

/// A platform that does what a test says, and remembers what it was asked.
final class ScriptedPlatform: ChatActing {
    private struct State {
        var asked: [(ChatAction, ChatChannel)] = []
        var outcomes: [ChatOutcome] = []
        var held: Set<ChatChannel> = []
        var waiting: [(ChatChannel, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var asked: [ChatAction] { state.withLock { $0.asked.map(\.0) } }

    func asked(in channel: ChatChannel) -> [ChatAction] {
        state.withLock { $0.asked.filter { $0.1 == channel }.map(\.0) }
    }

    /// The next answers, one after the other; done when there is none.
    func answer(_ outcomes: ChatOutcome...) {
        state.withLock { $0.outcomes += outcomes }
    }

    /// Requests about a channel hang until it is released.
    func hold(_ channel: ChatChannel) {
        _ = state.withLock { $0.held.insert(channel) }
    }

    func release(_ channel: ChatChannel) {
        let waiting = state.withLock { state in
            state.held.remove(channel)
            defer { state.waiting.removeAll { $0.0 == channel } }
            return state.waiting.filter { $0.0 == channel }
        }
        for (_, continuation) in waiting { continuation.resume() }
    }

    func perform(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome {
        let outcome = state.withLock { state in
            state.asked.append((action, channel))
            return state.outcomes.isEmpty ? .done(seconds: nil) : state.outcomes.removeFirst()
        }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.held.contains(channel) else { return true }
                state.waiting.append((channel, continuation))
                return false
            }
            if isFree { continuation.resume() }
        }
        return outcome
    }
}
