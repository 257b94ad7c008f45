/*
 * The floor of the rebuild suite: read a journal in position order, and upsert each event into the read models.
 *
 * One thread, prepared statements, `synchronous=OFF`, transactions of 10,000 events: what a rebuild can reach that
 * writes every event through SQLite. It folds nothing in memory and checks nothing.
 */
#include "database.h"
#include "rebuild_rules.h"
#include "report.h"

#include <getopt.h>

enum { TRANSACTION_EVENTS = 10000, CACHE_KIB = 65536 };

typedef struct {
    const char *journal, *directory, *ddl, *journal_mode;
    int feed;
    long feed_last;
} Options;

/* A stream's name cut in its category and the one or two halves of its key. */
typedef struct {
    char *name;
    Span key, first, second;
} Stream;

typedef struct {
    sqlite3 *journal, *models;
    sqlite3_stmt *read, *insert_change;
    Stream *streams;
    int64_t stream_count, feed_from, previous_position;
    Text document;
} Rebuild;

static int64_t query_integer(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = database_prepare(db, sql);
    database_require(db, sqlite3_step(statement) == SQLITE_ROW, sql);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void open_models(Rebuild *rebuild, const Options *options) {
    char sql[64];
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    rebuild->models = database_open(options->directory, "read-models.sqlite", flags);
    snprintf(sql, sizeof sql, "PRAGMA journal_mode = %s; PRAGMA synchronous = OFF", options->journal_mode);
    database_run(rebuild->models, sql);
    database_cache(rebuild->models, CACHE_KIB);
    database_create(rebuild->models, options->ddl);
    if (!options->feed) return;
    rebuild->insert_change = database_prepare(rebuild->models,
        "INSERT INTO changes (position, idx, previous, kind, key, op, value, recorded_at, correlation_id) "
        "VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?)");
}

static void open_journal(Rebuild *rebuild, const Options *options) {
    rebuild->journal = database_open(options->journal, "journal.sqlite", SQLITE_OPEN_READONLY);
    rebuild->read = database_prepare(rebuild->journal,
        "SELECT position, stream, revision, id, type, data, metadata, recorded_at FROM events ORDER BY position");
    int64_t last = query_integer(rebuild->journal, "SELECT coalesce(max(position), 0) FROM events");
    rebuild->feed_from = !options->feed ? INT64_MAX : options->feed_last > 0 ? last - options->feed_last : 0;
}

/* `bot-acct_1:twitch` has the key `acct_1:twitch` with two halves, `account-acct_1` has one. */
static void cut_name(Stream *stream, const char *name) {
    stream->name = strdup(name);
    char *dash = strchr(stream->name, '-');
    if (dash == NULL) scan_fail((Span){name, strlen(name)});
    char *key = dash + 1, *colon = strchr(key, ':');
    stream->key = (Span){key, strlen(key)};
    stream->first = (Span){key, colon ? (size_t)(colon - key) : strlen(key)};
    stream->second = colon ? (Span){colon + 1, strlen(colon + 1)} : (Span){NULL, 0};
}

static void load_streams(Rebuild *rebuild) {
    rebuild->stream_count = query_integer(rebuild->journal, "SELECT coalesce(max(id), 0) + 1 FROM streams");
    rebuild->streams = calloc((size_t)rebuild->stream_count, sizeof(Stream));
    if (rebuild->streams == NULL) exit(3);
    sqlite3_stmt *read = database_prepare(rebuild->journal, "SELECT id, name FROM streams");
    while (sqlite3_step(read) == SQLITE_ROW) {
        cut_name(&rebuild->streams[sqlite3_column_int64(read, 0)], (const char *)sqlite3_column_text(read, 1));
    }
    sqlite3_finalize(read);
}

static Span column_span(sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return (Span){text, (size_t)sqlite3_column_bytes(statement, column)};
}

/* Members of an object that is itself a member; none when it is absent. */
static void scan_nested_members(const Members *members, const char *name, Members *nested) {
    Span value = member(members, name);
    nested->count = 0;
    if (value.bytes != NULL) scan_members(value, nested);
}

static void read_event(const Rebuild *rebuild, Event *event) {
    sqlite3_stmt *read = rebuild->read;
    Members actor;
    event->position = sqlite3_column_int64(read, 0);
    const Stream *stream = &rebuild->streams[sqlite3_column_int64(read, 1)];
    event->first_key = stream->first;
    event->second_key = stream->second;
    event->revision = sqlite3_column_int64(read, 2);
    memcpy(event->id, sqlite3_column_blob(read, 3), sizeof event->id);
    event->type = column_span(read, 4);
    scan_members(column_span(read, 5), &event->data);
    scan_nested_members(&event->data, "personal", &event->personal);
    scan_members(column_span(read, 6), &event->metadata);
    scan_nested_members(&event->metadata, "actor", &actor);
    event->actor_id = member_string(&actor, "id");
    event->recorded_at = sqlite3_column_int64(read, 7);
}

static Rule *find_rule(Span type) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const char *known = rules[i].type;
        if (strlen(known) == type.length && memcmp(known, type.bytes, type.length) == 0) return &rules[i];
    }
    fprintf(stderr, "the floor knows no %.*s: add it to rebuild_rules.h\n", (int)type.length, type.bytes);
    exit(1);
}

/* Prepared on first use: a journal may lack whole kinds of events. */
static sqlite3_stmt *prepared(Rebuild *rebuild, sqlite3_stmt **statement, const char *sql) {
    if (*statement == NULL) *statement = database_prepare(rebuild->models, sql);
    return *statement;
}

static void bind_key(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 1, event->first_key);
    if (event->second_key.bytes != NULL) bind_span(statement, 2, event->second_key);
}

static void write_value(Text *text, sqlite3_stmt *row, int column, char shape) {
    Span value = column_span(row, column);
    int is_quoted = shape == 's' || shape == 't';
    if (value.bytes == NULL) {
        text_string(text, "null");
        return;
    }
    if (is_quoted) text_string(text, "\"");
    if (shape == 't') text_moment(text, sqlite3_column_int64(row, column));
    else if (shape == 'b') text_string(text, *value.bytes == '1' ? "true" : "false");
    else text_bytes(text, value.bytes, value.length);
    if (is_quoted) text_string(text, "\"");
}

/* The full new document: the row's columns under their names. No value holds an escape; the scanner refuses them. */
static void write_document(Rebuild *rebuild, Kind *kind, const Event *event) {
    Text *document = &rebuild->document;
    sqlite3_stmt *row = prepared(rebuild, &kind->statement, kind->document);
    bind_key(row, event);
    database_require(rebuild->models, sqlite3_step(row) == SQLITE_ROW, kind->document);
    document->length = 0;
    for (int column = 0; column < sqlite3_column_count(row); column++) {
        text_string(document, column == 0 ? "{\"" : ",\"");
        text_string(document, sqlite3_column_name(row, column));
        text_string(document, "\":");
        write_value(document, row, column, kind->shapes[column]);
    }
    text_string(document, "}");
    sqlite3_reset(row);
}

static void insert_change(Rebuild *rebuild, const Rule *rule, const Event *event, Span key) {
    sqlite3_stmt *insert = rebuild->insert_change;
    char previous[32];
    int length = snprintf(previous, sizeof previous, "%lld-0", (long long)rebuild->previous_position);
    if (!rule->deletes) write_document(rebuild, rule->kind, event);
    sqlite3_bind_int64(insert, 1, event->position);
    sqlite3_bind_text(insert, 2, previous, length, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, rule->kind->name, -1, SQLITE_STATIC);
    bind_span(insert, 4, key);
    sqlite3_bind_text(insert, 5, rule->deletes ? "delete" : "put", -1, SQLITE_STATIC);
    bind_span(insert, 6, rule->deletes ? (Span){NULL, 0} : (Span){rebuild->document.bytes, rebuild->document.length});
    sqlite3_bind_int64(insert, 7, event->recorded_at);
    bind_span(insert, 8, member_string(&event->metadata, "correlation_id"));
    database_step(rebuild->models, insert);
}

static void apply(Rebuild *rebuild, const Event *event, Span key) {
    Rule *rule = find_rule(event->type);
    sqlite3_stmt *statement = prepared(rebuild, &rule->statement, rule->sql);
    bind_key(statement, event);
    if (sqlite3_bind_parameter_count(statement) > 2) {
        sqlite3_bind_int64(statement, 3, event->recorded_at);
        sqlite3_bind_int64(statement, 4, event->revision);
    }
    rule->bind(statement, event);
    database_step(rebuild->models, statement);
    if (event->position > rebuild->feed_from) insert_change(rebuild, rule, event, key);
    rebuild->previous_position = event->position;
}

static int64_t run(Rebuild *rebuild) {
    int64_t count = 0;
    int status;
    Event event;
    database_run(rebuild->models, "BEGIN");
    while ((status = sqlite3_step(rebuild->read)) == SQLITE_ROW) {
        read_event(rebuild, &event);
        apply(rebuild, &event, rebuild->streams[sqlite3_column_int64(rebuild->read, 1)].key);
        if (++count % TRANSACTION_EVENTS == 0) database_run(rebuild->models, "COMMIT; BEGIN");
    }
    database_require(rebuild->journal, status == SQLITE_DONE, "reading the journal");
    database_run(rebuild->models, "COMMIT");
    return count;
}

static void usage(void) {
    fputs("usage: rebuild --journal DIR --db DIR --ddl FILE [--feed [--feed-last N]] [--journal-mode WAL]\n"
          "reads --journal's journal.sqlite, writes a new read-models.sqlite to --db\n"
          "--feed writes a change for each event; with --feed-last for the last N only\n", stderr);
    exit(2);
}

static Options parse(int count, char **arguments) {
    static const struct option names[] = {
        {"journal", required_argument, 0, 'j'}, {"db", required_argument, 0, 'd'}, {"ddl", required_argument, 0, 'l'},
        {"feed", no_argument, 0, 'f'}, {"feed-last", required_argument, 0, 'n'},
        {"journal-mode", required_argument, 0, 'm'}, {0},
    };
    Options options = {.journal_mode = "WAL"};
    for (int name; (name = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (name) {
        case 'j': options.journal = optarg; break;
        case 'd': options.directory = optarg; break;
        case 'l': options.ddl = optarg; break;
        case 'f': options.feed = 1; break;
        case 'n': options.feed_last = atol(optarg); break;
        case 'm': options.journal_mode = optarg; break;
        default: usage();
        }
    }
    if (!options.journal || !options.directory || !options.ddl) usage();
    return options;
}

int main(int count, char **arguments) {
    Options options = parse(count, arguments);
    static Rebuild rebuild;
    open_models(&rebuild, &options);
    open_journal(&rebuild, &options);
    double start = monotonic_seconds();
    load_streams(&rebuild);
    int64_t events = run(&rebuild);
    double seconds = monotonic_seconds() - start;
    printf("{\"suite\":\"rebuild\",\"side\":\"floor\",\"feed\":%s,\"events\":%lld,\"seconds\":%.3f,\"rate\":%.0f}\n",
           options.feed ? "true" : "false", (long long)events, seconds, (double)events / seconds);
    return 0;
}
