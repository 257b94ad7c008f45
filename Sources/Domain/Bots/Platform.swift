/// Where a bot can sit in the chat.
package enum Platform: String, CaseIterable, Sendable {
    case twitch, youtube, kick, trovo, discord
}
