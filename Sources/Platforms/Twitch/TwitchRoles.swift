import Domain

extension ChatRoles {
    /// What a badge says of its bearer in the channel whose badge it is. Everything else about a user is no role.
    init(twitchBadge name: some StringProtocol) {
        switch name {
        case "broadcaster": self = .broadcaster
        case "moderator", "lead_moderator": self = .moderator
        case "vip": self = .vip
        case "subscriber", "founder": self = .subscriber
        case "bot-badge": self = .bot
        default: self = []
        }
    }

    /// The `badges` tag, as in `moderator/1,subscriber/72`. In a shared chat `source-badges` are those of the other
    /// channel: they say nothing here.
    init(ircBadges bytes: ArraySlice<UInt8>) {
        self = []
        for badge in bytes.split(separator: UInt8(ascii: ",")) {
            let name = badge.prefix { $0 != UInt8(ascii: "/") }
            insert(ChatRoles(twitchBadge: String(decoding: name, as: UTF8.self)))
        }
    }
}
