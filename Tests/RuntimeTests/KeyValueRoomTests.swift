import Domain
import Foundation
import Runtime
import Testing

@Suite("What an extension keeps")
struct KeyValueRoomTests {
    let directory = try! TestDirectory()
    private let mine = InstallID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e")
    private let other = InstallID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4f")

    private func answer(_ store: RuntimeStore, _ operation: KeyValueOperation, _ install: InstallID? = nil) throws
        -> String
    {
        String(decoding: try store.perform(operation, for: install ?? mine), as: UTF8.self)
    }

    private func set(_ key: String, _ json: String) throws -> KeyValueOperation {
        .set(key: key, value: JSONText(try JSONParser.parse(json)))
    }

    @Test func `is there after a restart, and nobody else's`() throws {
        var store = try directory.open()
        #expect(try answer(store, .get(key: "a")) == "null")
        #expect(try answer(store, set("a", #"{"é": [1, null]}"#)) == "null")
        #expect(try answer(store, .increment(key: "n", by: 2)) == "2")
        store = try directory.reopen(store)
        #expect(try answer(store, .get(key: "a")) == #"{"é":[1,null]}"#)
        #expect(try answer(store, .increment(key: "n", by: -0.5)) == "1.5")
        #expect(try answer(store, .get(key: "a"), other) == "null")
        #expect(try answer(store, .delete(key: "a"), other) == "false")
        #expect(try answer(store, .delete(key: "a")) == "true")
        #expect(try answer(store, .get(key: "a")) == "null")
    }

    /// As after `kill -9`: whatever was answered is in the file.
    @Test func `is there when the server was killed`() throws {
        let store = try directory.open()
        for number in 1...100 { #expect(try answer(store, .increment(key: "n", by: 1)) == "\(number)") }
        #expect(try answer(directory.copy(), .get(key: "n")) == "100")
    }

    @Test func `is listed by the bytes of its keys`() throws {
        let store = try directory.open()
        for key in ["pts:b", "pts:é", "pts:a", "pts", "ptt", "PTS:a", "pts:\u{0}"] {
            _ = try answer(store, set(key, "1"))
        }
        let keys = try JSONParser.parse(answer(store, .list(prefix: "pts:"))).array?.map { $0["key"]?.string }
        #expect(keys == ["pts:\u{0}", "pts:a", "pts:b", "pts:é"])
        #expect(try JSONParser.parse(answer(store, .list(prefix: ""))).array?.count == 7)
        #expect(try answer(store, .list(prefix: ""), other) == "[]")
    }

    @Test func `is counted only in numbers that JavaScript can tell apart`() throws {
        let store = try directory.open()
        _ = try answer(store, set("text", #""5""#))
        #expect(throws: KeyValueRefusal.noNumber) { try answer(store, .increment(key: "text", by: 1)) }
        #expect(try answer(store, .get(key: "text")) == #""5""#)
        _ = try answer(store, .increment(key: "n", by: KeyValueLimits.numberMax))
        #expect(throws: KeyValueRefusal.tooGreat) { try answer(store, .increment(key: "n", by: 1)) }
        #expect(try answer(store, .get(key: "n")) == "9007199254740991")
    }

    @Test func `has room for 1 MB, and gets it back`() throws {
        let store = try directory.open()
        let large = "\"" + String(repeating: "a", count: 65_000) + "\""
        var count = 0
        while (try? answer(store, set("k\(count)", large))) != nil { count += 1 }
        #expect(count == KeyValueLimits.sizeBytesMax / (65_002 + 3))
        #expect(throws: KeyValueRefusal.full) { try answer(store, set("more", large)) }
        // What takes less room than before is always let in.
        #expect(try answer(store, set("k0", "1")) == "null")
        #expect(try answer(store, set("more", "\"" + String(repeating: "a", count: 60_000) + "\"")) == "null")
        #expect(throws: KeyValueRefusal.full) { try answer(store, set("k0", large)) }
        #expect(try answer(store, .get(key: "k0")) == "1")
        for number in 0..<count { _ = try answer(store, .delete(key: "k\(number)")) }
        _ = try answer(store, .delete(key: "more"))
        for number in 0..<count { #expect(try answer(store, set("k\(number)", large)) == "null") }
        #expect(try answer(store, set("k", large), other) == "null")
    }

    @Test func `has at most so many keys`() throws {
        let store = try directory.open()
        for number in 0..<KeyValueLimits.keysMax { _ = try store.perform(set("\(number)", "1"), for: mine) }
        #expect(throws: KeyValueRefusal.full) { try answer(store, set("x", "1")) }
        #expect(try answer(store, set("0", "2")) == "null")
        #expect(try JSONParser.parse(answer(store, .list(prefix: ""))).array?.count == KeyValueLimits.listedMax)
    }

    @Test func `is forgotten with its install`() throws {
        let store = try directory.open()
        for install in [mine, other] { _ = try answer(store, set("a", "1"), install) }
        try store.removeKeyValues(of: mine)
        #expect(try answer(store, .list(prefix: "")) == "[]")
        #expect(try answer(store, .get(key: "a"), other) == "1")
        #expect(try store.keyValueOwners() == [other])
    }

    @Test func `is counted right, however many count at once`() async throws {
        let store = try directory.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<50 { _ = try store.perform(.increment(key: "n", by: 1), for: mine) } }
            }
            try await group.waitForAll()
        }
        #expect(try answer(store, .get(key: "n")) == "400")
    }
}
