import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

/// The feed of a server over HTTP: the snapshot as lines of JSON, what follows as server-sent events.
///
/// It must be closed by whoever made it, after everything that uses it has stopped.
package final class HTTPFeed: FeedSource {
    package struct Limits: Sendable {
        /// A connection on which nothing whole arrives for so long is broken.
        package var silence = Duration.seconds(10)
        package var connect = Duration.seconds(5)
        package var acknowledgement = Duration.seconds(5)

        package init() {}
    }

    /// A bundle, or all that an install keeps, with room for how JSON writes it.
    private static let bundleBytesMax = 8 << 20
    private static let answerBytesMax = 65_536

    package let transport = Acknowledgement.Transport.http
    private let client: HTTPClient
    private let requests: FeedRequests
    private let limits: Limits
    private let clock: MonotonicClock

    /// - Parameters:
    ///   - server: its address, as in `http://127.0.0.1:8080`.
    ///   - token: of a system key or a system administrator.
    package init(server: String, token: String?, limits: Limits = Limits(), clock: MonotonicClock = .system) {
        requests = FeedRequests(server: server, token: token)
        (self.limits, self.clock) = (limits, clock)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(limits.connect), read: TimeAmount(limits.silence)))
        // The client would repeat a failed connection by itself, without the follower's rests.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    package func close() async {
        try? await client.shutdown()
    }

    package func snapshot(beside held: HeldDocuments) async throws -> FeedSnapshot {
        let response = try await send(requests.snapshot)
        var reader = SnapshotReader(beside: held)
        var silence = Silence(limit: limits.silence, clock: clock)
        for try await piece in response.body {
            try piece.withUnsafeReadableBytes { try reader.read($0.bindMemory(to: UInt8.self)) }
            try silence.check(progress: reader.entries.count)
        }
        return try reader.finish()
    }

    package func follow(
        after id: ChangeID, in epoch: String, deliver: @Sendable (FeedMessage) async throws -> Void
    ) async throws {
        let response = try await execute(requests.follow(after: id, in: epoch), timeout: limits.silence)
        // What was asked for is kept no longer.
        if response.status == .gone { return try await deliver(.reset) }
        try await requests.check(response)
        var parser = ServerSentEventParser()
        var silence = Silence(limit: limits.silence, clock: clock)
        for try await piece in response.body {
            let events = try piece.withUnsafeReadableBytes { try parser.read($0.bindMemory(to: UInt8.self)) }
            try silence.check(progress: parser.lineCount)
            for message in try FeedMessage.messages(events) { try await deliver(message) }
        }
    }

    package func acknowledge(_ acknowledgement: Acknowledgement) async throws {
        try await say(requests.acknowledge(acknowledgement))
    }

    package func report(_ report: Report) async throws {
        for part in report.parts { try await say(requests.report(part)) }
    }

    package func bundle(_ digest: BundleDigest) async throws -> [UInt8]? {
        let response = try await execute(requests.bundle(digest), timeout: limits.silence)
        if response.status == .notFound { return nil }
        try await requests.check(response)
        return Array(try await response.body.collect(upTo: Self.bundleBytesMax).readableBytesView)
    }

    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        let answer: (status: UInt, json: JSON?)
        do {
            let request = requests.keyValues(KeyValueRequest(installID: install, operation: operation))
            let response = try await execute(request, timeout: limits.acknowledgement)
            let body = try await response.body.collect(upTo: Self.bundleBytesMax)
            answer = (response.status.code, try? JSONParser.parse(Array(body.readableBytesView)))
        } catch {
            throw .unavailable
        }
        if (200..<300).contains(answer.status), let json = answer.json {
            return (json["data"] ?? json)["value"]?.bytes ?? JSON.null.bytes
        }
        guard let error = answer.json?["error"], error["code"]?.string == KeyValueRequest.refusedCode,
            let message = error["message"]?.string
        else { throw .unavailable }
        throw KeyValueRefusal(message)
    }

    package func count(_ use: CommandUse) async throws -> Int {
        let response = try await execute(requests.count(use), timeout: limits.acknowledgement)
        try await requests.check(response)
        let body = try await response.body.collect(upTo: Self.answerBytesMax)
        let json = try? JSONParser.parse(Array(body.readableBytesView))
        guard let count = json?["data"]?["count"]?.integer else { throw UsesUnavailable() }
        return count
    }

    private func say(_ request: HTTPClientRequest) async throws {
        let response = try await execute(request, timeout: limits.acknowledgement)
        try await requests.check(response)
        for try await _ in response.body {}
    }

    private func send(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        let response = try await execute(request, timeout: limits.silence)
        try await requests.check(response)
        return response
    }

    /// - Parameter timeout: until the head of the answer is there.
    private func execute(_ request: HTTPClientRequest, timeout: Duration) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, timeout: TimeAmount(timeout))
        } catch {
            throw requests.failure(error)
        }
    }

    /// Finds a peer that lets bytes drip, and never says anything whole.
    private struct Silence {
        let limit: Duration, clock: MonotonicClock
        private var progress = 0
        private var since: MonotonicClock.Instant

        init(limit: Duration, clock: MonotonicClock) {
            (self.limit, self.clock) = (limit, clock)
            since = clock.now
        }

        mutating func check(progress now: Int) throws {
            if now > progress { (progress, since) = (now, clock.now) }
            guard clock.now - since <= limit else {
                throw FeedFailure.broken("nothing whole has arrived for \(limit)")
            }
        }
    }
}
