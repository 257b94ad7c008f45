import Domain
import Foundation
import GRDB

extension SessionBoard {
    static let table = """
        CREATE TABLE IF NOT EXISTS sessions (
            digest BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the secret
            kind TEXT NOT NULL,
            caller TEXT NOT NULL, -- JSON
            origin TEXT NOT NULL, -- key, token or server
            origin_id TEXT,
            created_at INTEGER NOT NULL, -- µs since 1970 UTC
            expires_at INTEGER NOT NULL -- µs since 1970 UTC
        ) STRICT, WITHOUT ROWID;
        """

    static func insert(_ session: Session, _ digest: KeyDigest, _ db: Database) throws {
        let (origin, id) = session.origin.columns
        try db.execute(
            sql: "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                Data(digest.bytes), session.kind.rawValue, session.caller.text, origin, id,
                session.createdAt.microseconds, session.expiresAt.microseconds,
            ])
    }

    static func delete(_ digests: [KeyDigest], _ db: Database) throws {
        for digest in digests {
            try db.execute(sql: "DELETE FROM sessions WHERE digest = ?", arguments: [Data(digest.bytes)])
        }
    }

    static func load(_ db: Database, at now: Timestamp) throws -> [KeyDigest: Session] {
        try db.execute(sql: "DELETE FROM sessions WHERE expires_at <= ?", arguments: [now.microseconds])
        var sessions: [KeyDigest: Session] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM sessions") {
            guard let digest = KeyDigest(Array(row[0] as Data)), let kind = Session.Kind(rawValue: row[1]),
                let caller = Caller(sessionText: row[2]), let origin = Session.Origin(row[3], row[4])
            else { continue }
            sessions[digest] = Session(
                kind: kind, caller: caller, origin: origin, createdAt: Timestamp(microseconds: row[5]),
                expiresAt: Timestamp(microseconds: row[6]))
        }
        return sessions
    }
}

extension Session.Origin {
    fileprivate var columns: (String, String?) {
        switch self {
        case .key(let id): ("key", id)
        case .token(let id): ("token", id)
        case .server: ("server", nil)
        }
    }

    fileprivate init?(_ kind: String, _ id: String?) {
        switch (kind, id) {
        case ("key", let id?): self = .key(id: id)
        case ("token", let id): self = .token(id: id)
        case ("server", nil): self = .server
        default: return nil
        }
    }
}

extension Caller {
    fileprivate var text: String {
        var writer = JSONWriter()
        writer.object { object in
            object.member("kind", actor.kind.rawValue)
            object.member("id", actor.id)
            object.member("display", ifPresent: actor.display)
            object.member("account_id", ifPresent: account?.rawValue)
            object.member("role", ifPresent: role)
            object.member("permissions", .array(permissions.map(\.rawValue).sorted().map(JSON.string)))
            object.member("system_admin", isSystemAdmin)
            object.member("system_key", isSystemKey)
        }
        return writer.text
    }

    /// Permissions that there are no more are not held any more.
    fileprivate init?(sessionText: String) {
        guard let json = try? JSONParser.parse(sessionText), let id = json["id"]?.string,
            let kind = json["kind"]?.string.flatMap(Actor.Kind.init(rawValue:))
        else { return nil }
        self.init(
            actor: Actor(kind: kind, id: id, display: json["display"]?.string),
            account: json["account_id"]?.string.map(AccountID.init(stored:)), role: json["role"]?.string,
            permissions: Set((json["permissions"]?.array ?? []).compactMap { $0.string.flatMap(Permission.init) }),
            isSystemAdmin: json["system_admin"]?.bool ?? false, isSystemKey: json["system_key"]?.bool ?? false)
    }
}
