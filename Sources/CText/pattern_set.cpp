#include "ctext.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <memory>
#include <vector>

using re2::RE2;
using re2::StringPiece;

struct ctext_pattern_set {
    RE2::Set set;
};

namespace {

/// Ten thousand channels have a set each: first as little as a few patterns need, then more for many and large ones.
/// What the program leaves of it is for the states that were met, which are forgotten when it is full.
constexpr int64_t memory_bytes[] = {1 << 16, 1 << 18, 1 << 20, 1 << 23};

RE2::Options options(int64_t max_mem) {
    RE2::Options options;
    options.set_case_sensitive(false);
    options.set_never_capture(true);
    options.set_log_errors(false);
    options.set_max_mem(max_mem);
    return options;
}

std::unique_ptr<ctext_pattern_set> compiled(
    const char *const *sources, const size_t *lengths, size_t count, int64_t max_mem) {
    std::unique_ptr<ctext_pattern_set> made(new ctext_pattern_set{RE2::Set(options(max_mem), RE2::UNANCHORED)});
    for (size_t index = 0; index < count; index++) {
        if (made->set.Add(StringPiece(sources[index], lengths[index]), nullptr) < 0) return nullptr;
    }
    return made->set.Compile() ? std::move(made) : nullptr;
}

}  // namespace

ctext_pattern_set *ctext_pattern_set_compile(const char *const *sources, const size_t *lengths, size_t count) try {
    for (const int64_t max_mem : memory_bytes) {
        auto made = compiled(sources, lengths, count, max_mem);
        // A first search shows whether there is room for states at all.
        RE2::Set::ErrorInfo error{RE2::Set::kNoError};
        std::vector<int> found;
        if (made != nullptr && (made->set.Match("a", &found, &error), error.kind == RE2::Set::kNoError)) {
            return made.release();
        }
    }
    return nullptr;
} catch (...) {
    return nullptr;
}

void ctext_pattern_set_free(ctext_pattern_set *set) { delete set; }

int ctext_pattern_set_first_match(const ctext_pattern_set *set, const char *text, size_t length) try {
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    // A search that needs no list of what was found ends at the first.
    if (!set->set.Match({text, length}, nullptr, &error)) return error.kind == RE2::Set::kNoError ? -1 : -2;
    std::vector<int> found;
    if (!set->set.Match({text, length}, &found, &error) || found.empty()) return -2;
    return *std::min_element(found.begin(), found.end());
} catch (...) {
    return -2;
}

int ctext_pattern_set_all_matches(
    const ctext_pattern_set *set, const char *text, size_t length, int *found, size_t capacity) try {
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    std::vector<int> all;
    if (!set->set.Match({text, length}, &all, &error)) return error.kind == RE2::Set::kNoError ? 0 : -2;
    const size_t count = std::min(all.size(), capacity);
    std::copy_n(all.begin(), count, found);
    return static_cast<int>(count);
} catch (...) {
    return -2;
}
