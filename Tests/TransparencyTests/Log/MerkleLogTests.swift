import EventStore
import Foundation
import Testing
import TestTools

@testable import Transparency

@Suite("The log")
struct MerkleLogTests {
    @Test func `signs what the journal holds, goes on where it was, and its roots are the journal's`() async throws {
        let stage = try LogStage()
        for round in 0..<4 {
            try await stage.withJournal { journal in
                let log = try stage.log(journal)
                #expect(try log.publish().checkpoint.size == round * 300)
                try await stage.fill(journal, 300, from: round * 300)
                let signed = try log.publish()
                #expect(signed.checkpoint.size == round * 300 + 300)
                #expect(try signed.checkpoint.root == journal.frontier().root)
                #expect(try signed.note.verified(by: [LogStage.signer.key]) == [LogStage.signer.key])
                #expect(try log.publish() == signed, "nothing has come")
                if round.isMultiple(of: 2) { try log.sync() }
            }
        }
    }

    @Test func `gives proofs that hold against its checkpoints`() async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            try await stage.fill(journal, 700)
            let log = try stage.log(journal)
            let checkpoint = try log.publish().checkpoint
            for event in try journal.readAll(EventFilter(), limit: .max).events {
                let path = try log.inclusionPath(of: event.position - 1, leaf: event.leafHash, in: checkpoint)
                #expect(
                    ProofCheck.root(of: event.leafHash, at: event.position - 1, size: 700, path: path)
                        == checkpoint.root)
            }
            for from in [0, 1, 255, 256, 257, 512, 699, 700] {
                let path = try log.consistencyPath(from: from, to: 700)
                let older = try log.root(size: from)
                #expect(ProofCheck.isConsistent(from: from, older, to: 700, checkpoint.root, path: path))
            }
        }
    }

    @Test(arguments: ["level-0", "level-1", "synced"], [0, 1, 40, 5000, 999_999])
    func `makes tiles again that are damaged or cut off, wherever a crash has hit`(name: String, size: Int) async throws
    {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            try await stage.fill(journal, 600)
            let log = try stage.log(journal)
            try log.publish()
            try log.sync()
        }
        let whole = try stage.bytes(name)
        if size < whole.count {
            try stage.write(Array(whole.prefix(size)), to: name)
        } else {
            try stage.write(whole.map { ~$0 }, to: name)
        }
        try await stage.withJournal { journal in
            try await stage.fill(journal, 50, from: 600)
            let log = try stage.log(journal)
            let signed = try log.publish()
            #expect(try signed.checkpoint.root == journal.frontier().root)
            try log.sync()
            #expect(try log.tile(TileAddress(level: 0, index: 1)) == journal.leafHashes(after: 256, through: 512))
        }
        #expect(try stage.bytes("level-1").count == 64)
    }

    @Test func `notices a tile that has changed since, makes it again, and lends no wrong hash`() async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            try await stage.fill(journal, 600)
            let log = try stage.log(journal)
            let checkpoint = try log.publish().checkpoint
            var bytes = try stage.bytes("level-0")
            bytes[100 * 32] ^= 1
            let handle = try FileHandle(forWritingTo: URL(filePath: stage.file("level-0")))
            try handle.write(contentsOf: bytes)
            #expect(throws: TileError.self) { try log.tile(TileAddress(level: 0, index: 0)) }
            #expect(try log.publish().checkpoint == checkpoint)
            #expect(try log.tile(TileAddress(level: 0, index: 0)) == journal.leafHashes(after: 0, through: 256))
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: bytes)
            let leaf = try #require(try journal.event(at: 102)).leafHash
            #expect(throws: TileError.self) { try log.inclusionPath(of: 101, leaf: leaf, in: checkpoint) }
            try log.publish()
            #expect(try log.inclusionPath(of: 101, leaf: leaf, in: checkpoint).count == 10)
        }
    }

    @Test(arguments: [true, false])
    func `does not sign a history that is not the one it has signed`(isTilesLeft: Bool) async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            try await stage.fill(journal, 600)
            let log = try stage.log(journal)
            try log.publish()
            try log.sync()
        }
        try stage.tamper("UPDATE events SET data = '{}' WHERE position = 17")
        try stage.rehash()
        if !isTilesLeft { for level in 0...7 { try stage.write([], to: "level-\(level)") } }
        let checkpoint = try stage.bytes("checkpoint")
        try await stage.withJournal { journal in
            try await stage.fill(journal, 30, from: 600)
            let log = try stage.log(journal)
            #expect(throws: LogProblem.rewritten(size: 600)) { try log.publish() }
            #expect(log.problem == .rewritten(size: 600))
            #expect(throws: LogProblem.rewritten(size: 600)) { try log.publish() }
        }
        #expect(try stage.bytes("checkpoint") == checkpoint)
    }

    @Test func `does not sign a journal that has lost its newest events, as an old backup has`() async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in try await stage.fill(journal, 300) }
        let journalFile = stage.directory.file(Journal.fileName)
        try FileManager.default.copyItem(atPath: journalFile, toPath: stage.directory.file("old"))
        try await stage.withJournal { journal in
            try await stage.fill(journal, 300, from: 300)
            try stage.log(journal).publish()
        }
        try FileManager.default.removeItem(atPath: journalFile)
        try FileManager.default.moveItem(atPath: stage.directory.file("old"), toPath: journalFile)
        try await stage.withJournal { journal in
            let log = try stage.log(journal)
            #expect(throws: LogProblem.shorter(events: 300, leaves: 600)) { try log.publish() }
            try await stage.fill(journal, 400, from: 300)
            #expect(throws: LogProblem.rewritten(size: 600)) { try log.publish() }
        }
    }

    @Test func `keeps what others sign under its checkpoint, also over a restart`() async throws {
        let stage = try LogStage()
        let witness = NoteSigner(name: "witness.example", kind: .cosignature)
        try await stage.withJournal { journal in
            try await stage.fill(journal, 10)
            let log = try stage.log(journal)
            let signed = try log.publish()
            try log.keep([try witness.sign(Array(signed.note.text.utf8), seconds: 5)], under: signed)
            #expect(try log.publish().note.verified(by: [witness.key]) == [witness.key])
        }
        try await stage.withJournal { journal async throws in
            #expect(try stage.log(journal).publish().note.verified(by: [witness.key]) == [witness.key])
        }
    }
}
