import BotModules
import Domain
import Synchronization

/// What is remembered of each channel, in several parts so that channels do not wait for one another.
final class ChannelWindows: Sendable {
    private struct Contents {
        var windows: [ChatChannel: ChannelWindow] = [:]
        /// Used again for each message of the part, which spares the allocations.
        let space = JudgingSpace()
    }

    /// A lock cannot be copied, and so needs a class to stand in an array.
    private final class Part: Sendable {
        let contents = Mutex(Contents())
    }

    private let parts = (0..<16).map { _ in Part() }

    func judge(_ message: ChatMessage, by modules: CompiledModules, at now: Timestamp) -> Verdict? {
        part(message.channel).contents.withLock { contents in
            modules.judge(
                message, in: &contents.windows[message.channel, default: ChannelWindow()], at: now,
                with: contents.space)
        }
    }

    func observe(_ message: ChatMessage, by modules: CompiledModules, at now: Timestamp) {
        part(message.channel).contents.withLock { contents in
            modules.observe(message, in: &contents.windows[message.channel, default: ChannelWindow()], at: now)
        }
    }

    func forgetTimeout(of userID: String, in channel: ChatChannel) {
        part(channel).contents.withLock { $0.windows[channel]?.forgetTimeout(ofUserID: userID) }
    }

    /// Lets go of channels in which nothing happens.
    func sweep(at now: Timestamp) {
        for part in parts { part.contents.withLock { $0.windows = $0.windows.filter { !$0.value.isIdle(at: now) } } }
    }

    var count: Int { parts.reduce(0) { $0 + $1.contents.withLock { $0.windows.count } } }

    private func part(_ channel: ChatChannel) -> Part {
        parts[Int(truncatingIfNeeded: UInt(bitPattern: channel.hashValue)) & (parts.count - 1)]
    }
}
