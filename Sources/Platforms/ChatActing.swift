import Domain

/// One platform's way to act in its channels, with the bot's credentials.
package protocol ChatActing: Sendable {
    /// Sends one request and says what became of it; it neither waits for a limit nor tries again, since the order of
    /// actions is its caller's.
    func perform(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome
}
