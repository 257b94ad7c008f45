import Domain
import GRDB

/// The subscription checkpoint: how far the read models have come, in the file that they stand in.
struct ProjectionState: Equatable, Sendable {
    var position = 0
    var lastChange = ChangeID.zero
    var digest = DocumentDigest()

    static let table = """
        CREATE TABLE subscription (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          epoch TEXT NOT NULL,
          layout TEXT NOT NULL,
          is_complete INTEGER NOT NULL,
          is_open INTEGER NOT NULL,
          position INTEGER NOT NULL,
          last_change TEXT NOT NULL,
          digest TEXT NOT NULL
        ) STRICT;
        """

    static func read(_ db: Database) throws -> ProjectionState? {
        guard let row = try Row.fetchOne(db, sql: "SELECT position, last_change, digest FROM subscription") else {
            return nil
        }
        guard let lastChange = ChangeID(row[1]), let digest = DocumentDigest(row[2]) else { return nil }
        return ProjectionState(position: row[0], lastChange: lastChange, digest: digest)
    }

    func write(_ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE subscription SET position = ?, last_change = ?, digest = ? WHERE id = 1")
            .execute(arguments: [position, lastChange.description, digest.description])
    }
}

/// A stream whose read model stands still, since one of its events could not be applied.
package struct ParkedStream: Equatable, Sendable {
    let streamNumber: Int
    package let stream: String
    /// Of the first event that was not applied.
    package let position: Int
    package let type: String, reason: String

    static let table = """
        CREATE TABLE parked_streams (
          stream_number INTEGER PRIMARY KEY,
          stream TEXT NOT NULL,
          position INTEGER NOT NULL,
          type TEXT NOT NULL,
          reason TEXT NOT NULL
        ) STRICT;
        """

    static func readAll(_ db: Database) throws -> [ParkedStream] {
        try Row.fetchAll(db, sql: "SELECT * FROM parked_streams ORDER BY position").map { row in
            ParkedStream(streamNumber: row[0], stream: row[1], position: row[2], type: row[3], reason: row[4])
        }
    }

    func write(_ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO parked_streams VALUES (?, ?, ?, ?, ?)",
            arguments: [streamNumber, stream, position, type, reason])
    }
}
