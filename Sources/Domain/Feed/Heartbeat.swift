/// That a bot heard its chat at a moment, or why it did not.
package struct Heartbeat: Equatable, Sendable {
    package static let troubleLengthMax = 500

    package var accountID: AccountID
    package var platform: Platform
    /// By the worker's clock.
    package var at: Timestamp
    /// Why the chat is not heard; nil when it is.
    package var trouble: String?

    package init(accountID: AccountID, platform: Platform, at: Timestamp, trouble: String? = nil) {
        (self.accountID, self.platform, self.at, self.trouble) = (accountID, platform, at, trouble)
    }

    /// `{account_id, platform, at, trouble?}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", accountID.rawValue)
            object.member("platform", platform.rawValue)
            object.member("at", at.description)
            if let trouble { object.member("trouble", trouble) }
        }
    }

    /// Reads one that anybody may have sent, and says everything that is wrong with it.
    package init(_ json: JSON, path: String = "") throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let account = reader.account("account_id")
        let platform = reader.choice("platform", of: Platform.self)
        let at = reader.moment("at")
        let trouble = reader.string("trouble", lengthMin: 1, lengthMax: Self.troubleLengthMax)
        let wanted = (
            reader.require("account_id", account), reader.require("platform", platform), reader.require("at", at)
        )
        try reader.finish()
        guard case (let account?, let platform?, let at?) = wanted else { throw ValidationFailed(reader.failures) }
        self.init(accountID: account, platform: platform, at: at, trouble: trouble)
    }
}
