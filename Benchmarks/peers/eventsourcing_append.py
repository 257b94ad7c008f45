"""A peer of the append suite: PyPI `eventsourcing`, its SQLite recorder on a file.

Durability: the library sets WAL and nothing else, so SQLite's default `synchronous=FULL` holds, an fsync for each
commit as on our side (checked below). Its events are inserted through `insert_events`, below its aggregates and JSON
transcoder, which would only add to its cost. The primary key (originator, version) is its expected revision. One
transaction an append: it has no group commit, and its threads share Python's interpreter lock.
"""

import os
import uuid

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

import append_load

FULL = 2
POOL_TIMEOUT_SECONDS = 60


def open_recorder(directory):
    path = os.path.join(directory, "eventsourcing.sqlite")
    datastore = SQLiteDatastore(path, lock_timeout=POOL_TIMEOUT_SECONDS, pool_timeout=POOL_TIMEOUT_SECONDS)
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    require_full_durability(datastore)
    return recorder


def require_full_durability(datastore):
    with datastore.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        if cursor.fetchone()[0] != FULL:
            raise SystemExit("eventsourcing: this SQLite does not default to synchronous=FULL; nothing to compare")
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone()[0] != "wal":
            raise SystemExit("eventsourcing: the library no longer sets WAL; nothing to compare")


def appender(recorder, names):
    originators = [uuid.uuid5(uuid.NAMESPACE_URL, name) for name in names]
    versions = [0] * len(originators)
    turn = 0

    def append():
        nonlocal turn
        index = turn % len(originators)
        turn += 1
        state = b'{"data":%b,"metadata":%b}' % (append_load.DATA, append_load.metadata().encode())
        event = StoredEvent(originators[index], versions[index], append_load.EVENT_TYPE, state)
        recorder.insert_events([event])
        versions[index] += 1

    return append


def main():
    arguments = append_load.parse_arguments(__doc__)
    recorder = open_recorder(arguments.db)
    append_load.run_callers(
        "eventsourcing", arguments,
        lambda caller: appender(
            recorder, append_load.stream_names(caller, arguments.callers, arguments.streams)),
    )


if __name__ == "__main__":
    main()
