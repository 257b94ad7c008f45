#include "ctext.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using re2::RE2;
using re2::StringPiece;

struct ctext_pattern {
    RE2 regex;
    size_t error_offset;
};

namespace {

/// What one compiled pattern may take; RE2 refuses programs above two thirds of it and keeps its caches in the rest.
constexpr int64_t memory_max_bytes = 1 << 20;

/// Enough to parse, which takes none of it; compiling is not wanted where this is given.
constexpr int64_t parse_only_bytes = 1 << 10;

RE2::Options options(int64_t max_mem) {
    RE2::Options options;
    options.set_case_sensitive(false);
    options.set_never_capture(true);
    options.set_log_errors(false);
    options.set_max_mem(max_mem);
    return options;
}

std::vector<size_t> occurrences(const StringPiece &pattern, const std::string &fragment) {
    std::vector<size_t> found;
    for (size_t at = pattern.find(fragment); at != StringPiece::npos; at = pattern.find(fragment, at + 1)) {
        found.push_back(at);
    }
    return found;
}

/// RE2 names the offending fragment but not where it stands, and it may stand there several times.
/// It reads from left to right, so it is the first occurrence whose prefix fails the same way; all later ones do too.
size_t error_offset(const StringPiece &pattern, const RE2 &regex) {
    const RE2::ErrorCode code = regex.error_code();
    const std::string &argument = regex.error_arg();
    if (code == RE2::ErrorMissingParen) return pattern.size();
    if (code == RE2::ErrorTrailingBackslash) return pattern.size() - 1;
    if (code == RE2::ErrorMissingBracket) return pattern.size() - argument.size();

    const std::string fragment = code == RE2::ErrorUnexpectedParen ? ")" : argument;
    if (fragment.empty()) return 0;
    const auto places = occurrences(pattern, fragment);
    const auto place = std::partition_point(places.begin(), places.end(), [&](size_t at) {
        const RE2 prefix(pattern.substr(0, at + fragment.size()), options(parse_only_bytes));
        return prefix.error_code() != code;
    });
    return place == places.end() ? 0 : *place;
}

/// A clause that follows "at offset N,".
const char *reason(RE2::ErrorCode code) {
    switch (code) {
        case RE2::ErrorBadEscape: return "RE2 does not know the escape (back-references are not linear)";
        case RE2::ErrorBadCharClass:
        case RE2::ErrorBadCharRange: return "the character class or range does not exist";
        case RE2::ErrorMissingBracket: return "a [ is never closed";
        case RE2::ErrorMissingParen: return "a ) is missing";
        case RE2::ErrorUnexpectedParen: return "a ) closes nothing";
        case RE2::ErrorTrailingBackslash: return "a backslash escapes nothing";
        case RE2::ErrorRepeatArgument: return "there is nothing to repeat";
        case RE2::ErrorRepeatSize: return "a repetition is above 1000 in all, or its bounds are swapped";
        case RE2::ErrorRepeatOp: return "a repetition is itself repeated";
        case RE2::ErrorBadPerlOp: return "RE2 does not know the (? group (look-around is not linear)";
        case RE2::ErrorBadNamedCapture: return "the name of a group is not one";
        default: return "RE2 cannot read it";
    }
}

}  // namespace

ctext_pattern *ctext_pattern_compile(const char *source, size_t length) try {
    const StringPiece text(source, length);
    std::unique_ptr<ctext_pattern> pattern(new ctext_pattern{{text, options(memory_max_bytes)}, 0});
    if (ctext_pattern_get_status(pattern.get()) == CTEXT_PATTERN_INVALID) {
        pattern->error_offset = error_offset(text, pattern->regex);
    }
    return pattern.release();
} catch (...) {
    return nullptr;
}

void ctext_pattern_free(ctext_pattern *pattern) { delete pattern; }

ctext_pattern_status ctext_pattern_get_status(const ctext_pattern *pattern) {
    switch (pattern->regex.error_code()) {
        case RE2::NoError: return CTEXT_PATTERN_OK;
        case RE2::ErrorPatternTooLarge: return CTEXT_PATTERN_TOO_LARGE;
        default: return CTEXT_PATTERN_INVALID;
    }
}

const char *ctext_pattern_error(const ctext_pattern *pattern) { return reason(pattern->regex.error_code()); }

size_t ctext_pattern_error_offset(const ctext_pattern *pattern) { return pattern->error_offset; }

bool ctext_pattern_matches(const ctext_pattern *pattern, const char *text, size_t length) try {
    return pattern->regex.Match({text, length}, 0, length, RE2::UNANCHORED, nullptr, 0);
} catch (...) {
    return false;
}

bool ctext_pattern_find(
    const ctext_pattern *pattern, const char *text, size_t length, size_t *start, size_t *end) try {
    StringPiece found;
    if (!pattern->regex.Match({text, length}, 0, length, RE2::UNANCHORED, &found, 1)) return false;
    *start = static_cast<size_t>(found.data() - text);
    *end = *start + found.size();
    return true;
} catch (...) {
    return false;
}

bool ctext_pattern_matches_empty(const ctext_pattern *pattern) try {
    // An empty match depends only on the kinds of its two neighbours: none, a line end, a word character, another.
    for (const char *before : {"", "\n", "a", " "}) {
        for (const char *after : {"", "\n", "a", " "}) {
            const std::string text = std::string(before) + after;
            const size_t at = std::strlen(before);
            if (pattern->regex.Match(text, at, at, RE2::ANCHOR_BOTH, nullptr, 0)) return true;
        }
    }
    return false;
} catch (...) {
    return false;
}
