import EventStore
import Foundation
import Synchronization

/// Somebody who remembers: signs that a log has this root at this size, and never signs what contradicts it.
///
/// Its directory holds its private key (0600), the public keys of the logs that it knows, and for each log the last
/// checkpoint that it has signed. That one is on the disk before the signature leaves the house. What it has refused is
/// kept, too: two signed checkpoints that contradict each other are a proof.
package final class Witness: Sendable {
    static let keyName = "witness.key", logsName = "logs", refusedName = "refused"
    static let refusedMax = 1000

    package let directory: String
    private let signer: NoteSigner
    private let state: Mutex<State>

    private struct State {
        var keys: [NoteKey]
        var refusedCount: Int
    }

    /// - Parameter name: what it is called when it begins.
    /// - Throws: `LogKeyError`, `SecretFile.Unusable`, or why the directory cannot be made.
    package init(directory: String, name: String?) throws {
        self.directory = directory
        for folder in [directory, directory + "/" + Self.logsName, directory + "/" + Self.refusedName] {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        signer = try Self.signer(directory, name)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory + "/" + Self.logsName)
        let keys = try names.filter { $0.hasSuffix(".keys") }.flatMap { name in
            try String(contentsOfFile: "\(directory)/\(Self.logsName)/\(name)", encoding: .utf8)
                .split(separator: "\n").map { try NoteKey(String($0)) }
        }
        let refused = try FileManager.default.contentsOfDirectory(atPath: directory + "/" + Self.refusedName).count
        state = Mutex(State(keys: keys, refusedCount: refused))
    }

    private static func signer(_ directory: String, _ name: String?) throws -> NoteSigner {
        let file = SecretFile(path: directory + "/" + keyName)
        if try file.read() == nil {
            let name = name ?? "witness/" + UUID().uuidString.lowercased()
            guard NoteKey.isName(name) else { throw LogKeyError.notAnOrigin(name) }
            _ = try file.create(NoteSigner(name: name, kind: .cosignature).storedText + "\n")
        }
        let text = String(decoding: try file.read() ?? [], as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let signer = NoteSigner(storedText: text), signer.key.kind == .cosignature else {
            throw LogKeyError.malformed(path: file.path)
        }
        if let name, name != signer.key.name { throw LogKeyError.otherOrigin(asked: name, found: signer.key.name) }
        return signer
    }

    package var key: NoteKey { signer.key }

    /// From here on checkpoints of this key's name are taken when this key has signed them.
    package func know(_ key: NoteKey) throws {
        try state.withLock { state in
            guard !state.keys.contains(key) else { return }
            let all = state.keys.filter { $0.name == key.name } + [key]
            try write(Array(all.map { "\($0)\n" }.joined().utf8), to: file(key.name) + ".keys")
            state.keys.append(key)
        }
    }

    package func knows(origin: String) -> Bool { state.withLock { $0.keys.contains { $0.name == origin } } }

    /// The last checkpoint of a log that was signed here.
    ///
    /// - Throws: when the file is damaged: a witness that has forgotten must not sign anything.
    package func last(of origin: String) throws -> SignedCheckpoint? {
        let path = file(origin) + ".checkpoint"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let checkpoint = try SignedCheckpoint(Array(try Data(contentsOf: URL(filePath: path))))
            try checkpoint.note.verified(by: [signer.key])
            return checkpoint
        } catch {
            throw WitnessDamage(path: path, reason: "\(error)")
        }
    }

    /// Checks, remembers and signs.
    ///
    /// - Parameter seconds: the moment, since 1970.
    /// - Throws: `WitnessRefusal`, `WitnessDamage`, or why it cannot be written.
    package func add(_ request: AddCheckpoint, seconds: Int) throws -> NoteSignature {
        try state.withLock { state in
            do {
                return try sign(request, seconds: seconds, keys: state.keys)
            } catch let refusal as WitnessRefusal {
                try keep(refused: request.checkpoint, because: refusal, seconds: seconds, &state)
                throw refusal
            }
        }
    }

    private func sign(_ request: AddCheckpoint, seconds: Int, keys: [NoteKey]) throws -> NoteSignature {
        let offered = request.checkpoint.checkpoint
        let known = keys.filter { $0.name == offered.origin }
        guard !known.isEmpty else { throw WitnessRefusal.unknownLog(origin: offered.origin) }
        do throws(NoteError) { try request.checkpoint.note.verified(by: known) } catch {
            throw WitnessRefusal.notSigned(error)
        }
        guard request.old <= offered.size else {
            throw WitnessRefusal.oldAboveNew(old: request.old, size: offered.size)
        }
        let last = try self.last(of: offered.origin)?.checkpoint
        guard request.old == last?.size ?? 0 else {
            throw WitnessRefusal.otherSize(signed: last?.size ?? 0, old: request.old)
        }
        if let last {
            if last.size == offered.size, last.root != offered.root { throw WitnessRefusal.otherRoot(size: last.size) }
            guard
                ProofCheck.isConsistent(
                    from: last.size, last.root, to: offered.size, offered.root, path: request.path)
            else { throw WitnessRefusal.inconsistent(from: last.size, to: offered.size) }
        } else if !request.path.isEmpty {
            throw WitnessRefusal.inconsistent(from: 0, to: offered.size)
        }
        let signature = try signer.sign(Array(request.checkpoint.note.text.utf8), seconds: seconds)
        var signed = request.checkpoint
        signed.add(signature)
        try write(signed.note.bytes, to: file(offered.origin) + ".checkpoint")
        return signature
    }

    /// What a log has signed and cannot have meant. A sender that is merely behind is no liar.
    private func keep(
        refused checkpoint: SignedCheckpoint, because refusal: WitnessRefusal, seconds: Int, _ state: inout State
    ) throws {
        switch refusal {
        case .inconsistent, .otherRoot, .shrunk: break
        case .unknownLog, .notSigned, .oldAboveNew, .otherSize: return
        }
        guard state.refusedCount < Self.refusedMax else { return }
        let name = "\(seconds)-\(checkpoint.checkpoint.size)-\(checkpoint.checkpoint.root.description.prefix(8))"
        let path = "\(directory)/\(Self.refusedName)/\(name)"
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try write(checkpoint.note.bytes, to: path)
        state.refusedCount += 1
    }

    /// Looks at a log that can be read: fetches nothing, but says what it takes.
    ///
    /// - Parameter source: the log's tiles.
    package func watch(
        _ checkpoint: SignedCheckpoint, tiles source: some SubtreeSource, seconds: Int
    ) throws -> NoteSignature {
        let offered = checkpoint.checkpoint
        let old = try last(of: offered.origin)?.checkpoint.size ?? 0
        guard old <= offered.size else {
            // Signed by the log: the promise that it has broken is a proof.
            let refusal = WitnessRefusal.shrunk(signed: old, size: offered.size)
            try state.withLock { try keep(refused: checkpoint, because: refusal, seconds: seconds, &$0) }
            throw refusal
        }
        let path = try source.consistencyPath(from: old, to: offered.size)
        return try add(AddCheckpoint(old: old, path: path, checkpoint: checkpoint), seconds: seconds)
    }

    // MARK: files

    /// An origin can hold anything; its hash is a name.
    private func file(_ origin: String) -> String { "\(directory)/\(Self.logsName)/\(Hash(of: Array(origin.utf8)))" }

    /// Whole, and on the disk, before it returns.
    private func write(_ bytes: [UInt8], to path: String) throws {
        let draft = path + ".draft"
        try Data(bytes).write(to: URL(filePath: draft))
        let handle = try FileHandle(forWritingTo: URL(filePath: draft))
        defer { try? handle.close() }
        try handle.synchronize()
        try SecretFile(path: draft).take(name: path)
    }
}

/// The witness does not know what it has signed.
package struct WitnessDamage: Error, Equatable, CustomStringConvertible {
    let path: String, reason: String
    package var description: String {
        "\(path) is damaged (\(reason)): bring it back from a copy; without it nothing can be signed"
    }
}
