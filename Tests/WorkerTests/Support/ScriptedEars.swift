import Domain
import Platforms
import Synchronization

/// A connection to a chat on which a test speaks.
final class ScriptedEars: ChatListening {
    private struct State {
        var rooms: [String: ChatChannel] = [:]
        var log: [String] = []
        var events: [String: Set<PlatformEvent.Kind>] = [:]
        var deliver: (@Sendable (ChatEvent) async -> Void)?
    }

    private let state = Mutex(State())

    var rooms: Set<String> { state.withLock { Set($0.rooms.keys) } }
    var log: [String] { state.withLock { $0.log } }
    var events: [String: Set<PlatformEvent.Kind>] { state.withLock { $0.events } }
    var isHeard: Bool { state.withLock { $0.deliver != nil } }

    func join(_ channel: ChatChannel, login: String) {
        state.withLock { state in
            state.rooms[channel.id] = channel
            state.log.append("join \(channel.id) \(login)")
        }
    }

    func want(_ events: Set<PlatformEvent.Kind>, in channelID: String) {
        state.withLock { $0.events[channelID] = events }
    }

    func leave(_ channelID: String) {
        state.withLock { state in
            state.rooms[channelID] = nil
            state.log.append("leave \(channelID)")
        }
    }

    func listen(_ deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        state.withLock { $0.deliver = deliver }
        let (silence, _) = AsyncStream<Never>.makeStream()
        for await _ in silence {}
    }

    func happens(_ event: ChatEvent) async {
        await state.withLock { $0.deliver }?(event)
    }
}
