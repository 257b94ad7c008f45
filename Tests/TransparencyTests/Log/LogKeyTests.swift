import Domain
import EventStore
import Foundation
import Testing
import TestTools

@testable import Transparency

@Suite("The log's key")
struct LogKeyTests {
    private func record(_ event: LogKey.Event, in journal: Journal) async throws {
        let new = NewEvent(
            type: event.name.rawValue, schemaVersion: 1, data: event.data,
            metadata: CommandMetadata.bytes)
        _ = try await journal.append([new], to: LogKeyFile.stream, expected: .any)
    }

    private enum CommandMetadata {
        static let bytes = EventMetadata(actor: .system, source: .system, commandID: "c", correlationID: "c").bytes
    }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path))[.posixPermissions] as? Int
    }

    @Test func `is made once, is nobody else's to read, and is named after the journal unless told`() async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let file = LogKeyFile(directory: stage.directory.path)
            #expect(try file.read() == nil)
            let signer = try file.open(for: journal, epoch: journal.epoch, origin: nil)
            #expect(signer.key.name == "bot-control/\(journal.epoch)")
            #expect(try file.open(for: journal, epoch: journal.epoch, origin: nil).key == signer.key)
            #expect(try mode(stage.directory.file("log.key")) == 0o600)
            #expect(throws: LogKeyError.otherOrigin(asked: "x.example", found: signer.key.name)) {
                try file.open(for: journal, epoch: journal.epoch, origin: "x.example")
            }
        }
        let named = try LogStage()
        try await named.withJournal { journal async throws in
            let file = LogKeyFile(directory: named.directory.path)
            #expect(throws: LogKeyError.notAnOrigin("a b")) {
                try file.open(for: journal, epoch: journal.epoch, origin: "a b")
            }
            let signer = try file.open(for: journal, epoch: journal.epoch, origin: "audit.example/x")
            #expect(signer.key.name == "audit.example/x")
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604])
    func `that others may read is not used`(mode: Int) async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let file = LogKeyFile(directory: stage.directory.path)
            _ = try file.open(for: journal, epoch: journal.epoch, origin: nil)
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: stage.directory.file("log.key"))
            #expect(throws: SecretFile.Unusable.self) { try file.open(for: journal, epoch: journal.epoch, origin: nil) }
        }
    }

    @Test func `is rotated by an event that the old key vouches for`() async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let file = LogKeyFile(directory: stage.directory.path)
            let old = try file.open(for: journal, epoch: journal.epoch, origin: "log.example")
            let (fresh, event) = try file.prepareRotation(journal, reason: "yearly", isLost: false)
            try await record(event, in: journal)
            try file.finishRotation(journal)
            #expect(try file.open(for: journal, epoch: journal.epoch, origin: nil).key == fresh.key)
            let history = try LogKeyHistory(journal)
            #expect(history.keys == [old.key, fresh.key])
            let note = try SignedNote(Array(try #require(history.rotations[0].handover).utf8))
            #expect(try note.verified(by: [old.key]) == [old.key])
            #expect(note.text == "log.example\nkey \(fresh.key)\n")
            #expect(!String(decoding: try #require(try journal.event(at: 1)).data, as: UTF8.self).contains("PRIVATE"))
        }
    }

    @Test(arguments: [true, false])
    func `is the old or the new one after a crash amid a rotation`(isRecorded: Bool) async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let file = LogKeyFile(directory: stage.directory.path)
            let old = try file.open(for: journal, epoch: journal.epoch, origin: "log.example")
            let (fresh, event) = try file.prepareRotation(journal, reason: nil, isLost: false)
            if isRecorded { try await record(event, in: journal) }
            let found = try file.open(for: journal, epoch: journal.epoch, origin: nil)
            #expect(found.key == (isRecorded ? fresh.key : old.key))
            #expect(!FileManager.default.fileExists(atPath: stage.directory.file("log.key.next")))
        }
    }

    @Test func `that is lost is said to be, and replaced only when asked`() async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let file = LogKeyFile(directory: stage.directory.path)
            _ = try file.open(for: journal, epoch: journal.epoch, origin: "log.example")
            let (second, event) = try file.prepareRotation(journal, reason: nil, isLost: false)
            try await record(event, in: journal)
            try file.finishRotation(journal)
            try FileManager.default.removeItem(atPath: stage.directory.file("log.key"))
            let path = stage.directory.file("log.key")
            #expect(throws: LogKeyError.lost(path: path, key: second.key.description)) {
                try file.open(for: journal, epoch: journal.epoch, origin: nil)
            }
            let (third, lost) = try file.prepareRotation(journal, reason: "the disk died", isLost: true)
            try await record(lost, in: journal)
            #expect(try file.open(for: journal, epoch: journal.epoch, origin: nil).key == third.key)
            #expect(try LogKeyHistory(journal).rotations.last?.handover == nil)
        }
    }

    @Test func `that is lost, or another, is noticed also before the first rotation`() async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let file = LogKeyFile(directory: stage.directory.path), path = stage.directory.file("log.key")
            let first = try file.open(for: journal, epoch: journal.epoch, origin: "log.example")
            #expect(try String(contentsOfFile: stage.directory.file("log.pub"), encoding: .utf8) == "\(first.key)\n")
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: LogKeyError.lost(path: path, key: first.key.description)) {
                try file.open(for: journal, epoch: journal.epoch, origin: nil)
            }
            let other = NoteSigner(name: "log.example", kind: .ed25519)
            _ = try SecretFile(path: path).create(other.storedText)
            #expect(throws: LogKeyError.self) { try file.open(for: journal, epoch: journal.epoch, origin: nil) }
            try FileManager.default.removeItem(atPath: path)
            try await file.rotate(
                journal, reason: nil, isLost: true,
                EventMetadata(actor: .system, source: .system, commandID: "c", correlationID: "c"))
            let second = try file.open(for: journal, epoch: journal.epoch, origin: nil)
            #expect(try LogKeyHistory(journal).keys == [first.key, second.key])
        }
    }

    @Test(arguments: ["", "PRIVATE+KEY+a+b+c", "rubbish", "PRIVATE+KEY+log.example+00000000+AQ=="])
    func `that is not a key is said to be none`(text: String) async throws {
        let stage = try LogStage()
        try await stage.withJournal { journal in
            let path = stage.directory.file("log.key")
            _ = FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            #expect(throws: LogKeyError.malformed(path: path)) {
                try LogKeyFile(directory: stage.directory.path).open(for: journal, epoch: journal.epoch, origin: nil)
            }
        }
    }
}
