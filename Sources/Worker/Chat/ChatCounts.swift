import Synchronization

/// What became of the messages so far.
package struct ChatCounts: Equatable, Sendable {
    package internal(set) var received = 0
    /// They had come before.
    package internal(set) var repeated = 0
    /// The bot was paused, killed, not connected or off its plan: they are gone.
    package internal(set) var dropped = 0
    /// Too old to be acted on.
    package internal(set) var observed = 0
    package internal(set) var hits = 0
}
