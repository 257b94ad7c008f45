import GRDBSQLite

/// The row that a statement stands on, read in place: valid until the next step.
package struct EventRow {
    /// What every statement that yields events selects, in this order.
    static let columns = columns()
    /// SQLite sees that an index gives the rows in order only when it is asked to order by the index's own column.
    static func columns(position: String = "e.position", revision: String = "e.revision") -> String {
        """
        \(position), e.stream, \(revision), e.id, e.type, e.schema_version, e.data, e.metadata, e.recorded_at,
          e.leaf_hash
        """
    }

    static let streamColumns = "s.category, s.name, s.account_id"

    let statement: OpaquePointer

    package var position: Int { integer(0) }
    package var streamNumber: Int { integer(1) }
    package var revision: Int { integer(2) }
    package var type: UnsafeBufferPointer<UInt8> { bytes(4) }
    package var schemaVersion: Int { integer(5) }
    package var data: UnsafeBufferPointer<UInt8> { bytes(6) }
    package var metadata: UnsafeBufferPointer<UInt8> { bytes(7) }
    package var recordedAt: Int { integer(8) }

    package var id: EventID {
        let bytes = UnsafeRawBufferPointer(self.bytes(3))
        return EventID(bytes: bytes.count == 16 ? bytes.loadUnaligned(as: SIMD16<UInt8>.self) : .zero)
    }

    package var leafHash: Hash { Hash(UnsafeRawBufferPointer(bytes(9))) ?? Hash(bytes: .zero) }

    /// The row as a value of its own; the statement must select the stream's columns too.
    func event(openedBy sealing: (any EventSealing)?) -> RecordedEvent {
        let stream = StreamID(
            category: text(10), storedName: text(11),
            account: sqlite3_column_type(statement, 12) == SQLITE_NULL ? nil : text(12))
        return event(stream, openedBy: sealing)
    }

    func event(_ stream: StreamID, openedBy sealing: (any EventSealing)?) -> RecordedEvent {
        let (data, metadata) = (Array(data), Array(metadata))
        let opened = sealing.map { (data: $0.open(self.data), metadata: $0.open(self.metadata)) }
        let isSealed = opened?.data != nil || opened?.metadata != nil
        return RecordedEvent(
            position: position, stream: stream, streamNumber: streamNumber, revision: revision, id: id, type: text(4),
            schemaVersion: schemaVersion, data: opened?.data ?? data, metadata: opened?.metadata ?? metadata,
            sealed: isSealed ? RecordedEvent.Stored(data: data, metadata: metadata) : nil, recordedAt: recordedAt,
            leafHash: leafHash)
    }

    private func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }

    private func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    private func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let start = sqlite3_column_blob(statement, column)?.assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }
}
