import BotModules
import Domain
import Worker

/// A worker's feed of many accounts, `a0`, `a1` and so on: each has a bot in the channel `c0`, `c1`, …, and settings of
/// its own.
enum ChatAccounts {
    static func live(_ count: Int, on platform: Platform) throws -> LiveSet {
        let entries = (0..<count).flatMap { documents(of: $0, on: platform) }
        var digest = DocumentDigest()
        for entry in entries { digest.add(DocumentKey(entry.kind, entry.key).hash(of: entry.value)) }
        let last = ChangeID(position: 1, index: 0)
        let head = FeedHead(epoch: "bench.1", last: last, digest: digest, at: WallClock.system.now)
        return LiveSet(try ActiveSet().replaced(by: FeedSnapshot(head: head, entries: entries)))
    }

    static func channel(_ number: Int, on platform: Platform) -> ChatChannel {
        ChatChannel(platform: platform, accountID: AccountID(stored: "a\(number)"), id: "c\(number)")
    }

    private static func documents(of number: Int, on platform: Platform) -> [FeedEntry] {
        let now = WallClock.system.now, channel = channel(number, on: platform), account = channel.accountID
        let connection = Bot.Connection(channelID: channel.id, channelName: account.rawValue, botUserID: nil)
        let documents: [(DocumentKind, String, [UInt8])] = [
            (
                .account, account.rawValue,
                AccountDocument(
                    accountID: account, name: account.rawValue, plan: .pro, customBotAllowed: nil, createdAt: now,
                    updatedAt: now, revision: 0
                ).bytes
            ),
            (
                .bot, "\(account):\(platform.rawValue)",
                BotDocument(
                    accountID: account, platform: platform, connection: connection, pause: nil, updatedAt: now,
                    revision: 0
                ).bytes
            ),
        ]
        let configs: [(ModuleName, JSON)] = [
            (.linkProtection, .emptyObject), (.spamProtection, .emptyObject),
            (.wordFilter, ["blocked_words": ["vorka", .string("of \(account)")]]),
        ]
        let modules = configs.map { module, config in
            FeedEntry(
                kind: .botModule, key: "\(account):\(module.rawValue)",
                value: BotModuleDocument(
                    id: "id", accountID: account, module: module, enabled: true, config: JSONText(config),
                    exemptRoles: JSONText(.emptyObject), createdAt: now, updatedAt: now, revision: 0
                ).bytes)
        }
        return documents.map { FeedEntry(kind: $0.0, key: $0.1, value: $0.2) } + modules
    }
}
