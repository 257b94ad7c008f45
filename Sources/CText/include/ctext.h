#ifndef CTEXT_H
#define CTEXT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression: RE2 syntax, case-insensitive, linear time. Safe to share between threads.
typedef struct ctext_pattern ctext_pattern;

typedef enum {
    CTEXT_PATTERN_OK,
    CTEXT_PATTERN_INVALID,
    CTEXT_PATTERN_TOO_LARGE,
} ctext_pattern_status;

/// Compiles UTF-8. NULL only when memory runs out; free the result whatever its status, match only with an OK one.
ctext_pattern *ctext_pattern_compile(const char *source, size_t length);
void ctext_pattern_free(ctext_pattern *pattern);

ctext_pattern_status ctext_pattern_get_status(const ctext_pattern *pattern);

/// What is wrong with an invalid pattern (a static text), and at which byte.
const char *ctext_pattern_error(const ctext_pattern *pattern);
size_t ctext_pattern_error_offset(const ctext_pattern *pattern);

/// Whether it matches anywhere in the UTF-8 text.
bool ctext_pattern_matches(const ctext_pattern *pattern, const char *text, size_t length);

/// Whether it can match without taking a character, in whatever surroundings: `a*`, `^`, `\b`.
bool ctext_pattern_matches_empty(const ctext_pattern *pattern);

/// Whether everybody can register names below this host: `com`, `co.uk`, `github.io`. Takes lowercase ASCII.
bool ctext_is_public_suffix(const char *host);

/// Writes the host's IDNA look-up form (UTS #46, non-transitional) and a NUL.
/// Returns its length, or 0 when there is none or it does not fit.
size_t ctext_idna_to_ascii(const char *host, char *output, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
