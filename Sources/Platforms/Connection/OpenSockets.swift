import NIOCore
import Synchronization

/// The sockets of one connection, from the moment when they begin to be opened.
final class OpenSockets: Sendable {
    private struct State {
        var channels: [SocketID: any Channel] = [:]
        /// Closed before they were there.
        var doomed: Set<SocketID> = []
        var isOver = false
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel, as id: SocketID) {
        let isLate = state.withLock { state in
            guard !state.isOver, state.doomed.remove(id) == nil else { return true }
            state.channels[id] = channel
            return false
        }
        if isLate { channel.close(promise: nil) }
    }

    func remove(_ id: SocketID) {
        state.withLock { state in
            state.channels[id] = nil
            state.doomed.remove(id)
        }
    }

    func close(_ id: SocketID) {
        let channel = state.withLock { state in
            if state.channels[id] == nil { state.doomed.insert(id) }
            return state.channels[id]
        }
        channel?.close(promise: nil)
    }

    func closeAll() {
        let channels = state.withLock { state in
            state.isOver = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// What cannot be sent is lost with its socket, whose end is told to the machine.
    func send(_ line: String, on id: SocketID) {
        guard let channel = state.withLock({ $0.channels[id] }) else { return }
        channel.writeAndFlush(ByteBuffer(string: line + "\r\n"), promise: nil)
    }
}
