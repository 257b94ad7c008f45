/* A growing byte buffer: snprintf would be a tenth of what an append costs, and a floor must not carry that. */
#ifndef FLOOR_TEXT_H
#define FLOOR_TEXT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t length, capacity;
} Text;

static inline void text_reserve(Text *text, size_t more) {
    if (text->length + more <= text->capacity) return;
    text->capacity = 2 * (text->length + more);
    text->bytes = realloc(text->bytes, text->capacity);
    if (text->bytes == NULL) {
        fputs("out of memory\n", stderr);
        exit(3);
    }
}

static inline void text_bytes(Text *text, const void *bytes, size_t length) {
    if (length == 0) return;
    text_reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static inline void text_string(Text *text, const char *string) {
    text_bytes(text, string, strlen(string));
}

static inline void text_integer(Text *text, int64_t value) {
    char digits[24], *digit = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--digit = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) *--digit = '-';
    text_bytes(text, digit, (size_t)(digits + sizeof digits - digit));
}

static inline void hex_write(char *hex, const uint8_t *bytes, size_t count) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static inline void text_hex(Text *text, const uint8_t *bytes, size_t count) {
    text_reserve(text, 2 * count);
    hex_write(text->bytes + text->length, bytes, count);
    text->length += 2 * count;
}

#endif
