import Domain
import TestTools

extension SeededRandom {
    /// An event of every type, with and without what is optional.
    mutating func events() -> [any DomainEvent] {
        let reason = chance(50) ? text(lengthMax: Bot.reasonLengthMax) : nil
        let until = chance(50) ? timestamp() : nil
        let connection = Bot.Connection(
            channelID: text(lengthMax: 20), channelName: text(lengthMax: Bot.channelLengthMax),
            botUserID: chance(50) ? text(lengthMax: 20) : nil)
        let events: [any DomainEvent] = [
            Account.Event.registered(
                name: text(lengthMax: Account.nameLengthMax), plan: pick(Plan.allCases), customBotAllowed: limit()),
            Account.Event.renamed(name: text(lengthMax: Account.nameLengthMax)),
            Account.Event.planChanged(plan: pick(Plan.allCases)),
            Account.Event.limitsOverridden(customBotAllowed: limit()),
            Bot.Event.connected(connection), Bot.Event.disconnected, Bot.Event.paused(reason: reason, until: until),
            Bot.Event.resumed(reason: reason, scheduled: chance(50)),
        ]
        return events + providerEvents() + moduleEvents() + extensionEvents() + installEvents() + [
            logEvent(), erasure(),
        ]
    }

    private mutating func logEvent() -> any DomainEvent {
        LogKey.Event.rotated(
            previous: "log.example+" + text(lengthMax: 200), key: "log.example+" + text(lengthMax: 200),
            handover: chance(50) ? text(lengthMax: 900) : nil, reason: chance(50) ? text(lengthMax: 500) : nil)
    }

    private mutating func erasure() -> any DomainEvent {
        let subject = Subject(pick([.account, .user, .key, .system]), "s" + text(lengthMax: 100))
        return Erasure.Event.erased(
            subject: subject, keys: ["k" + text(lengthMax: 20)], ticket: chance(50) ? text(lengthMax: 200) : nil)
    }

    private mutating func limit() -> Bool? { pick([nil, true, false]) }

    private mutating func providerEvents() -> [any DomainEvent] {
        [
            Provider.Event.switched(
                flag: pick(Provider.Flag.allCases), enabled: chance(50), reason: text(lengthMax: 500),
                ticket: chance(50) ? text(lengthMax: Provider.ticketLengthMax) : nil),
            Provider.Event.botIdentityLinked(
                Provider.BotIdentity(
                    username: text(lengthMax: Provider.usernameLengthMax), userID: text(lengthMax: 20))),
            Provider.Event.botIdentityUnlinked,
        ]
    }

    private mutating func moduleEvents() -> [any DomainEvent] {
        let config = JSON.object([
            JSON.Member("warning_message", .string(text(lengthMax: 50))), JSON.Member("x", json(depth: 3)),
        ])
        return [
            BotModule.Event.upserted(
                enabled: chance(50), config: JSONText(config), exemptRoles: JSONText(.emptyObject)),
            BotModule.Event.deleted,
        ]
    }

    mutating func metadata() -> EventMetadata {
        EventMetadata(
            actor: Actor(
                kind: pick(Actor.Kind.allCases), id: text(lengthMax: 10),
                display: chance(50) ? text(lengthMax: 10) : nil),
            source: pick(EventMetadata.Source.allCases), ip: chance(50) ? text(lengthMax: 10) : nil,
            userAgent: chance(50) ? text(lengthMax: 10) : nil, commandID: text(lengthMax: 10),
            correlationID: text(lengthMax: 10), causationID: chance(50) ? text(lengthMax: 10) : nil)
    }
}
