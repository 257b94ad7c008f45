import Domain
import Foundation
import Hummingbird
import NIOCore
import Projections
import Synchronization

/// All documents as NDJSON, sent while they are read: a thread of its own reads, in one transaction, no faster than the
/// caller takes.
final class SnapshotStream: Sendable {
    private static let chunkBytes = 64 * 1024
    private static let chunksMax = 4

    private struct Abandoned: Error {}

    fileprivate struct State {
        var chunks: [ByteBuffer] = []
        var failure: (any Error)?
        var isDone = false, isAbandoned = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: chunksMax)

    static func body(_ readModels: ReadModels, at now: Timestamp) -> ResponseBody {
        ResponseBody { writer in
            let stream = SnapshotStream()
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
            }
        }
        thread.name = "feed-snapshot"
        thread.start()
    }

    private func produce(_ readModels: ReadModels, at now: Timestamp) throws {
        var lines = JSONWriter(capacityBytes: Self.chunkBytes + 4096)
        try readModels.feedSnapshot(at: now) { head in
            head.encode(into: &lines)
            lines.line()
        } entry: { entry in
            entry.encode(into: &lines)
            lines.line()
            if lines.bytes.count >= Self.chunkBytes {
                try put(lines.bytes)
                lines = JSONWriter(capacityBytes: Self.chunkBytes + 4096)
            }
        }
        try put(lines.bytes)
    }

    private func put(_ bytes: [UInt8]) throws {
        room.wait()
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
