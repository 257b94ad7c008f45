import Domain
import Redis

/// Asks Redis for the feed; every call waits on the connection's own thread.
struct RedisFeedReader: Sendable {
    private static let batchMax = 500
    private static let blockSeconds = 1.0

    let keys: FeedKeys

    enum Heard: Sendable {
        case changes([FeedChange])
        /// Nothing came; the head, when there is one.
        case quiet(FeedMark?)
    }

    /// - Returns: nil when what the follower holds cannot be gone on from.
    /// - Throws: `RedisFeedError` when there is no feed.
    func begin(_ session: RedisSession, after id: ChangeID, in epoch: String) throws -> RedisCursor? {
        guard let mark = try mark(session) else { throw RedisFeedError.empty }
        guard mark.generation.epoch == epoch else { return nil }
        let first = RedisCommand("XRANGE", keys.stream(mark.generation), "-", "+", "COUNT", "1")
        if let first = try Self.changes(session.send(first)).first {
            if first.previous > id { return nil }
        } else if mark.last > id {
            return nil
        }
        return RedisCursor(generation: mark.generation, last: id, mark: mark)
    }

    /// Waits about a second for changes.
    func next(_ session: RedisSession, after cursor: RedisCursor) throws -> Heard {
        // By its id: `$` would skip what comes between two calls.
        let command = RedisCommand(
            "XREAD", "COUNT", "\(Self.batchMax)", "BLOCK", "\(Int(Self.blockSeconds * 1000))", "STREAMS",
            keys.stream(cursor.generation), cursor.last.description)
        let reply = try session.send(command, waitingSeconds: Self.blockSeconds)
        guard let entries = reply.array?.first?.array, entries.count == 2 else { return .quiet(try mark(session)) }
        return .changes(try Self.changes(entries[1]))
    }

    func mark(_ session: RedisSession) throws -> FeedMark? {
        Self.mark(try session.send(markCommand))
    }

    var markCommand: RedisCommand {
        var command = RedisCommand("HMGET", keys.head)
        for name in FeedMark.fieldNames { command.append(name) }
        return command
    }

    static func mark(_ reply: RedisReply) -> FeedMark? {
        FeedMark(fields: (reply.array ?? []).map(\.text))
    }

    /// Stream entries, each an id and its fields.
    static func changes(_ reply: RedisReply) throws -> [FeedChange] {
        try (reply.array ?? []).map { entry in
            guard let parts = entry.array, parts.count == 2, let id = parts[0].text, let fields = parts[1].array else {
                throw RedisFeedError.incomplete
            }
            return try FeedChange(id: id, fields: fields.map { $0.bytes ?? [] })
        }
    }
}
