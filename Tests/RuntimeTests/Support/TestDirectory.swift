import Domain
import Foundation
import Runtime
import Synchronization

/// A data directory for one test, gone with it, and a clock that stands until it is moved.
final class TestDirectory: Sendable {
    let path: String
    private let time = Atomic<Int>(1_800_000_000_000_000)

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "runtime-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var now: Timestamp { Timestamp(microseconds: time.load(ordering: .relaxed)) }
    var clock: WallClock { WallClock { self.now } }
    var file: String { path + "/" + RuntimeStore.fileName }

    func advance(seconds: Int) { time.add(seconds * 1_000_000, ordering: .relaxed) }

    func open(_ limits: RuntimeStore.Limits = RuntimeStore.Limits()) throws -> RuntimeStore {
        try RuntimeStore.open(directory: path, clock: clock, limits: limits)
    }

    /// Closes it properly and opens what the disk holds.
    func reopen(_ store: RuntimeStore) throws -> RuntimeStore {
        store.close()
        return try open()
    }

    /// What another start would find now, as after `kill -9`.
    func copy() throws -> RuntimeStore {
        let copy = FileManager.default.temporaryDirectory.appending(path: "runtime-copy-\(UUID().uuidString)").path
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        return try RuntimeStore.open(directory: copy, clock: clock)
    }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

extension AccountID {
    static func test(_ number: Int) -> AccountID { AccountID(stored: "acc-\(number)") }
}

extension KeyDigest {
    static func test(_ number: UInt8) -> KeyDigest { KeyDigest(Array(repeating: number, count: 32))! }
}

extension NewAPIKey {
    static let test = NewAPIKey(
        kind: .user, name: "Deploy script", account: .test(1), role: "Owner",
        permissions: [.botControlRead, .botControlEdit], createdBy: "user-1")
}
