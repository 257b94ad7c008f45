import Domain
import Logging
import Platforms
import Projections
import Redis
import Server
import Synchronization
import Worker

/// Kick's webhooks on their way from the server to the workers.
enum KickWebhooks {
    /// The stream in Redis is cut to about so many messages.
    private static let streamCountMax = 100_000

    /// - Parameters:
    ///   - key: whose signatures are taken, as PEM.
    ///   - hand: brings a message or an event to the workers.
    static func install(
        on plane: ControlPlane, key: KickVerifier, hand: @escaping @Sendable (KickNews) async throws -> Void
    ) {
        let services = plane.services, logger = plane.configuration.logger
        let accounts = ChannelAccounts(services.readModels, clock: services.clock)
        let door = KickDoor(key, clock: services.clock) { id in
            accounts.account(of: id).map { ChatChannel(platform: .kick, accountID: $0, id: id) }
        } hand: { news in
            do { try await hand(news) } catch {
                logger.error(
                    "a webhook of Kick's cannot be handed on: Kick sends it again", metadata: ["error": "\(error)"])
                throw error
            }
        }
        services.webhooks.set(.kick) { header, body in
            guard let webhook = KickWebhook(header: header, body: body) else {
                return .refused(reason: "the headers are missing by which Kick proves that it has sent this")
            }
            return result(await door.receive(webhook))
        }
    }

    private static func result(_ entry: KickDoor.Entry) -> WebhookDesk.Result {
        switch entry {
        case .taken: .taken
        case .repeated: .repeated
        case .unreadable: .ignored(reason: "it is Kick's, but not in a form that is known")
        case .unknownChannel: .ignored(reason: "no bot is in that channel")
        case .refused(.forged): .refused(reason: "the signature is not Kick's")
        case .refused(.stale(let seconds)):
            .refused(reason: "it is \(Int(abs(seconds))) s too \(seconds > 0 ? "old" : "new"): is the clock right?")
        case .failed: .unavailable(reason: "the workers cannot be reached: send it again")
        }
    }

    /// Into the stream from which workers take chat (`--input redis`, or Kick's credentials).
    static func stream(_ url: RedisURL) -> @Sendable (KickNews) async throws -> Void {
        let client = RedisClient(url, name: "webhooks")
        return { news in
            var writer = JSONWriter()
            switch news {
            case .message(let message): message.encode(into: &writer)
            case .event(let event): event.encode(into: &writer)
            }
            let field = if case .event = news { "event" } else { "message" }
            _ = try await client.send([
                RedisCommand("XADD", RedisChat.stream, "MAXLEN", "~", "\(streamCountMax)", "*", field, writer.text)
            ])
        }
    }
}

/// Whose bot is in which channel, known for some seconds: chat must not ask the read models for every line.
private final class ChannelAccounts: Sendable {
    private static let secondsMax = 5.0, countMax = 20_000

    private let readModels: ReadModels
    private let clock: WallClock
    private let known = Mutex<[String: (account: AccountID?, at: Timestamp)]>([:])

    init(_ readModels: ReadModels, clock: WallClock) {
        (self.readModels, self.clock) = (readModels, clock)
    }

    func account(of channel: String) -> AccountID? {
        let now = clock.now
        if let entry = known.withLock({ $0[channel] }), now.seconds(since: entry.at) < Self.secondsMax {
            return entry.account
        }
        let account = try? readModels.account(inChannel: channel, on: .kick)
        known.withLock { known in
            if known.count >= Self.countMax { known = [:] }
            known[channel] = (account, now)
        }
        return account
    }
}
