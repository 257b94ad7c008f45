import EventStore
import Foundation
import Testing
import TestTools

@testable import Transparency

@Suite("The check of a journal")
struct VerificationTests {
    /// A journal of some stretches' length in the file system's own words: closed, signed, with tiles.
    private func stage(_ count: Int = 700) async throws -> LogStage {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let signer = try LogKeyFile(directory: stage.directory.path)
                .open(for: journal, epoch: journal.epoch, origin: "log.example")
            try await stage.fill(journal, count)
            let log = try MerkleLog(journal: journal, directory: stage.directory.path, signer: signer)
            try log.publish()
            try log.sync()
        }
        return stage
    }

    private func report(_ stage: LogStage, isIncremental: Bool = false) throws -> DirectoryVerification.Report {
        try DirectoryVerification(directory: stage.directory.path, isIncremental: isIncremental).run()
    }

    private func findings(_ stage: LogStage) throws -> [Finding] { try report(stage).findings }

    @Test(arguments: [0, 1, 699, 4096, 4097, 9000])
    func `finds nothing in one that is as it was recorded`(count: Int) async throws {
        let report = try report(try await stage(count))
        #expect(report.findings == [])
        #expect(report.outcome.through == count)
        #expect(report.checkpoint?.size == count && report.signers.map(\.name) == ["log.example"])
    }

    static let changes = [
        "data = '{}'", "metadata = '{}'", "type = 'bot.resumed'", "schema_version = 2", "recorded_at = recorded_at + 1",
        "id = zeroblob(16)", "stream = 2", "revision = 900",
    ]

    @Test(arguments: changes)
    func `names the position of whatever was changed in an event`(change: String) async throws {
        let stage = try await stage()
        try stage.tamper("UPDATE events SET \(change) WHERE position = 333")
        let found = try findings(stage)
        #expect(found.contains { $0.kind == .contentChanged && $0.position == 333 }, "\(found)")
        // What follows in the same streams is out of order then.
        #expect(found.allSatisfy { [333, 334, 361].contains($0.position) }, "\(found)")
    }

    @Test func `tells a changed hash from a changed event`() async throws {
        let stage = try await stage()
        try stage.tamper("UPDATE events SET leaf_hash = zeroblob(32) WHERE position = 333")
        #expect(try findings(stage).map { [$0.kind.rawValue, "\($0.position ?? 0)"] } == [["hash_changed", "333"]])
        try stage.tamper("UPDATE events SET leaf_hash = x'00' WHERE position = 333")
        #expect(try findings(stage).map(\.kind) == [.hashChanged])
    }

    @Test func `names every one of many`() async throws {
        let stage = try await stage(9000)
        let positions = [1, 17, 256, 257, 4096, 4097, 8192, 8999, 9000]
        let list = positions.map(String.init).joined(separator: ",")
        try stage.tamper("UPDATE events SET data = '{\"x\":1}' WHERE position IN (\(list))")
        let found = try findings(stage)
        #expect(found.map(\.position) == positions && found.allSatisfy { $0.kind == .contentChanged })
    }

    @Test func `finds what was deleted, swapped, or added by hand`() async throws {
        let deleted = try await stage()
        try deleted.tamper("DELETE FROM events WHERE position IN (333, 334)")
        let gone = try findings(deleted)
        #expect(gone.first { $0.kind == .missing }?.position == 333, "\(gone)")

        let swapped = try await stage()
        try swapped.tamper(
            """
            UPDATE events SET position = -1 WHERE position = 10; UPDATE events SET position = 10 WHERE position = 20;
            UPDATE events SET position = 20 WHERE position = -1
            """)
        let moved = try findings(swapped).filter { $0.kind == .contentChanged }
        #expect(moved.map(\.position) == [10, 20])

        let added = try await stage()
        try added.tamper(
            """
            INSERT INTO events
              SELECT 701, stream, revision + 1, randomblob(16), type, 1, data, metadata, recorded_at, leaf_hash
              FROM events WHERE position = 700
            """)
        #expect(try findings(added).map { [$0.kind.rawValue, "\($0.position ?? 0)"] } == [["appended", "701"]])

        let cut = try await stage()
        try cut.tamper("DELETE FROM events WHERE position > 600")
        #expect(try findings(cut).contains { $0.kind == .missing && $0.position == 601 })
    }

    @Test func `finds a journal that was rewritten and hashed again, and says where it differs`() async throws {
        let stage = try await stage()
        try stage.tamper("UPDATE events SET data = '{}' WHERE position = 17")
        try stage.rehash()
        let found = try findings(stage)
        #expect(found.contains { $0.kind == .rewritten && $0.position == 17 }, "\(found)")
        #expect(found.contains { $0.kind == .checkpoint }, "\(found)")
        // Whoever also deletes the tiles meets the signature.
        for level in 0...7 { try FileManager.default.removeItem(atPath: stage.file("level-\(level)")) }
        #expect(try findings(stage).map(\.kind) == [.checkpoint])
    }

    @Test func `finds changed names and accounts of streams`() async throws {
        let stage = try await stage()
        try stage.tamper("UPDATE streams SET account_id = 'other' WHERE id = 2")
        #expect(try findings(stage).map(\.kind) == [.stream])
        try stage.tamper("UPDATE streams SET account_id = 'a1', name = 'bot-a9:twitch' WHERE id = 2")
        #expect(try findings(stage).contains { $0.kind == .contentChanged && $0.position == 11 })
        let other = try await self.stage()
        try other.tamper("UPDATE streams SET name = 'bat-a1:twitch' WHERE id = 2")
        #expect(try findings(other).map(\.kind) == [.stream])
    }

    @Test func `finds a frontier, a checkpoint, a key and tiles that were changed`() async throws {
        let frontier = try await stage()
        try frontier.tamper("UPDATE tree SET frontier = randomblob(length(frontier))")
        #expect(try findings(frontier).map(\.kind) == [.frontier])

        let checkpoint = try await stage()
        var bytes = try checkpoint.bytes("checkpoint")
        bytes[bytes.count - 10] ^= 1
        try checkpoint.write(bytes, to: "checkpoint")
        #expect(try findings(checkpoint).map(\.kind) == [.checkpoint])

        let key = try await stage()
        try Data("PRIVATE+KEY+rubbish".utf8).write(to: URL(filePath: key.directory.file("log.key")))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.directory.file("log.key"))
        #expect(try findings(key).map(\.kind) == [.key])

        for (level, place) in [(0, 300 * 32), (1, 40), (1, 0)] {
            let tiles = try await stage()
            var nodes = try tiles.bytes("level-\(level)")
            nodes[place] ^= 1
            try tiles.write(nodes, to: "level-\(level)")
            let kinds = try findings(tiles).map(\.kind)
            #expect(!kinds.isEmpty && kinds.allSatisfy { $0 == .tile || $0 == .rewritten }, "\(level): \(kinds)")
        }
    }

    @Test func `goes on from the last one, and finds what was changed since then`() async throws {
        let stage = try await stage()
        #expect(try report(stage, isIncremental: true).outcome.after == 0)
        try await stage.withJournal { journal in
            let signer = try #require(try LogKeyFile(directory: stage.directory.path).read())
            try await stage.fill(journal, 100, from: 700)
            try MerkleLog(journal: journal, directory: stage.directory.path, signer: signer).publish()
        }
        let report = try report(stage, isIncremental: true)
        #expect(report.outcome.after == 700 && report.outcome.through == 800 && report.findings == [])
        try await stage.withJournal { journal in try await stage.fill(journal, 10, from: 800) }
        try stage.tamper("UPDATE events SET data = '{}' WHERE position = 805")
        #expect(try self.report(stage, isIncremental: true).findings.map(\.position).contains(805))
    }

    @Test func `finds a flip of any byte of the file that means anything`() async throws {
        let stage = try await stage(60)
        let path = stage.directory.file(Journal.fileName)
        let whole = try Data(contentsOf: URL(filePath: path))
        let before = try Self.history(stage)
        var random = SystemRandomNumberGenerator()
        var found = 0
        for _ in 0..<500 {
            let place = Int.random(in: 100..<whole.count, using: &random), bit = UInt8(1) << UInt8.random(in: 0...7)
            var flipped = whole
            flipped[place] ^= bit
            try flipped.write(to: URL(filePath: path))
            if (try? findings(stage).isEmpty) != true {
                found += 1
            } else {
                #expect(try Self.history(stage) == before, "byte \(place), bit \(bit)")
            }
        }
        // Most of so small a file is empty, and indexes can be made again.
        #expect(found > 25)
        try whole.write(to: URL(filePath: path))
        #expect(try findings(stage) == [])
    }

    @Test func `names the position of every byte of an event that is flipped in the file`() async throws {
        let stage = try await stage(60)
        let path = stage.directory.file(Journal.fileName)
        let whole = try Data(contentsOf: URL(filePath: path))
        let reader = try JournalReader(directory: stage.directory.path)
        for position in [1, 30, 60] {
            let event = try #require(try reader.event(at: position))
            let hash = (0..<32).map { event.leafHash.bytes[$0] }
            for (kind, bytes) in [(Finding.Kind.contentChanged, event.data), (.hashChanged, hash)] {
                let places = try #require(whole.range(of: Data(bytes)))
                for place in places {
                    var flipped = whole
                    flipped[place] ^= 0x01
                    try flipped.write(to: URL(filePath: path))
                    let found = try findings(stage)
                    #expect(found.map(\.position) == [position] && found.first?.kind == kind, "byte \(place): \(found)")
                }
            }
        }
    }

    @Test func `finds that the end of the write-ahead log was cut off`() async throws {
        let stage = try LogStage(), copy = try LogStage()
        try await stage.withJournal { journal in
            let signer = try LogKeyFile(directory: stage.directory.path)
                .open(for: journal, epoch: journal.epoch, origin: "log.example")
            try await stage.fill(journal, 700)
            let log = try MerkleLog(journal: journal, directory: stage.directory.path, signer: signer)
            try log.publish()
            try log.sync()
            for name in [Journal.fileName, Journal.fileName + "-wal", "log.key", "tree"] {
                try FileManager.default.copyItem(
                    atPath: stage.directory.file(name), toPath: copy.directory.file(name))
            }
        }
        #expect(try findings(copy) == [])
        let wal = copy.directory.file(Journal.fileName + "-wal")
        let bytes = try Data(contentsOf: URL(filePath: wal))
        try bytes.prefix(bytes.count * 2 / 3).write(to: URL(filePath: wal))
        try? FileManager.default.removeItem(atPath: copy.directory.file(Journal.fileName + "-shm"))
        let found = try findings(copy)
        let head = try JournalReader(directory: copy.directory.path).head
        #expect(head < 700)
        #expect(found.contains { $0.kind == .missing && $0.position == head + 1 }, "\(found)")
    }

    private static func history(_ stage: LogStage) throws -> [String] {
        let reader = try JournalReader(directory: stage.directory.path)
        return try reader.readAll(EventFilter(), limit: .max).events.map { event in
            event.entry + String(decoding: event.data, as: UTF8.self) + String(decoding: event.metadata, as: UTF8.self)
        }
    }
}
