import Crypto
import Domain
import Redis

/// Reads all documents exactly as of one change, without holding up Redis.
///
/// `HGETALL` in one transaction would be as exact, but a hundred thousand documents stop everybody else for as long as
/// it takes. Here the hashes are scanned in pages while the relay goes on writing, and then the changes that came since
/// the scan began are applied on top: each is a whole document, so that what the scan saw of them does not matter.
struct RedisSnapshot {
    private static let attemptsMax = 5
    private static let pageCount = "1000"

    let session: RedisSession
    let keys: FeedKeys
    var held = HeldDocuments()

    private var reader: RedisFeedReader { RedisFeedReader(keys: keys) }

    func take() throws -> FeedSnapshot {
        for _ in 0..<Self.attemptsMax {
            guard let mark = try reader.mark(session) else { throw RedisFeedError.empty }
            var documents = try scan(mark)
            if let end = try catchUp(&documents, from: mark), end.documents == documents.count {
                let entries = documents.map { FeedEntry(kind: $0.key.kind, key: $0.key.key, value: $0.value) }
                let head = FeedHead(
                    epoch: end.generation.epoch, last: end.last, digest: end.digest ?? Self.digest(of: entries),
                    at: end.at)
                return FeedSnapshot(head: head, entries: entries)
            }
        }
        throw RedisFeedError.incomplete
    }

    private func scan(_ mark: FeedMark) throws -> [DocumentKey: [UInt8]] {
        var documents: [DocumentKey: [UInt8]] = [:]
        for kind in mark.kinds {
            var cursor = "0"
            repeat {
                let command = RedisCommand("HSCAN", keys.state(mark.generation, kind), cursor, "COUNT", Self.pageCount)
                guard let page = try session.send(command).array, page.count == 2, let next = page[0].text,
                    let pairs = page[1].array
                else { throw RedisFeedError.incomplete }
                for index in stride(from: 0, to: pairs.count - 1, by: 2) {
                    guard let key = pairs[index].text, let value = pairs[index + 1].bytes.flatMap(StoredDocument.value)
                    else { throw RedisFeedError.incomplete }
                    let entry = held.sharing(FeedEntry(kind: kind, key: key, value: value))
                    documents[DocumentKey(kind, entry.key)] = entry.value
                }
                cursor = next
            } while cursor != "0"
        }
        return documents
    }

    /// Applies what was written since the scan began.
    ///
    /// - Returns: where the feed stands then; nil when the way there has a hole or the generation was replaced.
    private func catchUp(_ documents: inout [DocumentKey: [UInt8]], from mark: FeedMark) throws -> FeedMark? {
        let start = ChangeID(position: mark.last.position, index: mark.last.index + 1)
        let changes = RedisCommand("XRANGE", keys.stream(mark.generation), start.description, "+")
        let replies = try session.send([RedisCommand("MULTI"), reader.markCommand, changes, RedisCommand("EXEC")])
        guard let results = try replies[3].get().array, results.count == 2,
            let end = RedisFeedReader.mark(results[0]), end.generation == mark.generation
        else { return nil }
        var last = mark.last
        for change in try RedisFeedReader.changes(results[1].get()) {
            guard change.previous == last else { return nil }
            documents[DocumentKey(change.kind, change.key)] = change.value
            last = change.id
        }
        return last == end.last ? end : nil
    }

    /// The relay does not know it while it fills a hole.
    static func digest(of entries: [FeedEntry]) -> DocumentDigest {
        var digest = DocumentDigest()
        for entry in entries {
            var hash = SHA256()
            hash.update(data: Array(entry.kind.rawValue.utf8) + [0] + Array(entry.key.utf8) + [0])
            hash.update(data: entry.value)
            digest.add(hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD32<UInt8>.self) })
        }
        return digest
    }
}
