#ifndef CTEXT_H
#define CTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

static inline bool ctext_holds_any(const uint8_t *text, size_t length, uint8_t one, uint8_t two, uint8_t three) {
    return memchr(text, one, length) != NULL || memchr(text, two, length) != NULL
        || memchr(text, three, length) != NULL;
}

/// Whether the text holds the part.
bool ctext_holds(const uint8_t *text, size_t length, const uint8_t *part, size_t part_length);

/// Writes the host's IDNA look-up form (UTS #46, non-transitional) and a NUL.
/// Returns its length, or 0 when there is none or it does not fit.
size_t ctext_idna_to_ascii(const char *host, char *output, size_t capacity);

/// Many patterns that are looked for at once, each as `ctext_pattern_compile` takes it.
typedef struct ctext_pattern_set ctext_pattern_set;

/// NULL when memory runs out, when a pattern is invalid, or when together they would compile to more than a set may
/// take; then they are to be matched one by one.
ctext_pattern_set *ctext_pattern_set_compile(const char *const *sources, const size_t *lengths, size_t count);
void ctext_pattern_set_free(ctext_pattern_set *set);

/// The index of the first pattern that matches anywhere in the text, -1 when none does, -2 when the search had to be
/// given up: then they are to be matched one by one.
int ctext_pattern_set_first_match(const ctext_pattern_set *set, const char *text, size_t length);

/// Finds the leftmost match; returns whether there is one.
bool ctext_pattern_find(
    const ctext_pattern *pattern, const char *text, size_t length, size_t *start, size_t *end);

/// The indices of all patterns that match anywhere in the text, up to `capacity` of them, in no order. Returns how many
/// were written, or -2 as above.
int ctext_pattern_set_all_matches(
    const ctext_pattern_set *set, const char *text, size_t length, int *found, size_t capacity);

/// A compiled regular expression that knows the places of its groups. Letters differ by case unless it says `(?i)`.
typedef struct ctext_groups ctext_groups;

/// NULL when memory runs out, when the source is invalid, or when it would compile to too large a program.
ctext_groups *ctext_groups_compile(const char *source, size_t length);
void ctext_groups_free(ctext_groups *groups);

/// How many groups there are besides the whole.
size_t ctext_groups_count(const ctext_groups *groups);

/// Finds the leftmost match and writes `start, end` of the whole and of each group, `capacity` pairs at most; -1 for a
/// group that took no part. Returns whether there is one.
bool ctext_groups_find(
    const ctext_groups *groups, const char *text, size_t length, ptrdiff_t *places, size_t capacity);

/// What a Unicode scalar is and becomes. Texts are UTF-8.
typedef struct {
    uint8_t flags;
    uint8_t visible_length;
    /// `CTEXT_LONG` when it does not fit: ask `ctext_long_skeleton`.
    uint8_t skeleton_length;
    uint8_t prototype_length;
    /// Case-folded; nothing when it cannot be seen.
    uint8_t visible[8];
    /// Case-folded, decomposed for compatibility, without combining marks.
    uint8_t skeleton[8];
    /// What it looks like (UTS #39), case-folded. Made for what stands in skeletons.
    uint8_t prototype[8];
} ctext_scalar;

enum {
    /// Words are made of these, and end where they end (UAX #29): letters, digits, marks, connectors.
    CTEXT_WORD = 1,
    /// A letter or digit of any script; those without spaces between words are no `CTEXT_WORD`.
    CTEXT_LETTER = 2,
    CTEXT_SPACE = 4,
    /// A combining mark that skeletons leave out.
    CTEXT_MARK = 8,
    CTEXT_CASED = 16,
    CTEXT_UPPERCASE = 32,
    /// Neither seen nor a space.
    CTEXT_HIDDEN = 64,
    /// Emoji and other symbols.
    CTEXT_SYMBOL = 128,
    CTEXT_LONG = 255,
    CTEXT_LONG_MAX = 64,
};

/// 256 scalars, made when they are first asked for and never freed. Takes a scalar divided by 256, below 0x1100.
const ctext_scalar *ctext_scalar_page(uint32_t page);

static inline const uint8_t *ctext_visible(const ctext_scalar *scalar) { return scalar->visible; }
static inline const uint8_t *ctext_skeleton(const ctext_scalar *scalar) { return scalar->skeleton; }
static inline const uint8_t *ctext_prototype(const ctext_scalar *scalar) { return scalar->prototype; }

/// The whole skeleton of a scalar, or its prototype, when it is `CTEXT_LONG`; up to `CTEXT_LONG_MAX` bytes.
size_t ctext_long_skeleton(uint32_t scalar, uint8_t *output);
size_t ctext_long_prototype(uint32_t scalar, uint8_t *output);

/// The NFKC form. Returns its length, or 0 when it does not fit.
size_t ctext_compose(const uint8_t *text, size_t length, uint8_t *output, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
