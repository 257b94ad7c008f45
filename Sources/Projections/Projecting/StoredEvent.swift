import EventStore

/// An event as the engine takes it, from a batch in memory or from a scan of the journal; valid during the call.
struct StoredEvent {
    let position: Int
    let streamNumber: Int
    let revision: Int
    let id: EventID
    let type: String
    let schemaVersion: Int
    let data: UnsafeBufferPointer<UInt8>, metadata: UnsafeBufferPointer<UInt8>
    let recordedAt: Int

    /// - Parameter data: the row's, opened.
    init(_ row: EventRow, data: UnsafeBufferPointer<UInt8>) {
        position = row.position
        streamNumber = row.streamNumber
        revision = row.revision
        id = row.id
        type = String(decoding: row.type, as: UTF8.self)
        schemaVersion = row.schemaVersion
        self.data = data
        metadata = row.metadata
        recordedAt = row.recordedAt
    }

    init(_ event: RecordedEvent, data: UnsafeBufferPointer<UInt8>, metadata: UnsafeBufferPointer<UInt8>) {
        position = event.position
        streamNumber = event.streamNumber
        revision = event.revision
        id = event.id
        type = event.type
        schemaVersion = event.schemaVersion
        (self.data, self.metadata) = (data, metadata)
        recordedAt = event.recordedAt
    }
}

extension JournalReading {
    /// Visits events as the engine takes them. What is sealed in the data has been opened; the metadata are as they are
    /// stored, since no read model takes anything personal from them.
    ///
    /// - Returns: the last position visited, `after` when there was none.
    @discardableResult
    func scanStored(
        after position: Int, through last: Int, limit: Int = .max, _ visit: (StoredEvent) throws -> Void
    ) throws -> Int {
        try scan(after: position, through: last, limit: limit) { row in
            try row.withOpenedData(by: sealing) { try visit(StoredEvent(row, data: $0)) }
        }
    }
}

extension RecordedEvent {
    func withStored<Value>(_ body: (StoredEvent) throws -> Value) rethrows -> Value {
        try data.withUnsafeBufferPointer { data in
            try metadata.withUnsafeBufferPointer { metadata in
                try body(StoredEvent(self, data: data, metadata: metadata))
            }
        }
    }
}

/// The names of all streams that there are, for a scan: nothing else can be asked of the journal in the middle of one.
struct StreamDirectory {
    private let journal: any JournalReading
    private var streams: [StreamID?] = [nil]

    init(_ journal: any JournalReading) throws {
        self.journal = journal
        try load()
    }

    /// Learns the streams that have come since; call it after the last position of the scan was taken.
    mutating func load() throws {
        for (number, stream) in try journal.streams(after: streams.count - 1) {
            while streams.count <= number { streams.append(nil) }
            streams[number] = stream
        }
    }

    func stream(_ number: Int) throws -> StreamID {
        guard number < streams.count, let stream = streams[number] else {
            throw JournalError.storageFailed("stream \(number) has events and no name")
        }
        return stream
    }
}
