import Domain
import GraphQL
import NIOCore
import Synchronization

/// Answers to queries that stay right until the documents change that they were made of; many pages ask for the same.
///
/// An answer is kept when each of its fields was answered by an operation that knows the version of its documents. The
/// versions are taken before the documents are read, so that an answer is never thought newer than it is.
final class KeptAnswers: Sendable {
    /// All answers together; beyond it everything is dropped at once.
    static let bytesMax = 32 << 20
    static let answerBytesMax = 256 << 10

    /// Whose answer it is, and to what. Callers who may do the same see the same.
    struct Key: Hashable {
        private let account: AccountID?, isSystemAdmin: Bool, isSystemKey: Bool, permissions: Set<Permission>
        private let query: String, operationName: String?, variables: [UInt8]?

        init(_ request: GraphQLRequest, _ caller: Caller) {
            (account, permissions) = (caller.account, caller.permissions)
            (isSystemAdmin, isSystemKey) = (caller.isSystemAdmin, caller.isSystemKey)
            (query, operationName, variables) = (request.query, request.operationName, request.variables)
        }

        var bytes: Int { query.utf8.count + (variables?.count ?? 0) + 256 }
    }

    struct Entry {
        /// By the operation's place among the fields, its version.
        let versions: [FieldResolver.Asked]
        let body: ByteBuffer
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())

    func answer(to key: Key, isCurrent: (Entry) -> Bool) -> Entry? {
        state.withLock { $0.entries[key] }.flatMap { isCurrent($0) ? $0 : nil }
    }

    func keep(_ entry: Entry, for key: Key) {
        guard entry.body.readableBytes <= Self.answerBytesMax else { return }
        state.withLock { state in
            if state.bytes + entry.body.readableBytes + key.bytes > Self.bytesMax { state = State() }
            let old = state.entries.updateValue(entry, forKey: key)?.body.readableBytes
            state.bytes += entry.body.readableBytes - (old ?? -key.bytes)
        }
    }
}
