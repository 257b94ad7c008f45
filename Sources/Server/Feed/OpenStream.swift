import NIOCore
import Synchronization

/// One open stream of events: what it has yet to send, and an end to it when its reader is too slow.
final class OpenStream: Sendable {
    /// A reader who has so much to fetch is cut: it comes again, and goes on from where it was if it can.
    static let bytesMax = 1 << 20

    fileprivate struct State {
        var waiting = ByteBuffer()
        var isEnded = false
        var reader: UnsafeContinuation<ByteBuffer?, Never>?
    }

    /// What let the reader in, to be looked at again and again.
    let authorization: String
    private let cut: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameter cut: closes the connection of a reader who is too slow.
    init(authorization: String, cut: @escaping @Sendable () -> Void) {
        (self.authorization, self.cut) = (authorization, cut)
    }

    /// - Returns: false when the stream is over, be it for this.
    @discardableResult
    func offer(_ chunk: ByteBuffer) -> Bool {
        let (isOpen, reader) = state.withLock { state -> (Bool, UnsafeContinuation<ByteBuffer?, Never>?) in
            guard !state.isEnded else { return (false, nil) }
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            state.waiting.writeImmutableBuffer(chunk)
            if state.waiting.readableBytes > Self.bytesMax { state.end() }
            return (!state.isEnded, nil)
        }
        reader?.resume(returning: chunk)
        if !isOpen { cut() }
        return isOpen
    }

    /// Sends what waits, then ends.
    func end(with farewell: ByteBuffer? = nil) {
        if let farewell { offer(farewell) }
        let reader = state.withLock { state in
            state.isEnded = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// What is to be sent next; nil when the stream is over. Asked by one task at a time.
    func next() async -> ByteBuffer? {
        await withUnsafeContinuation { continuation in
            let (isReady, chunk) = state.withLock { state -> (Bool, ByteBuffer?) in
                if state.waiting.readableBytes > 0 {
                    defer { state.waiting = ByteBuffer() }
                    return (true, state.waiting)
                }
                if state.isEnded { return (true, nil) }
                state.reader = continuation
                return (false, nil)
            }
            if isReady { continuation.resume(returning: chunk) }
        }
    }
}

extension OpenStream.State {
    /// Without what waited: it could not be fetched in time.
    fileprivate mutating func end() {
        isEnded = true
        waiting = ByteBuffer()
    }
}
