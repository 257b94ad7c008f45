import Domain

/// A bot's ears on one platform.
package protocol ChatListening: Sendable {
    /// From now on this channel's chat is wanted; at once, when somebody listens. One that was refused is tried again.
    ///
    /// - Parameter login: of the channel's owner, where rooms are named so.
    func join(_ channel: ChatChannel, login: String)

    /// What else is to be told of a channel that was joined: these, and from now on no others.
    func want(_ events: Set<PlatformEvent.Kind>, in channelID: String)

    /// Nothing of this channel is handed over from now on.
    func leave(_ channelID: String)

    /// Hands over what is said, until the task is cancelled. A lost connection is made again, with growing pauses;
    /// nothing more is read while `deliver` is busy.
    func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async
}

extension ChatListening {
    /// Most ways to a chat tell of nothing else.
    package func want(_ events: Set<PlatformEvent.Kind>, in channelID: String) {}
}

/// What a connection to a chat has to say.
package enum ChatEvent: Equatable, Sendable {
    case message(ChatMessage)
    case happened(PlatformEvent)
    /// The connection has lived up to now: events flow, or a keepalive came. A socket that is merely open says nothing.
    case alive(ChatChannel, at: Timestamp)
    /// It is gone and will be made again; messages may be missed meanwhile.
    case lost(ChatChannel, reason: String)
    /// The credentials or rights are refused: nothing comes before somebody mends them.
    case refused(ChatChannel, reason: String)
    /// Of one kind of event only: the bot lacks a right that the channel's owner has to give. Chat goes on.
    case unheard(ChatChannel, PlatformEvent.Kind, reason: String)
}
