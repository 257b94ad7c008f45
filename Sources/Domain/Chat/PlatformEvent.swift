/// Something that happened in a channel besides what was said there: somebody follows, a raid arrives.
package struct PlatformEvent: Equatable, Sendable {
    /// What extensions may be called for; a name begins with its platform.
    package enum Name: String, CaseIterable, Hashable, Sendable {
        case follower = "twitch:follower"
        case subscribe = "twitch:subscribe"
        case giftSub = "twitch:gift_sub"
        case resub = "twitch:resub"
        case cheer = "twitch:cheer"
        case raid = "twitch:raid"
        case reward = "twitch:reward"
        case ban = "twitch:ban"
        case streamOnline = "twitch:stream_online"

        package var platform: Platform { .twitch }
    }

    package var name: Name
    package var channel: ChatChannel
    /// The platform's own name for it, unique there: an event may come twice.
    package var id: String
    /// Who has done it, or whom it befell; nil where nobody did, or where the giver stays unknown.
    package var user: ChatUser?
    package var at: Timestamp
    /// What else is known of it: an object whose members depend on the name.
    package var data: JSON

    package init(
        _ name: Name, in channel: ChatChannel, id: String, user: ChatUser? = nil, at: Timestamp,
        data: JSON = .emptyObject
    ) {
        (self.name, self.channel, self.id) = (name, channel, id)
        (self.user, self.at, self.data) = (user, at, data)
    }
}
