import Domain
import Redis
import RedisStage
import Testing

@testable import Worker

/// One list of expectations for all that keep things for extensions.
@Suite("What an extension keeps", .serialized, .timeLimit(.minutes(2)))
struct KeyValueTests {
    /// In memory, and in a Redis of its own.
    private static func each(_ body: (any KeyValueStoring) async throws -> Void) async throws {
        try await body(MemoryKeyValues())
        let server = try RedisServer()
        defer { server.kill() }
        try await body(RedisKeyValues(server.url))
    }

    private static func ask(
        _ store: any KeyValueStoring, _ name: KeyValueOperation.Name, _ arguments: JSON...,
        of install: InstallID = Samples.install
    ) async throws -> JSON {
        let bytes = try await store.perform(try KeyValueOperation(name, arguments), for: install)
        return (try? JSONParser.parse(bytes)) ?? "no JSON"
    }

    @Test func `comes back, and is gone when it is deleted`() async throws {
        try await Self.each { (store: any KeyValueStoring) async throws -> Void in
            #expect(try await Self.ask(store, .get, "a") == .null)
            let value: JSON = ["x": [1, "ä\"\u{0}", .null, true]]
            #expect(try await Self.ask(store, .set, "a", value) == .null)
            #expect(try await Self.ask(store, .get, "a") == value)
            #expect(try await Self.ask(store, .get, "a", of: Samples.otherInstall) == .null)
            #expect(try await Self.ask(store, .delete, "a") == true)
            #expect(try await Self.ask(store, .delete, "a") == false)
            #expect(try await Self.ask(store, .set, "a", "b") == .null)
            #expect(try await Self.ask(store, .set, "a", .null) == true, "nothing is kept for nothing")
            #expect(try await Self.ask(store, .get, "a") == .null)
        }
    }

    @Test func `counts`() async throws {
        try await Self.each { (store: any KeyValueStoring) async throws -> Void in
            #expect(try await Self.ask(store, .increment, "n") == 1)
            #expect(try await Self.ask(store, .increment, "n", 41) == 42)
            #expect(try await Self.ask(store, .increment, "n", -2) == 40)
            #expect(try await Self.ask(store, .increment, "f", .number("0.1")) == .number("0.1"))
            #expect(try await Self.ask(store, .increment, "f", .number("0.2")) == .number("0.30000000000000004"))
            _ = try await Self.ask(store, .set, "m", .number("9007199254740991"))
            await #expect(throws: KeyValueRefusal.tooGreat) { () async throws in
                try await Self.ask(store, .increment, "m")
            }
            for text in ["text", "full", "no number", "12"] {
                _ = try await Self.ask(store, .set, "t", .string(text))
                await #expect(throws: KeyValueRefusal.noNumber) { () async throws in
                    try await Self.ask(store, .increment, "t")
                }
                #expect(try await Self.ask(store, .get, "t") == .string(text))
            }
        }
    }

    @Test func `is listed by prefix, in order`() async throws {
        try await Self.each { (store: any KeyValueStoring) async throws -> Void in
            for key in ["b:2", "a:1", "b:10", "b:1", "b*", "c"] { _ = try await Self.ask(store, .set, .string(key), 1) }
            #expect(try await Self.ask(store, .list, "b:") == ["b:1", "b:10", "b:2"])
            #expect(try await Self.ask(store, .list, "b*") == ["b*"])
            #expect(try await Self.ask(store, .list) == ["a:1", "b*", "b:1", "b:10", "b:2", "c"])
        }
    }

    @Test func `is bounded, and what does not fit changes nothing`() async throws {
        try await Self.each { (store: any KeyValueStoring) async throws -> Void in
            let value = JSON.string(String(repeating: "x", count: 60_000))
            for key in 0..<17 { _ = try await Self.ask(store, .set, .string("k\(key)"), value) }
            await #expect(throws: KeyValueRefusal.full) { () async throws in
                try await Self.ask(store, .set, "k17", value)
            }
            #expect(try await Self.ask(store, .get, "k17") == .null)
            _ = try await Self.ask(store, .set, "k0", "small")
            _ = try await Self.ask(store, .set, "k17", value)
            #expect(try await Self.ask(store, .get, "k0") == "small")
            _ = try await Self.ask(store, .set, "k0", "small", of: Samples.otherInstall)
        }
    }

    @Test func `has so many keys, and so many are listed`() async throws {
        try await Self.each { (store: any KeyValueStoring) async throws -> Void in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<4 {
                    group.addTask {
                        for key in 0..<(KeyValueLimits.keysMax / 4) {
                            _ = try await Self.ask(store, .set, .string("\(part)-\(key)"), 1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            await #expect(throws: KeyValueRefusal.full) { () async throws in
                try await Self.ask(store, .increment, "one more")
            }
            _ = try await Self.ask(store, .increment, "0-0")
            #expect(try await Self.ask(store, .list).array?.count == KeyValueLimits.listedMax)
        }
    }

    @Test func `counts whoever counts at once`() async throws {
        try await Self.each { (store: any KeyValueStoring) async throws -> Void in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { _ = try? await Self.ask(store, .increment, "n") } }
            }
            #expect(try await Self.ask(store, .get, "n") == 200)
        }
    }

    @Test(
        arguments: [
            (KeyValueOperation.Name.get, []), (.get, [7]), (.get, [""]), (.set, [.null, 1]), (.increment, ["a", "b"]),
            (.increment, ["a", .number("1e300")]), (.get, [.string(String(repeating: "k", count: 257))]),
            (.set, ["a", .string(String(repeating: "v", count: KeyValueLimits.valueBytesMax))]), (.list, [1]),
        ] as [(KeyValueOperation.Name, [JSON])])
    func `is not asked for like this`(name: KeyValueOperation.Name, arguments: [JSON]) {
        #expect(throws: KeyValueRefusal.self) { try KeyValueOperation(name, arguments) }
    }

    @Test func `cannot be reached while Redis is away, and says so`() async throws {
        let server = try RedisServer()
        let store = RedisKeyValues(server.url)
        server.kill()
        await #expect(throws: KeyValueRefusal.unavailable) { () async throws in try await Self.ask(store, .get, "a") }
    }
}
