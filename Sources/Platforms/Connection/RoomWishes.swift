import Domain
import Synchronization

/// Whose chat is wanted, kept while nobody listens and told at once to whoever does.
final class RoomWishes: Sendable {
    enum Wish: Sendable {
        case join(ChatChannel, login: String)
        case leave(channelID: String)
        case want(Set<PlatformEvent.Kind>, channelID: String)
    }

    private struct State {
        var rooms: [(channel: ChatChannel, login: String)] = []
        var events: [String: Set<PlatformEvent.Kind>] = [:]
        var sink: (@Sendable (Wish) -> Void)?
    }

    private let state = Mutex(State())

    func join(_ channel: ChatChannel, login: String = "") {
        state.withLock { state in
            state.rooms.removeAll { $0.channel.id == channel.id }
            state.rooms.append((channel, login))
            state.sink?(.join(channel, login: login))
        }
    }

    func leave(_ channelID: String) {
        state.withLock { state in
            state.rooms.removeAll { $0.channel.id == channelID }
            state.events[channelID] = nil
            state.sink?(.leave(channelID: channelID))
        }
    }

    func want(_ events: Set<PlatformEvent.Kind>, in channelID: String) {
        state.withLock { state in
            state.events[channelID] = events
            state.sink?(.want(events, channelID: channelID))
        }
    }

    /// Tells all that is wanted, and from then on every change. There is one listener at a time.
    func attach(_ sink: @escaping @Sendable (Wish) -> Void) {
        state.withLock { state in
            for room in state.rooms { sink(.join(room.channel, login: room.login)) }
            for (id, events) in state.events { sink(.want(events, channelID: id)) }
            state.sink = sink
        }
    }

    func detach() { state.withLock { $0.sink = nil } }
}
