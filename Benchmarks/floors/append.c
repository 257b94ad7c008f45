/*
 * The floor of the append suite: what one thread of C reaches with the journal's own schema, durability and hashing.
 *
 * N callers that each have one append in flight make group commit write batches of N: a batch is one transaction, and
 * a caller's latency is that of its transaction. There are no callers here, no queue and no wake-ups: that is the
 * part which our side adds. As on our side, the indexes are filled behind the appends, so many events at once.
 */
#include "database.h"
#include "merkle.h"
#include "payload.h"
#include "report.h"

#include <getopt.h>
#include <unistd.h>

typedef struct {
    const char *directory, *ddl;
    long batch, streams, cache_kib, index_events_min;
    double seconds;
    int idempotency;
} Options;

/* A stream as a writer keeps it in memory: the revision is -1 before the first event. */
typedef struct {
    int64_t id, revision;
    char name[STREAM_NAME_BYTES_MAX], account[ACCOUNT_BYTES_MAX];
} Stream;

typedef struct {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *insert_stream, *insert_event, *update_tree, *insert_idempotency;
    sqlite3_stmt *index_streams, *index_types, *update_indexed;
    Hasher hasher;
    Frontier frontier;
    Random random;
    Stream *streams;
    int64_t position, indexed, streams_stored, now;
    Text recorded_at, metadata, entry, meta;
} Journal;

static void prepare_statements(Journal *journal) {
    sqlite3 *db = journal->db;
    journal->begin = database_prepare(db, "BEGIN IMMEDIATE");
    journal->commit = database_prepare(db, "COMMIT");
    journal->insert_stream =
        database_prepare(db, "INSERT INTO streams (id, category, name, account_id) VALUES (?, 'bot', ?, ?)");
    journal->insert_event = database_prepare(db,
        "INSERT INTO events (position, stream, revision, id, type, schema_version, data, metadata, recorded_at, "
        "leaf_hash) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)");
    journal->update_tree = database_prepare(db, "UPDATE tree SET size = ?, frontier = ? WHERE id = 1");
    journal->insert_idempotency = database_prepare(db,
        "INSERT INTO idempotency (key, fingerprint, status, meta, recorded_at) VALUES (?, ?, 200, ?, ?)");
    journal->index_streams = database_prepare(db,
        "INSERT INTO stream_events (stream, revision, position) SELECT stream, revision, position FROM events "
        "WHERE position > ? AND position <= ? ORDER BY stream, revision");
    journal->index_types = database_prepare(db,
        "INSERT INTO type_events (type, position) SELECT type, position FROM events "
        "WHERE position > ? AND position <= ? ORDER BY type, position");
    journal->update_indexed = database_prepare(db, "UPDATE indexed SET position = ? WHERE id = 1");
}

static void open_journal(Journal *journal, const Options *options) {
    journal->db = database_open(options->directory, "journal.sqlite", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    database_run(journal->db,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
        "PRAGMA foreign_keys = ON");
    database_cache(journal->db, options->cache_kib);
    database_create(journal->db, options->ddl);
    database_run(journal->db,
        "INSERT INTO journal (id, epoch, created_at) VALUES (1, 'floor', 0);"
        "INSERT INTO tree (id, size, frontier) VALUES (1, 0, x'');"
        "INSERT INTO indexed (id, position) VALUES (1, 0)");
    prepare_statements(journal);
    journal->hasher = hasher_create();
    journal->random.state = 0x9E3779B97F4A7C15ULL;
}

static void name_streams(Journal *journal, long count) {
    journal->streams = calloc((size_t)count, sizeof(Stream));
    if (journal->streams == NULL) exit(3);
    for (long i = 0; i < count; i++) {
        journal->streams[i].revision = -1;
        payload_stream(journal->streams[i].name, i);
        payload_account(journal->streams[i].account, i);
    }
}

/* Streams are stored with their first event, as on our side. */
static void store_stream(Journal *journal, Stream *stream) {
    sqlite3_stmt *insert = journal->insert_stream;
    stream->id = ++journal->streams_stored;
    sqlite3_bind_int64(insert, 1, stream->id);
    sqlite3_bind_text(insert, 2, stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, stream->account, -1, SQLITE_STATIC);
    database_step(journal->db, insert);
}

/* The canonical entry is hashed as bytes in fixed key order; 0x00 marks a leaf (RFC 6962, section 2.1). */
static void hash_leaf(
    Journal *journal, const Stream *stream, const uint8_t *id, const uint8_t *data_hash, const uint8_t *metadata_hash,
    uint8_t leaf[HASH_BYTES]
) {
    Text *entry = &journal->entry;
    entry->length = 0;
    text_bytes(entry, "\0{\"position\":", 13);
    text_integer(entry, journal->position);
    text_string(entry, ",\"id\":\"");
    text_uuid(entry, id);
    text_string(entry, "\",\"stream\":\"");
    text_string(entry, stream->name);
    text_string(entry, "\",\"revision\":");
    text_integer(entry, stream->revision);
    text_string(entry, ",\"type\":\"" PAYLOAD_TYPE "\",\"schema_version\":1,\"recorded_at\":\"");
    text_bytes(entry, journal->recorded_at.bytes, journal->recorded_at.length);
    text_string(entry, "\",\"data_sha256\":\"");
    text_hex(entry, data_hash, HASH_BYTES);
    text_string(entry, "\",\"metadata_sha256\":\"");
    text_hex(entry, metadata_hash, HASH_BYTES);
    text_string(entry, "\"}");
    hash(&journal->hasher, entry->bytes, entry->length, leaf);
}

static void store_event(Journal *journal, const Stream *stream, const uint8_t *id, const uint8_t *leaf) {
    sqlite3_stmt *insert = journal->insert_event;
    sqlite3_bind_int64(insert, 1, journal->position);
    sqlite3_bind_int64(insert, 2, stream->id);
    sqlite3_bind_int64(insert, 3, stream->revision);
    sqlite3_bind_blob(insert, 4, id, UUID_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(insert, 5, PAYLOAD_TYPE, sizeof PAYLOAD_TYPE - 1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 6, PAYLOAD_DATA, sizeof PAYLOAD_DATA - 1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 7, journal->metadata.bytes, (int)journal->metadata.length, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 8, journal->now);
    sqlite3_bind_blob(insert, 9, leaf, HASH_BYTES, SQLITE_STATIC);
    database_step(journal->db, insert);
}

static void store_idempotency(Journal *journal, const uint8_t *fingerprint) {
    uint64_t key[HASH_BYTES / sizeof(uint64_t)];
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) key[i] = random_next(&journal->random);
    journal->meta.length = 0;
    text_string(&journal->meta, "{\"changed\":true,\"position\":");
    text_integer(&journal->meta, journal->position);
    text_string(&journal->meta, "}");
    sqlite3_stmt *insert = journal->insert_idempotency;
    sqlite3_bind_blob(insert, 1, key, sizeof key, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 2, fingerprint, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, journal->meta.bytes, (int)journal->meta.length, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 4, journal->now);
    database_step(journal->db, insert);
}

static void append(Journal *journal, Stream *stream, int64_t expected_revision, int idempotency) {
    uint8_t id[UUID_BYTES], data_hash[HASH_BYTES], metadata_hash[HASH_BYTES], leaf[HASH_BYTES];
    if (stream->revision != expected_revision) {
        fprintf(stderr, "%s is not at the expected revision\n", stream->name);
        exit(1);
    }
    if (stream->revision < 0) store_stream(journal, stream);
    stream->revision++;
    journal->position++;
    uuid_v7(id, journal->now, &journal->random);
    payload_metadata(&journal->metadata, journal->now, &journal->random);
    hash(&journal->hasher, PAYLOAD_DATA, sizeof PAYLOAD_DATA - 1, data_hash);
    hash(&journal->hasher, journal->metadata.bytes, journal->metadata.length, metadata_hash);
    hash_leaf(journal, stream, id, data_hash, metadata_hash, leaf);
    store_event(journal, stream, id, leaf);
    frontier_add(&journal->frontier, &journal->hasher, leaf);
    if (idempotency) store_idempotency(journal, data_hash);
}

static void store_tree(Journal *journal) {
    uint8_t roots[TREE_LEVELS * HASH_BYTES];
    size_t length = frontier_write(&journal->frontier, roots);
    sqlite3_bind_int64(journal->update_tree, 1, (int64_t)journal->frontier.size);
    sqlite3_bind_blob(journal->update_tree, 2, roots, (int)length, SQLITE_STATIC);
    database_step(journal->db, journal->update_tree);
}

static void append_batch(Journal *journal, const Options *options, int64_t *known_revisions) {
    journal->now = wall_microseconds();
    journal->recorded_at.length = 0;
    text_moment(&journal->recorded_at, journal->now);
    database_step(journal->db, journal->begin);
    for (long i = 0; i < options->batch; i++) {
        size_t choice = random_next(&journal->random) % (uint64_t)options->streams;
        append(journal, &journal->streams[choice], known_revisions[choice]++, options->idempotency);
    }
    store_tree(journal);
    database_step(journal->db, journal->commit);
}

static void index_range(Journal *journal, sqlite3_stmt *insert) {
    sqlite3_bind_int64(insert, 1, journal->indexed);
    sqlite3_bind_int64(insert, 2, journal->position);
    database_step(journal->db, insert);
}

/* In a transaction of its own, as on our side: many events together touch each page of an index once. */
static void index_events(Journal *journal) {
    database_step(journal->db, journal->begin);
    index_range(journal, journal->index_streams);
    index_range(journal, journal->index_types);
    sqlite3_bind_int64(journal->update_indexed, 1, journal->position);
    database_step(journal->db, journal->update_indexed);
    database_step(journal->db, journal->commit);
    journal->indexed = journal->position;
}

static void measure(Journal *journal, const Options *options) {
    Latencies latencies = {0};
    int64_t *known_revisions = malloc((size_t)options->streams * sizeof(int64_t));
    if (known_revisions == NULL) exit(3);
    for (long i = 0; i < options->streams; i++) known_revisions[i] = -1;
    double start = monotonic_seconds(), now = start;
    while (now - start < options->seconds) {
        double before = now;
        append_batch(journal, options, known_revisions);
        if (journal->position - journal->indexed >= options->index_events_min) index_events(journal);
        now = monotonic_seconds();
        latencies_add(&latencies, now - before);
    }
    report_append("floor", options->batch, (long)journal->position, now - start, &latencies);
    free(known_revisions);
}

static void usage(void) {
    fputs("usage: append --db DIR --ddl FILE --batch N --seconds S [--streams 10000] [--cache-kib N] [--index-events N]\n"
          "       [--idempotency]\n"
          "DIR must hold no journal yet; --batch is the number of callers\n", stderr);
    exit(2);
}

static Options parse(int count, char **arguments) {
    static const struct option names[] = {
        {"db", required_argument, 0, 'd'}, {"ddl", required_argument, 0, 'l'}, {"batch", required_argument, 0, 'b'},
        {"seconds", required_argument, 0, 's'}, {"streams", required_argument, 0, 'n'},
        {"cache-kib", required_argument, 0, 'c'}, {"index-events", required_argument, 0, 'x'},
        {"idempotency", no_argument, 0, 'i'}, {0},
    };
    Options options = {.batch = 1, .streams = 10000, .seconds = 5, .cache_kib = 16384, .index_events_min = 4096};
    for (int name; (name = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (name) {
        case 'd': options.directory = optarg; break;
        case 'l': options.ddl = optarg; break;
        case 'b': options.batch = atol(optarg); break;
        case 's': options.seconds = atof(optarg); break;
        case 'n': options.streams = atol(optarg); break;
        case 'c': options.cache_kib = atol(optarg); break;
        case 'x': options.index_events_min = atol(optarg); break;
        case 'i': options.idempotency = 1; break;
        default: usage();
        }
    }
    if (!options.directory || !options.ddl || options.batch < 1 || options.streams < 1 || options.seconds <= 0 ||
        options.cache_kib < 1 || options.index_events_min < 1)
        usage();
    return options;
}

int main(int count, char **arguments) {
    Options options = parse(count, arguments);
    static Journal journal;
    open_journal(&journal, &options);
    name_streams(&journal, options.streams);
    measure(&journal, &options);
    return 0;
}
