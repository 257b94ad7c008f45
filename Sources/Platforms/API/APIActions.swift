import Domain
import Logging

/// How a platform does what a bot does: each action is one request.
protocol ActionDialect: Sendable {
    /// nil where the platform has no such thing.
    func request(for action: ChatAction, in channel: ChatChannel) async throws(APIRequest.Unsendable) -> APIRequest?

    /// What became of it, by the platform's own description of the call.
    func outcome(of action: ChatAction, _ answer: APIAnswer, at now: Timestamp) -> ChatOutcome
}

/// One bot's hands on a platform whose actions are requests to its API.
final class APIActions<Dialect: ActionDialect>: ChatActing {
    private let api: APIAccess
    private let dialect: Dialect
    private let log: Logger

    init(_ api: APIAccess, _ dialect: Dialect, log: Logger) {
        (self.api, self.dialect, self.log) = (api, dialect, log)
    }

    func perform(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome {
        let outcome = await attempt(action, in: channel).described { api.hidden(in: $0) }
        log.debug("\(action.name.rawValue) in \(channel.id): \(outcome)")
        return outcome
    }

    private func attempt(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome {
        let request: APIRequest?
        do {
            request = try await dialect.request(for: action, in: channel)
        } catch {
            return .notActionable(reason: error.reason)
        }
        guard let request else { return .unsupported }
        do {
            return dialect.outcome(of: action, try await api.send(request), at: api.clock.wall.now)
        } catch {
            return switch error.limit {
            case .account: .rateLimited(retryAfterSeconds: error.retryAfterSeconds ?? 1)
            case .channel: .channelLimited(retryAfterSeconds: error.retryAfterSeconds ?? 1)
            case nil: .failed(reason: error.reason, retryAfterSeconds: error.retryAfterSeconds)
            }
        }
    }
}

extension ChatOutcome {
    /// The same with another wording of its reason.
    func described(_ wording: (String) -> String) -> ChatOutcome {
        switch self {
        case .notActionable(let reason): .notActionable(reason: wording(reason))
        case .failed(let reason, let seconds): .failed(reason: wording(reason), retryAfterSeconds: seconds)
        case .unauthorized(let reason): .unauthorized(reason: wording(reason))
        case .done, .alreadySo, .unsupported, .rateLimited, .channelLimited: self
        }
    }
}
