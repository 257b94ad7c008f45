import GRDB

/// The journal's tables, and the triggers with which the database itself refuses to rewrite history.
///
/// Streams are interned: text names in every event, and in every index of events, would halve the rate of appending.
/// `streams.account_id` is the account that a stream belongs to, if any; reads can be filtered by it.
///
/// `stream_events` and `type_events` are the indexes of `events`. They are tables of their own so that an append need
/// not touch a page of each for every event: they are filled afterwards, many events at once, and `indexed.position`
/// says how far. The events after it, the tail, are few and are read in place. That no stream has a revision twice is
/// seen to by the one writer; the index would find it out. No trigger protects these three tables, because nothing is
/// lost with them: when they do not fit the events, opening the journal empties them and fills them again.
enum Schema {
    /// `PRAGMA application_id`: "BCJ1". A file that says otherwise is not a journal.
    static let applicationID = 0x4243_4A31
    static let version = 1

    /// The position that the indexes are filled through, in SQL. Without its row they count as empty.
    static let indexedPosition = "coalesce((SELECT position FROM indexed WHERE id = 1), 0)"

    /// Whether the tables are there; false for an empty file. It only reads: what is somebody else's stays as it is.
    static func isPresent(in db: Database, path: String) throws -> Bool {
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0 > 0 else { return false }
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw JournalError.notAJournal(path: path)
        }
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found == version else { throw JournalError.fromNewerVersion(path: path, version: found) }
        return true
    }

    static let statements = """
        CREATE TABLE journal (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          epoch TEXT NOT NULL,
          created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE streams (
          id INTEGER PRIMARY KEY,
          category TEXT NOT NULL,
          name TEXT NOT NULL UNIQUE,
          account_id TEXT
        ) STRICT;
        CREATE INDEX streams_by_account ON streams (account_id) WHERE account_id IS NOT NULL;

        CREATE TABLE events (
          position INTEGER PRIMARY KEY,
          stream INTEGER NOT NULL REFERENCES streams (id),
          revision INTEGER NOT NULL,
          id BLOB NOT NULL,
          type TEXT NOT NULL,
          schema_version INTEGER NOT NULL,
          data TEXT NOT NULL,
          metadata TEXT NOT NULL,
          recorded_at INTEGER NOT NULL,
          leaf_hash BLOB NOT NULL
        ) STRICT;

        CREATE TABLE tree (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          size INTEGER NOT NULL,
          frontier BLOB NOT NULL
        ) STRICT;

        CREATE TABLE idempotency (
          number INTEGER PRIMARY KEY,
          key BLOB NOT NULL,
          fingerprint BLOB NOT NULL,
          status INTEGER NOT NULL,
          meta TEXT NOT NULL,
          recorded_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE stream_events (
          stream INTEGER NOT NULL,
          revision INTEGER NOT NULL,
          position INTEGER NOT NULL,
          PRIMARY KEY (stream, revision)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE type_events (
          type TEXT NOT NULL,
          position INTEGER NOT NULL,
          PRIMARY KEY (type, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE indexed (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          position INTEGER NOT NULL
        ) STRICT;

        CREATE VIEW events_readable AS
          SELECT e.position, s.name AS stream, s.category, s.account_id, e.revision, lower(hex(e.id)) AS id, e.type,
                 e.schema_version, e.data, e.metadata,
                 strftime('%Y-%m-%dT%H:%M:%S', e.recorded_at / 1000000, 'unixepoch')
                   || printf('.%06dZ', e.recorded_at % 1000000) AS recorded_at,
                 lower(hex(e.leaf_hash)) AS leaf_hash
          FROM events e JOIN streams s ON s.id = e.stream;

        CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
          BEGIN SELECT raise(ABORT, 'the journal is append-only: events are never updated'); END;
        CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
          BEGIN SELECT raise(ABORT, 'the journal is append-only: events are never deleted'); END;
        CREATE TRIGGER events_refuse_gap BEFORE INSERT ON events
          WHEN new.position <> (SELECT coalesce(max(position), 0) + 1 FROM events)
          BEGIN SELECT raise(ABORT, 'the journal is append-only: an event follows the last one and replaces none'); END;
        CREATE TRIGGER streams_refuse_update BEFORE UPDATE ON streams
          BEGIN SELECT raise(ABORT, 'the journal is append-only: streams are never renamed'); END;
        CREATE TRIGGER streams_refuse_delete BEFORE DELETE ON streams
          BEGIN SELECT raise(ABORT, 'the journal is append-only: streams are never deleted'); END;
        CREATE TRIGGER streams_refuse_replace BEFORE INSERT ON streams
          WHEN EXISTS (SELECT 1 FROM streams WHERE id = new.id OR name = new.name)
          BEGIN SELECT raise(ABORT, 'the journal is append-only: streams are never replaced'); END;
        """
}
