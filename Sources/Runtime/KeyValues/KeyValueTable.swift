import Domain
import Foundation
import GRDB

/// What extensions keep, install by install: every operation is one transaction, and no install outgrows its room.
struct KeyValueTable {
    static let table = """
        CREATE TABLE IF NOT EXISTS extension_values (
            install_id TEXT NOT NULL,
            key BLOB NOT NULL, -- UTF-8: ordered and compared by its bytes
            value BLOB NOT NULL, -- JSON
            PRIMARY KEY (install_id, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS extension_rooms (
            install_id TEXT PRIMARY KEY,
            keys INTEGER NOT NULL,
            bytes INTEGER NOT NULL -- of keys and values
        ) STRICT, WITHOUT ROWID;
        """

    let db: Database
    let install: InstallID

    /// - Throws: `KeyValueRefusal`, or what the disk says; nothing has changed then.
    /// - Returns: JSON: of `get` the value or null, of `set` null, of `delete` whether it was there, of `increment` the
    ///   new number, of `list` the entries as `[{"key", "value"}]` in the order of their keys' bytes.
    func perform(_ operation: KeyValueOperation) throws -> [UInt8] {
        switch operation {
        case .get(let key): return try value(key) ?? Self.null
        case .set(let key, let value):
            try put(key, Array(value.bytes))
            return Self.null
        case .delete(let key): return Array((try delete(key) ? "true" : "false").utf8)
        case .increment(let key, let step):
            let number = try number(key) + step
            guard abs(number) <= KeyValueLimits.numberMax else { throw KeyValueRefusal.tooGreat }
            let text = Array(Self.literal(number).utf8)
            try put(key, text)
            return text
        case .list(let prefix): return try list(prefix)
        }
    }

    private static let null = Array("null".utf8)

    /// A whole number is written as one.
    private static func literal(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }

    private func value(_ key: String) throws -> [UInt8]? {
        let value = try Data.fetchOne(
            db, sql: "SELECT value FROM extension_values WHERE install_id = ? AND key = ?",
            arguments: [install.rawValue, Data(key.utf8)])
        return value.map(Array.init)
    }

    private func number(_ key: String) throws -> Double {
        guard let bytes = try value(key) else { return 0 }
        guard case .number(let literal)? = try? JSONParser.parse(bytes), let number = Double(literal) else {
            throw KeyValueRefusal.noNumber
        }
        return number
    }

    private func put(_ key: String, _ value: [UInt8]) throws {
        let former = try self.value(key)
        let grown = value.count - (former?.count ?? -key.utf8.count)
        let room = try room
        guard room.bytes + grown <= KeyValueLimits.sizeBytesMax,
            former != nil || room.keys < KeyValueLimits.keysMax
        else { throw KeyValueRefusal.full }
        try db.execute(
            sql: """
                INSERT INTO extension_values (install_id, key, value) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET value = excluded.value
                """, arguments: [install.rawValue, Data(key.utf8), Data(value)])
        try resize(keys: room.keys + (former == nil ? 1 : 0), bytes: room.bytes + grown)
    }

    private func delete(_ key: String) throws -> Bool {
        guard let former = try value(key) else { return false }
        try db.execute(
            sql: "DELETE FROM extension_values WHERE install_id = ? AND key = ?",
            arguments: [install.rawValue, Data(key.utf8)])
        let room = try room
        try resize(keys: room.keys - 1, bytes: room.bytes - key.utf8.count - former.count)
        return true
    }

    private var room: (keys: Int, bytes: Int) {
        get throws {
            let row = try Row.fetchOne(
                db, sql: "SELECT keys, bytes FROM extension_rooms WHERE install_id = ?", arguments: [install.rawValue])
            return row.map { ($0[0], $0[1]) } ?? (0, 0)
        }
    }

    private func resize(keys: Int, bytes: Int) throws {
        try db.execute(
            sql: """
                INSERT INTO extension_rooms (install_id, keys, bytes) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET keys = excluded.keys, bytes = excluded.bytes
                """, arguments: [install.rawValue, keys, bytes])
    }

    /// From the prefix on, keys stand together in the order of their bytes.
    private func list(_ prefix: String) throws -> [UInt8] {
        let prefix = Data(prefix.utf8)
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT key, value FROM extension_values WHERE install_id = ? AND key >= ? ORDER BY key LIMIT ?",
            arguments: [install.rawValue, prefix, KeyValueLimits.listedMax])
        var writer = JSONWriter(capacityBytes: 1024)
        try writer.array { array in
            while let row = try rows.next() {
                let key: Data = row[0], value: Data = row[1]
                guard key.starts(with: prefix) else { break }
                array.object { object in
                    object.member("key", String(decoding: key, as: UTF8.self))
                    object.name("value")
                    object.raw(value)
                }
            }
        }
        return writer.bytes
    }

    static func drop(_ installs: [String], _ db: Database) throws {
        for table in ["extension_values", "extension_rooms"] {
            for install in installs {
                try db.execute(sql: "DELETE FROM \(table) WHERE install_id = ?", arguments: [install])
            }
        }
    }

    static func installs(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT install_id FROM extension_rooms")
    }
}
