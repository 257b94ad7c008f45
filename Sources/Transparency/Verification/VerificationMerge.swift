import EventStore

/// Puts the results of the stretches together, in the order of the journal, whatever order they come in.
struct VerificationMerge: Sendable {
    private(set) var frontier: Frontier
    private(set) var roots: [Int: Hash] = [:]
    private(set) var payloadBytes = 0, entryBytes = 0
    /// The first events of each stream that were looked at, by the stream's number.
    private(set) var firsts: [Int: ChunkCheck.Run] = [:]
    var findings: [Finding] = []

    private let rootsAt: Set<Int>
    private var waiting: [Int: ChunkCheck.Result] = [:]
    private var next = 0
    /// The last of each stream, by its number; before the first one -1.
    private var revisions: [Int]
    private var last: ChunkCheck.Edge?

    init(_ start: Frontier, streamCount: Int, rootsAt: Set<Int>) {
        (frontier, self.rootsAt) = (start, rootsAt)
        revisions = Array(repeating: -1, count: streamCount)
        note()
    }

    mutating func take(_ result: ChunkCheck.Result, number: Int) {
        waiting[number] = result
        while let result = waiting.removeValue(forKey: next) {
            append(result)
            next += 1
        }
    }

    private mutating func append(_ result: ChunkCheck.Result) {
        findings += result.findings
        payloadBytes += result.payloadBytes
        entryBytes += result.entryBytes
        if let last, let first = result.first {
            ChunkCheck.compare(last, first, at: result.range.lowerBound + 1, &findings)
        }
        last = result.last ?? last
        for run in result.runs { follow(run) }
        if let subtree = result.subtree {
            frontier.append(subtree: subtree, height: ChunkCheck.heightOfWhole)
            note()
        } else {
            for leaf in result.leaves {
                frontier.append(leaf)
                note()
            }
        }
    }

    private mutating func follow(_ run: ChunkCheck.Run) {
        let before = revisions[run.stream]
        if before < 0 {
            firsts[run.stream] = run
        } else if run.first != before + 1 {
            findings.append(Finding(.revision, at: run.position, "revision \(run.first) follows \(before)"))
        }
        revisions[run.stream] = run.last
    }

    private mutating func note() {
        if rootsAt.contains(frontier.size) { roots[frontier.size] = frontier.root }
    }
}

extension [Finding] {
    /// By position, those about no single event last.
    var inOrder: [Finding] {
        enumerated().sorted {
            ($0.element.position ?? .max, $0.offset) < ($1.element.position ?? .max, $1.offset)
        }.map(\.element)
    }
}
