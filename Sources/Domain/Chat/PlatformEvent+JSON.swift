/// `{event: "kick:follower", account_id, channel_id, id, user?, at, data}`: how an event goes from one process to
/// another.
extension PlatformEvent {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("event", name.rawValue)
            object.member("account_id", channel.accountID.rawValue)
            object.member("channel_id", channel.id)
            object.member("id", id)
            if let user {
                object.name("user")
                user.encode(into: &object)
            }
            object.member("at", at.description)
            object.member("data", data)
        }
    }

    /// Says everything that is wrong with it; members that it does not know are passed over.
    package init(_ json: JSON) throws(ValidationFailed) {
        var reader = ObjectReader(json)
        let name = reader.choice("event", of: Name.self)
        let account = reader.account("account_id")
        let channel = reader.string("channel_id", lengthMin: 1, lengthMax: ChatMessage.idLengthMax)
        let id = reader.string("id", lengthMin: 1, lengthMax: ChatMessage.idLengthMax)
        let user = reader.user("user"), at = reader.moment("at"), data = reader.object("data")
        let place = (
            reader.require("event", name), reader.require("account_id", account), reader.require("channel_id", channel)
        )
        guard case (let name?, let account?, let channel?) = place, let id = reader.require("id", id),
            let at = reader.require("at", at), reader.failures.isEmpty
        else { throw ValidationFailed(reader.failures) }
        self.init(
            name.kind, in: ChatChannel(platform: name.platform, accountID: account, id: channel), id: id, user: user,
            at: at, data: data ?? .emptyObject)
    }
}
