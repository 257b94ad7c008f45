import BotModules
import Domain
import Synchronization

/// What is remembered of each channel, in several parts so that channels do not wait for one another.
final class ChannelWindows: Sendable {
    /// A noncopyable lock needs a class to stand in an array.
    private final class Part: Sendable {
        let windows = Mutex<[ChatChannel: ChannelWindow]>([:])
    }

    private let parts = (0..<16).map { _ in Part() }

    func with<Value: Sendable>(_ channel: ChatChannel, _ body: (inout ChannelWindow) -> Value) -> Value {
        part(channel).windows.withLock { body(&$0[channel, default: ChannelWindow()]) }
    }

    func forgetTimeout(of userID: String, in channel: ChatChannel) {
        part(channel).windows.withLock { $0[channel]?.forgetTimeout(ofUserID: userID) }
    }

    /// Lets go of channels in which nothing happens.
    func sweep(at now: Timestamp) {
        for part in parts { part.windows.withLock { $0 = $0.filter { !$0.value.isIdle(at: now) } } }
    }

    var count: Int { parts.reduce(0) { $0 + $1.windows.withLock { $0.count } } }

    private func part(_ channel: ChatChannel) -> Part {
        parts[Int(truncatingIfNeeded: UInt(bitPattern: channel.hashValue)) & (parts.count - 1)]
    }
}
