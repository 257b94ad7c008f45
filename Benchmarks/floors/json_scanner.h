/* The top-level members of a JSON object as ranges of its bytes; nothing is decoded or copied. */
#ifndef FLOOR_JSON_SCANNER_H
#define FLOOR_JSON_SCANNER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS_MAX = 32 };

typedef struct {
    const char *bytes;
    size_t length;
} Span;

typedef struct {
    Span names[MEMBERS_MAX], values[MEMBERS_MAX];
    int count;
} Members;

static inline void scan_fail(Span json) {
    fprintf(stderr, "the floor's scanner cannot read %.*s\n", (int)json.length, json.bytes);
    exit(1);
}

static inline const char *scan_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

/* `at` stands on the opening quote; returns what follows the closing one. */
static inline const char *scan_string(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++) {
        if (*at == '\\') at++;
    }
    return at < end ? at + 1 : end;
}

static inline const char *scan_nested(const char *at, const char *end) {
    int depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = scan_string(at, end);
            continue;
        }
        if (*at == '{' || *at == '[') depth++;
        if (*at == '}' || *at == ']') depth--;
        at++;
        if (depth == 0) break;
    }
    return at;
}

static inline const char *scan_value(const char *at, const char *end) {
    if (at < end && *at == '"') return scan_string(at, end);
    if (at < end && (*at == '{' || *at == '[')) return scan_nested(at, end);
    while (at < end && *at != ',' && *at != '}' && *at != ' ' && *at != '\n') at++;
    return at;
}

/* Names come without their quotes, values as they stand. */
static inline void scan_members(Span object, Members *members) {
    const char *end = object.bytes + object.length, *at = scan_space(object.bytes, end);
    members->count = 0;
    if (at == end || *at++ != '{') scan_fail(object);
    for (at = scan_space(at, end); at < end && *at == '"'; at = scan_space(at, end)) {
        if (members->count == MEMBERS_MAX) scan_fail(object);
        const char *name = at + 1;
        at = scan_string(at, end);
        members->names[members->count] = (Span){name, (size_t)(at - 1 - name)};
        at = scan_space(at, end);
        if (at == end || *at++ != ':') scan_fail(object);
        const char *value = scan_space(at, end);
        at = scan_value(value, end);
        members->values[members->count++] = (Span){value, (size_t)(at - value)};
        at = scan_space(at, end);
        if (at < end && *at == ',') at = scan_space(at + 1, end);
    }
    if (at == end || *at != '}') scan_fail(object);
}

/* The value of a member, or no bytes. */
static inline Span member(const Members *members, const char *name) {
    size_t length = strlen(name);
    for (int i = 0; i < members->count; i++) {
        if (members->names[i].length == length && memcmp(members->names[i].bytes, name, length) == 0) {
            return members->values[i];
        }
    }
    return (Span){NULL, 0};
}

/* A string's characters. The measured journals hold no escapes; one that does is refused rather than misread. */
static inline Span member_string(const Members *members, const char *name) {
    Span value = member(members, name);
    if (value.bytes == NULL || *value.bytes != '"') return (Span){NULL, 0};
    value = (Span){value.bytes + 1, value.length - 2};
    if (memchr(value.bytes, '\\', value.length) != NULL) scan_fail(value);
    return value;
}

#endif
