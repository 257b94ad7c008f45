import EventStore

/// Hashes the events of one stretch of the journal anew, and compares them with everything that is kept of them.
///
/// One for each thread: it uses its storage again.
struct ChunkCheck {
    /// The stretch begins at a multiple of it, so that a whole one is a complete subtree.
    static let heightOfWhole = 12
    static let count = 1 << heightOfWhole

    /// What one stretch has come to.
    struct Result: Sendable {
        let range: Range<Int>
        /// nil when the stretch is no complete subtree, or when its leaves are wanted one by one.
        var subtree: Hash?
        var leaves: [Hash] = []
        var findings: [Finding] = []
        var runs: [Run] = []
        var first: Edge?, last: Edge?
        var payloadBytes = 0, entryBytes = 0
    }

    /// Events of one stream, as far as the stretch has them.
    struct Run: Sendable {
        let stream: Int, first: Int, position: Int
        var last: Int
    }

    /// Where two stretches meet.
    struct Edge: Sendable {
        let recordedAt: Int, id: EventID
    }

    let names: [EscapedName?]
    let tiles: TileFiles?
    private var leaf = Leaf()
    /// The leaves' storage: to have it anew for each stretch costs more than to fill it.
    private var storage: [Hash] = []
    /// By stream number: which of the runs is its, in the stretch of that number.
    private var runOf: [(chunk: Int, index: Int)]

    init(names: [EscapedName?], tiles: TileFiles?) {
        (self.names, self.tiles) = (names, tiles)
        runOf = Array(repeating: (-1, 0), count: names.count)
    }

    /// - Parameters:
    ///   - range: places in the tree, from 0.
    ///   - keepsLeaves: they are wanted one by one.
    mutating func check(_ range: Range<Int>, _ journal: some JournalReading, keepsLeaves: Bool) -> Result {
        var result = Result(range: range)
        let inTiles = min(tiles?.size ?? 0, range.upperBound) - range.lowerBound
        let kept: [Hash]
        do {
            kept = inTiles > 0 ? try tiles?.read(0, range.lowerBound, inTiles) ?? [] : []
        } catch {
            kept = []
            result.findings.append(Finding(.tile, "\(error)"))
        }
        var leaves = storage
        storage = []
        leaves.removeAll(keepingCapacity: true)
        leaves.reserveCapacity(range.count)
        result.runs.reserveCapacity(min(range.count, names.count))
        do {
            try journal.scan(after: range.lowerBound, through: range.upperBound) { row in
                check(row, range, kept, &leaves, &result)
            }
        } catch {
            findUnreadable(range.lowerBound + leaves.count, range, journal, &result, "\(error)")
        }
        if leaves.count < range.count, !result.findings.contains(where: { $0.kind == .unreadable }) {
            result.findings.append(missing(from: range.lowerBound + leaves.count + 1, through: range.upperBound))
        }
        let levelOne = Self.levelOne(leaves, range)
        compare(levelOne, &result)
        let isWhole = range.count == Self.count && leaves.count == Self.count
        result.subtree = isWhole && !keepsLeaves ? .root(over: levelOne.nodes) : nil
        if result.subtree == nil { result.leaves = leaves }
        storage = leaves
        return result
    }

    private mutating func check(
        _ row: EventRow, _ range: Range<Int>, _ kept: [Hash], _ leaves: inout [Hash], _ result: inout Result
    ) {
        let position = row.position, place = leaves.count
        if position > range.lowerBound + place + 1 {
            result.findings.append(missing(from: range.lowerBound + place + 1, through: position - 1))
            leaves += Array(repeating: Hash(bytes: .zero), count: position - range.lowerBound - place - 1)
        }
        let number = row.streamNumber
        let stored = row.leafHash
        guard names.indices.contains(number), let name = names[number] else {
            result.findings.append(Finding(.stream, at: position, "it belongs to a stream that is not there"))
            return leaves.append(stored)
        }
        let made = leaf.hash(row, stream: name)
        let known = position - range.lowerBound <= kept.count ? kept[position - range.lowerBound - 1] : nil
        if made != stored || known.map({ $0 != stored }) == true {
            result.findings.append(Self.finding(at: position, made: made, stored: stored, tile: known))
        }
        // Without tiles the stored hash is the better witness: it is the payload that is edited.
        leaves.append(known == nil || known == stored ? stored : made)
        result.payloadBytes += leaf.payloadByteCount
        result.entryBytes += leaf.byteCount
        checkOrder(row, number, &result)
    }

    private static func finding(at position: Int, made: Hash, stored: Hash, tile: Hash?) -> Finding {
        switch (made == stored, tile) {
        case (true, _):
            Finding(
                .rewritten, at: position,
                "event and hash agree, but the tree has another hash here: the event was rewritten, or the tile was")
        case (false, made):
            Finding(.hashChanged, at: position, "the stored hash was changed; the event is as it was recorded")
        case (false, _):
            Finding(.contentChanged, at: position, "the event is not what was recorded, or its hash was changed")
        }
    }

    private mutating func checkOrder(_ row: EventRow, _ number: Int, _ result: inout Result) {
        let edge = Edge(recordedAt: row.recordedAt, id: row.id)
        if let last = result.last { Self.compare(last, edge, at: row.position, &result.findings) }
        if result.first == nil { result.first = edge }
        result.last = edge
        let chunk = result.range.lowerBound
        guard runOf[number].chunk == chunk else {
            runOf[number] = (chunk, result.runs.count)
            result.runs.append(
                Run(stream: number, first: row.revision, position: row.position, last: row.revision))
            return
        }
        let index = runOf[number].index
        if row.revision != result.runs[index].last + 1 {
            result.findings.append(
                Finding(.revision, at: row.position, "revision \(row.revision) follows \(result.runs[index].last)"))
        }
        result.runs[index].last = row.revision
    }

    static func compare(_ last: Edge, _ next: Edge, at position: Int, _ findings: inout [Finding]) {
        if next.recordedAt < last.recordedAt {
            findings.append(Finding(.order, at: position, "it was recorded before the one that it follows"))
        }
        if last.id >= next.id { findings.append(Finding(.order, at: position, "its id does not follow the last one")) }
    }

    private func missing(from first: Int, through last: Int) -> Finding {
        Finding(
            .missing, at: first,
            first == last ? "there is no event" : "there are no events from here to position \(last)")
    }

    /// Which of the rest can be read one by one, when they cannot be together.
    private func findUnreadable(
        _ start: Int, _ range: Range<Int>, _ journal: some JournalReading, _ result: inout Result, _ reason: String
    ) {
        guard start < range.upperBound else {
            return result.findings.append(Finding(.unreadable, at: start, "the file is damaged near here (\(reason))"))
        }
        for position in (start + 1)...range.upperBound where isUnreadable(position, journal) {
            result.findings.append(Finding(.unreadable, at: position, "the file is damaged here (\(reason))"))
        }
        if !result.findings.contains(where: { $0.kind == .unreadable }) {
            result.findings.append(Finding(.unreadable, at: start + 1, "the file is damaged near here (\(reason))"))
        }
    }

    private func isUnreadable(_ position: Int, _ journal: some JournalReading) -> Bool {
        do { return try journal.event(at: position) == nil } catch { return true }
    }

    /// The roots over whole tiles of leaves, from the first that begins in the stretch.
    private static func levelOne(_ leaves: [Hash], _ range: Range<Int>) -> (first: Int, nodes: [Hash]) {
        let first = (range.lowerBound + TileAddress.nodesMax - 1) / TileAddress.nodesMax
        let count = (range.lowerBound + leaves.count) / TileAddress.nodesMax - first
        let nodes = (0..<max(0, count)).map { index in
            let start = (first + index) * TileAddress.nodesMax - range.lowerBound
            return Hash.root(over: leaves[start..<(start + TileAddress.nodesMax)])
        }
        return (first, nodes)
    }

    private func compare(_ made: (first: Int, nodes: [Hash]), _ result: inout Result) {
        guard let tiles else { return }
        let count = min(made.nodes.count, tiles.size / TileAddress.nodesMax - made.first)
        guard count > 0 else { return }
        let isLeafWrong = result.findings.contains { $0.kind != .order }
        do {
            let stored = try tiles.read(1, made.first, count)
            for index in 0..<count where !isLeafWrong && made.nodes[index] != stored[index] {
                let path = TileAddress(level: 1, index: (made.first + index) / TileAddress.nodesMax).path
                result.findings.append(Finding(.tile, "\(path) is not that of the leaves"))
            }
        } catch {
            result.findings.append(Finding(.tile, "\(error)"))
        }
    }
}
