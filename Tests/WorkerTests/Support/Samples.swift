import BotModules
import Domain

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
