/// A built-in module as an account has configured it; the settings are as they were given.
package struct BotModuleDocument: FeedDocument {
    package static let kind = Category.botModule

    /// The id of the first upsert since the last delete.
    package let id: String
    package let accountID: AccountID, module: ModuleName
    package var enabled: Bool
    package var config: JSONText, exemptRoles: JSONText
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package var revision: Int

    package init(
        id: String, accountID: AccountID, module: ModuleName, enabled: Bool, config: JSONText, exemptRoles: JSONText,
        createdAt: Timestamp, updatedAt: Timestamp, revision: Int
    ) {
        (self.id, self.accountID, self.module, self.enabled) = (id, accountID, module, enabled)
        (self.config, self.exemptRoles) = (config, exemptRoles)
        (self.createdAt, self.updatedAt, self.revision) = (createdAt, updatedAt, revision)
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", id)
            object.member("account_id", accountID.rawValue)
            object.member("module_name", module.rawValue)
            object.member("enabled", enabled)
            object.name("config")
            object.raw(config.bytes)
            object.name("exempt_roles")
            object.raw(exemptRoles.bytes)
            object.member("created_at", createdAt.description)
            object.member("updated_at", updatedAt.description)
            object.member("revision", revision)
        }
    }
}

extension BotModuleDocument {
    /// The settings are taken as they are; whether they mean something is for who uses them to see.
    package init(decoding object: StoredObject) throws {
        guard let config = object.raw("config"), let exemptRoles = object.raw("exempt_roles") else {
            throw StoredObject.Unreadable("config or exempt_roles is missing")
        }
        self.init(
            id: try object.require("id", StoredObject.string),
            accountID: AccountID(stored: try object.require("account_id", StoredObject.string)),
            module: try object.choice("module_name"), enabled: try object.require("enabled", StoredObject.bool),
            config: JSONText(stored: config), exemptRoles: JSONText(stored: exemptRoles),
            createdAt: try object.moment("created_at"), updatedAt: try object.moment("updated_at"),
            revision: try object.require("revision", StoredObject.integer))
    }
}
