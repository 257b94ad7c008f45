import BotModules
import Domain
import Synchronization

/// Which commands rest in which channel. A channel is one worker's at a time; who takes it over begins anew.
final class CommandRests: Sendable {
    private let channels = Mutex<[ChatChannel: CommandCooldowns]>([:])

    /// False while the command or its caller rests; else they begin to.
    func take(_ command: ActiveCommand, by message: ChatMessage, at now: MonotonicClock.Instant) -> Bool {
        channels.withLock { channels in
            channels[message.channel, default: CommandCooldowns()].take(
                command.name, command.definition, by: message.author.id, at: now)
        }
    }

    /// How much is remembered.
    var count: Int { channels.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// Lets go of what is over.
    func sweep(at now: MonotonicClock.Instant) {
        channels.withLock { channels in
            for channel in Array(channels.keys) {
                channels[channel]?.sweep(at: now)
                if channels[channel]?.count == 0 { channels[channel] = nil }
            }
        }
    }
}
