/// An account: `{account_id, name, plan, custom_bot_allowed, created_at, updated_at, revision}`.
package struct AccountDocument: FeedDocument {
    package static let kind = Category.account

    package let accountID: AccountID
    package var name: String
    package var plan: Plan
    /// The account's own limit; nil when the plan's holds.
    package var customBotAllowed: Bool?
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
