import NIOCore
import Synchronization

/// The sockets of one connection, from the moment when they are ordered until they are closed.
final class OpenSockets: Sendable {
    private enum Socket {
        case ordered
        case open(any Channel)
        /// Closed before it was there.
        case doomed
    }

    private struct State {
        var sockets: [SocketID: Socket] = [:]
        var isOver = false
    }

    private let state = Mutex(State())

    func order(_ id: SocketID) { state.withLock { $0.sockets[id] = .ordered } }

    func add(_ channel: any Channel, as id: SocketID) {
        let isLate = state.withLock { state in
            if case .doomed? = state.sockets[id] { return true }
            guard !state.isOver, state.sockets[id] != nil else { return true }
            state.sockets[id] = .open(channel)
            return false
        }
        if isLate { channel.close(promise: nil) }
    }

    func remove(_ id: SocketID) { state.withLock { $0.sockets[id] = nil } }

    func close(_ id: SocketID) {
        channel(id) { state in
            if case .ordered? = state.sockets[id] { state.sockets[id] = .doomed }
        }?.close(promise: nil)
    }

    func closeAll() {
        let channels = state.withLock { state in
            state.isOver = true
            return state.sockets.values.compactMap { if case .open(let channel) = $0 { channel } else { nil } }
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// What cannot be sent is lost with its socket, whose end is told to the machine.
    func send(_ text: String, on id: SocketID) {
        channel(id)?.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private func channel(_ id: SocketID, otherwise: (inout State) -> Void = { _ in }) -> (any Channel)? {
        state.withLock { state in
            if case .open(let channel)? = state.sockets[id] { return channel }
            otherwise(&state)
            return nil
        }
    }
}
