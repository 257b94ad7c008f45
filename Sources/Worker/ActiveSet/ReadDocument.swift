import Dispatch
import Domain
import Foundation
import Synchronization

/// A document on its way into a set, read and hashed: most of the work, and it needs nothing of the set.
struct ReadDocument: Sendable {
    let name: DocumentKey
    let value: [UInt8]
    let hash: SIMD32<UInt8>
    let content: Result<GoodDocument, any Error>

    init(_ name: DocumentKey, _ value: [UInt8]) {
        (self.name, self.value) = (name, value)
        hash = name.hash(of: value)
        content = Result { try GoodDocument(name, value) }
    }

    private init(_ entry: FeedEntry) {
        self.init(DocumentKey(entry.kind, entry.key), entry.value)
    }

    /// Fewer are not worth a second core.
    private static let partCountMin = 64

    /// Reads many, on all cores.
    static func readAll(_ entries: some RandomAccessCollection<FeedEntry>) -> [ReadDocument] {
        let entries = Array(entries)
        let parts = min(ProcessInfo.processInfo.activeProcessorCount, entries.count / partCountMin)
        guard parts > 1 else { return entries.map(ReadDocument.init) }
        let read = Mutex<[Int: [ReadDocument]]>([:])
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            let range = entries.count * part / parts..<entries.count * (part + 1) / parts
            let documents = entries[range].map(ReadDocument.init)
            read.withLock { $0[part] = documents }
        }
        return read.withLock { read in (0..<parts).flatMap { read[$0] ?? [] } }
    }
}
