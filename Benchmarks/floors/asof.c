/*
 * The floor of the asof suite: what SQL finds in the journal alone of how things were at a position.
 *
 * For an account it reads the events of its streams up to there, by the index of streams. For a board it reads the
 * last event of every stream up to there. It folds nothing; that an event says only what has changed is left out.
 */
#include "database.h"
#include "report.h"

static const char *const ACCOUNT =
    "SELECT e.type, e.data FROM streams s CROSS JOIN stream_events i ON i.stream = s.id "
    "CROSS JOIN events e ON e.position = i.position WHERE s.account_id = ?1 AND i.position <= ?2";

static const char *const BOARD =
    "SELECT e.type, e.data FROM (SELECT max(position) AS last FROM events WHERE position <= ?2 GROUP BY stream) l "
    "CROSS JOIN events e ON e.position = l.last WHERE ?1 IS NOT NULL";

static int64_t query_integer(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = database_prepare(db, sql);
    database_require(db, sqlite3_step(statement) == SQLITE_ROW, sql);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static int64_t look(sqlite3_stmt *statement, const char *account, int64_t position) {
    int64_t bytes = 0;
    sqlite3_bind_text(statement, 1, account, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, position);
    while (sqlite3_step(statement) == SQLITE_ROW) bytes += sqlite3_column_bytes(statement, 1);
    sqlite3_reset(statement);
    return bytes;
}

int main(int count, char **arguments) {
    if (count != 5) {
        fputs("usage: asof JOURNAL account|board COUNT ACCOUNTS\n", stderr);
        return 2;
    }
    int is_board = strcmp(arguments[2], "board") == 0;
    long looks = atol(arguments[3]), accounts = atol(arguments[4]);
    sqlite3 *db = database_open(arguments[1], "journal.sqlite", SQLITE_OPEN_READONLY);
    database_cache(db, 65536);
    sqlite3_stmt *statement = database_prepare(db, is_board ? BOARD : ACCOUNT);
    int64_t head = query_integer(db, "SELECT coalesce(max(position), 1) FROM events"), bytes = 0;
    Latencies latencies = {0};
    double started = monotonic_seconds();
    for (long number = 0; number < looks; number++) {
        char account[32];
        snprintf(account, sizeof account, "acct_%06ld", number * 7919 % accounts);
        double before = monotonic_seconds();
        bytes += look(statement, account, (number + 1) * 15485863 % head + 1);
        latencies_add(&latencies, monotonic_seconds() - before);
    }
    double seconds = monotonic_seconds() - started;
    qsort(latencies.seconds, latencies.count, sizeof(double), latency_order);
    printf("{\"suite\":\"asof\",\"side\":\"floor\",\"events\":%lld,\"rate\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
           "\"bytes\":%lld}\n",
           (long long)head, (double)looks / seconds, latency_microseconds(&latencies, 50),
           latency_microseconds(&latencies, 99), (long long)bytes);
    return 0;
}
