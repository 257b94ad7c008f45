import Domain
import EventStore

extension AccountID {
    static let one = AccountID(stored: "acct_1")
}

extension EntityID {
    static let accountOne = EntityID.account(.one)
    static let botOne = EntityID.bot(.one, .twitch)
    static let moduleOne = EntityID.botModule(.one, .wordFilter)
    static let twitch = EntityID.provider(.twitch)

    var stream: StreamID { StreamID(category: category.rawValue, key: key, account: account?.rawValue) }
}

extension Bot.Connection {
    static let lobby = Bot.Connection(channelID: "1", channelName: "lobby", botUserID: nil)
}

extension Account.Event {
    static func registered(_ name: String, _ plan: Plan = .pro) -> Account.Event {
        .registered(name: name, plan: plan, customBotAllowed: nil)
    }
}

extension BotModule.Event {
    static func words(_ word: String, enabled: Bool = true) -> BotModule.Event {
        .upserted(
            enabled: enabled, config: JSONText(["blocked_words": [.string(word)]]), exemptRoles: JSONText(.emptyObject))
    }
}

extension NewEvent {
    init(_ event: some DomainEvent, actor: String = "u1") {
        self.init(
            type: event.name.rawValue, schemaVersion: Upcasters.currentVersion, data: event.data,
            metadata: EventMetadata(
                actor: Actor(kind: .user, id: actor), source: .rest, commandID: "command",
                correlationID: "correlation"
            ).bytes)
    }

    /// As the journal might hold it, right or wrong.
    static func stored(_ type: String, _ data: String, version: Int = 1, metadata: String = "{}") -> NewEvent {
        NewEvent(type: type, schemaVersion: version, data: Array(data.utf8), metadata: Array(metadata.utf8))
    }
}
