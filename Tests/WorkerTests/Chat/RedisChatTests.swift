import Domain
import Logging
import Redis
import RedisStage
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("Chat out of Redis", .timeLimit(.minutes(2)))
struct RedisChatTests {
    private let server: RedisServer

    init() throws {
        server = try RedisServer()
    }

    /// A worker that keeps what it gets until it is told to finish.
    private final class Reader: Sendable {
        private let got = Mutex<[(message: ChatMessage, receipt: MessageReceipt)]>([])
        private let finishesAtOnce: Bool

        init(finishesAtOnce: Bool = true) {
            self.finishesAtOnce = finishesAtOnce
        }

        func take(_ message: ChatMessage, _ receipt: MessageReceipt) {
            got.withLock { $0.append((message, receipt)) }
            if finishesAtOnce { receipt.settle() }
        }

        func finishAll() { got.withLock { $0 }.forEach { $0.receipt.settle() } }
        var ids: [String] { got.withLock { $0.map(\.message.id) } }
        var repeated: [String] { got.withLock { $0.filter { $0.receipt.isRepeated }.map(\.message.id) } }
    }

    private func chat(_ name: String, _ reader: Reader, claimAfter: Duration = .seconds(30)) -> RedisChat {
        RedisChat(server.url, consumer: name, claimAfter: claimAfter, logger: Logger(label: "test")) {
            reader.take($0, $1)
        }
    }

    private func running(_ chats: RedisChat..., body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for chat in chats { group.addTask { try await chat.run() } }
            try await body()
            group.cancelAll()
        }
    }

    private func write(_ ids: some Sequence<Int>) throws {
        let session = try RedisSession(server.url)
        for id in ids {
            let command = RedisCommand("XADD", RedisChat.stream, "*", "message").with(ChatMessage.sample("\(id)").json)
            _ = try session.send(command)
        }
    }

    private var pending: Int {
        get throws { try server.send("XPENDING", RedisChat.stream, RedisChat.group).array?.first?.integer ?? -1 }
    }

    @Test func `comes once to one of all workers, and is finished`() async throws {
        let (ann, bob) = (Reader(), Reader())
        try write(0..<100)
        try await running(chat("ann", ann), chat("bob", bob)) {
            try write(100..<1_000)
            await until { ann.ids.count + bob.ids.count == 1_000 }
            await until { (try? pending) == 0 }
        }
        #expect(Set(ann.ids + bob.ids).count == 1_000)
        #expect(ann.repeated.isEmpty && bob.repeated.isEmpty)
    }

    @Test func `brings events as well, finished at once, and passes over what cannot be read`() async throws {
        let ann = Reader(), happened = Mutex<[PlatformEvent]>([])
        let event = PlatformEvent(.cheer, in: .sample("7", on: .kick), id: "e", user: .sample(), at: Samples.now)
        var writer = JSONWriter()
        event.encode(into: &writer)
        for json in ["{", #"{"event":"kick:raid"}"#, writer.text] {
            _ = try RedisSession(server.url).send(RedisCommand("XADD", RedisChat.stream, "*", "event").with(json))
        }
        try write(0..<1)
        let chat = RedisChat(
            server.url, consumer: "ann", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            happened: { event in happened.withLock { $0.append(event) } }, receive: { ann.take($0, $1) })
        try await running(chat) {
            await until { ann.ids == ["0"] && (try? pending) == 0 }
        }
        #expect(happened.withLock { $0 } == [event])
    }

    @Test func `is claimed by another worker when one has left it`() async throws {
        let (ann, bob) = (Reader(finishesAtOnce: false), Reader())
        try write(0..<10)
        try await running(chat("ann", ann)) { await until { ann.ids.count == 10 } }
        #expect(try pending == 10)
        try await running(chat("bob", bob, claimAfter: .milliseconds(100))) {
            await until { bob.repeated.count == 10 }
            await until { (try? pending) == 0 }
        }
    }

    @Test func `is not claimed while a worker takes its time`() async throws {
        let (ann, bob) = (Reader(finishesAtOnce: false), Reader())
        try write(0..<10)
        let slow = chat("ann", ann, claimAfter: .milliseconds(400))
        try await running(slow, chat("bob", bob, claimAfter: .seconds(60))) {
            await until { ann.ids.count + bob.ids.count == 10 }
            try write(10..<20)
            await until { ann.ids.count + bob.ids.count == 20 }
            let idle = try server.send("XPENDING", RedisChat.stream, RedisChat.group, "IDLE", "5000", "-", "+", "10")
            #expect(idle.array?.isEmpty == true)
            #expect(ann.repeated.isEmpty)
            ann.finishAll()
            await until { (try? pending) == 0 }
        }
    }

    @Test func `is left after it has ended several workers`() async throws {
        try write(0..<1)
        for _ in 1...RedisChat.deliveriesMax {
            let reader = Reader(finishesAtOnce: false)
            try await running(chat("w", reader, claimAfter: .milliseconds(10))) {
                await until { !reader.ids.isEmpty }
            }
        }
        let last = Reader()
        try await running(chat("w", last, claimAfter: .milliseconds(10))) { await until { (try? pending) == 0 } }
        #expect(last.ids.isEmpty)
    }

    @Test func `is finished where it cannot be read`() async throws {
        let reader = Reader()
        let session = try RedisSession(server.url)
        _ = try session.send(RedisCommand("XADD", RedisChat.stream, "*", "message", "{"))
        _ = try session.send(RedisCommand("XADD", RedisChat.stream, "*", "other", "x"))
        try write([1])
        try await running(chat("ann", reader)) {
            await until { reader.ids == ["1"] }
            await until { (try? pending) == 0 }
        }
    }

    @Test func `comes again after Redis was away, flushed, and back`() async throws {
        let reader = Reader()
        try await running(chat("ann", reader)) {
            try write([1])
            await until { reader.ids == ["1"] }
            server.kill()
            try server.start()
            try write([2])
            await until { reader.ids.contains("2") }
            try server.send("FLUSHALL")
            try write([3])
            await until { reader.ids.contains("3") }
        }
    }
}
