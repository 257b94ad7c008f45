import Domain
import EventStore
import GRDB

/// What the engine needs of a read model, whatever its rows are.
protocol DocumentStoring: AnyObject {
    var count: Int { get }

    /// Applies one event and returns the document's new bytes when the feed wants them; nil inside for a deletion.
    func apply(
        _ event: StoredEvent, _ envelope: Envelope, wantsBytes: Bool, _ db: Database
    ) throws -> [UInt8]?

    /// Writes what has changed and brings the digest up to date.
    func flush(_ digest: inout DocumentDigest, _ db: Database) throws

    /// After a transaction that was rolled back nothing here can be trusted.
    func forget()
}

/// The rows of one read model that were touched lately, between the events and the table.
///
/// A rebuild folds a million events here and writes each row once; live, a batch writes what it has touched.
final class DocumentStore<Projection: SingleStreamProjection>: DocumentStoring {
    private struct Entry {
        let key: String
        var document: Projection.Document?
        /// Of the document as the table has it; nil when the table has none.
        var writtenHash: SIMD32<UInt8>?
        var isDirty = false
    }

    private var entries: [Int: Entry] = [:]
    private var dirty: [Int] = []
    /// A table that starts empty need not be asked for rows.
    private let startsEmpty: Bool
    private var everFlushed = false

    init(startsEmpty: Bool) {
        self.startsEmpty = startsEmpty
    }

    var count: Int { entries.count }

    func apply(
        _ event: StoredEvent, _ envelope: Envelope, wantsBytes: Bool, _ db: Database
    ) throws -> [UInt8]? {
        let decoded = try Projection.Event(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let number = event.streamNumber
        if entries[number] == nil { entries[number] = try load(envelope.key, db) }
        let next = try Projection.evolve(entries[number]?.document, decoded, envelope)
        entries[number]?.document = next
        if entries[number]?.isDirty == false {
            entries[number]?.isDirty = true
            dirty.append(number)
        }
        return wantsBytes ? next?.bytes : nil
    }

    private func load(_ key: String, _ db: Database) throws -> Entry {
        if startsEmpty, !everFlushed { return Entry(key: key) }
        let statement = try db.cachedStatement(sql: Projection.selectSQL)
        guard let row = try Row.fetchOne(statement, arguments: Projection.keyColumns(key)) else {
            return Entry(key: key)
        }
        let document = try Projection.document(from: row)
        return Entry(key: key, document: document, writtenHash: Self.hash(key, document))
    }

    func flush(_ digest: inout DocumentDigest, _ db: Database) throws {
        guard !dirty.isEmpty else { return }
        let upsert = try db.cachedStatement(sql: Projection.upsertSQL)
        let delete = try db.cachedStatement(sql: Projection.deleteSQL)
        for number in dirty {
            guard var entry = entries[number] else { continue }
            if let written = entry.writtenHash { digest.subtract(written) }
            if let document = entry.document {
                try upsert.execute(arguments: Projection.columns(of: document))
                entry.writtenHash = Self.hash(entry.key, document)
                entry.writtenHash.map { digest.add($0) }
            } else {
                if entry.writtenHash != nil { try delete.execute(arguments: Projection.keyColumns(entry.key)) }
                entry.writtenHash = nil
            }
            entry.isDirty = false
            entries[number] = entry
        }
        dirty.removeAll(keepingCapacity: true)
        everFlushed = true
    }

    func forget() {
        entries.removeAll()
        dirty.removeAll()
        everFlushed = true
    }

    /// `SHA-256(kind ‖ 0 ‖ key ‖ 0 ‖ value)`.
    private static func hash(_ key: String, _ document: Projection.Document) -> SIMD32<UInt8> {
        var bytes = Array(Projection.Document.kind.rawValue.utf8)
        bytes.append(0)
        bytes.append(contentsOf: key.utf8)
        bytes.append(0)
        bytes.append(contentsOf: document.bytes)
        return Hash(of: bytes).bytes
    }
}
