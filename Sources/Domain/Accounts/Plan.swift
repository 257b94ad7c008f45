/// What an account pays for; `custom_bot_allowed` follows from it unless the account has its own limit.
package enum Plan: String, CaseIterable, Sendable {
    case free, pro, enterprise

    /// May this plan use bot modules?
    package var customBotAllowed: Bool { self != .free }
}
