import Domain
import EventStore
import Foundation
import GRDB
import Testing
import TestTools

@testable import Projections

@Suite("Read models that are opened again")
struct RestartTests {
    /// A closed directory, with what its read models held.
    private func closed() async throws -> (TemporaryDirectory, [String]) {
        let directory = try TemporaryDirectory()
        let dump = try await Stage.with(in: directory) { stage in
            try await stage.appendMixture()
            return try stage.dump()
        }
        return (directory, dump)
    }

    private let file = "read-models.1.sqlite"

    @Test func `go on with the file of a clean stop`() async throws {
        let (directory, dump) = try await closed()
        // A row that no event explains: it is still there only if nothing was made anew.
        try directory.tamper(file, "UPDATE accounts SET name = 'kept'")
        try await Stage.with(in: directory) { stage in
            #expect(try stage.status().file == 1)
            #expect(try stage.readModels.account(.one)?.name == "kept")
            #expect(try stage.dump().count == dump.count)
            try await stage.append(Bot.Event.disconnected, to: .botOne)
            #expect(try stage.readModels.status(.one, .twitch)?.status == .noConnection)
            #expect(try stage.changes().last?.previous.description == "11-0")
        }
        #expect(try directory.contents("read-models") == [file])
    }

    @Test func `are told apart by no row, whether they were made live or anew`() async throws {
        let (directory, dump) = try await closed()
        try FileManager.default.removeItem(atPath: directory.file(file))
        try await Stage.with(in: directory) { stage in
            #expect(try stage.dump() == dump)
            try stage.expectDigest()
            try stage.expectFeedEndsInDocuments()
        }
    }

    @Test func `are made anew after a kill`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let killed = try stage.directory.copy()
            let dump = try stage.dump()
            try await Stage.with(in: killed) { copy in
                let made = try copy.dump()
                #expect(made == dump)
                #expect(try copy.status().file == 2)
            }
            #expect(try killed.contents("read-models") == ["read-models.2.sqlite"])
        }
    }

    @Test func `are made anew after a kill that follows a clean stop`() async throws {
        let (directory, _) = try await closed()
        try await Stage.with(in: directory) { stage in
            let killed = try stage.directory.copy()
            #expect(try await Stage.with(in: killed) { try $0.status().file } == 2)
            // Nor can the file be trusted without its WAL: the mark stands in the file itself.
            let powerless = try stage.directory.copy()
            try? FileManager.default.removeItem(atPath: powerless.file(file + "-wal"))
            #expect(try await Stage.with(in: powerless) { try $0.status().file } == 2)
        }
    }

    enum Damage: String, CaseIterable, Sendable {
        case truncated, cutInHalf, emptied, garbage, otherEpoch, ahead, otherLayout, incomplete, open, noState, folder
    }

    @Test(arguments: Damage.allCases)
    func `are made anew when the file cannot be trusted`(damage: Damage) async throws {
        let (directory, dump) = try await closed()
        let path = directory.file(file)
        func cut(to bytes: UInt64) throws {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.truncate(atOffset: bytes)
            try handle.close()
        }
        switch damage {
        case .truncated: try cut(to: 100)
        case .cutInHalf: try cut(to: 8 * 4096)
        case .emptied: try cut(to: 0)
        case .garbage: try Data(repeating: 0x5A, count: 50_000).write(to: URL(fileURLWithPath: path))
        case .otherEpoch: try directory.tamper(file, "UPDATE subscription SET epoch = 'other'")
        case .ahead: try directory.tamper(file, "UPDATE subscription SET position = 13")
        case .otherLayout: try directory.tamper(file, "UPDATE subscription SET layout = 'other'")
        case .incomplete: try directory.tamper(file, "UPDATE subscription SET is_complete = 0")
        case .open: try directory.tamper(file, "UPDATE subscription SET is_open = 1")
        case .noState: try directory.tamper(file, "DELETE FROM subscription")
        case .folder:
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        try await Stage.with(in: directory) { stage in
            #expect(try stage.status().file == 2)
            #expect(try stage.dump() == dump)
            try stage.expectDigest()
            try await stage.append(Bot.Event.disconnected, to: .botOne)
            try stage.expectFeedEndsInDocuments()
        }
    }

    @Test func `are the newest that are complete, and the others are deleted`() async throws {
        let (directory, dump) = try await closed()
        for number in [2, 3] {
            try FileManager.default.copyItem(
                atPath: directory.file(file), toPath: directory.file("read-models.\(number).sqlite"))
        }
        try directory.tamper("read-models.3.sqlite", "UPDATE subscription SET is_complete = 0")
        try await Stage.with(in: directory) { stage in
            let kept = try stage.dump()
            #expect(kept == dump)
            #expect(try stage.status().file == 2)
            #expect(try directory.contents("read-models").filter { $0.hasSuffix("sqlite") } == ["read-models.2.sqlite"])
        }
    }

    /// As after a stop during which the file could not be written, or a journal that was written without them.
    @Test func `show what the journal got meanwhile, before anybody writes again`() async throws {
        let (directory, _) = try await closed()
        try await Stage.write(in: directory) { journal in
            _ = try await journal.append(
                [NewEvent(Bot.Event.disconnected)], to: EntityID.botOne.stream, expected: .exactly(1))
        }
        try await Stage.with(in: directory) { stage in
            #expect(try stage.status().file == 1)
            #expect(stage.readModels.position == 13)
            #expect(try stage.readModels.status(.one, .twitch)?.status == .noConnection)
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
        }
    }

    @Test func `are made of a journal that was written long before they were`() async throws {
        let directory = try TemporaryDirectory()
        try await Stage.write(in: directory) { journal in
            for number in 0..<300 {
                let id = EntityID.account(AccountID(stored: "a\(number % 100)"))
                _ = try await journal.append(
                    [NewEvent(Account.Event.registered("\(number)"))], to: id.stream, expected: .any)
            }
        }
        let journal = try Journal.open(directory: directory.path)
        defer { journal.close() }
        var told: [Int] = []
        let readModels = try ReadModels.open(journal: journal) { told.append($0) }
        #expect(told == [300])
        #expect(try readModels.accounts(search: nil, only: nil, offset: 0, limit: 1).total == 100)
        readModels.close()
    }
}
