import Domain
import Foundation
import GRDB
import Synchronization

/// What extensions keep, for workers without a Redis: a row for each key of each install.
///
/// How much an install keeps stands in memory once it was counted; every operation runs on the one writing connection,
/// so nobody can come in between.
final class KeyValueTable: Sendable {
    static let table = """
        CREATE TABLE IF NOT EXISTS extension_values (
          install_id TEXT NOT NULL,
          key BLOB NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (install_id, key)
        ) STRICT, WITHOUT ROWID;
        """

    private struct Room {
        var keys: Int, sizeBytes: Int
    }

    /// So many installs are remembered; then counting begins anew.
    private static let roomsMax = 10_000
    private let rooms = Mutex<[InstallID: Room]>([:])

    /// Inside a transaction. When that fails, call `forget`.
    ///
    /// - Returns: what the script gets, as JSON.
    func perform(
        _ operation: KeyValueOperation, for install: InstallID, _ db: Database
    ) throws -> [UInt8] {
        switch operation {
        case .get(let key): return try value(key, install, db) ?? Self.null
        case .set(let key, let value):
            try put(value.bytes, key, install, db)
            return Self.null
        case .delete(let key): return JSON.bool(try remove(key, install, db)).bytes
        case .increment(let key, let step):
            let next = try Self.sum(try value(key, install, db), step)
            try put(next, key, install, db)
            return next
        case .list(let prefix): return try list(prefix, install, db)
        }
    }

    /// All that an install keeps.
    func removeAll(of install: InstallID, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM extension_values WHERE install_id = ?", arguments: [install.rawValue])
        forget(install)
    }

    func forget(_ install: InstallID) {
        rooms.withLock { $0[install] = nil }
    }

    private static let null = JSON.null.bytes

    private func value(_ key: String, _ install: InstallID, _ db: Database) throws -> [UInt8]? {
        let sql = "SELECT value FROM extension_values WHERE install_id = ? AND key = ?"
        let text = try String.fetchOne(
            db.cachedStatement(sql: sql), arguments: [install.rawValue, Data(key.utf8)])
        return text.map { Array($0.utf8) }
    }

    private static func sum(_ former: [UInt8]?, _ step: Double) throws(KeyValueRefusal) -> [UInt8] {
        guard case .number(let literal)? = try? JSONParser.parse(former ?? Array("0".utf8)),
            let number = Double(literal)
        else { throw .noNumber }
        let next = number + step
        guard abs(next) <= KeyValueLimits.numberMax else { throw .tooGreat }
        return Array((Int(exactly: next).map { String($0) } ?? "\(next)").utf8)
    }

    private func put(_ value: [UInt8], _ key: String, _ install: InstallID, _ db: Database) throws {
        let former = try self.value(key, install, db)
        var room = try room(of: install, db)
        room.keys += former == nil ? 1 : 0
        room.sizeBytes += value.count - (former?.count ?? 0) + (former == nil ? key.utf8.count : 0)
        guard room.sizeBytes <= KeyValueLimits.sizeBytesMax, former != nil || room.keys <= KeyValueLimits.keysMax else {
            throw KeyValueRefusal.full
        }
        let sql = "INSERT INTO extension_values VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        try db.cachedStatement(sql: sql).execute(
            arguments: [install.rawValue, Data(key.utf8), String(decoding: value, as: UTF8.self)])
        keep(room, of: install)
    }

    private func remove(_ key: String, _ install: InstallID, _ db: Database) throws -> Bool {
        guard let former = try value(key, install, db) else { return false }
        var room = try room(of: install, db)
        room.keys -= 1
        room.sizeBytes -= former.count + key.utf8.count
        let sql = "DELETE FROM extension_values WHERE install_id = ? AND key = ?"
        try db.cachedStatement(sql: sql).execute(arguments: [install.rawValue, Data(key.utf8)])
        keep(room, of: install)
        return true
    }

    private func room(of install: InstallID, _ db: Database) throws -> Room {
        if let known = rooms.withLock({ $0[install] }) { return known }
        let sql = """
            SELECT count(*), coalesce(sum(length(key) + length(CAST(value AS BLOB))), 0)
            FROM extension_values WHERE install_id = ?
            """
        let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [install.rawValue])
        return Room(keys: row?[0] ?? 0, sizeBytes: row?[1] ?? 0)
    }

    private func keep(_ room: Room, of install: InstallID) {
        rooms.withLock { rooms in
            if rooms.count >= Self.roomsMax { rooms.removeAll() }
            rooms[install] = room
        }
    }

    private func list(_ prefix: String, _ install: InstallID, _ db: Database) throws -> [UInt8] {
        let start = Data(prefix.utf8)
        let sql = """
            SELECT key, value FROM extension_values
            WHERE install_id = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2 ORDER BY key LIMIT ?3
            """
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: sql), arguments: [install.rawValue, start, KeyValueLimits.listedMax])
        var writer = JSONWriter(capacityBytes: 1024)
        writer.array { array in
            for row in rows {
                let key: Data = row[0], value: String = row[1]
                array.object { object in
                    object.member("key", String(decoding: key, as: UTF8.self))
                    object.name("value")
                    object.raw(Array(value.utf8))
                }
            }
        }
        return writer.bytes
    }
}
