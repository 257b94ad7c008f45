import Domain
import Foundation
import Hummingbird
import NIOCore
import Projections
import Synchronization

/// All documents as NDJSON, sent while they are read: a thread of its own reads, in one transaction, no faster than the
/// caller takes. One who takes nothing for long is cut: the transaction would hold up the file for ever.
final class SnapshotStream: Sendable {
    struct Limits: Sendable {
        var chunkBytes = 64 * 1024, chunksMax = 4
        /// So long a reader may take nothing.
        var stallSeconds = 30.0
    }

    private struct Abandoned: Error {}

    struct Stalled: Error, CustomStringConvertible {
        let description = "the reader of a snapshot takes nothing any more, and is cut"
    }

    fileprivate struct State {
        var chunks: [ByteBuffer] = []
        var failure: (any Error)?
        var isDone = false, isAbandoned = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    /// Made with 0: one that ends below what it was made with traps, and a reader may leave in the middle.
    private let room = DispatchSemaphore(value: 0)
    private let limits: Limits
    private let cut: @Sendable () -> Void

    private init(_ limits: Limits, _ cut: @escaping @Sendable () -> Void) {
        (self.limits, self.cut) = (limits, cut)
        for _ in 0..<limits.chunksMax { room.signal() }
    }

    /// - Parameter cut: closes the connection.
    static func body(
        _ readModels: ReadModels, at now: Timestamp, limits: Limits = Limits(),
        cut: @escaping @Sendable () -> Void
    ) -> ResponseBody {
        ResponseBody { writer in
            let stream = SnapshotStream(limits, cut)
            stream.start(readModels, at: now)
            defer { stream.abandon() }
            while let chunk = try await stream.next() { try await writer.write(chunk) }
            try await writer.finish(nil)
        }
    }

    private func start(_ readModels: ReadModels, at now: Timestamp) {
        let thread = Thread { [self] in
            do {
                try produce(readModels, at: now)
                finish(nil)
            } catch {
                finish(error)
                // Whoever writes to the reader would wait for ever.
                if error is Stalled { cut() }
            }
        }
        thread.name = "feed-snapshot"
        thread.start()
    }

    private func produce(_ readModels: ReadModels, at now: Timestamp) throws {
        var lines = JSONWriter(capacityBytes: limits.chunkBytes + 4096)
        try readModels.feedSnapshot(at: now) { head in
            head.encode(into: &lines)
            lines.line()
        } entry: { entry in
            entry.encode(into: &lines)
            lines.line()
            if lines.bytes.count >= limits.chunkBytes {
                try put(lines.bytes)
                lines = JSONWriter(capacityBytes: limits.chunkBytes + 4096)
            }
        }
        try put(lines.bytes)
    }

    private func put(_ bytes: [UInt8]) throws {
        guard room.wait(timeout: .now() + limits.stallSeconds) == .success else { throw Stalled() }
        let reader = try state.withLock { state in
            if state.isAbandoned { throw Abandoned() }
            state.chunks.append(ByteBuffer(bytes: bytes))
            return state.takeReader()
        }
        reader?.resume()
    }

    private func finish(_ failure: (any Error)?) {
        let reader = state.withLock { state in
            (state.isDone, state.failure) = (true, failure)
            return state.takeReader()
        }
        reader?.resume()
    }

    /// Nobody takes any more: lets the thread go.
    private func abandon() {
        state.withLock { $0.isAbandoned = true }
        room.signal()
    }

    private func next() async throws -> ByteBuffer? {
        while true {
            let chunk = try state.withLock { state -> ByteBuffer? in
                if !state.chunks.isEmpty { return state.chunks.removeFirst() }
                if let failure = state.failure { throw failure }
                return nil
            }
            if let chunk {
                room.signal()
                return chunk
            }
            if state.withLock({ $0.isDone && $0.chunks.isEmpty && $0.failure == nil }) { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if !state.chunks.isEmpty || state.isDone { return true }
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }
}

extension SnapshotStream.State {
    fileprivate mutating func takeReader() -> CheckedContinuation<Void, Never>? {
        defer { reader = nil }
        return reader
    }
}
