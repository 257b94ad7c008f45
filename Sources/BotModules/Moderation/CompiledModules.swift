import Domain

/// An account's modules made ready to judge chat: compiled once, shared by all channels with equal settings.
///
/// Pure but for the window, which the caller keeps for each channel, and the time, which it brings along.
package final class CompiledModules: Sendable {
    private let link: LinkProtection.Judge?
    private let spam: SpamProtection.Judge?
    private let word: WordFilter.Judge?
    /// Those of `timed_messages`, when it is configured and enabled; a `TimedSchedule` works on them.
    package let timed: TimedMessages.Settings?

    /// A module that is missing or not enabled does nothing.
    package init(_ modules: some Sequence<(settings: ModuleSettings, isEnabled: Bool)>) {
        (link, spam, word, timed) = (nil, nil, nil, nil)
    }

    /// Whether no message can be hit.
    package var judgesNothing: Bool { link == nil && spam == nil && word == nil }

    /// The first hit in the order link protection, spam protection, word filter.
    ///
    /// The window is fed whatever the verdict is.
    package func judge(_ message: ChatMessage, in window: inout ChannelWindow, at now: Timestamp) -> Verdict? {
        nil
    }

    /// Feeds the window with a message that is counted but not judged, as it is too old.
    package func observe(_ message: ChatMessage, in window: inout ChannelWindow, at now: Timestamp) {}
}
extension LinkProtection { struct Judge: Sendable {} }
extension SpamProtection { struct Judge: Sendable {} }
extension WordFilter { struct Judge: Sendable {} }
