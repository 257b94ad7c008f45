import Domain

/// Names one account's bot on one platform.
struct BotKey: Hashable, Sendable {
    let account: AccountID, platform: Platform
}
