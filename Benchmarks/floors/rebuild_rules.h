/*
 * What each event does to the read models: one statement and one function that binds its parameters.
 *
 * Parameters: ?1, ?2 the key, ?3 the moment, ?4 the revision, from ?5 on what the event says.
 * A kind's `document` reads back, by key, the members of its document for the feed, and `shapes` says how each is
 * written: s text, j JSON, b boolean, t moment, i integer. `RETURNING` would open a statement journal for every event,
 * which takes three times as long.
 */
#ifndef FLOOR_REBUILD_RULES_H
#define FLOOR_REBUILD_RULES_H

#include "json_scanner.h"
#include "payload.h"

#include <sqlite3.h>
#include <stdint.h>

typedef struct {
    int64_t position, revision, recorded_at;
    Span first_key, second_key, type;
    uint8_t id[UUID_BYTES];
    Members data, personal, metadata;
    Span actor_id;
} Event;

typedef void Bind(sqlite3_stmt *statement, const Event *event);

typedef struct {
    const char *name, *document, *shapes;
    sqlite3_stmt *statement;
} Kind;

typedef struct {
    const char *type;
    Kind *kind;
    int deletes;
    const char *sql;
    Bind *bind;
    sqlite3_stmt *statement;
} Rule;

static inline void bind_span(sqlite3_stmt *statement, int index, Span span) {
    if (span.bytes == NULL) sqlite3_bind_null(statement, index);
    else sqlite3_bind_text(statement, index, span.bytes, (int)span.length, SQLITE_STATIC);
}

static inline void bind_bool(sqlite3_stmt *statement, int index, Span value) {
    if (value.bytes == NULL || *value.bytes == 'n') sqlite3_bind_null(statement, index);
    else sqlite3_bind_int(statement, index, *value.bytes == 't');
}

static inline void bind_moment(sqlite3_stmt *statement, int index, Span text) {
    if (text.bytes == NULL) sqlite3_bind_null(statement, index);
    else if (text.length != MOMENT_BYTES || text.bytes[MOMENT_BYTES - 1] != 'Z') scan_fail(text);
    else sqlite3_bind_int64(statement, index, moment_microseconds(text.bytes));
}

static inline void bind_nothing(sqlite3_stmt *statement, const Event *event) { (void)statement, (void)event; }

static inline void bind_account(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 5, member_string(&event->personal, "name"));
    bind_span(statement, 6, member_string(&event->data, "plan"));
    bind_bool(statement, 7, member(&event->data, "custom_bot_allowed"));
}

static inline void bind_account_name(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 5, member_string(&event->personal, "name"));
}

static inline void bind_account_plan(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 5, member_string(&event->data, "plan"));
}

static inline void bind_account_limits(sqlite3_stmt *statement, const Event *event) {
    bind_bool(statement, 5, member(&event->data, "custom_bot_allowed"));
}

static inline void bind_connection(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 5, member_string(&event->data, "channel_id"));
    bind_span(statement, 6, member_string(&event->personal, "channel_name"));
    bind_span(statement, 7, member_string(&event->data, "bot_user_id"));
}

static inline void bind_pause(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 5, member_string(&event->personal, "reason"));
    bind_moment(statement, 6, member_string(&event->data, "until"));
    bind_span(statement, 7, event->actor_id);
}

static inline void bind_module(sqlite3_stmt *statement, const Event *event) {
    static Text id;
    id.length = 0;
    text_uuid(&id, event->id);
    bind_bool(statement, 5, member(&event->data, "enabled"));
    bind_span(statement, 6, member(&event->data, "config"));
    bind_span(statement, 7, member(&event->data, "exempt_roles"));
    sqlite3_bind_text(statement, 8, id.bytes, UUID_TEXT_BYTES, SQLITE_STATIC);
}

static inline void bind_flag(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 5, member_string(&event->data, "flag"));
    bind_bool(statement, 6, member(&event->data, "enabled"));
    bind_span(statement, 7, member_string(&event->personal, "reason"));
    bind_span(statement, 8, event->actor_id);
}

static inline void bind_identity(sqlite3_stmt *statement, const Event *event) {
    bind_span(statement, 5, member_string(&event->personal, "username"));
    bind_span(statement, 6, member_string(&event->data, "user_id"));
}

static Kind account_kind = {
    "account",
    "SELECT account_id, name, plan, custom_bot_allowed, created_at, updated_at, revision FROM accounts "
    "WHERE account_id = ?1",
    "sssbtti", NULL};
static Kind provider_kind = {
    "provider",
    "SELECT platform, enabled, login, channel, bot, bot_username, bot_user_id, reason, updated_at, updated_by, "
    "revision FROM providers WHERE platform = ?1",
    "sbbbbssstsi", NULL};
static Kind bot_kind = {
    "bot",
    "SELECT account_id, platform, channel_id IS NOT NULL AS connected, channel_id, channel_name, bot_user_id, paused, "
    "paused_reason, paused_until, paused_by, updated_at, revision FROM bot_statuses "
    "WHERE account_id = ?1 AND platform = ?2",
    "ssbsssbststi", NULL};
static Kind module_kind = {
    "bot_module",
    "SELECT id, account_id, module_name, enabled, config, exempt_roles, created_at, updated_at, revision "
    "FROM bot_module_configs WHERE account_id = ?1 AND module_name = ?2",
    "sssbjjtti", NULL};

#define FLAG_VALUE(name) "CASE ?5 WHEN '" name "' THEN ?6 ELSE 1 END"
#define FLAG_UPDATE(name) name " = CASE ?5 WHEN '" name "' THEN ?6 ELSE " name " END"

static Rule rules[] = {
    {"bot.paused", &bot_kind, 0,
     "INSERT INTO bot_statuses (account_id, platform, updated_at, revision, status, paused, paused_reason, "
     "paused_until, paused_by) VALUES (?1, ?2, ?3, ?4, 'no_connection', 1, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET "
     "status = CASE WHEN channel_id IS NULL THEN 'no_connection' ELSE 'paused' END, paused = 1, paused_reason = ?5, "
     "paused_until = ?6, paused_by = ?7, updated_at = ?3, revision = ?4",
     bind_pause, NULL},
    {"bot.resumed", &bot_kind, 0,
     "INSERT INTO bot_statuses (account_id, platform, updated_at, revision, status, paused) "
     "VALUES (?1, ?2, ?3, ?4, 'no_connection', 0) ON CONFLICT DO UPDATE SET "
     "status = CASE WHEN channel_id IS NULL THEN 'no_connection' ELSE 'active' END, paused = 0, paused_reason = NULL, "
     "paused_until = NULL, paused_by = NULL, updated_at = ?3, revision = ?4",
     bind_nothing, NULL},
    {"bot_module.upserted", &module_kind, 0,
     "INSERT INTO bot_module_configs (account_id, module_name, created_at, updated_at, revision, enabled, config, "
     "exempt_roles, id) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET enabled = ?5, "
     "config = ?6, exempt_roles = ?7, updated_at = ?3, revision = ?4",
     bind_module, NULL},
    {"bot_module.deleted", &module_kind, 1,
     "DELETE FROM bot_module_configs WHERE account_id = ?1 AND module_name = ?2", bind_nothing, NULL},
    {"bot.connected", &bot_kind, 0,
     "INSERT INTO bot_statuses (account_id, platform, updated_at, revision, status, channel_id, channel_name, "
     "bot_user_id, paused) VALUES (?1, ?2, ?3, ?4, 'active', ?5, ?6, ?7, 0) ON CONFLICT DO UPDATE SET "
     "status = CASE paused WHEN 1 THEN 'paused' ELSE 'active' END, channel_id = ?5, channel_name = ?6, "
     "bot_user_id = ?7, updated_at = ?3, revision = ?4",
     bind_connection, NULL},
    {"bot.disconnected", &bot_kind, 0,
     "UPDATE bot_statuses SET status = 'no_connection', channel_id = NULL, channel_name = NULL, bot_user_id = NULL, "
     "updated_at = ?3, revision = ?4 WHERE account_id = ?1 AND platform = ?2",
     bind_nothing, NULL},
    {"account.registered", &account_kind, 0,
     "INSERT INTO accounts (account_id, created_at, updated_at, revision, name, plan, custom_bot_allowed, "
     "folded_name) VALUES (?1, ?3, ?3, ?4, ?5, ?6, ?7, lower(?5))",
     bind_account, NULL},
    {"account.renamed", &account_kind, 0,
     "UPDATE accounts SET name = ?5, folded_name = lower(?5), updated_at = ?3, revision = ?4 WHERE account_id = ?1",
     bind_account_name, NULL},
    {"account.plan_changed", &account_kind, 0,
     "UPDATE accounts SET plan = ?5, updated_at = ?3, revision = ?4 WHERE account_id = ?1",
     bind_account_plan, NULL},
    {"account.limits_overridden", &account_kind, 0,
     "UPDATE accounts SET custom_bot_allowed = ?5, updated_at = ?3, revision = ?4 WHERE account_id = ?1",
     bind_account_limits, NULL},
    {"provider.switched", &provider_kind, 0,
     "INSERT INTO providers (platform, updated_at, revision, enabled, login, channel, bot, reason, updated_by) "
     "VALUES (?1, ?3, ?4, " FLAG_VALUE("platform") ", " FLAG_VALUE("login") ", " FLAG_VALUE("channel") ", "
     FLAG_VALUE("bot") ", ?7, ?8) ON CONFLICT DO UPDATE SET "
     "enabled = CASE ?5 WHEN 'platform' THEN ?6 ELSE enabled END, "
     FLAG_UPDATE("login") ", " FLAG_UPDATE("channel") ", " FLAG_UPDATE("bot") ", reason = ?7, updated_by = ?8, "
     "updated_at = ?3, revision = ?4",
     bind_flag, NULL},
    {"provider.bot_identity_linked", &provider_kind, 0,
     "INSERT INTO providers (platform, updated_at, revision, enabled, login, channel, bot, bot_username, bot_user_id) "
     "VALUES (?1, ?3, ?4, 1, 1, 1, 1, ?5, ?6) ON CONFLICT DO UPDATE SET bot_username = ?5, bot_user_id = ?6, "
     "updated_at = ?3, revision = ?4",
     bind_identity, NULL},
    {"provider.bot_identity_unlinked", &provider_kind, 0,
     "UPDATE providers SET bot_username = NULL, bot_user_id = NULL, updated_at = ?3, revision = ?4 WHERE platform = ?1",
     bind_nothing, NULL},
};

#endif
