import Domain
import Logging

/// One bot's ears on Twitch: a WebSocket of EventSub that carries the chat of up to 300 channels.
///
/// Each channel belongs to one account: joining it again replaces the account.
package final class TwitchEventSub: ChatListening {
    private let client: HelixClient
    private let bot: TwitchCredentials
    private let rest: ReconnectRest
    private let wishes = RoomWishes()

    package init(
        client: HelixClient, bot: TwitchCredentials, channels: [ChatChannel] = [], rest: ReconnectRest = ReconnectRest()
    ) {
        (self.client, self.bot, self.rest) = (client, bot, rest)
        for channel in channels { wishes.join(channel) }
    }

    /// From now on this channel's chat is wanted; at once, when somebody listens. A channel that was refused is tried
    /// again.
    package func join(_ channel: ChatChannel, login: String = "") { wishes.join(channel) }

    package func want(_ events: Set<PlatformEvent.Kind>, in channelID: String) { wishes.want(events, in: channelID) }

    /// Nothing of this channel is handed over from now on.
    package func leave(_ channelID: String) { wishes.leave(channelID) }

    package func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        let machine = EventSubMachine(url: client.endpoints.eventSub, bot: bot.userID, rest: rest)
        let connector = SocketConnector(authorityFile: client.endpoints.authorityFile)
        let loop = ChatLoop<EventSubMachine>(
            connector: connector, clock: client.clock, wishes: wishes, call: { await self.call($0) })
        await loop.run(machine, deliver: deliver)
    }

    private func call(_ request: EventSubRequest) async -> EventSubRequest.Answer {
        do {
            let answer = try await client.send(request.request(as: bot.userID), as: bot)
            return switch request.meaning(of: answer, at: client.clock.wall.now) {
            case .refused(let reason): .refused(reason: ChatText.reason(bot.hidden(in: reason)))
            case let other: other
            }
        } catch {
            if case .unsubscribe = request { return .unsubscribed }
            return .failed(retryAfter: .seconds(1))
        }
    }
}
