import Domain
import Foundation
import Synchronization
import Testing

@testable import Worker

@Suite("The feed over HTTP")
struct HTTPFeedTests {
    private static let model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))

    private static func event(_ type: String, _ data: [UInt8], id: ChangeID? = nil) -> String {
        (id.map { "id: \($0)\n" } ?? "") + "event: \(type)\ndata: \(String(decoding: data, as: UTF8.self))\n\n"
    }

    private static func event(_ change: FeedChange) -> String {
        event(change.value == nil ? "delete" : "put", change.bytes, id: change.id)
    }

    private func withFeed<Value>(
        _ server: FakeServer, token: String? = "secret", silence: Duration = .seconds(5),
        _ body: (HTTPFeed) async throws -> Value
    ) async throws -> Value {
        var limits = HTTPFeed.Limits()
        limits.silence = silence
        let feed = HTTPFeed(server: server.address + "/", token: token, limits: limits)
        let result: Result<Value, any Error>
        do { result = .success(try await body(feed)) } catch { result = .failure(error) }
        await feed.close()
        return try result.get()
    }

    /// What a stream delivers until it ends or fails.
    private func followed(_ feed: HTTPFeed) async -> (messages: [FeedMessage], error: (any Error)?) {
        let messages = Messages()
        do {
            try await feed.follow(after: ChangeID(position: 1, index: 0), in: "e1.1") { messages.append($0) }
            return (messages.all, nil)
        } catch {
            return (messages.all, error)
        }
    }

    private final class Messages: Sendable {
        private let list = Mutex<[FeedMessage]>([])

        func append(_ message: FeedMessage) { list.withLock { $0.append(message) } }

        var all: [FeedMessage] { list.withLock { $0 } }
    }

    @Test func `takes a snapshot with its token`() async throws {
        let lines = String(decoding: SnapshotReaderTests.lines(of: Self.model.snapshot), as: UTF8.self)
        let server = try FakeServer { _, connection in connection.answer("200 OK", lines) }
        let snapshot = try await withFeed(server) { try await $0.snapshot() }
        #expect(snapshot.head == Self.model.head && snapshot.entries.count == 2)
        let request = try #require(server.requests.first)
        #expect(request.line == "GET /v1/feed/snapshot HTTP/1.1")
        #expect(request.headers.contains { $0.lowercased() == "authorization: bearer secret" })
    }

    @Test func `follows: intent, changes that came together, comments, bookmark, the end`() async throws {
        let changes = Self.model.changes, head = Self.model.head
        let server = try FakeServer { _, connection in
            connection.begin()
            connection.chunk(Self.event("intent", head.bytes))
            Thread.sleep(forTimeInterval: 0.2)
            connection.chunk(changes.map(Self.event).joined() + ": still here\n\n" + Self.event("news", []))
            Thread.sleep(forTimeInterval: 0.2)
            connection.chunk(Self.event("bookmark", head.bytes) + Self.event(changes[1]))
            connection.end()
        }
        let (messages, error) = try await withFeed(server) { await followed($0) }
        #expect(error == nil)
        #expect(messages == [.bookmark(head), .changes(changes), .bookmark(head), .changes([changes[1]])])
        #expect(server.requests.map(\.line) == ["GET /v1/feed?after=1-0&epoch=e1.1 HTTP/1.1"])
    }

    @Test func `is told to start over by an event and by 410`() async throws {
        let streaming = try FakeServer { _, connection in
            connection.begin()
            connection.chunk(Self.event("reset", Array("{}".utf8)))
            connection.end()
        }
        #expect(try await withFeed(streaming) { await followed($0) }.messages == [.reset])
        let gone = try FakeServer { _, connection in connection.answer("410 Gone", "{}") }
        #expect(try await withFeed(gone) { await followed($0) }.messages == [.reset])
    }

    @Test(arguments: ["401 Unauthorized", "403 Forbidden"])
    func `says what to do about a token that is not taken`(status: String) async throws {
        let server = try FakeServer { _, connection in
            connection.answer(status, #"{"error":{"message":"the token has expired"}}"#)
        }
        try await withFeed(server) { feed in
            let errors = [
                await #expect(throws: FeedFailure.self) { _ = try await feed.snapshot() }, await followed(feed).error,
            ]
            for error in errors {
                guard case .refused(let reason) = error as? FeedFailure else { return #expect(Bool(false)) }
                #expect(reason.contains("--token") && reason.contains("the token has expired"))
                #expect(!reason.contains("secret"))
            }
        }
    }

    @Test(arguments: ["404 Not Found", "500 Internal Server Error", "503 Service Unavailable", "302 Found"])
    func `takes every other answer for an outage`(status: String) async throws {
        let server = try FakeServer { _, connection in connection.answer(status, "no") }
        try await withFeed(server) { feed in
            let error = await #expect(throws: FeedFailure.self) { _ = try await feed.snapshot() }
            guard case .broken = error else { return #expect(Bool(false)) }
        }
    }

    @Test func `delivers what was whole when the connection is cut in the middle of an event`() async throws {
        let changes = Self.model.changes
        let server = try FakeServer { _, connection in
            connection.begin()
            connection.chunk(Self.event(changes[0]) + Self.event(changes[1]).prefix(60))
        }
        let (messages, error) = try await withFeed(server) { await followed($0) }
        #expect(messages == [.changes([changes[0]])] && error != nil)
    }

    @Test func `fails when a snapshot is cut off`() async throws {
        let bytes = SnapshotReaderTests.lines(of: Self.model.snapshot)
        let server = try FakeServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
            connection.send(Array(bytes.prefix(bytes.count / 2)))
        }
        try await withFeed(server) { feed in
            _ = await #expect(throws: (any Error).self) { _ = try await feed.snapshot() }
        }
    }

    @Test func `leaves a stream that stalls`() async throws {
        let server = try FakeServer { _, connection in
            connection.begin()
            connection.chunk(Self.event("bookmark", Self.model.head.bytes))
            Thread.sleep(forTimeInterval: 3)
        }
        let start = ContinuousClock.now
        let (messages, error) = try await withFeed(server, silence: .milliseconds(300)) { await followed($0) }
        #expect(messages.count == 1 && error != nil && ContinuousClock.now - start < .seconds(2))
    }

    @Test func `leaves a server that takes the connection and says nothing`() async throws {
        let server = try FakeServer { _, _ in Thread.sleep(forTimeInterval: 3) }
        let start = ContinuousClock.now
        try await withFeed(server, silence: .milliseconds(300)) { feed in
            _ = await #expect(throws: FeedFailure.self) { _ = try await feed.snapshot() }
        }
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func `reads a slow drip, and leaves one that never says anything whole`() async throws {
        let text = Self.event("bookmark", Self.model.head.bytes)
        let slow = try FakeServer { _, connection in
            connection.begin()
            for letter in text {
                connection.chunk(String(letter))
                Thread.sleep(forTimeInterval: 0.002)
            }
            connection.end()
        }
        let (messages, error) = try await withFeed(slow) { await followed($0) }
        #expect(messages == [.bookmark(Self.model.head)] && error == nil)

        let endless = try FakeServer { _, connection in
            connection.begin()
            while connection.chunk("x") { Thread.sleep(forTimeInterval: 0.05) }
        }
        let start = ContinuousClock.now
        let result = try await withFeed(endless, silence: .milliseconds(300)) { await followed($0) }
        #expect(result.messages.isEmpty && result.error is FeedFailure && ContinuousClock.now - start < .seconds(2))
    }

    @Test func `finds an event that cannot be read`() async throws {
        let server = try FakeServer { _, connection in
            connection.begin()
            connection.chunk(Self.event("put", Array("{\"position\":1".utf8)))
            connection.end()
        }
        let (messages, error) = try await withFeed(server) { await followed($0) }
        guard case .unreadable = error as? FeedFailure else { return #expect(Bool(false)) }
        #expect(messages.isEmpty)
    }

    @Test func `acknowledges`() async throws {
        let server = try FakeServer { _, connection in connection.answer("204 No Content") }
        let sent = Acknowledgement(
            worker: "w", transport: .http, epoch: "e1.1", applied: Self.model.last, seen: Self.model.last,
            digest: Self.model.digest, accounts: 1, version: "1", at: Samples.now)
        try await withFeed(server) { try await $0.acknowledge(sent) }
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /v1/internal/acknowledgements HTTP/1.1")
        #expect(try Acknowledgement(JSONParser.parse(request.body)) == sent)
    }

    @Test func `stops when who listens has had enough, and when it is cancelled`() async throws {
        let server = try FakeServer { _, connection in
            connection.begin()
            while connection.chunk(Self.event("bookmark", Self.model.head.bytes)) {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
        struct Enough: Error {}
        try await withFeed(server) { feed in
            await #expect(throws: Enough.self) {
                try await feed.follow(after: .zero, in: "e1.1") { _ in throw Enough() }
            }
            let task = Task { try await feed.follow(after: .zero, in: "e1.1") { _ in } }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
        }
    }
}
