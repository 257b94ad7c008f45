import Domain
import Redis

/// The feed as the relay keeps it in Redis.
package final class RedisFeed: FeedSource {
    package let transport = Acknowledgement.Transport.redis

    /// About so many reports wait for servers that are away; then the oldest are lost.
    private static let reportsMax = 10_000

    private let url: RedisURL
    private let keys: FeedKeys
    private let limits: RedisSession.Limits
    /// For everything but following, which blocks its connection.
    private let client: RedisClient
    /// On a connection of its own: what extensions do must not hold up the rest.
    private let keyValues: RedisKeyValues

    package init(
        _ url: RedisURL, keys: FeedKeys = FeedKeys(), limits: RedisSession.Limits = RedisSession.Limits()
    ) {
        (self.url, self.keys, self.limits) = (url, keys, limits)
        client = RedisClient(url, limits: limits, name: "feed-calls")
        keyValues = RedisKeyValues(url, keys: keys, limits: limits)
    }

    deinit { client.close() }

    package func snapshot(beside held: HeldDocuments) async throws -> FeedSnapshot {
        let keys = keys
        return try await explained {
            try await client.perform { try RedisSnapshot(session: $0, keys: keys, held: held).take() }
        }
    }

    package func follow(
        after id: ChangeID, in epoch: String, deliver: @Sendable (FeedMessage) async throws -> Void
    ) async throws {
        let connection = RedisConnection(url, limits: limits, name: "feed")
        defer { connection.close() }
        try await withTaskCancellationHandler {
            do {
                try await explained { try await follow(over: connection, after: id, in: epoch, deliver) }
            } catch let error as RedisError where error.kind == .closed {
                try Task.checkCancellation()
                throw error
            }
        } onCancel: {
            connection.close()
        }
    }

    /// Whom Redis does not let in will not be let in a moment later.
    private func explained<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as RedisError where error.kind == .authentication || error.kind == .forbidden {
            throw FeedFailure.refused(error.description)
        }
    }

    private func follow(
        over connection: RedisConnection, after id: ChangeID, in epoch: String,
        _ deliver: @Sendable (FeedMessage) async throws -> Void
    ) async throws {
        let reader = RedisFeedReader(keys: keys)
        guard var cursor = try await connection.perform({ try reader.begin($0, after: id, in: epoch) }) else {
            return try await deliver(.reset)
        }
        while true {
            let place = cursor
            switch try await connection.perform({ try reader.next($0, after: place) }) {
            case .changes(let changes):
                cursor.last = changes.last?.id ?? cursor.last
                try await deliver(.changes(changes))
            case .quiet(let mark):
                guard let message = cursor.hear(mark) else { continue }
                try await deliver(message)
                if message == .reset { return }
            }
        }
    }

    /// Kept under the worker's name for a server that starts later, and told at once to one that listens.
    package func acknowledge(_ acknowledgement: Acknowledgement) async throws {
        let bytes = acknowledgement.bytes
        let seconds = acknowledgement.secondsKept
        _ = try await client.send([
            RedisCommand("SET", keys.worker(acknowledgement.worker)).with(bytes).with("EX").with(seconds),
            RedisCommand("PUBLISH", keys.acknowledgements).with(bytes),
        ])
    }

    package func report(_ report: Report) async throws {
        let commands = report.parts.map { part in
            RedisCommand("XADD", keys.reports, "MAXLEN", "~").with(Self.reportsMax).with("*").with(FeedKeys.reportField)
                .with(part.bytes)
        }
        // One after the other: many large ones at once would be too much for anybody's buffers.
        for command in commands { _ = try await client.send([command]) }
    }

    package func bundle(_ digest: BundleDigest) async throws -> [UInt8]? {
        try await client.send([RedisCommand("GET", keys.bundle(digest))])[0].bytes
    }

    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        try await keyValues.perform(operation, for: install)
    }

    package func count(_ use: CommandUse) async throws -> Int {
        let command = RedisCommand("HINCRBY", keys.commandUses(use.account), use.name.rawValue, "1")
        guard let count = try await client.send([command])[0].integer else { throw UsesUnavailable() }
        return count
    }
}

/// Why Redis has no feed to follow.
struct RedisFeedError: Error, CustomStringConvertible {
    let description: String

    static let empty = RedisFeedError(
        description: "Redis holds no feed: start the server with --redis and this address, and with the same prefix")
    static let incomplete = RedisFeedError(
        description: "the feed in Redis does not fit together: it is read again, and the server's relay mends it")
}
