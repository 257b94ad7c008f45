import Domain

/// Reads a snapshot as it comes over HTTP: a line with the head, then a line for each document.
struct SnapshotReader {
    private var lines = LineSplitter(bytesMax: 8 << 20)
    private var head: FeedHead?
    private(set) var entries: [FeedEntry] = []
    private let held: HeldDocuments

    init(beside held: HeldDocuments = HeldDocuments()) {
        self.held = held
    }

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        var splitter = LineSplitter(bytesMax: 0)
        swap(&splitter, &lines)
        defer { swap(&splitter, &lines) }
        try splitter.split(bytes) { line in
            if !line.isEmpty { try take(line) }
        }
    }

    private mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws {
        do {
            if head == nil {
                head = try FeedHead(line)
            } else {
                entries.append(held.sharing(try BrokenEnvelope.entry(line)))
            }
        } catch {
            throw FeedFailure.unreadable("line \(entries.count + 1) of the snapshot cannot be read: \(error)")
        }
    }

    mutating func finish() throws -> FeedSnapshot {
        let rest = lines.takeRest()
        if !rest.isEmpty { try rest.withUnsafeBufferPointer { try take($0) } }
        guard let head else { throw FeedFailure.broken("the snapshot ended before it began") }
        return FeedSnapshot(head: head, entries: entries)
    }
}
