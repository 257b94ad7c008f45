import Domain
import GRDB

extension WorkerBoard {
    static func save(_ workers: Unsaved, _ db: Database) throws {
        for (name, entry) in workers {
            if let entry {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO workers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
                          acknowledgement = excluded.acknowledgement, received_at = excluded.received_at
                        """
                ).execute(arguments: [
                    name, String(decoding: entry.acknowledgement.bytes, as: UTF8.self), entry.receivedAt.microseconds,
                ])
            } else {
                try db.cachedStatement(sql: "DELETE FROM workers WHERE name = ?").execute(arguments: [name])
            }
        }
    }

    /// Rows that cannot be read are left out: their workers will speak again.
    static func load(_ db: Database) throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT acknowledgement, received_at FROM workers") {
            let text: String = row[0]
            guard let json = try? JSONParser.parse(Array(text.utf8)), let said = try? Acknowledgement(json) else {
                continue
            }
            entries[said.worker] = Entry(acknowledgement: said, receivedAt: Timestamp(microseconds: row[1]))
        }
        return entries
    }
}
