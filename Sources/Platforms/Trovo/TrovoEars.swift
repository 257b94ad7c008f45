import Domain
import NIOHTTP1

/// One bot's ears on Trovo: a WebSocket for each channel.
final class TrovoEars: ChatListening {
    private let api: APIAccess
    private let endpoints: PlatformEndpoints
    private let bot: BotCredentials
    private let names: TrovoNames
    private let rest: ReconnectRest
    private let wishes = RoomWishes()

    init(
        _ api: APIAccess, endpoints: PlatformEndpoints, bot: BotCredentials, names: TrovoNames, rest: ReconnectRest
    ) {
        (self.api, self.endpoints, self.bot, self.names, self.rest) = (api, endpoints, bot, names, rest)
    }

    func join(_ channel: ChatChannel, login: String) { wishes.join(channel, login: login) }

    func leave(_ channelID: String) { wishes.leave(channelID) }

    func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        let machine = TrovoMachine(url: endpoints.socket, bot: bot.userID, rest: rest)
        let connector = SocketConnector(authorityFile: endpoints.authorityFile)
        let loop = ChatLoop<TrovoMachine>(
            connector: connector, clock: api.clock, wishes: wishes, call: { await self.token(for: $0) })
        await loop.run(machine) { [names] event in
            if case .message(let message) = event, TrovoNames.isName(message.author.login) {
                names.learn(message.author.login, of: message.author.id)
            }
            await deliver(event)
        }
    }

    private func token(for call: TrovoMachine.Call) async -> TrovoMachine.Answer {
        do {
            let path = "/chat/channel-token/\(APIRequest.encoded(call.channelID))"
            let answer = try await api.send(APIRequest(method: .GET, path: path))
            if answer.isSuccess, let token = answer.body?["token"]?.string, !token.isEmpty {
                return .token(Secret(token))
            }
            if answer.status == 429 || answer.trovoStatus == TrovoStatus.rateLimit {
                return .failed(answer.trovoReason, retryAfter: .seconds(answer.waitSeconds(otherwise: 5)))
            }
            if (400..<500).contains(answer.status) { return .refused(api.hidden(in: answer.trovoReason)) }
            return .failed(answer.trovoReason, retryAfter: nil)
        } catch {
            return .failed(error.reason, retryAfter: nil)
        }
    }
}
