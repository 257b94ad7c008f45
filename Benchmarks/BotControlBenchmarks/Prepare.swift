import ArgumentParser
import Domain
import EventStore
import Foundation
import Privacy
import Server

/// Fills a data directory: accounts that may use modules, each connected to Twitch, and then a mixed history.
struct Prepare: AsyncParsableCommand {
    @Option var data: String
    @Option var accounts = 10_000
    @Option var events = 100_000
    @Flag(help: "What events say of persons is sealed, as a server seals it.") var sealed = false

    func run() async throws {
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        _ = try SigningKey.open(directory: data)
        let seal = sealed ? PersonalSeal(try PersonalKeys(directory: data)) : nil
        let journal = try Journal.open(directory: data, options: Journal.Options(sealing: seal))
        let share = (accounts + 255) / 256
        let rounds = max(0, (events - 2 * accounts) / max(1, accounts) + 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in stride(from: 0, to: accounts, by: share) {
                group.addTask {
                    for number in first..<min(first + share, accounts) {
                        try await Self.fill(journal, Payload.account(number), rounds: rounds)
                    }
                }
            }
            try await group.waitForAll()
        }
        let head = journal.head
        journal.close()
        print(#"{"events":\#(head),"accounts":\#(accounts)}"#)
    }

    private static func fill(_ journal: Journal, _ account: AccountID, rounds: Int) async throws {
        let name = "Channel of \(account)"
        try await append(
            journal, [Account.Event.registered(name: name, plan: .pro, customBotAllowed: nil)], .account(account))
        let connection = Bot.Connection(channelID: "tw-\(account)", channelName: name, botUserID: nil)
        try await append(journal, [Bot.Event.connected(connection)], .bot(account, .twitch))
        for round in 0..<rounds {
            switch round % 4 {
            case 0: try await append(journal, [module(round)], .botModule(account, .linkProtection))
            case 1:
                try await append(
                    journal, [Bot.Event.paused(reason: "raid in progress", until: nil)], .bot(account, .twitch))
            case 2:
                try await append(journal, [Bot.Event.resumed(reason: nil, scheduled: false)], .bot(account, .twitch))
            default: try await append(journal, [module(round)], .botModule(account, .wordFilter))
            }
        }
    }

    private static func module(_ round: Int) -> BotModule.Event {
        let config: JSON = [
            "action": "timeout", "timeout_duration": .integer(10 + round), "warning_message": "No links please",
            "whitelist_domains": ["twitch.tv", "clips.twitch.tv"],
        ]
        return .upserted(
            enabled: true, config: JSONText(config), exemptRoles: JSONText(["moderators": true, "vips": true]))
    }

    private static func append<Event: DomainEvent>(_ journal: Journal, _ events: [Event], _ entity: EntityID)
        async throws
    {
        let now = WallClock.system.now.microseconds
        let new = events.map {
            NewEvent(
                type: $0.name.rawValue, schemaVersion: Upcasters.currentVersion, data: $0.data,
                metadata: Payload.metadata(microseconds: now))
        }
        let stream = StreamID(
            category: entity.category.rawValue, key: entity.key, account: entity.account?.rawValue)
        _ = try await journal.append(new, to: stream, expected: .any)
    }
}
