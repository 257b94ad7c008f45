/* SQLite as the floors use it: any error ends the run with SQLite's own message. */
#ifndef FLOOR_DATABASE_H
#define FLOOR_DATABASE_H

#include "text.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void database_require(sqlite3 *db, int succeeded, const char *what) {
    if (succeeded) return;
    fprintf(stderr, "%.*s: %s\n", (int)strcspn(what, "\n"), what, sqlite3_errmsg(db));
    exit(3);
}

static inline void database_run(sqlite3 *db, const char *sql) {
    database_require(db, sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static inline sqlite3 *database_open(const char *directory, const char *file, int flags) {
    char path[4096];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/%s", directory, file);
    int status = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    database_require(db, status == SQLITE_OK, path);
    return db;
}

static inline sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    int status = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    database_require(db, status == SQLITE_OK, sql);
    return statement;
}

/* Runs a statement that returns no rows. */
static inline void database_step(sqlite3 *db, sqlite3_stmt *statement) {
    database_require(db, sqlite3_step(statement) == SQLITE_DONE, sqlite3_sql(statement));
    sqlite3_reset(statement);
}

/* Creates the tables from the very file that our side's schema was dumped to. */
static inline void database_create(sqlite3 *db, const char *ddl_path) {
    Text ddl = {0};
    char chunk[4096];
    size_t count;
    FILE *file = fopen(ddl_path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s cannot be read: give the dumped schema with --ddl FILE\n", ddl_path);
        exit(2);
    }
    while ((count = fread(chunk, 1, sizeof chunk, file)) > 0) text_bytes(&ddl, chunk, count);
    fclose(file);
    text_bytes(&ddl, "", 1);
    database_run(db, ddl.bytes);
    free(ddl.bytes);
}

static inline void database_cache(sqlite3 *db, long cache_kib) {
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA cache_size = -%ld", cache_kib);
    database_run(db, sql);
}

#endif
