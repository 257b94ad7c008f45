import Domain
import NIOHTTP1

/// One bot's ears on YouTube: it asks each chat for what is new.
final class YouTubeEars: ChatListening {
    /// However seldom YouTube wants to be asked, and however often it lets itself be.
    private static let waits = (least: Duration.milliseconds(20), most: Duration.seconds(60))

    private let api: APIAccess
    private let bot: BotCredentials
    private let chats: YouTubeChats
    private let quota: YouTubeQuota
    private let rest: ReconnectRest
    private let findEvery: Duration
    private let wishes = RoomWishes()

    init(
        _ api: APIAccess, bot: BotCredentials, chats: YouTubeChats, quota: YouTubeQuota, rest: ReconnectRest,
        findEvery: Duration
    ) {
        (self.api, self.bot, self.chats, self.quota) = (api, bot, chats, quota)
        (self.rest, self.findEvery) = (rest, findEvery)
    }

    func join(_ channel: ChatChannel, login: String) { wishes.join(channel, login: login) }

    func leave(_ channelID: String) { wishes.leave(channelID) }

    func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        let loop = ChatLoop<YouTubeMachine>(
            connector: SocketConnector(authorityFile: nil), clock: api.clock, wishes: wishes,
            call: { await self.ask($0) })
        await loop.run(YouTubeMachine(bot: bot.userID, rest: rest, findEvery: findEvery), deliver: deliver)
    }

    private func ask(_ call: YouTubeMachine.Call) async -> YouTubeMachine.Answer {
        switch call {
        case .find(let channel): return .found(await chats.find(channel))
        case .page(let channel, let chat, let token):
            let answer = await page(of: chat, token)
            switch answer {
            case .ended, .refused: chats.forget(channel)
            case .page(_, _, _, let isOver): if isOver { chats.forget(channel) }
            case .found, .unknownPage, .failed: break
            }
            return answer
        }
    }

    private func page(of chat: String, _ token: String?) async -> YouTubeMachine.Answer {
        var request = APIRequest(
            method: .GET, path: "/youtube/v3/liveChat/messages",
            query: [
                .init(name: "liveChatId", value: chat), .init(name: "part", value: "id,snippet,authorDetails"),
                .init(name: "maxResults", value: "2000"),
            ])
        if let token { request.query.append(.init(name: "pageToken", value: token)) }
        (request.route, request.units) = (APIRequest.listeningRoute, YouTubeQuota.pageUnits)
        do {
            return meaning(of: try await api.send(request))
        } catch {
            return .failed(error.reason, retryAfter: error.retryAfterSeconds.map { .seconds($0) })
        }
    }

    private func meaning(of answer: APIAnswer) -> YouTubeMachine.Answer {
        let reason = api.hidden(in: answer.youTubeReason)
        if answer.isSuccess {
            guard let next = answer.body?["nextPageToken"]?.string, !next.isEmpty else {
                let isOver = answer.body?["offlineAt"]?.string != nil
                return isOver ? .ended : .failed("YouTube answered without a next page", retryAfter: nil)
            }
            let asked = Duration.milliseconds(
                min(max(answer.body?["pollingIntervalMillis"]?.integer ?? 5000, 0), 60_000))
            let wait = quota.interval(min(max(asked, Self.waits.least), Self.waits.most), at: api.clock.wall.now)
            return .page(
                answer.body?["items"]?.array ?? [], next: next, wait: wait,
                isOver: answer.body?["offlineAt"]?.string != nil)
        }
        switch answer.youTubeCode {
        case "liveChatEnded", "liveChatNotFound", "liveChatDisabled": return .ended
        case "pageTokenInvalid", "invalidPageToken": return .unknownPage
        case _ where answer.isYouTubeSpent:
            let now = api.clock.wall.now, end = YouTubeQuota.midnight(after: now)
            return .failed(
                "the day's quota of YouTube's API is spent, listening goes on at \(end)",
                retryAfter: .seconds(max(end.seconds(since: now), 1)))
        case _ where answer.isYouTubeLimit:
            return .failed(reason, retryAfter: .seconds(answer.waitSeconds(otherwise: 10)))
        default: break
        }
        return (400..<500).contains(answer.status) ? .refused(reason) : .failed(reason, retryAfter: nil)
    }
}
