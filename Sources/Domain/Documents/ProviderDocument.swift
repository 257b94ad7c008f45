/// A platform's switches and the bot's identity there.
package struct ProviderDocument: FeedDocument {
    package static let kind = Category.provider

    package let platform: Platform
    package var off: Set<Provider.Flag>
    package var botIdentity: Provider.BotIdentity?
    /// Of the last switch.
    package var reason: String?, ticket: String?
    package var updatedBy: String?
    package var updatedAt: Timestamp
    package var revision: Int

    package init(
        platform: Platform, off: Set<Provider.Flag> = [], botIdentity: Provider.BotIdentity? = nil,
        reason: String? = nil, ticket: String? = nil, updatedBy: String? = nil, updatedAt: Timestamp, revision: Int
    ) {
        (self.platform, self.off, self.botIdentity, self.reason) = (platform, off, botIdentity, reason)
        (self.ticket, self.updatedBy, self.updatedAt, self.revision) = (ticket, updatedBy, updatedAt, revision)
    }

    package func isOn(_ flag: Provider.Flag) -> Bool { !off.contains(flag) }

    /// May bots act there?
    package var allowsBots: Bool { isOn(.platform) && isOn(.bot) }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("platform", platform.rawValue)
            object.member("enabled", isOn(.platform))
            object.member("login", isOn(.login))
            object.member("channel", isOn(.channel))
            object.member("bot", isOn(.bot))
            object.name("bot_identity")
            encodeIdentity(into: &object)
            object.member("reason", orNull: reason)
            object.member("ticket", orNull: ticket)
            object.member("updated_at", updatedAt.description)
            object.member("updated_by", orNull: updatedBy)
            object.member("revision", revision)
        }
    }

    package func encodeIdentity(into writer: inout JSONWriter) {
        guard let botIdentity else { return writer.null() }
        writer.object { identity in
            identity.member("username", botIdentity.username)
            identity.member("user_id", botIdentity.userID)
        }
    }
}

extension ProviderDocument {
    package init(decoding object: StoredObject) throws {
        let flags: [(StaticString, Provider.Flag)] = [
            ("enabled", .platform), ("login", .login), ("channel", .channel), ("bot", .bot),
        ]
        let off = try flags.filter { name, _ in try !object.require(name, StoredObject.bool) }
        self.init(
            platform: try object.choice("platform"), off: Set(off.map(\.1)),
            botIdentity: try object.raw("bot_identity").map { try Provider.BotIdentity(decoding: StoredObject($0)) },
            reason: try object.string("reason"), ticket: nil, updatedBy: try object.string("updated_by"),
            updatedAt: try object.moment("updated_at"), revision: try object.require("revision", StoredObject.integer))
    }
}

extension Provider.BotIdentity {
    fileprivate init(decoding object: StoredObject) throws {
        self.init(
            username: try object.require("username", StoredObject.string),
            userID: try object.require("user_id", StoredObject.string))
    }
}
