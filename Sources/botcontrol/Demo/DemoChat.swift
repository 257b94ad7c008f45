import Domain
import Platforms
import Synchronization
import Worker

/// A platform that is only played: viewers write what viewers write, and what the bot does about it is done.
final class DemoChat: ChatActing, ChatListening, StreamWatching {
    private static let pause = Duration.milliseconds(900)

    private struct State {
        var rooms: [String: ChatChannel] = [:]
        var count = 0
        /// Lines that one viewer is about to repeat.
        var copies: [(channel: ChatChannel, author: ChatUser, text: String)] = []
    }

    private let platform: Platform
    private let say: @Sendable (String) -> Void
    private let clock: WallClock
    private let liveSince: Timestamp
    private let state = Mutex(State())

    /// - Parameter say: prints a line for whoever watches.
    init(_ platform: Platform, clock: WallClock, say: @escaping @Sendable (String) -> Void) {
        (self.platform, self.clock, self.say) = (platform, clock, say)
        liveSince = clock.now
    }

    func join(_ channel: ChatChannel, login: String) {
        state.withLock { $0.rooms[channel.id] = channel }
        say("\(channel.id): the bot is in the channel")
    }

    func leave(_ channelID: String) {
        state.withLock { state in
            state.rooms[channelID] = nil
            state.copies.removeAll { $0.channel.id == channelID }
        }
        say("\(channelID): the bot has left the channel")
    }

    func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        while !Task.isCancelled {
            if let message = next() {
                // What the bot answers is read better behind what it answers.
                if message.text.hasPrefix("!") { say("\(message.channel.id) \(message.author.login): \(message.text)") }
                await deliver(.alive(message.channel, at: message.sentAt))
                await deliver(.message(message))
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    func perform(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome {
        if case .say(let text, _) = action { say("\(channel.id) lumio_bot: \(text)") }
        if case .timeout(_, let seconds, _) = action { return .done(seconds: seconds) }
        return .done(seconds: nil)
    }

    func streamState(of channel: ChatChannel) async -> StreamState { .live(since: liveSince) }

    private func next() -> ChatMessage? {
        state.withLock { state in
            guard let room = state.rooms.values.randomElement() else { return nil }
            let viewer = Int.random(in: 1...20)
            var line = (
                channel: room, author: ChatUser(id: "\(viewer)", login: "viewer\(viewer)", name: "Viewer\(viewer)"),
                text: Self.lines.randomElement() ?? ""
            )
            if let copy = state.copies.popLast() {
                line = copy
            } else if Self.repeated.contains(line.text) {
                state.copies = Array(repeating: line, count: 4)
            }
            state.count += 1
            return ChatMessage(
                channel: line.channel, id: "\(platform.rawValue)-\(clock.now.microseconds)-\(state.count)",
                author: line.author, text: line.text, sentAt: clock.now)
        }
    }

    private static let repeated: Set<String> = ["join my giveaway now"]
    private static let lines = [
        "hello everyone", "gg", "that jump was clean", "what game is this?", "LUL", "first time here, nice stream",
        "how long have you been live?", "the music is great today", "see youtube.com/watch?v=1 for the last run",
        "BUY FOLLOWERS CHEAP AND FAST", "free skins at bit.ly/2x", "get rich: www.example.com/now",
        "join my giveaway now", "that is a b4dw0rd1, says the manual", "good night chat", "clip that!",
        "I WILL NEVER STOP SHOUTING HERE", "version 1.2.3 was better", "brb tea",
        "!uptime", "!hug", "!discord", "!hug everyone",
    ]
}
