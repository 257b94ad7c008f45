import ArgumentParser
import Domain
import EventStore
import Foundation
import Server
import Transparency

extension Audit {
    /// `botcontrol audit proof`: what proves one event to others.
    struct Proof: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what proves one event: the event, its way to the root, and the signed checkpoint.",
            discussion: "With the log's public key it is checked by botcontrol audit verify-proof, without a server.")
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The event's position.") var position: Int
        @Option(help: "json, or tlog-proof for other tools (C2SP tlog-proof).") var format = "json"

        func run() async throws {
            try directory.requireJournal()
            guard ["json", "tlog-proof"].contains(format) else {
                throw CommandFailure.usage("--format must be json or tlog-proof, not \(format)")
            }
            guard position > 0 else { throw CommandFailure.usage("the position must be a whole number from 1") }
            let proof = try await made()
            guard format == "json" else { return StandardOutput.write(bytes: Array(proof.text.utf8)) }
            var writer = JSONWriter()
            proof.encode(into: &writer)
            StandardOutput.write(writer.text)
        }

        private func made() async throws -> EventProof {
            if let server = directory.runningServer() {
                let text = try await ServerClient(server, directory.data).get("/v1/audit/events/\(position)/proof")
                return try runOrFail { try EventProof(Array(text.utf8)) }
            }
            return try runOrFail {
                try OfflineLog.use(directory.data) { log in
                    guard let event = try log.journal.event(at: position) else {
                        throw CommandFailure.problem("there is no event at position \(position)")
                    }
                    try log.publish()
                    return try log.proof(of: event)
                }
            }
        }
    }

    /// `botcontrol audit verify-proof FILE --key K`: offline, with nothing but the proof and the key.
    struct VerifyProof: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify-proof", abstract: "Check a proof with nothing but the log's public key.")
        @Argument(help: "The proof, as botcontrol audit proof prints it, or as tlog-proof; - for standard input.")
        var file: String
        @Option(name: .customLong("key"), help: "The log's public key, or a witness's; it can be repeated.")
        var keys: [String]
        @Flag(help: "Every key must have signed, not just one of them.") var all = false
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let keys = try keys.map(Audit.key)
            guard !keys.isEmpty else { throw CommandFailure.usage("--key is missing: whose signature is to count?") }
            let bytes = try read()
            let proof: EventProof, signers: [NoteKey]
            do {
                proof = try EventProof(bytes)
                signers = try proof.check(keys: keys)
            } catch {
                throw CommandFailure.problem("the proof does not hold: \(error)")
            }
            if all, let absent = keys.first(where: { !signers.contains($0) }) {
                throw CommandFailure.problem("the proof does not hold: \(absent) has not signed it")
            }
            StandardOutput.write(json ? Self.json(proof, signers) : proof.entry)
            let names = signers.map(\.name).joined(separator: ", ")
            let size = proof.checkpoint.checkpoint.size
            StandardError.write(
                "botcontrol: position \(proof.position) is in the log of \(size) events that \(names) signed")
        }

        private func read() throws -> [UInt8] {
            let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
            guard let handle, let data = try? handle.read(upToCount: EventProof.bytesMax + 1) else {
                throw CommandFailure.cannotRun("\(file) cannot be read: name a file made by botcontrol audit proof")
            }
            guard data.count <= EventProof.bytesMax else {
                throw CommandFailure.problem("\(file) is larger than any proof")
            }
            return Array(data)
        }

        private static func json(_ proof: EventProof, _ signers: [NoteKey]) -> String {
            let stated = proof.checkpoint.checkpoint
            return
                ([
                    "ok": true, "position": .integer(proof.position), "entry": .string(proof.entry),
                    "origin": .string(stated.origin), "size": .integer(stated.size),
                    "root": .string(stated.root.base64),
                    "signers": .array(signers.map { .string($0.description) }),
                ] as JSON).text
        }
    }

    /// `botcontrol audit checkpoint`: the log's last word, signed.
    struct CheckpointCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint", abstract: "Print the signed checkpoint, or the key that signs it.")
        @OptionGroup var directory: DataDirectory
        @Flag(help: "Print the public key instead.") var publicKey = false

        func run() async throws {
            try directory.requireJournal()
            if publicKey {
                let key = try runOrFail { try LogKeyFile(directory: directory.data).read()?.key }
                guard let key else {
                    throw CommandFailure.cannotRun("there is no key yet: the first start of botcontrol serve makes one")
                }
                return StandardOutput.write(key.description)
            }
            if let server = directory.runningServer() {
                let note = try await ServerClient(server, directory.data).get("/checkpoint")
                return StandardOutput.write(bytes: Array(note.utf8))
            }
            let checkpoint = try runOrFail { try OfflineLog.use(directory.data) { try $0.publish() } }
            StandardOutput.write(bytes: checkpoint.note.bytes)
        }
    }

    /// `botcontrol audit rotate-key`: another key signs from here on, and the journal says so.
    struct RotateKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-key", abstract: "Sign with a new key from here on, and record it.",
            discussion: "The old key vouches for the new one. Witnesses must be told the new key.")
        @OptionGroup var directory: DataDirectory
        @Option(help: "Why.") var reason: String?
        @Flag(help: "The old key is gone.") var lost = false

        func run() async throws {
            try directory.requireJournal()
            if let server = directory.runningServer() {
                var body: [JSON.Member] = [.init("lost", .bool(lost))]
                if let reason { body.append(.init("reason", .string(reason))) }
                let text = try await ServerClient(server, directory.data)
                    .post("/v1/audit/log/rotations", JSON.object(body))
                return StandardOutput.write(try JSONParser.parse(text)["data"]?["key"]?.string ?? "")
            }
            StandardOutput.write(try await rotatedOffline())
        }

        private func rotatedOffline() async throws -> String {
            do {
                let lock = try DirectoryLock(directory: directory.data, holder: "botcontrol audit rotate-key")
                let journal = try Journal.sealing(directory.data)
                defer {
                    journal.close()
                    withExtendedLifetime(lock) {}
                }
                let keyFile = LogKeyFile(directory: directory.data)
                let now = WallClock.system.now.microseconds
                let id = EventID.random(microseconds: now).description
                let metadata = EventMetadata(
                    actor: Actor(kind: .system, id: "botcontrol-cli", display: "command line"), source: .cli,
                    commandID: id, correlationID: id)
                try await keyFile.rotate(journal, reason: reason, isLost: lost, metadata)
                return try keyFile.open(for: journal, epoch: journal.epoch, origin: nil).key.description
            } catch {
                throw CommandFailure.cannotRun("\(error)")
            }
        }
    }
}

/// The log of a directory that no server holds.
enum OfflineLog {
    static func use<Value>(_ directory: String, _ body: (MerkleLog) throws -> Value) throws -> Value {
        let lock = try DirectoryLock(directory: directory, holder: "botcontrol audit")
        defer { withExtendedLifetime(lock) {} }
        let journal = try JournalReader(directory: directory)
        let signer = try LogKeyFile(directory: directory).open(for: journal, epoch: journal.epoch(), origin: nil)
        let log = try MerkleLog(journal: journal, directory: directory, signer: signer)
        defer { try? log.sync() }
        return try body(log)
    }
}
