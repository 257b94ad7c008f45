import Domain

/// One bot's ears on Twitch where EventSub cannot be had: one connection to its IRC, in many rooms.
///
/// A room is found by its login and known by its id. Each belongs to one account: joining it again replaces the
/// account.
package final class TwitchIRC: ChatListening {
    private let endpoints: TwitchEndpoints
    private let bot: TwitchCredentials
    private let rest: ReconnectRest
    private let clock: ChatClock
    private let wishes = RoomWishes()

    package init(
        endpoints: TwitchEndpoints = TwitchEndpoints(), bot: TwitchCredentials, rest: ReconnectRest = ReconnectRest(),
        clock: ChatClock = .system
    ) {
        (self.endpoints, self.bot, self.rest, self.clock) = (endpoints, bot, rest, clock)
    }

    /// From now on this channel's chat is wanted; at once, when somebody listens. A channel that was refused is tried
    /// again.
    ///
    /// - Parameter login: of the broadcaster: IRC names rooms so.
    package func join(_ channel: ChatChannel, login: String) { wishes.join(channel, login: login) }

    /// Nothing of this channel is handed over from now on.
    package func leave(_ channelID: String) { wishes.leave(channelID) }

    package func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        let machine = IRCMachine(url: endpoints.irc, bot: bot, rest: rest)
        let connector = SocketConnector(authorityFile: endpoints.authorityFile)
        let loop = ChatLoop<IRCMachine>(connector: connector, clock: clock, wishes: wishes, call: { _ in })
        await loop.run(machine, deliver: deliver)
    }
}
