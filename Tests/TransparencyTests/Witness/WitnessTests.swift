import EventStore
import Foundation
import Testing
import TestTools

@testable import Transparency

@Suite("A witness")
struct WitnessTests {
    private let directory: TemporaryDirectory
    private let witness: Witness
    private let log = LogStage.signer
    private let tree = OracleTree(count: 700)

    init() throws {
        directory = try TemporaryDirectory()
        witness = try Witness(directory: directory.file("witness"), name: "witness.example")
        try witness.know(log.key)
    }

    private func checkpoint(_ size: Int, _ leaves: OracleTree? = nil) throws -> SignedCheckpoint {
        let root = OracleTree.hash((leaves ?? tree).root(size))
        return try SignedCheckpoint(Checkpoint(origin: log.key.name, size: size, root: root), by: log)
    }

    private func tiles(_ leaves: OracleTree? = nil) throws -> TileFiles {
        let files = try TileFiles(folder: directory.file(UUID().uuidString))
        try files.append((leaves ?? tree).hashes)
        return files
    }

    private func add(_ old: Int, _ size: Int, path: [Hash]? = nil) throws -> NoteSignature {
        let path = try path ?? tiles().consistencyPath(from: old, to: size)
        return try witness.add(AddCheckpoint(old: old, path: path, checkpoint: checkpoint(size)), seconds: 1000)
    }

    @Test func `signs what goes on from what it has signed, also over a restart`() throws {
        for (old, size) in [(0, 0), (0, 1), (1, 1), (1, 256), (256, 257), (257, 700)] {
            let signature = try add(old, size)
            var signed = try checkpoint(size)
            signed.add(signature)
            #expect(try signed.note.verified(by: [witness.key]) == [witness.key])
            let again = try Witness(directory: directory.file("witness"), name: nil)
            #expect(again.key == witness.key)
            #expect(try again.last(of: log.key.name)?.checkpoint.size == size)
        }
    }

    @Test func `refuses what it cannot know to go on, and says which`() throws {
        _ = try add(0, 300)
        let wrong = [Hash(of: [1])]
        #expect(throws: WitnessRefusal.otherSize(signed: 300, old: 0)) { try add(0, 700) }
        #expect(throws: WitnessRefusal.inconsistent(from: 300, to: 700)) { try add(300, 700, path: wrong) }
        #expect(throws: WitnessRefusal.inconsistent(from: 300, to: 700)) { try add(300, 700, path: []) }
        #expect(throws: WitnessRefusal.oldAboveNew(old: 300, size: 200)) { try add(300, 200, path: []) }
        #expect(try witness.last(of: log.key.name)?.checkpoint.size == 300)
        _ = try add(300, 700)
    }

    @Test func `refuses a history that was wiped and hashed again, and keeps it as a proof`() throws {
        _ = try add(0, 300)
        let forged = OracleTree((0..<700).map { OracleTree.leaf(Array("forged \($0)".utf8)) })
        let files = try tiles(forged)
        #expect(throws: WitnessRefusal.inconsistent(from: 300, to: 700)) {
            try witness.watch(checkpoint(700, forged), tiles: files, seconds: 5)
        }
        #expect(throws: WitnessRefusal.otherRoot(size: 300)) {
            try witness.watch(checkpoint(300, forged), tiles: files, seconds: 6)
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: directory.file("witness/refused"))
        #expect(kept.count == 2)
        let proof = try SignedCheckpoint(
            Array(try Data(contentsOf: URL(filePath: directory.file("witness/refused/" + (kept.min() ?? ""))))))
        #expect(try proof.note.verified(by: [log.key]) == [log.key])
    }

    @Test func `refuses an old copy that is served as current`() throws {
        _ = try add(0, 700)
        let files = try tiles()
        #expect(throws: WitnessRefusal.shrunk(signed: 700, size: 300)) {
            try witness.watch(checkpoint(300), tiles: files, seconds: 5)
        }
    }

    @Test func `knows whom it signs for`() throws {
        let stranger = NoteSigner(name: "other.example", kind: .ed25519)
        let root = OracleTree.hash(tree.root(1))
        let foreign = try SignedCheckpoint(Checkpoint(origin: "other.example", size: 1, root: root), by: stranger)
        #expect(throws: WitnessRefusal.unknownLog(origin: "other.example")) {
            try witness.add(AddCheckpoint(old: 0, path: [], checkpoint: foreign), seconds: 1)
        }
        let impostor = NoteSigner(name: log.key.name, kind: .ed25519)
        let false1 = try SignedCheckpoint(Checkpoint(origin: log.key.name, size: 1, root: root), by: impostor)
        let refusal = #expect(throws: WitnessRefusal.self) {
            try witness.add(AddCheckpoint(old: 0, path: [], checkpoint: false1), seconds: 1)
        }
        #expect(refusal?.status == 403)
        // The same name with another key, after its operator has been told of the rotation.
        try witness.know(impostor.key)
        _ = try witness.add(AddCheckpoint(old: 0, path: [], checkpoint: false1), seconds: 1)
        let again = try Witness(directory: directory.file("witness"), name: nil)
        #expect(again.knows(origin: log.key.name) && !again.knows(origin: "other.example"))
    }

    @Test func `that has forgotten what it signed signs nothing`() throws {
        _ = try add(0, 300)
        let folder = directory.file("witness/logs")
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".checkpoint") })
        try Data("rubbish".utf8).write(to: URL(filePath: folder + "/" + name))
        #expect(throws: WitnessDamage.self) { try add(300, 700) }
        #expect(throws: WitnessDamage.self) { try add(0, 700) }
    }

    @Test func `of two requests at once lets only one go on from the same size`() async throws {
        let files = try tiles()
        let signed = await withTaskGroup(of: Int?.self) { group in
            for size in 1...100 {
                group.addTask {
                    (try? witness.watch(checkpoint(size), tiles: files, seconds: 1)).map { _ in size }
                }
            }
            var sizes: [Int] = []
            for await size in group { if let size { sizes.append(size) } }
            return sizes
        }
        #expect(!signed.isEmpty)
        #expect(try witness.last(of: log.key.name)?.checkpoint.size == signed.max())
    }

    @Test func `is sent requests in the specification's form`() throws {
        let request = try AddCheckpoint(
            old: 300, path: tiles().consistencyPath(from: 300, to: 700), checkpoint: checkpoint(700))
        #expect(try AddCheckpoint(request.bytes) == request)
        let text = String(decoding: request.bytes, as: UTF8.self)
        #expect(text.hasPrefix("old 300\n") && text.contains("\n\nlog.example/test\n700\n"))
        let note = String(decoding: try checkpoint(1).note.bytes, as: UTF8.self)
        for bad in [
            "", "old 1\n", "old -1\n\n" + note, "old 01\n\n" + note, "new 1\n\n" + note, "old 1\nrubbish\n\n" + note,
            "old 1\n\nrubbish", "old 1\n" + String(repeating: Hash(of: []).base64 + "\n", count: 64) + "\n" + note,
        ] {
            #expect(throws: NoteError.self) { try AddCheckpoint(Array(bad.utf8)) }
        }
    }

    @Test(arguments: [(1, 2), (255, 256), (256, 700), (300, 700), (699, 700), (512, 513)])
    func `needs no more tiles of a log than it says`(from: Int, to: Int) throws {
        let files = try tiles()
        var fetched = FetchedTiles()
        for address in TileDemand(from: from, to: to).addresses {
            #expect(TileAddress(level: "\(address.level)", index: address.path.dropFirst(7)) == address)
            let nodes = try #require(try files.tile(address))
            let isTile = fetched.add(nodes.withUnsafeBytes { Array($0) }, as: address)
            #expect(isTile)
        }
        #expect(
            try fetched.consistencyPath(from: from, to: to) == files.consistencyPath(from: from, to: to))
    }
}
