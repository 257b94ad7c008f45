/// A command of the chat, of one account or of all.
package struct BotCommandDocument: FeedDocument {
    package static let kind = Category.botCommand

    package let scope: CommandScope, name: CommandName
    package var definition: BotCommand.Definition
    /// Of the first upsert since the last delete.
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package var revision: Int

    package init(
        scope: CommandScope, name: CommandName, definition: BotCommand.Definition, createdAt: Timestamp,
        updatedAt: Timestamp, revision: Int
    ) {
        (self.scope, self.name, self.definition) = (scope, name, definition)
        (self.createdAt, self.updatedAt, self.revision) = (createdAt, updatedAt, revision)
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", orNull: scope.account?.rawValue)
            object.member("name", name.rawValue)
            definition.encode(into: &object)
            object.member("created_at", createdAt.description)
            object.member("updated_at", updatedAt.description)
            object.member("revision", revision)
        }
    }
}

extension BotCommandDocument {
    package init(decoding object: StoredObject) throws {
        self.init(
            scope: try object.string("account_id").map { .account(AccountID(stored: $0)) } ?? .global,
            name: CommandName(stored: try object.require("name", StoredObject.string)),
            definition: try BotCommand.Definition(decoding: object), createdAt: try object.moment("created_at"),
            updatedAt: try object.moment("updated_at"), revision: try object.require("revision", StoredObject.integer))
    }
}
