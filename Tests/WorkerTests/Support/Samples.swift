import BotModules
import Domain
import Extensions

/// Documents as a server sends them.
enum Samples {
    static let now = Timestamp(microseconds: 1_790_000_000_000_000)

    static func account(_ id: String, plan: Plan = .pro, allowed: Bool? = nil) -> FeedEntry {
        let document = AccountDocument(
            accountID: AccountID(stored: id), name: "Aurora", plan: plan, customBotAllowed: allowed, createdAt: now,
            updatedAt: now, revision: 0)
        return FeedEntry(kind: .account, key: id, value: document.bytes)
    }

    static func provider(_ platform: Platform, off: Set<Provider.Flag> = []) -> FeedEntry {
        let document = ProviderDocument(
            platform: platform, off: off, reason: "an incident", updatedAt: now, revision: 0)
        return FeedEntry(kind: .provider, key: platform.rawValue, value: document.bytes)
    }

    static func bot(
        _ account: String, _ platform: Platform, isConnected: Bool = true, isPaused: Bool = false,
        until: Timestamp? = nil
    ) -> FeedEntry {
        let document = BotDocument(
            accountID: AccountID(stored: account), platform: platform,
            connection: isConnected ? Bot.Connection(channelID: "1", channelName: "Aurora", botUserID: nil) : nil,
            pause: isPaused ? BotDocument.Pause(reason: "spam", until: until, by: "ops") : nil, updatedAt: now,
            revision: 0)
        return FeedEntry(kind: .bot, key: "\(account):\(platform.rawValue)", value: document.bytes)
    }

    static func module(
        _ account: String, _ module: ModuleName, isEnabled: Bool = true, config: JSON = [:], exemptRoles: JSON = [:]
    ) -> FeedEntry {
        let document = BotModuleDocument(
            id: "id", accountID: AccountID(stored: account), module: module, enabled: isEnabled,
            config: JSONText(config), exemptRoles: JSONText(exemptRoles), createdAt: now, updatedAt: now, revision: 0)
        return FeedEntry(kind: .botModule, key: "\(account):\(module.rawValue)", value: document.bytes)
    }

    /// - Parameter account: nil for a global one.
    static func command(
        _ name: String, of account: String? = "acct_1", _ definition: BotCommand.Definition
    ) -> FeedEntry {
        let scope = account.map { CommandScope.account(AccountID(stored: $0)) } ?? .global
        let document = BotCommandDocument(
            scope: scope, name: CommandName(stored: name), definition: definition, createdAt: now, updatedAt: now,
            revision: 0)
        return FeedEntry(kind: .botCommand, key: "\(scope.key):\(name)", value: document.bytes)
    }

    static func command(_ name: String, of account: String? = "acct_1", says text: String) -> FeedEntry {
        command(name, of: account, BotCommand.Definition(responseType: .template, response: text))
    }

    static func guild(_ id: String, of account: String) -> FeedEntry {
        let document = GuildDocument(
            guildID: GuildID(stored: id), accountID: AccountID(stored: account), name: "Lounge", connectedAt: now,
            updatedAt: now, revision: 0)
        return FeedEntry(kind: .guild, key: id, value: document.bytes)
    }

    static let install = InstallID(stored: "11111111-1111-4111-8111-111111111111")
    static let otherInstall = InstallID(stored: "22222222-2222-4222-8222-222222222222")
    static let extensionID = ExtensionID(stored: "33333333-3333-4333-8333-333333333333")

    /// Of `change`: whatever shall be different.
    static func install(
        _ id: InstallID = install, of account: String = "acct_1", version: String = "1",
        triggers: [ExtensionTrigger] = [.rank], granted: [ExtensionPermission] = ExtensionPermission.allCases,
        _ change: (inout ExtensionInstallDocument) -> Void = { _ in }
    ) -> FeedEntry {
        var document = ExtensionInstallDocument(
            installID: id, accountID: AccountID(stored: account), extensionID: extensionID,
            release: .init(
                name: "Ranks", version: version, digest: ExtensionBundle.sample(version).digest, egress: .nowhere),
            enabled: true, granted: granted, config: JSONText([:]), settings: JSONText([:]), overrides: JSONText([:]),
            triggers: triggers, exemptRoles: [], createdAt: now, updatedAt: now, revision: 0)
        change(&document)
        return FeedEntry(kind: .extensionInstall, key: id.rawValue, value: document.bytes)
    }

    static func `extension`(isSuspended: Bool) -> FeedEntry {
        let document = ExtensionDocument(
            extensionID: extensionID, ownerID: AccountID(stored: "author"), name: "Ranks", description: "",
            visibility: .public, published: "1.0.0",
            suspension: isSuspended ? .init(reason: "it lies", at: now, by: "ops") : nil, versions: [],
            createdAt: now, updatedAt: now, revision: 0)
        return FeedEntry(kind: .extension, key: extensionID.rawValue, value: document.bytes)
    }
}

extension ExtensionTrigger {
    static let rank = command("rank")
    static let moderate = ExtensionTrigger(id: "moderate", .moderate)

    static func command(_ name: String, prefix: String = "!", cooldown: Int = 0) -> ExtensionTrigger {
        ExtensionTrigger(id: name, .command(prefix: prefix, name: name, cooldownSeconds: cooldown))
    }

    static func keywords(_ words: String..., id: String = "keyword-1") -> ExtensionTrigger {
        ExtensionTrigger(id: id, .keywords(words))
    }

    static func pattern(_ source: String, _ flags: String = "", id: String = "pattern-1") -> ExtensionTrigger {
        ExtensionTrigger(id: id, .pattern(Pattern(source: source, flags: flags)))
    }
}

extension FeedEntry {
    /// The same name with other content.
    func saying(_ text: String) -> FeedEntry { FeedEntry(kind: kind, key: key, value: Array(text.utf8)) }

    func replacing(_ old: String, _ new: String) -> FeedEntry {
        saying(String(decoding: value, as: UTF8.self).replacing(old, with: new))
    }
}

extension AccountID {
    static let one = AccountID(stored: "acct_1")
}
