import Domain

/// One account's bot on one platform: what exactly one worker cares for at a time.
package struct BotName: Hashable, Sendable, CustomStringConvertible {
    package let account: AccountID, platform: Platform

    package init(_ account: AccountID, on platform: Platform) {
        (self.account, self.platform) = (account, platform)
    }

    package var description: String { "\(platform.rawValue):\(account.rawValue)" }
}

/// The right to care for a bot until a moment of this worker's own clock.
package struct BotLease: Equatable, Sendable {
    /// Grows with every new holder: who has an older one has lost it, whether he knows or not.
    package let fence: Int
    let until: MonotonicClock.Instant
}
