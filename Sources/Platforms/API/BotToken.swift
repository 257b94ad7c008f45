import Domain
import Synchronization

/// The token by which a bot speaks to one platform, always the newest: it is replaced when its file changes, and
/// renewed when the platform refuses it.
package final class BotToken: Sendable {
    /// - Returns: nil when there is none better than the one that was refused.
    package typealias Renewal = @Sendable (_ refused: Secret) async -> Secret?

    /// Whoever is refused a new token is not asked again at once: platforms ban who goes on.
    static let restAfterFailure = Duration.seconds(60)

    private struct State {
        var current: Secret
        /// An answer may still repeat it.
        var former: Secret?
        var isRenewing = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var failedAt: Duration?
    }

    private let state: Mutex<State>
    private let clock: ChatClock
    private let renewal: Renewal?

    package init(_ token: Secret, clock: ChatClock = .system, renewal: Renewal? = nil) {
        (self.clock, self.renewal) = (clock, renewal)
        state = Mutex(State(current: token))
    }

    package var current: Secret { state.withLock { $0.current } }

    package func replace(with token: Secret) {
        state.withLock { state in
            guard token != state.current else { return }
            (state.former, state.current, state.failedAt) = (state.current, token, nil)
        }
    }

    /// Gets another one for a token that was refused, or that is about to end. Whoever asks meanwhile waits for the
    /// same answer.
    ///
    /// - Returns: whether there is another one now.
    package func renew(insteadOf refused: Secret) async -> Bool {
        guard let renewal else { return current != refused }
        let now = clock.moment.elapsed
        let isOurs: Bool? = state.withLock { state in
            guard state.current == refused, !state.isRenewing else { return state.current == refused ? false : nil }
            guard state.failedAt.map({ now - $0 >= Self.restAfterFailure }) ?? true else { return nil }
            state.isRenewing = true
            return true
        }
        switch isOurs {
        case true?:
            finish(await renewal(refused), at: clock.moment.elapsed)
        case false?:
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRenewing { state.waiting.append(continuation) }
                    return !state.isRenewing
                }
                if isOver { continuation.resume() }
            }
        case nil: break
        }
        return current != refused
    }

    private func finish(_ token: Secret?, at now: Duration) {
        if let token { replace(with: token) }
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isRenewing = false
            if token == nil { state.failedAt = now }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// A text of somebody else, in case it repeats the secret.
    package func hidden(in text: String) -> String {
        let (current, former) = state.withLock { ($0.current, $0.former) }
        return (former ?? current).hidden(in: current.hidden(in: text))
    }
}

extension BotToken: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}
