import Domain
import Logging
import Redis
import ServiceLifecycle
import Synchronization

/// Chat out of a Redis stream, shared with other workers through a consumer group.
///
/// A message counts as finished when everything that follows from it is over; what a worker leaves unfinished when it
/// dies is claimed by another one after `claimAfter`. Entries are `message <ChatMessage as JSON>`, or `event
/// <PlatformEvent as JSON>`, which is finished as soon as it is handed over: it is not answered twice. Whoever writes
/// them also trims the stream (`XADD … MAXLEN ~`).
package final class RedisChat: Service {
    package static let stream = "lumio:chat:messages", group = "botcontrol"
    static let claimAfter = Duration.seconds(15), claimInterval = Duration.seconds(5)
    /// A message that has ended so many workers is finished without being looked at again.
    static let deliveriesMax = 3
    private static let batch = 256, blockMilliseconds = 1_000

    private let url: RedisURL
    private let stream: String
    private let consumer: String
    private let claimAfter: Duration
    private let limits: RedisSession.Limits
    private let client: RedisClient
    private let entries = Mutex(Entries())
    private let clock: MonotonicClock
    private let backoff = Backoff()
    private let logger: Logger
    private let receive: @Sendable (ChatMessage, MessageReceipt) -> Void
    private let happened: @Sendable (PlatformEvent) -> Void

    /// Of the stream, by their IDs.
    private struct Entries {
        var finished: [String] = []
        var unfinished: Set<String> = []
    }

    package init(
        _ url: RedisURL, stream: String = stream, consumer: String, claimAfter: Duration = claimAfter,
        limits: RedisSession.Limits = RedisSession.Limits(), clock: MonotonicClock = .system, logger: Logger,
        happened: @escaping @Sendable (PlatformEvent) -> Void = { _ in },
        receive: @escaping @Sendable (ChatMessage, MessageReceipt) -> Void
    ) {
        (self.url, self.stream, self.consumer, self.claimAfter) = (url, stream, consumer, claimAfter)
        (self.limits, self.clock, self.logger, self.receive) = (limits, clock, logger, receive)
        self.happened = happened
        client = RedisClient(url, limits: limits, name: "chat-calls")
    }

    deinit { client.close() }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                do {
                    try await self.follow { failures = 0 }
                } catch {
                    failures += 1
                    if failures == 1, !Task.isCancelled {
                        self.logger.warning("chat does not come from Redis", metadata: ["error": "\(error)"])
                    }
                    try? await self.clock.sleep(for: self.backoff.rest(after: failures))
                }
            }
        }
        // What was finished in the last moment need not be done again by somebody else.
        try? await acknowledge()
    }

    private func follow(_ succeeded: () -> Void) async throws {
        let connection = RedisConnection(url, limits: limits, name: "chat")
        defer { connection.close() }
        try await withTaskCancellationHandler {
            try await makeGroup(connection)
            var claimedAt: MonotonicClock.Instant?
            while !Task.isCancelled {
                if claimedAt.map({ clock.now - $0 >= min(Self.claimInterval, claimAfter) }) ?? true {
                    try await keep(connection)
                    try await claim(connection)
                    claimedAt = clock.now
                }
                try await readNext(connection)
                try await acknowledge()
                succeeded()
            }
        } onCancel: {
            connection.close()
        }
    }

    /// From the first entry on: what was written before the first worker came is old, and looked at as such.
    private func makeGroup(_ connection: RedisConnection) async throws {
        do {
            _ = try await connection.send(
                RedisCommand("XGROUP", "CREATE", stream, Self.group, "0", "MKSTREAM"))
        } catch let error as RedisError where error.description.contains("BUSYGROUP") {}
    }

    private func readNext(_ connection: RedisConnection) async throws {
        let command = RedisCommand("XREADGROUP", "GROUP", Self.group, consumer)
            .with("COUNT").with(Self.batch).with("BLOCK").with(Self.blockMilliseconds).with("STREAMS").with(stream)
            .with(">")
        let reply = try await connection.send(command, waitingSeconds: Double(Self.blockMilliseconds) / 1000)
        for found in reply.array ?? [] {
            for entry in found.array?.last?.array ?? [] { take(entry, isRepeated: false) }
        }
    }

    /// What takes long here, as when a platform is away, is not taken for left.
    private func keep(_ connection: RedisConnection) async throws {
        let ids = entries.withLock { $0.unfinished }
        guard !ids.isEmpty else { return }
        var command = RedisCommand("XCLAIM", stream, Self.group, consumer).with(0)
        for id in ids { command.append(id) }
        _ = try await connection.send(command.with("JUSTID"))
    }

    /// What others have left, and what this worker itself left before it was started again.
    private func claim(_ connection: RedisConnection) async throws {
        let milliseconds = Int(claimAfter / .milliseconds(1))
        let pending = try await connection.send(
            RedisCommand("XPENDING", stream, Self.group, "IDLE").with(milliseconds).with("-").with("+").with(Self.batch)
        )
        var wanted: [String] = [], given = Set<String>()
        for entry in pending.array ?? [] {
            guard let parts = entry.array, parts.count == 4, let id = parts[0].text else { continue }
            if parts[3].integer ?? 0 >= Self.deliveriesMax { given.insert(id) }
            wanted.append(id)
        }
        guard !wanted.isEmpty else { return }
        var command = RedisCommand("XCLAIM", stream, Self.group, consumer).with(milliseconds)
        for id in wanted { command.append(id) }
        for entry in try await connection.send(command).array ?? [] {
            guard let id = entry.array?.first?.text else { continue }
            if given.contains(id) {
                logger.error("a message was never finished and is left", metadata: ["entry": "\(id)"])
                finish(id)
            } else {
                take(entry, isRepeated: true)
            }
        }
    }

    private func take(_ entry: RedisReply, isRepeated: Bool) {
        guard let parts = entry.array, let id = parts.first?.text else { return }
        do {
            if let json = parts.last?.members["event"]?.bytes {
                happened(try PlatformEvent(try JSONParser.parse(json)))
                return finish(id)
            }
            guard let json = parts.last?.members["message"]?.bytes else {
                logger.warning("an entry of the chat holds no message", metadata: ["entry": "\(id)"])
                return finish(id)
            }
            let message = try ChatMessage(try JSONParser.parse(json))
            entries.withLock { _ = $0.unfinished.insert(id) }
            receive(message, MessageReceipt(isRepeated: isRepeated) { [weak self] in self?.finish(id) })
        } catch {
            logger.warning("an entry of the chat cannot be read", metadata: ["entry": "\(id)", "error": "\(error)"])
            finish(id)
        }
    }

    private func finish(_ id: String) {
        entries.withLock { entries in
            entries.unfinished.remove(id)
            entries.finished.append(id)
        }
    }

    /// What cannot be said to Redis now is said with the next.
    private func acknowledge() async throws {
        let ids = entries.withLock { entries in
            defer { entries.finished = [] }
            return entries.finished
        }
        guard !ids.isEmpty else { return }
        var command = RedisCommand("XACK", stream, Self.group)
        for id in ids { command.append(id) }
        do {
            _ = try await client.send([command])
        } catch {
            entries.withLock { $0.finished = ids + $0.finished }
            throw error
        }
    }
}
