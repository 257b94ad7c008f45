import Domain
import Synchronization

/// Where Kick's webhooks come in: what is not Kick's, too old, or here already goes no further.
package final class KickDoor: Sendable {
    package enum Entry: Equatable, Sendable {
        /// A message or an event, or something of which nothing is made.
        case taken
        case repeated
        case refused(KickVerifier.Refusal)
        /// It is Kick's, but cannot be read.
        case unreadable
        /// Nobody has a bot in that channel.
        case unknownChannel
        /// It could not be handed on: Kick shall send it again.
        case failed
    }

    /// So many ids are remembered at most; when there are more, the oldest go.
    private static let idsMax = 200_000

    private struct Seen {
        /// In two halves, of which the older is forgotten after a while.
        var newer: Set<String> = [], older: Set<String> = []
        var turnedAt: Timestamp?
    }

    private let verifier: KickVerifier
    private let clock: WallClock
    private let channel: @Sendable (String) -> ChatChannel?
    private let hand: @Sendable (KickNews) async throws -> Void
    private let seen = Mutex(Seen())

    /// - Parameters:
    ///   - channel: whose bot is in the channel of this broadcaster.
    ///   - hand: brings a message or an event to the workers.
    package init(
        _ verifier: KickVerifier, clock: WallClock = .system, channel: @escaping @Sendable (String) -> ChatChannel?,
        hand: @escaping @Sendable (KickNews) async throws -> Void
    ) {
        (self.verifier, self.clock, self.channel, self.hand) = (verifier, clock, channel, hand)
    }

    package func receive(_ webhook: KickWebhook) async -> Entry {
        let now = clock.now
        do { try verifier.check(webhook, at: now) } catch { return .refused(error) }
        guard remember(webhook.messageID, at: now) else { return .repeated }
        guard let topic = KickTopic(rawValue: webhook.type) else { return .taken }
        guard let body = try? JSONParser.parse(webhook.body), let owner = body["broadcaster"]?.identity("user_id")
        else { return .unreadable }
        guard let channel = channel(owner) else { return .unknownChannel }
        do {
            guard let news = try KickNews(topic, body, of: webhook, in: channel) else { return .taken }
            return await pass(news, of: webhook, at: now)
        } catch {
            return .unreadable
        }
    }

    private func pass(_ news: KickNews, of webhook: KickWebhook, at now: Timestamp) async -> Entry {
        // One event may be told by several webhooks.
        let name: String? = if case .event(let event) = news, event.id != webhook.messageID { event.id } else { nil }
        if let name, !remember(name, at: now) { return .repeated }
        do {
            try await hand(news)
            return .taken
        } catch {
            forget(webhook.messageID)
            if let name { forget(name) }
            return .failed
        }
    }

    /// For at least twice as long as an old one is taken.
    private func remember(_ id: String, at now: Timestamp) -> Bool {
        seen.withLock { seen in
            let isOld = seen.turnedAt.map { now.seconds(since: $0) > 2 * KickVerifier.ageSecondsMax } ?? true
            if isOld || seen.newer.count >= Self.idsMax {
                (seen.older, seen.newer, seen.turnedAt) = (seen.newer, [], now)
            }
            return !seen.older.contains(id) && seen.newer.insert(id).inserted
        }
    }

    private func forget(_ id: String) {
        seen.withLock { seen in
            seen.newer.remove(id)
            seen.older.remove(id)
        }
    }
}

extension KickNews {
    /// nil for what is nothing new.
    fileprivate init?(
        _ topic: KickTopic, _ body: JSON, of webhook: KickWebhook, in channel: ChatChannel
    ) throws(UnreadableKickEvent) {
        if topic == .chat {
            guard let message = ChatMessage(kick: body, in: channel, bot: nil) else { throw UnreadableKickEvent() }
            self = .message(message)
            return
        }
        guard let moment = Timestamp(webhook.timestamp) else { throw UnreadableKickEvent() }
        let event = try PlatformEvent.kick(topic, body, in: channel, id: webhook.messageID, at: moment)
        guard let event else { return nil }
        self = .event(event)
    }
}
