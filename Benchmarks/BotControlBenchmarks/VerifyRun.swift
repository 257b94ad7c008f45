import ArgumentParser
import Domain
import EventStore
import Foundation
import Transparency

/// Checks a prepared journal as `botcontrol audit verify` does, and makes proofs of single events.
struct VerifyRun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verify")

    @Option(help: "A directory that `prepare` has filled.") var journal: String
    @Option(help: "Proofs to be made, each of an event somewhere.") var proofs = 1000
    @Flag(help: "On one core.") var oneCore = false

    func run() throws {
        let reader = try JournalReader(directory: journal)
        let log = try self.log(reader)
        var options = Verification.Options()
        if oneCore { options.threads = 1 }
        let tiles = try TileFiles(folder: journal + "/" + MerkleLog.folderName, isReadOnly: true)
        let started = DispatchTime.now().uptimeNanoseconds
        let outcome = try Verification(reader, tiles: tiles, options: options).run()
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        guard outcome.findings.isEmpty else { throw ValidationError("\(outcome.findings[0])") }
        let latencies = try proofLatencies(reader, log)
        let fields = [
            #""suite":"verify""#, #""side":"ours""#, #""events":\#(outcome.through)"#, #""seconds":\#(seconds)"#,
            #""rate":\#(Double(outcome.through) / seconds)"#, #""hashed_bytes":\#(outcome.hashedBytes)"#,
            #""proof_p50_us":\#(latencies[latencies.count / 2])"#,
            #""proof_p99_us":\#(latencies[latencies.count * 99 / 100])"#,
        ]
        print("{\(fields.joined(separator: ","))}")
    }

    /// Not measured: the first one makes the tiles.
    private func log(_ reader: JournalReader) throws -> MerkleLog {
        let signer = try LogKeyFile(directory: journal).open(for: reader, epoch: reader.epoch(), origin: nil)
        let log = try MerkleLog(journal: reader, directory: journal, signer: signer)
        try log.publish()
        try log.sync()
        return log
    }

    /// Microseconds, sorted: reading the event, the path, and the proof as JSON.
    private func proofLatencies(_ reader: JournalReader, _ log: MerkleLog) throws -> [Double] {
        let head = reader.head
        return try (0..<max(1, proofs)).map { number in
            let position = number * 7919 % head + 1
            let started = DispatchTime.now().uptimeNanoseconds
            guard let event = try reader.event(at: position) else { throw ValidationError("no position \(position)") }
            var writer = JSONWriter(capacityBytes: 8 * 1024)
            try log.proof(of: event).encode(into: &writer)
            return Double(DispatchTime.now().uptimeNanoseconds - started) / 1000
        }.sorted()
    }
}
