import Domain
import NIOHTTP1

/// One bot's ears on Discord: a socket of the gateway that carries all its servers.
final class DiscordEars: ChatListening {
    private let api: APIAccess
    private let endpoints: PlatformEndpoints
    private let bot: BotCredentials
    private let guilds: DiscordGuilds
    private let rest: ReconnectRest
    private let identifyEvery: Duration
    private let wishes = RoomWishes()

    init(
        _ api: APIAccess, endpoints: PlatformEndpoints, bot: BotCredentials, guilds: DiscordGuilds,
        rest: ReconnectRest, identifyEvery: Duration
    ) {
        (self.api, self.endpoints, self.bot, self.guilds) = (api, endpoints, bot, guilds)
        (self.rest, self.identifyEvery) = (rest, identifyEvery)
    }

    func join(_ channel: ChatChannel, login: String) { wishes.join(channel, login: login) }

    func leave(_ channelID: String) { wishes.leave(channelID) }

    func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        let machine = DiscordMachine(
            url: endpoints.socket, bot: bot.userID, token: { [bot] in bot.token }, guilds: guilds, rest: rest,
            identifyEvery: identifyEvery)
        // A large server is told in one text.
        let connector = SocketConnector(authorityFile: endpoints.authorityFile, textBytesMax: 16 << 20)
        let loop = ChatLoop<DiscordMachine>(
            connector: connector, clock: api.clock, wishes: wishes, call: { _ in await self.gateway() })
        await loop.run(machine, deliver: deliver)
    }

    private func gateway() async -> DiscordGatewayAnswer {
        do {
            let answer = try await api.send(APIRequest(method: .GET, path: "/gateway/bot"))
            let reason = api.hidden(in: answer.discordReason)
            switch answer.status {
            case 200..<300:
                let limit = answer.body?["session_start_limit"]
                return .at(
                    url: answer.body?["url"]?.string ?? "", remaining: limit?["remaining"]?.integer ?? 1,
                    resetAfter: .milliseconds(min(max(limit?["reset_after"]?.integer ?? 60_000, 1000), 86_400_000)))
            case 401, 403: return .refused(reason)
            case 429: return .failed(reason, retryAfter: .seconds(answer.discordWaitSeconds))
            default: return .failed(reason, retryAfter: nil)
            }
        } catch {
            return .failed(error.reason, retryAfter: error.retryAfterSeconds.map { .seconds($0) })
        }
    }
}
