/* The event that every side of the append suite writes: one `bot.paused` of some account's Twitch bot. */
#ifndef FLOOR_PAYLOAD_H
#define FLOOR_PAYLOAD_H

#include "moment.h"
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PAYLOAD_TYPE "bot.paused"

/* 128 bytes. */
#define PAYLOAD_DATA \
    "{\"until\":\"2026-11-21T12:00:00.000000Z\",\"personal\":{\"reason\":" \
    "\"raid in progress: paused until moderators have cleared the queue\"}}"

/* 349 bytes with its two UUIDs, which are new in each event. */
#define METADATA_HEAD "{\"actor\":{\"kind\":\"user\",\"id\":\"operator_17\"},\"source\":\"rest\",\"command_id\":\""
#define METADATA_MIDDLE "\",\"correlation_id\":\""
#define METADATA_TAIL \
    "\",\"personal\":{\"display\":\"Operator Seventeen\",\"ip\":\"203.0.113.17\",\"user_agent\":" \
    "\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\"}}"

enum { UUID_BYTES = 16, UUID_TEXT_BYTES = 36, STREAM_NAME_BYTES_MAX = 48, ACCOUNT_BYTES_MAX = 32 };

typedef struct {
    uint64_t state;
} Random;

/* xorshift64*: stream choices must be scattered, not secret. */
static inline uint64_t random_next(Random *random) {
    uint64_t x = random->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * 0x2545F4914F6CDD1DULL;
}

/* RFC 9562, version 7: milliseconds, then a counter where the RFC allows one, then random bits. */
static inline void uuid_v7(uint8_t uuid[UUID_BYTES], int64_t microseconds, Random *random) {
    static uint32_t counter;
    static uint64_t last_milliseconds;
    uint64_t milliseconds = (uint64_t)microseconds / 1000, low = random_next(random);
    counter = milliseconds == last_milliseconds ? counter + 1 : 0;
    last_milliseconds = milliseconds;
    for (int i = 0; i < 6; i++) uuid[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
    uuid[6] = (uint8_t)(0x70 | ((counter >> 14) & 0x0F));
    uuid[7] = (uint8_t)(counter >> 6);
    uuid[8] = (uint8_t)(0x80 | (counter & 0x3F));
    for (int i = 9; i < UUID_BYTES; i++) uuid[i] = (uint8_t)(low >> (8 * (i - 9)));
}

static inline void text_uuid(Text *text, const uint8_t uuid[UUID_BYTES]) {
    static const int group_bytes[] = {4, 2, 2, 2, 6};
    for (int group = 0, at = 0; group < 5; at += group_bytes[group++]) {
        if (group > 0) text_bytes(text, "-", 1);
        text_hex(text, uuid + at, (size_t)group_bytes[group]);
    }
}

static inline void payload_metadata(Text *text, int64_t microseconds, Random *random) {
    uint8_t uuid[UUID_BYTES];
    text->length = 0;
    text_string(text, METADATA_HEAD);
    uuid_v7(uuid, microseconds, random);
    text_uuid(text, uuid);
    text_string(text, METADATA_MIDDLE);
    uuid_v7(uuid, microseconds, random);
    text_uuid(text, uuid);
    text_string(text, METADATA_TAIL);
}

static inline void payload_account(char account[ACCOUNT_BYTES_MAX], long number) {
    snprintf(account, ACCOUNT_BYTES_MAX, "acct_%06ld", number);
}

static inline void payload_stream(char name[STREAM_NAME_BYTES_MAX], long number) {
    snprintf(name, STREAM_NAME_BYTES_MAX, "bot-acct_%06ld:twitch", number);
}

#endif
