import Domain
import Logging
import Synchronization

/// One bot's hands on Twitch: every action is one request to the API (Helix).
package final class TwitchActions: ChatActing {
    private let client: HelixClient
    private let bot: TwitchCredentials
    private let log: Logger
    private let known = Mutex<RateBudget?>(nil)

    package init(client: HelixClient, bot: TwitchCredentials, log: Logger = Logger(label: "twitch.actions")) {
        (self.client, self.bot, self.log) = (client, bot, log)
    }

    /// What Twitch still takes from this bot's token, as far as its last answers said.
    package var budget: RateBudget? { known.withLock { $0 } }

    package func perform(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome {
        let outcome = await attempt(action, in: channel).described { ChatText.reason(bot.hidden(in: $0)) }
        log.debug("\(action.name.rawValue) in \(channel.id): \(outcome)")
        return outcome
    }

    /// nil when there is no answer.
    func ask(_ request: APIRequest) async -> HelixAnswer? {
        guard let answer = try? await client.send(request, as: bot) else { return nil }
        if let budget = answer.budget { learn(budget) }
        return answer
    }

    private func attempt(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome {
        let request: APIRequest
        do {
            request = try APIRequest(helix: action, in: channel, as: bot.userID)
        } catch {
            return .notActionable(reason: error.reason)
        }
        do {
            let answer = try await client.send(request, as: bot)
            if let budget = answer.budget { learn(budget) }
            return answer.outcome(of: action, at: client.clock.wall.now)
        } catch {
            return .failed(reason: error.reason, retryAfterSeconds: nil)
        }
    }

    /// A bucket is full again within a minute; a moment far ahead would hide every later answer.
    private func learn(_ newer: RateBudget) {
        guard newer.reset < client.clock.wall.now.adding(seconds: 600) else { return }
        known.withLock { $0 = $0?.after(newer) ?? newer }
    }
}
