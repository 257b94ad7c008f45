import Domain
import Foundation
import GRDB
import Runtime
import Testing

@Suite("A damaged runtime file")
struct DamagedFileTests {
    let directory = try! TestDirectory()

    /// What may have become of the file, by what it is called in a failing test.
    static let damages: [String: @Sendable (inout Data) -> Void] = [
        "another format": { $0 = Data("{\"not\": \"a database\"}".utf8) },
        "zeros": { $0 = Data(count: $0.count) },
        "a torn header": { $0.replaceSubrange(0..<16, with: Data(repeating: 0xFF, count: 16)) },
        "cut in the middle": { $0 = $0.prefix($0.count / 2) },
        "a page of noise": { data in
            for index in 4096..<8192 { data[index] = UInt8(truncatingIfNeeded: index &* 31) }
        },
    ]

    private func filled() throws {
        let store = try directory.open()
        for number in 0..<60 { _ = try store.createKey(.test, digest: .test(UInt8(number))) }
        store.record((0..<500).map { (.test($0), .twitch, directory.now) })
        store.close()
    }

    @Test(arguments: damages.keys.sorted())
    func `is moved aside, begun anew and reported`(damage: String) throws {
        try filled()
        var data = try Data(contentsOf: URL(filePath: directory.file))
        try #require(data.count > 16_384)
        Self.damages[damage]?(&data)
        try data.write(to: URL(filePath: directory.file))

        let store = try directory.open()
        let notice = try #require(store.notice)
        #expect(notice.contains("damaged-20270115T080000Z") && notice.contains("created again"))
        let key = try store.createKey(.test, digest: .test(200))
        store.close()
        #expect(directory.names.contains("runtime.sqlite.damaged-20270115T080000Z"))
        #expect(try Data(contentsOf: URL(filePath: directory.file + ".damaged-20270115T080000Z")) == data)

        let again = try directory.open()
        #expect(again.notice == nil && again.key(.test(200)) == key)
    }

    @Test func `never takes the place of an earlier one`() throws {
        for number in 1...3 {
            try Data("damage \(number)".utf8).write(to: URL(filePath: directory.file))
            try directory.open().close()
        }
        let aside = directory.names.filter { $0.contains("damaged") }
        #expect(aside.count == 3)
    }

    @Test func `is also another program's database`() throws {
        let other = try DatabaseQueue(path: directory.file)
        try other.write { try $0.execute(sql: "CREATE TABLE api_keys (secret TEXT)") }
        try other.close()
        #expect(try directory.open().notice != nil)
    }

    @Test func `of a newer program is left alone and refused`() throws {
        try filled()
        let newer = try DatabaseQueue(path: directory.file)
        try newer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try newer.close()
        #expect(throws: RuntimeStoreError.fromNewerVersion(path: directory.file, version: 99)) {
            try directory.open()
        }
        #expect(!directory.names.contains { $0.contains("damaged") })
    }

    @Test func `passes over a key that it does not understand`() throws {
        let store = try directory.open()
        _ = try store.createKey(.test, digest: .test(1))
        _ = try store.createKey(.test, digest: .test(2))
        store.close()
        let file = try DatabaseQueue(path: directory.file)
        try file.write { try $0.execute(sql: "UPDATE api_keys SET kind = 'root' WHERE number = 1") }
        try file.write { try $0.execute(sql: "UPDATE api_keys SET permissions = 'all keys:read' WHERE number = 2") }
        try file.close()
        let again = try directory.open()
        #expect(again.key(.test(1)) == nil)
        #expect(again.key(.test(2))?.permissions == [.keysRead])
    }

    @Test func `and a sound one are their owner's alone`() throws {
        let store = try directory.open()
        _ = try store.createKey(.test, digest: .test(1))
        for name in directory.names where name.hasPrefix(RuntimeStore.fileName) {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        store.close()
    }

    @Test func `is written with a log and without waiting for the disk each time`() throws {
        let store = try directory.open()
        defer { store.close() }
        let reader = try DatabaseQueue(path: directory.file)
        #expect(try reader.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        try reader.close()
    }

    @Test func `does not keep a key or a token from being revoked, when it cannot be written`() throws {
        let store = try directory.open()
        let key = try store.createKey(.test, digest: .test(1))
        let locker = try DatabaseQueue(path: directory.file)
        try locker.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN EXCLUSIVE")
            #expect(throws: (any Error).self) { try store.revokeKey(id: key.id) }
            let expiresAt = directory.now.adding(seconds: 9)
            #expect(throws: (any Error).self) { try store.revokeToken(id: "a", expiresAt: expiresAt) }
            try db.execute(sql: "ROLLBACK")
        }
        try locker.close()
        #expect(store.key(id: key.id)?.state(at: directory.now) == .revoked && store.isTokenRevoked(id: "a"))
        _ = try store.revokeKey(id: key.id)
        try store.revokeToken(id: "a", expiresAt: directory.now.adding(seconds: 9))
        let again = try directory.reopen(store)
        #expect(again.key(id: key.id)?.state(at: directory.now) == .revoked && again.isTokenRevoked(id: "a"))
    }

    @Test func `says so when it cannot be written, and goes on from memory`() throws {
        let store = try directory.open()
        let locker = try DatabaseQueue(path: directory.file)
        try locker.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN EXCLUSIVE")
            store.record([(.test(1), .twitch, directory.now)])
            store.persist()
            #expect(store.writeProblem?.contains("runtime.sqlite could not be written") == true)
            #expect(store.lastHeartbeat(.test(1), .twitch) == directory.now)
            #expect(throws: (any Error).self) { try store.createKey(.test, digest: .test(1)) }
            #expect(store.key(.test(1)) == nil)
            try db.execute(sql: "ROLLBACK")
        }
        try locker.close()
        store.persist()
        #expect(store.writeProblem == nil)
        #expect(try directory.reopen(store).lastHeartbeat(.test(1), .twitch) == directory.now)
    }
}
