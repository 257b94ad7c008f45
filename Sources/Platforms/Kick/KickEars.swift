import Domain
import NIOHTTP1
import Synchronization

/// One bot's ears on Kick: it sees to it that Kick sends, and hears what the server took in.
final class KickEars: ChatListening {
    private let api: APIAccess
    private let bot: BotCredentials
    private let inbox: KickInbox
    private let rest: ReconnectRest
    private let checkEvery: Duration
    private let wishes = RoomWishes()

    private struct Hearing {
        var rooms: [String: ChatChannel] = [:]
        var recent = RecentIDs(countMax: 4096)
        var aliveAt: [String: Duration] = [:]
    }

    private let hearing = Mutex(Hearing())

    init(_ api: APIAccess, bot: BotCredentials, inbox: KickInbox, rest: ReconnectRest, checkEvery: Duration) {
        (self.api, self.bot, self.inbox, self.rest, self.checkEvery) = (api, bot, inbox, rest, checkEvery)
    }

    func join(_ channel: ChatChannel, login: String) {
        hearing.withLock { $0.rooms[channel.id] = channel }
        wishes.join(channel, login: login)
    }

    func want(_ events: Set<PlatformEvent.Kind>, in channelID: String) { wishes.want(events, in: channelID) }

    func leave(_ channelID: String) {
        hearing.withLock { ($0.rooms[channelID], $0.aliveAt[channelID]) = (nil, nil) }
        wishes.leave(channelID)
    }

    func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        inbox.attach { await self.hear($0, deliver) }
        defer { inbox.detach() }
        let loop = ChatLoop<KickMachine>(
            connector: SocketConnector(authorityFile: nil), clock: api.clock, wishes: wishes,
            call: { await self.ask($0) })
        await loop.run(KickMachine(rest: rest, checkEvery: checkEvery), deliver: deliver)
    }

    private func hear(_ news: KickNews, _ deliver: @Sendable (ChatEvent) async -> Void) async {
        let now = api.clock.moment, id = news.channel.id
        let (channel, tellsAlive) = hearing.withLock { hearing -> (ChatChannel?, Bool) in
            guard let channel = hearing.rooms[id], hearing.recent.insert(news.id) else { return (nil, false) }
            guard hearing.aliveAt[id].map({ now.elapsed - $0 >= .seconds(5) }) ?? true else { return (channel, false) }
            hearing.aliveAt[id] = now.elapsed
            return (channel, true)
        }
        guard let channel else { return }
        if tellsAlive { await deliver(.alive(channel, at: now.wall)) }
        switch news {
        case .message(var message):
            message.channel = channel
            if message.author.id == bot.userID { message.author.roles.insert(.ownBot) }
            await deliver(.message(message))
        case .event(var event):
            event.channel = channel
            if event.user?.id == bot.userID { event.user?.roles.insert(.ownBot) }
            await deliver(.happened(event))
        }
    }

    private func ask(_ call: KickMachine.Call) async -> KickMachine.Answer {
        do {
            return meaning(of: try await api.send(Self.request(call)), to: call)
        } catch {
            return .failed(error.reason, retryAfter: nil)
        }
    }

    private static func request(_ call: KickMachine.Call) -> APIRequest {
        let path = "/public/v1/events/subscriptions"
        switch call {
        case .check(let id):
            let query = [APIRequest.Parameter(name: "broadcaster_user_id", value: id)]
            return APIRequest(method: .GET, path: path, query: query)
        case .subscribe(let id, let topics):
            let events = topics.map(\.rawValue).sorted().map { ["name": .string($0), "version": 1] as JSON }
            let body: JSON = [
                "broadcaster_user_id": .integer(Int(id) ?? 0), "events": .array(events), "method": "webhook",
            ]
            return APIRequest(method: .POST, path: path, body: body.bytes)
        }
    }

    private func meaning(of answer: APIAnswer, to call: KickMachine.Call) -> KickMachine.Answer {
        let reason = api.hidden(in: answer.kickReason)
        switch answer.status {
        case 200..<300:
            let entries = answer.body?["data"]?.array ?? []
            switch call {
            case .check(let id):
                let there = entries.filter { ($0.identity("broadcaster_user_id") ?? id) == id }
                return .sends(Set(there.compactMap { $0["event"]?.string.flatMap(KickTopic.init) }))
            case .subscribe(_, let topics):
                return .subscribed(refusals: refusals(entries, of: topics))
            }
        case 429: return .failed(reason, retryAfter: .seconds(answer.waitSeconds(otherwise: 5)))
        case 400..<500: return .refused(reason)
        default: return .failed(reason, retryAfter: nil)
        }
    }

    /// An error that names nothing is about all.
    private func refusals(_ entries: [JSON], of topics: Set<KickTopic>) -> [KickTopic: String] {
        var refusals: [KickTopic: String] = [:]
        for entry in entries {
            guard let error = entry["error"]?.string, !error.isEmpty else { continue }
            let named = entry["name"]?.string.flatMap(KickTopic.init)
            for topic in named.map({ [$0] }) ?? topics { refusals[topic] = api.hidden(in: error) }
        }
        return refusals.filter { topics.contains($0.key) }
    }
}

extension KickNews {
    fileprivate var id: String {
        switch self {
        case .message(let message): message.id
        case .event(let event): event.id
        }
    }
}
