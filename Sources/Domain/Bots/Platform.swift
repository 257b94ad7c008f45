/// Where a bot can sit in the chat.
package enum Platform: String, CaseIterable, Sendable {
    case twitch, youtube, kick, trovo, discord

    /// What people call it.
    package var title: String {
        switch self {
        case .twitch: "Twitch"
        case .youtube: "YouTube"
        case .kick: "Kick"
        case .trovo: "Trovo"
        case .discord: "Discord"
        }
    }
}
