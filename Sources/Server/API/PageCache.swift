import Domain
import Hummingbird
import NIOCore
import Synchronization

/// Answers to reads that stay right until the documents they were made of change.
///
/// Keyed by address and by what the caller may see, which follows from the account and from being a system admin. An
/// answer carries the version of its documents, taken before they were read; one that was made of older documents is
/// made again.
final class PageCache: Sendable {
    /// All bodies together; beyond it everything is dropped at once.
    static let bytesMax = 32 << 20
    /// A list is about 8 KB.
    static let bodyBytesMax = 256 << 10

    private struct Entry {
        let version: Int
        let body: ByteBuffer
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())

    func answer(to call: Call, make: () throws -> JSONWriter) throws -> Response {
        guard call.asOf == nil, let version = call.operation.version?() else {
            return Answers.response(.ok, try make())
        }
        let caller = call.caller
        let key = "\(caller.account?.rawValue ?? "") \(caller.isSystemAdmin) \(call.request.uri.string)"
        if let body = state.withLock({ $0.entries[key].flatMap { $0.version == version ? $0.body : nil } }) {
            return Answers.response(.ok, body)
        }
        let body = ByteBuffer(bytes: try make().bytes)
        keep(Entry(version: version, body: body), for: key)
        return Answers.response(.ok, body)
    }

    private func keep(_ entry: Entry, for key: String) {
        guard entry.body.readableBytes <= Self.bodyBytesMax else { return }
        state.withLock { state in
            if state.bytes + entry.body.readableBytes > Self.bytesMax { state = State() }
            let old = state.entries.updateValue(entry, forKey: key)?.body.readableBytes ?? 0
            state.bytes += entry.body.readableBytes - old + (old == 0 ? key.utf8.count + 64 : 0)
        }
    }
}
