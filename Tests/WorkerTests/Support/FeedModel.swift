import Domain
import Worker

/// A feed as the server keeps it, in its plainest form: the oracle of the tests.
struct FeedModel {
    var epoch = "e1.1"
    private(set) var last = ChangeID.zero
    private(set) var documents: [DocumentKey: [UInt8]] = [:]
    private(set) var changes: [FeedChange] = []

    init(_ entries: FeedEntry...) {
        for entry in entries { put(entry) }
    }

    @discardableResult
    mutating func put(_ entry: FeedEntry) -> FeedChange {
        change(entry.kind, entry.key, entry.value)
    }

    @discardableResult
    mutating func delete(_ entry: FeedEntry) -> FeedChange {
        change(entry.kind, entry.key, nil)
    }

    private mutating func change(_ kind: DocumentKind, _ key: String, _ value: [UInt8]?) -> FeedChange {
        documents[DocumentKey(kind, key)] = value
        let id = ChangeID(position: last.position + 1, index: 0)
        let change = FeedChange(
            id: id, previous: last, kind: kind, key: key, value: value, recordedAt: Samples.now, correlationID: nil)
        last = id
        changes.append(change)
        return change
    }

    var digest: DocumentDigest {
        var digest = DocumentDigest()
        for (name, value) in documents { digest.add(name.hash(of: value)) }
        return digest
    }

    var head: FeedHead { FeedHead(epoch: epoch, last: last, digest: digest, at: Samples.now) }

    var snapshot: FeedSnapshot {
        FeedSnapshot(
            head: head, entries: documents.map { FeedEntry(kind: $0.kind, key: $0.key, value: $1) })
    }

    func changes(after id: ChangeID) -> [FeedChange] { changes.filter { $0.id > id } }
}

extension ActiveSet {
    init(_ model: FeedModel) throws {
        self.init()
        try replaceAll(model.snapshot)
    }
}
