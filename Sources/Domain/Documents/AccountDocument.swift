/// An account: `{account_id, name, plan, custom_bot_allowed, created_at, updated_at, revision}`.
package struct AccountDocument: FeedDocument {
    package static let kind = Category.account

    package let accountID: AccountID
    package var name: String
    package var plan: Plan
    /// The account's own limit; nil when the plan's holds.
    package var customBotAllowed: Bool?
    /// What the plan allows, unless the account has its own limit.
    package var mayUseCustomBot: Bool { customBotAllowed ?? plan.customBotAllowed }
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package var revision: Int

    package init(
        accountID: AccountID, name: String, plan: Plan, customBotAllowed: Bool?, createdAt: Timestamp,
        updatedAt: Timestamp, revision: Int
    ) {
        (self.accountID, self.name, self.plan, self.customBotAllowed) = (accountID, name, plan, customBotAllowed)
        (self.createdAt, self.updatedAt, self.revision) = (createdAt, updatedAt, revision)
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", accountID.rawValue)
            object.member("name", name)
            object.member("plan", plan.rawValue)
            object.name("custom_bot_allowed")
            if let customBotAllowed { object.bool(customBotAllowed) } else { object.null() }
            object.member("created_at", createdAt.description)
            object.member("updated_at", updatedAt.description)
            object.member("revision", revision)
        }
    }
}

extension AccountDocument {
    package init(decoding object: StoredObject) throws {
        self.init(
            accountID: AccountID(stored: try object.require("account_id", StoredObject.string)),
            name: try object.require("name", StoredObject.string), plan: try object.choice("plan"),
            customBotAllowed: try object.bool("custom_bot_allowed"), createdAt: try object.moment("created_at"),
            updatedAt: try object.moment("updated_at"), revision: try object.require("revision", StoredObject.integer))
    }
}
