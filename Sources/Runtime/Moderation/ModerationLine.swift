import Domain

/// A record with its number in the log. Numbers grow; they are moments of receipt in µs, made unique.
package struct ModerationLine: Equatable, Sendable {
    package let id: Int
    /// The record as a JSON object whose first member is the number, `id`.
    package let bytes: [UInt8]
}

/// A line that has just come in.
package struct NewModerationLine: Equatable, Sendable {
    package let line: ModerationLine
    package let record: ModerationRecord

    /// - Parameter bytes: the record's, of an object that has members.
    init(id: Int, _ record: ModerationRecord, _ bytes: [UInt8]) {
        var writer = JSONWriter(capacityBytes: 32)
        writer.object { $0.member("id", id) }
        line = ModerationLine(id: id, bytes: writer.bytes.dropLast() + [UInt8(ascii: ",")] + bytes.dropFirst())
        self.record = record
    }
}

/// Lines of the log, and where to go on.
package struct ModerationPage: Equatable, Sendable {
    /// The newest first.
    package let lines: [ModerationLine]
    /// The number before which the next page begins; nil when there is none.
    package let next: Int?
}
