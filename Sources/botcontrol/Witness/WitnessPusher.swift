import Domain
import EventStore
import Foundation
import Logging
import Server
import ServiceLifecycle
import Synchronization
import Transparency

/// Brings every new checkpoint to the witnesses, and keeps what they sign. One that refuses is heard of: then somebody
/// remembers another history.
final class WitnessPusher: Service {
    private static let pauseSeconds = 2.0

    private let services: Services
    private let logger: Logger
    private let witnesses: [URL]
    /// Witnesses' keys that were given; others are learnt from the witness itself, once.
    private let keys: [NoteKey]
    private let client = WebClient()
    private let learnt = Mutex<[URL: NoteKey]>([:])

    init(services: Services, witnesses: [URL], keys: [NoteKey], logger: Logger) {
        (self.services, self.witnesses, self.keys, self.logger) = (services, witnesses, keys, logger)
        for url in witnesses { services.log.witnesses.update(WitnessBoard.Entry(url: url.absoluteString)) }
        services.companions.add { [board = services.log.witnesses] in
            board.all.compactMap { entry in
                entry.problem.map { Readiness.Reason(code: "witness", message: "\(entry.url): \($0)") }
            }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for url in self.witnesses { await self.push(to: url) }
                try? await Task.sleep(for: .seconds(Self.pauseSeconds))
            }
        }
    }

    private func push(to url: URL) async {
        guard var entry = services.log.witnesses.all.first(where: { $0.url == url.absoluteString }) else { return }
        do {
            let log = try services.log.open()
            guard let checkpoint = log.published, checkpoint.checkpoint.size > 0 else { return }
            if entry.problem == nil, entry.size == checkpoint.checkpoint.size { return }
            let signature = try await signature(of: url, under: checkpoint, log, from: entry.size ?? 0)
            try log.keep([signature], under: checkpoint)
            (entry.name, entry.size) = (signature.name, checkpoint.checkpoint.size)
            (entry.signedAt, entry.problem) = (services.clock.now, nil)
        } catch {
            if entry.problem != "\(error)" {
                logger.error(
                    "a witness does not sign", metadata: ["witness": "\(url.absoluteString)", "error": "\(error)"])
            }
            entry.problem = "\(error)"
        }
        services.log.witnesses.update(entry)
    }

    /// Why a witness has not signed.
    private struct NotSigned: Error, CustomStringConvertible {
        let description: String
    }

    private func signature(
        of url: URL, under checkpoint: SignedCheckpoint, _ log: MerkleLog, from old: Int
    ) async throws -> NoteSignature {
        let answer = try await answer(of: url, checkpoint, log, from: old)
        return try Self.signature(in: answer, by: try await key(of: url), under: checkpoint)
    }

    /// Asked again from where the witness is, when that is not where we took it to be.
    private func answer(
        of url: URL, _ checkpoint: SignedCheckpoint, _ log: MerkleLog, from old: Int
    ) async throws -> WebClient.Answer {
        let size = checkpoint.checkpoint.size, answer = try await ask(url, checkpoint, log, from: min(old, size))
        guard answer.status == 409, let signed = Int(answer.text) else { return try Self.good(answer) }
        guard signed <= size else {
            throw NotSigned(
                description: "it has signed \(signed) events, and there are only \(size) here: the newest are "
                    + "missing, or this is an old copy")
        }
        return try Self.good(try await ask(url, checkpoint, log, from: signed))
    }

    private static func good(_ answer: WebClient.Answer) throws -> WebClient.Answer {
        if answer.status == 200 { return answer }
        throw NotSigned(description: "it answers \(answer.status): \(answer.text.prefix(300))")
    }

    private static func signature(
        in answer: WebClient.Answer, by key: NoteKey, under checkpoint: SignedCheckpoint
    ) throws -> NoteSignature {
        let lines = answer.text.split(separator: "\n").compactMap { NoteSignature(line: $0) }
        guard let line = lines.first(where: { $0.isNamed(after: key) }) else {
            throw NotSigned(description: "it answers with signatures of others than \(key)")
        }
        try SignedNote(text: checkpoint.note.text, signatures: [line]).verified(by: [key])
        return line
    }

    private func ask(
        _ url: URL, _ checkpoint: SignedCheckpoint, _ log: MerkleLog, from old: Int
    ) async throws -> WebClient.Answer {
        let path = try log.consistencyPath(from: old, to: checkpoint.checkpoint.size)
        let request = AddCheckpoint(old: old, path: path, checkpoint: checkpoint)
        return try await client.post(url.appending(path: "add-checkpoint"), request.bytes)
    }

    private func key(of url: URL) async throws -> NoteKey {
        if let key = learnt.withLock({ $0[url] }) { return key }
        let answer = try await client.get(url.appending(path: "key"))
        let said = answer.status == 200 ? try? NoteKey(answer.text) : nil
        // Keys that were given are the only ones that count, whatever a witness says of itself.
        let found = keys.isEmpty ? said : said.flatMap { keys.contains($0) ? $0 : nil } ?? keys.first
        guard let found, found.kind == .cosignature else {
            throw NotSigned(description: "its key is not known: give it with --witness-key")
        }
        learnt.withLock { $0[url] = found }
        return found
    }
}
