/// One line of chat as its author sent it, in the form that all platforms share.
package struct ChatMessage: Equatable, Sendable {
    package var channel: ChatChannel
    /// The platform's own name for it; `(platform, id)` is unique.
    package var id: String
    package var author: ChatUser
    package var text: String
    /// The parts of `text` that are not the author's own words, in order and without overlaps.
    package var marks: [ChatMark]
    package var sentAt: Timestamp
    /// True for the new text of a message that was sent before: it is judged again.
    package var isEdit: Bool

    package init(
        channel: ChatChannel, id: String, author: ChatUser, text: String, marks: [ChatMark] = [], sentAt: Timestamp,
        isEdit: Bool = false
    ) {
        (self.channel, self.id, self.author) = (channel, id, author)
        (self.text, self.marks, self.sentAt, self.isEdit) = (text, marks, sentAt, isEdit)
    }
}

/// Where a message was written, and whose bot is there.
package struct ChatChannel: Hashable, Sendable {
    package var platform: Platform
    package var accountID: AccountID
    /// The platform's own name for the channel.
    package var id: String

    package init(platform: Platform, accountID: AccountID, id: String) {
        (self.platform, self.accountID, self.id) = (platform, accountID, id)
    }
}

/// Who wrote a message.
package struct ChatUser: Equatable, Sendable {
    package var id: String
    /// The name that the platform finds the user by; on some it is the display name.
    package var login: String
    /// The name that people see.
    package var name: String
    package var roles: ChatRoles

    package init(id: String, login: String, name: String, roles: ChatRoles = []) {
        (self.id, self.login, self.name, self.roles) = (id, login, name, roles)
    }
}

/// What a user is in one channel. Platforms convert: Twitch's `founder` is a subscriber, its `lead_moderator` a
/// moderator.
package struct ChatRoles: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let broadcaster = ChatRoles(rawValue: 1)
    package static let moderator = ChatRoles(rawValue: 2)
    package static let vip = ChatRoles(rawValue: 4)
    package static let subscriber = ChatRoles(rawValue: 8)
    /// Lumio's own bot.
    package static let ownBot = ChatRoles(rawValue: 16)
    /// Any other bot, where the platform says so.
    package static let bot = ChatRoles(rawValue: 32)
}

/// A part of a message's text that the platform itself made: an emote, or the name of somebody.
package struct ChatMark: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable { case emote, mention }

    package let kind: Kind
    /// In UTF-8 bytes of the text.
    package let range: Range<Int>

    package init(_ kind: Kind, _ range: Range<Int>) {
        (self.kind, self.range) = (kind, range)
    }
}
