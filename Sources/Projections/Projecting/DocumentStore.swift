import Domain
import EventStore
import GRDB

/// A document with its JSON.
struct EncodedDocument {
    let document: any FeedDocument, bytes: [UInt8]
}

/// The rows of one read model that were touched lately, between the events and the table.
///
/// A rebuild folds a million events here and writes each row once; live, a batch writes what it has touched.
struct DocumentStore<Projection: SingleStreamProjection> {
    private struct Entry {
        let key: String
        var document: Projection.Document?
        /// The document's JSON, when somebody wanted it.
        var bytes: [UInt8]?
        /// Of the document as the table has it; nil when the table has none.
        var writtenHash: SIMD32<UInt8>?
        var isDirty = false
    }

    private var entries: [Entry] = []
    /// Where the entry of a stream's number stands.
    private var places: [Int: Int] = [:]
    private var dirty: [Int] = []
    /// Of the dirty documents, as the last flush wrote them.
    private var flushedHashes: [SIMD32<UInt8>?] = []
    /// A table that starts empty need not be asked for rows.
    private let startsEmpty: Bool
    private var everFlushed = false

    init(startsEmpty: Bool) {
        self.startsEmpty = startsEmpty
    }

    var count: Int { entries.count }

    /// Applies one event.
    ///
    /// - Returns: the document as it is then, when it is wanted and was not deleted.
    mutating func apply(
        _ event: StoredEvent, _ envelope: Envelope, isWanted: Bool, _ db: Database
    ) throws -> EncodedDocument? {
        let decoded = try Projection.Event(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let place = try place(of: event.streamNumber, envelope.key, db)
        let next = try Projection.evolve(entries[place].document, decoded, envelope)
        entries[place].document = next
        if !entries[place].isDirty {
            entries[place].isDirty = true
            dirty.append(place)
        }
        // Most of a rebuild's documents are not wanted, and are not encoded before they are written.
        guard isWanted, let next else {
            entries[place].bytes = nil
            return nil
        }
        let bytes = next.bytes
        entries[place].bytes = bytes
        return EncodedDocument(document: next, bytes: bytes)
    }

    private mutating func place(of number: Int, _ key: String, _ db: Database) throws -> Int {
        if let place = places[number] { return place }
        entries.append(try load(key, db))
        places[number] = entries.count - 1
        return entries.count - 1
    }

    private func load(_ key: String, _ db: Database) throws -> Entry {
        if startsEmpty, !everFlushed { return Entry(key: key) }
        let statement = try db.cachedStatement(sql: Projection.selectSQL)
        guard let row = try Row.fetchOne(statement, arguments: Projection.keyColumns(key)) else {
            return Entry(key: key)
        }
        let document = try Projection.document(from: row)
        return Entry(key: key, document: document, writtenHash: Self.hash(key, document.bytes))
    }

    /// Writes what has changed and brings the digest up to date.
    mutating func flush(_ digest: inout DocumentDigest, _ db: Database) throws {
        flushedHashes.removeAll(keepingCapacity: true)
        guard !dirty.isEmpty else { return }
        let upsert = BoundStatement(try db.cachedStatement(sql: Projection.upsertSQL))
        let delete = try db.cachedStatement(sql: Projection.deleteSQL)
        for place in dirty {
            let entry = entries[place]
            let hash = entry.document.map { Self.hash(entry.key, entry.bytes ?? $0.bytes) }
            if let document = entry.document {
                var row = RowBinder(upsert)
                Projection.bind(document, to: &row)
                try upsert.run()
            } else if entry.writtenHash != nil {
                try delete.execute(arguments: Projection.keyColumns(entry.key))
            }
            if let written = entry.writtenHash { digest.subtract(written) }
            if let hash { digest.add(hash) }
            flushedHashes.append(hash)
        }
    }

    /// The last flush is committed.
    mutating func confirmFlush() {
        for (place, hash) in zip(dirty, flushedHashes) {
            entries[place].writtenHash = hash
            entries[place].isDirty = false
            entries[place].bytes = nil
        }
        if !dirty.isEmpty { everFlushed = true }
        dirty.removeAll(keepingCapacity: true)
        flushedHashes.removeAll(keepingCapacity: true)
    }

    /// What is written can be read again.
    mutating func forget() {
        entries.removeAll()
        places.removeAll()
    }

    /// `SHA-256(kind ‖ 0 ‖ key ‖ 0 ‖ value)`.
    private static func hash(_ key: String, _ value: [UInt8]) -> SIMD32<UInt8> {
        var bytes = Array(Projection.Document.kind.rawValue.utf8)
        bytes.append(0)
        bytes.append(contentsOf: key.utf8)
        bytes.append(0)
        bytes.append(contentsOf: value)
        return Hash(of: bytes).bytes
    }
}
