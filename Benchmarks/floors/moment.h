/* Microseconds since 1970 UTC and RFC 3339 as the journal writes it: `2026-11-21T12:00:00.000000Z`. */
#ifndef FLOOR_MOMENT_H
#define FLOOR_MOMENT_H

#include "text.h"

#include <stdint.h>
#include <time.h>

enum { MOMENT_BYTES = 27 };

static inline int64_t wall_microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline char *write_digits(char *at, int value, int width, char separator) {
    for (int i = width - 1; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
    at[width] = separator;
    return at + width + 1;
}

static inline void text_moment(Text *text, int64_t microseconds) {
    time_t seconds = (time_t)(microseconds / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    text_reserve(text, MOMENT_BYTES);
    char *at = text->bytes + text->length;
    at = write_digits(at, utc.tm_year + 1900, 4, '-');
    at = write_digits(at, utc.tm_mon + 1, 2, '-');
    at = write_digits(at, utc.tm_mday, 2, 'T');
    at = write_digits(at, utc.tm_hour, 2, ':');
    at = write_digits(at, utc.tm_min, 2, ':');
    at = write_digits(at, utc.tm_sec, 2, '.');
    write_digits(at, (int)(microseconds % 1000000), 6, 'Z');
    text->length += MOMENT_BYTES;
}

static inline int two_digits(const char *at) { return (at[0] - '0') * 10 + (at[1] - '0'); }

/* Reads MOMENT_BYTES bytes. The number of the day is H. Hinnant's days_from_civil. */
static inline int64_t moment_microseconds(const char *at) {
    int month = two_digits(at + 5), year = two_digits(at) * 100 + two_digits(at + 2) - (month <= 2);
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + two_digits(at + 8) - 1;
    int64_t days = 365LL * year + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
    int64_t seconds = days * 86400 + two_digits(at + 11) * 3600 + two_digits(at + 14) * 60 + two_digits(at + 17);
    return seconds * 1000000 + two_digits(at + 20) * 10000 + two_digits(at + 22) * 100 + two_digits(at + 24);
}

#endif
