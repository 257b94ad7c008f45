/// One use of a command in one account, which is counted: `{account_id, name}`.
package struct CommandUse: Hashable, Sendable {
    package var account: AccountID
    package var name: CommandName

    package init(_ name: CommandName, in account: AccountID) {
        (self.account, self.name) = (account, name)
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", account.rawValue)
            object.member("name", name.rawValue)
        }
    }

    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 128)
        encode(into: &writer)
        return writer.bytes
    }

    package init(_ json: JSON) throws(ValidationFailed) {
        var reader = ObjectReader(json)
        let account = reader.account("account_id")
        let text = reader.string("name", lengthMin: 1, lengthMax: CommandName.lengthMax)
        let name = text.flatMap(CommandName.init)
        if text != nil, name == nil { reader.fail("name", "not_allowed", CommandName.rule) }
        let wanted = (reader.require("account_id", account), reader.require("name", text))
        reader.refuseUnknown()
        guard reader.failures.isEmpty, case (let account?, _?) = wanted, let name else {
            throw ValidationFailed(reader.failures)
        }
        self.init(name, in: account)
    }
}
