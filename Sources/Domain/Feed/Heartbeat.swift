/// That a bot was alive at a moment.
package struct Heartbeat: Equatable, Sendable {
    package var accountID: AccountID
    package var platform: Platform
    /// By the worker's clock.
    package var at: Timestamp

    package init(accountID: AccountID, platform: Platform, at: Timestamp) {
        (self.accountID, self.platform, self.at) = (accountID, platform, at)
    }

    /// `{account_id, platform, at}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", accountID.rawValue)
            object.member("platform", platform.rawValue)
            object.member("at", at.description)
        }
    }

    /// Reads one that anybody may have sent, and says everything that is wrong with it.
    package init(_ json: JSON, path: String = "") throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let account = reader.account("account_id")
        let platform = reader.choice("platform", of: Platform.self)
        let at = reader.moment("at")
        let wanted = (
            reader.require("account_id", account), reader.require("platform", platform), reader.require("at", at)
        )
        try reader.finish()
        guard case (let account?, let platform?, let at?) = wanted else { throw ValidationFailed(reader.failures) }
        self.init(accountID: account, platform: platform, at: at)
    }
}
