import EventStore
import Foundation
import Synchronization

/// The check of a whole journal, or of what has come since the last check: every event is hashed anew, on all cores,
/// and the tree over them compared with the frontier, the tiles and the checkpoints.
package struct Verification: Sendable {
    package struct Options: Sendable {
        /// Where to begin: everything before is believed to lead to this frontier.
        package var start = Frontier()
        package var threads = ProcessInfo.processInfo.activeProcessorCount
        /// Sizes at which the tree's root is wanted.
        package var rootsAt: Set<Int> = []
        /// Where to end, when that is before the journal's end.
        package var end: Int?

        package init() {}
    }

    package struct Outcome: Sendable {
        /// Positions that were checked: after the first, through the second.
        package let after: Int, through: Int
        package let root: Hash
        /// By size, as far as they were asked for.
        package let roots: [Int: Hash]
        package let payloadBytes: Int
        /// Payloads, entries, and the two hashes under each node of the tree.
        package let hashedBytes: Int
        package var findings: [Finding]
    }

    private let journal: any JournalReading
    private let tiles: TileFiles?
    private let options: Options

    package init(_ journal: any JournalReading, tiles: TileFiles?, options: Options = Options()) {
        (self.journal, self.tiles, self.options) = (journal, tiles, options)
    }

    /// - Parameter progress: is told how many events have been checked, from any thread.
    /// - Throws: when the journal cannot be read at all.
    package func run(progress: @escaping @Sendable (Int, _ of: Int) -> Void = { _, _ in }) throws -> Outcome {
        // One that cannot be read is a finding, and no reason to look at nothing else.
        let frontier = try? journal.frontier()
        let head = journal.head
        let end = options.end ?? min(frontier?.size ?? head, max(head, options.start.size))
        let streams = try StreamNames(journal)
        let chunks = Self.chunks(options.start.size, end)
        let merge = Mutex(VerificationMerge(options.start, streamCount: streams.names.count, rootsAt: options.rootsAt))
        let next = Atomic(0), done = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: max(1, min(options.threads, chunks.count))) { _ in
            var check = ChunkCheck(names: streams.names, tiles: tiles)
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < chunks.count else { return }
                let range = chunks[index]
                let keeps = options.rootsAt.contains { range.lowerBound < $0 && $0 < range.upperBound }
                let result = check.check(range, journal, keepsLeaves: keeps)
                merge.withLock { $0.take(result, number: index) }
                progress(done.add(range.count, ordering: .relaxed).newValue, end - options.start.size)
            }
        }
        var merged = merge.withLock { $0 }
        merged.findings += streams.findings
        merged.findings += try startFindings(merged.firsts, streams)
        if let frontier, options.end == nil { compareEnds(merged.frontier, frontier, head: head, &merged.findings) }
        if frontier == nil { merged.findings.append(Finding(.frontier, "the tree's frontier cannot be read")) }
        return Outcome(
            after: options.start.size, through: end, root: merged.frontier.root, roots: merged.roots,
            payloadBytes: merged.payloadBytes,
            hashedBytes: merged.payloadBytes + merged.entryBytes + 65 * (end - options.start.size),
            findings: merged.findings.inOrder)
    }

    /// Stretches of the tree that begin at multiples of their size, but for the first.
    private static func chunks(_ start: Int, _ end: Int) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var place = start
        while place < end {
            let next = min(end, (place / ChunkCheck.count + 1) * ChunkCheck.count)
            chunks.append(place..<next)
            place = next
        }
        return chunks
    }

    private func compareEnds(_ made: Frontier, _ stored: Frontier, head: Int, _ findings: inout [Finding]) {
        if head > stored.size {
            findings.append(
                Finding(
                    .appended, at: stored.size + 1,
                    "the events from here to position \(head) are not in the tree: they were added past the journal"))
        }
        if head < stored.size {
            findings.append(
                Finding(.missing, at: head + 1, "the tree has \(stored.size) events: those from here on are gone"))
        }
        if made != stored, head >= stored.size, !findings.contains(where: { $0.position != nil }) {
            findings.append(Finding(.frontier, "the tree's frontier is not that of the events"))
        }
        if let tiles, tiles.size > stored.size {
            findings.append(
                Finding(
                    .missing, at: stored.size + 1,
                    "the tiles have \(tiles.size) events: those from here on are gone from the journal"))
        }
    }

    /// A stream goes on from where it was before the first event that was looked at.
    private func startFindings(_ firsts: [Int: ChunkCheck.Run], _ streams: StreamNames) throws -> [Finding] {
        let later = firsts.values.filter { $0.first != 0 }.sorted { $0.position < $1.position }
        return try later.compactMap { run in
            guard options.start.size > 0, run.first > 0, let stream = streams.ids[run.stream] else {
                return Finding(.revision, at: run.position, "its stream begins with revision \(run.first)")
            }
            let before = try journal.readStream(stream, from: run.first - 1, limit: 1).first
            if before?.revision == run.first - 1, (before?.position ?? .max) <= options.start.size { return nil }
            return Finding(.revision, at: run.position, "there is no revision before \(run.first)")
        }
    }
}
