import GRDB

/// Hides parts of events before they are stored and hashed, and shows them again to whoever reads.
///
/// The tree is over what is stored, so that proofs outlive what can no longer be opened.
package protocol EventSealing: Sendable {
    /// What is stored in the place of an event that is appended; nil when nothing of it is to be hidden.
    func seal(_ event: NewEvent, in stream: StreamID) async throws -> NewEvent?

    /// - Parameter stored: an event's data or metadata.
    /// - Returns: nil when nothing of it is sealed.
    func open(_ stored: UnsafeBufferPointer<UInt8>) -> [UInt8]?
}

extension RecordedEvent {
    /// Data and metadata as they were stored and hashed.
    package struct Stored: Sendable {
        package let data: [UInt8], metadata: [UInt8]
    }

    /// Data and metadata as they were stored and hashed: what proofs are about.
    package var stored: Stored { sealed ?? Stored(data: data, metadata: metadata) }
}

extension EventRow {
    /// Lets a body read the data as they were before they were sealed; valid during the call.
    package func withOpenedData<Value>(
        by sealing: (any EventSealing)?, _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value {
        let data = data
        guard let opened = sealing?.open(data) else { return try body(data) }
        return try opened.withUnsafeBufferPointer(body)
    }
}

/// What is sealed, as SQL can look into it.
enum SealedText {
    /// The column's text; opened where something of it may be sealed, which costs more than to look for the word.
    static func opened(_ column: String) -> String {
        "CASE WHEN instr(\(column), '\"sealed\":\"') THEN opened(\(column)) ELSE \(column) END"
    }

    static func function(_ sealing: (any EventSealing)?) -> DatabaseFunction {
        DatabaseFunction("opened", argumentCount: 1, pure: true) { values in
            guard let sealing, let text = String.fromDatabaseValue(values[0]) else { return values[0] }
            let opened = Array(text.utf8).withUnsafeBufferPointer(sealing.open)
            return opened.map { String(decoding: $0, as: UTF8.self) } ?? text
        }
    }
}
