import Domain
import GRDB

/// The subscription checkpoint: how far the read models have come, in the file that they stand in.
struct ProjectionState: Equatable, Sendable {
    var position = 0
    var lastChange = ChangeID.zero
    var digest = DocumentDigest()
    /// Grows when a rebuild has made other documents of the same events: nobody can go on from the old ones.
    var generation = 0

    static let table = """
        CREATE TABLE subscription (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          epoch TEXT NOT NULL,
          layout TEXT NOT NULL,
          is_complete INTEGER NOT NULL,
          is_open INTEGER NOT NULL,
          position INTEGER NOT NULL,
          last_change TEXT NOT NULL,
          digest TEXT NOT NULL,
          generation INTEGER NOT NULL
        ) STRICT;
        """

    static func read(_ db: Database) throws -> ProjectionState? {
        let sql = "SELECT position, last_change, digest, generation FROM subscription"
        guard let row = try Row.fetchOne(db, sql: sql) else { return nil }
        guard let lastChange = ChangeID(row[1]), let digest = DocumentDigest(row[2]) else { return nil }
        return ProjectionState(position: row[0], lastChange: lastChange, digest: digest, generation: row[3])
    }

    func write(_ db: Database) throws {
        let sql = "UPDATE subscription SET position = ?, last_change = ?, digest = ?, generation = ? WHERE id = 1"
        try db.cachedStatement(sql: sql)
            .execute(arguments: [position, lastChange.description, digest.description, generation])
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
