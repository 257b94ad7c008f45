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
        /// What the digest counts for it; nil for nothing.
        var hash: SIMD32<UInt8>?
        /// The document has changed since it was counted.
        var isHashOld = false
        /// The table has a row of it.
        var isStored = false
        /// The table's row is another one.
        var isDirty = false
    }

    private var entries: [Entry] = []
    /// Where the entry of a stream's number stands.
    private var places: [Int: Int] = [:]
    private var dirty: [Int] = []
    /// A table that starts empty need not be asked for rows.
    private let startsEmpty: Bool
    private var everFlushed = false

    init(startsEmpty: Bool) {
        self.startsEmpty = startsEmpty
    }

    var count: Int { entries.count }

    /// Applies one event, and counts the document in the digest when it is wanted; the others are counted when they are
    /// written.
    ///
    /// - Returns: the document as it is then, when it is wanted and was not deleted.
    mutating func apply(
        _ event: StoredEvent, _ envelope: Envelope, isWanted: Bool, _ digest: inout DocumentDigest, _ db: Database
    ) throws -> EncodedDocument? {
        let decoded = try Projection.Event(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let place = try place(of: event.streamNumber, envelope.key, db)
        let next = try Projection.evolve(entries[place].document, decoded, envelope)
        entries[place].document = next
        entries[place].bytes = nil
        entries[place].isHashOld = true
        if !entries[place].isDirty {
            entries[place].isDirty = true
            dirty.append(place)
        }
        guard isWanted else { return nil }
        count(place, in: &digest)
        return entries[place].bytes.flatMap { bytes in next.map { EncodedDocument(document: $0, bytes: bytes) } }
    }

    private mutating func count(_ place: Int, in digest: inout DocumentDigest) {
        let bytes = entries[place].document?.bytes
        let hash = bytes.map { Self.hash(entries[place].key, $0) }
        if let old = entries[place].hash { digest.subtract(old) }
        if let hash { digest.add(hash) }
        (entries[place].bytes, entries[place].hash, entries[place].isHashOld) = (bytes, hash, false)
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
        return Entry(key: key, document: document, hash: Self.hash(key, document.bytes), isStored: true)
    }

    /// Writes what has changed, and counts what was not counted yet.
    mutating func flush(_ digest: inout DocumentDigest, _ db: Database) throws {
        guard !dirty.isEmpty else { return }
        let upsert = BoundStatement(try db.cachedStatement(sql: Projection.upsertSQL))
        let delete = try db.cachedStatement(sql: Projection.deleteSQL)
        for place in dirty {
            if entries[place].isHashOld { count(place, in: &digest) }
            if let document = entries[place].document {
                var row = RowBinder(upsert)
                Projection.bind(document, to: &row)
                try upsert.run()
            } else if entries[place].isStored {
                try delete.execute(arguments: Projection.keyColumns(entries[place].key))
            }
        }
    }

    /// The last flush is committed.
    mutating func confirmFlush() {
        for place in dirty {
            entries[place].isStored = entries[place].document != nil
            entries[place].isDirty = false
            entries[place].bytes = nil
        }
        if !dirty.isEmpty { everFlushed = true }
        dirty.removeAll(keepingCapacity: true)
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
