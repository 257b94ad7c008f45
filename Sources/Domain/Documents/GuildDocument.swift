/// A Discord guild and whose it is.
package struct GuildDocument: FeedDocument {
    package static let kind = Category.guild

    package let guildID: GuildID
    package var accountID: AccountID, name: String
    /// Of the first mapping since it was last nobody's.
    package let connectedAt: Timestamp
    package var updatedAt: Timestamp
    package var revision: Int

    package init(
        guildID: GuildID, accountID: AccountID, name: String, connectedAt: Timestamp, updatedAt: Timestamp,
        revision: Int
    ) {
        (self.guildID, self.accountID, self.name) = (guildID, accountID, name)
        (self.connectedAt, self.updatedAt, self.revision) = (connectedAt, updatedAt, revision)
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("guild_id", guildID.rawValue)
            object.member("account_id", accountID.rawValue)
            object.member("name", name)
            object.member("connected_at", connectedAt.description)
            object.member("updated_at", updatedAt.description)
            object.member("revision", revision)
        }
    }
}

extension GuildDocument {
    package init(decoding object: StoredObject) throws {
        self.init(
            guildID: GuildID(stored: try object.require("guild_id", StoredObject.string)),
            accountID: AccountID(stored: try object.require("account_id", StoredObject.string)),
            name: try object.require("name", StoredObject.string), connectedAt: try object.moment("connected_at"),
            updatedAt: try object.moment("updated_at"), revision: try object.require("revision", StoredObject.integer))
    }
}
