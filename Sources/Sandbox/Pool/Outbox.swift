import Foundation
import Synchronization

/// Messages on their way to one child. Whoever finds nobody writing writes for all; nobody waits for a child that does
/// not read: then a thread of the outbox's own takes over.
final class Outbox: Sendable {
    private struct State {
        var frames = FrameWriter()
        var isWriting = false, isClosed = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    /// - Parameter descriptor: is closed when nobody writes any more.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { Foundation.close(descriptor) }

    func close() { state.withLock { $0.isClosed = true } }

    func send(_ frames: [UInt8]) {
        let writes = state.withLock { state in
            guard !state.isClosed else { return false }
            state.frames.append(frames)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if writes { write(isPatient: false, []) }
    }

    private func next() -> [UInt8]? {
        state.withLock { state in
            guard !state.isClosed, !state.frames.isEmpty else {
                state.isWriting = false
                return nil
            }
            return state.frames.take()
        }
    }

    private func write(isPatient: Bool, _ first: [UInt8]) {
        var bytes = first
        var sent = 0
        while true {
            if sent == bytes.count {
                guard let more = next() else { return }
                (bytes, sent) = (more, 0)
            }
            let count = bytes.withUnsafeBytes { raw in
                Foundation.send(
                    descriptor, raw.baseAddress?.advanced(by: sent), raw.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                guard isPatient else { return handOver(Array(bytes[sent...])) }
                waitForRoom()
            } else if errno != EINTR {
                // The child has gone; its reader finds out.
                close()
                return
            }
        }
    }

    private func handOver(_ rest: [UInt8]) {
        let thread = Thread { self.write(isPatient: true, rest) }
        thread.name = "sandbox writer"
        thread.start()
    }

    private func waitForRoom() {
        var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&one, 1, 1000)
        if state.withLock({ $0.isClosed }) { return }
    }
}
