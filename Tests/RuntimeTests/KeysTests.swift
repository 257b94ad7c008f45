import Domain
import Foundation
import Runtime
import Testing

@Suite("API keys at rest")
struct KeysTests {
    let directory = try! TestDirectory()

    @Test func `come back as they were created`() throws {
        let store = try directory.open()
        var new = NewAPIKey.test
        new.expiresAt = directory.now.adding(seconds: 3600)
        let key = try store.createKey(new, digest: .test(1))
        let system = try store.createKey(
            NewAPIKey(kind: .system, name: "Worker", permissions: [], createdBy: "user-1"), digest: .test(2))
        #expect(key.createdAt == directory.now && key.state(at: directory.now) == .active)
        #expect(store.key(.test(1)) == key)
        let again = try directory.reopen(store)
        #expect(again.key(.test(1)) == key)
        #expect(again.key(.test(2)) == system)
        #expect(again.key(id: key.id) == key)
        #expect(again.key(.test(3)) == nil)
    }

    @Test func `expire by the clock`() throws {
        let store = try directory.open()
        var new = NewAPIKey.test
        new.expiresAt = directory.now.adding(seconds: 10)
        let key = try store.createKey(new, digest: .test(1))
        #expect(key.state(at: directory.now.adding(seconds: 9.999999)) == .active)
        #expect(key.state(at: directory.now.adding(seconds: 10)) == .expired)
    }

    @Test func `are revoked at once, once, and after a restart`() throws {
        let store = try directory.open()
        let key = try store.createKey(.test, digest: .test(1))
        let version = store.accessVersion
        let revoked = try #require(try store.revokeKey(id: key.id))
        #expect(revoked.state(at: directory.now) == .revoked && revoked.revokedAt == directory.now)
        #expect(store.accessVersion > version)
        let after = store.accessVersion
        directory.advance(seconds: 60)
        #expect(try store.revokeKey(id: key.id) == revoked)
        #expect(store.accessVersion == after)
        #expect(try store.revokeKey(id: "no such key") == nil)
        #expect(try directory.reopen(store).key(.test(1)) == revoked)
    }

    @Test func `are listed page by page, the newest first`() throws {
        let store = try directory.open()
        for number in 0..<7 {
            var new = NewAPIKey.test
            (new.name, new.account) = ("key \(number)", .test(number % 2))
            _ = try store.createKey(new, digest: .test(UInt8(number)))
        }
        let again = try directory.reopen(store)
        #expect(again.keys(page: 1, perPage: 3).keys.map(\.name) == ["key 6", "key 5", "key 4"])
        #expect(again.keys(page: 3, perPage: 3).keys.map(\.name) == ["key 0"])
        #expect(again.keys(page: 4, perPage: 3) == again.keys(page: .max, perPage: 3))
        #expect(again.keys(page: 4, perPage: 3).total == 7)
        #expect(again.keys(of: .test(1), page: 1, perPage: 25).keys.map(\.name) == ["key 5", "key 3", "key 1"])
        #expect(again.keys(page: 1, perPage: 2) { $0.account == .test(0) }.keys.map(\.name) == ["key 6", "key 4"])
        #expect(again.keys(page: 1, perPage: 2) { $0.account == .test(0) }.total == 4)
    }

    @Test func `remember when they were used last, to a minute`() throws {
        let store = try directory.open()
        let key = try store.createKey(.test, digest: .test(1))
        store.touchKey(id: key.id)
        let first = directory.now
        directory.advance(seconds: 59)
        store.touchKey(id: key.id)
        #expect(store.key(id: key.id)?.lastUsedAt == first)
        directory.advance(seconds: 1)
        store.touchKey(id: key.id)
        #expect(try directory.reopen(store).key(id: key.id)?.lastUsedAt == directory.now)
    }

    @Test func `refuse a second key of the same secret`() throws {
        let store = try directory.open()
        let key = try store.createKey(.test, digest: .test(1))
        #expect(throws: RuntimeStoreError.digestTaken) { try store.createKey(.test, digest: .test(1)) }
        #expect(store.key(.test(1)) == key)
        #expect(store.keys(page: 1, perPage: 25).total == 1)
    }

    @Test func `make room only by forgetting what ended long ago`() throws {
        var limits = RuntimeStore.Limits()
        limits.keysMax = 3
        let store = try directory.open(limits)
        let keys = try (1...3).map { try store.createKey(.test, digest: .test($0)) }
        _ = try store.revokeKey(id: keys[0].id)
        #expect(throws: RuntimeStoreError.tooManyKeys(countMax: 3)) { try store.createKey(.test, digest: .test(4)) }
        directory.advance(seconds: 90 * 86_400)
        _ = try store.createKey(.test, digest: .test(4))
        #expect(store.key(.test(1)) == nil && store.key(.test(2)) != nil)
        let again = try directory.reopen(store)
        #expect(again.keys(page: 1, perPage: 25).total == 3)
    }

    @Test func `hold when many create and revoke at once`() async throws {
        let store = try directory.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<20 {
                group.addTask {
                    let key = try store.createKey(.test, digest: .test(UInt8(task)))
                    if task.isMultiple(of: 2) { _ = try store.revokeKey(id: key.id) }
                }
            }
            try await group.waitForAll()
        }
        let again = try directory.reopen(store)
        for task in 0..<20 {
            let state = again.key(.test(UInt8(task)))?.state(at: directory.now)
            #expect(state == (task.isMultiple(of: 2) ? .revoked : .active))
        }
    }
}
