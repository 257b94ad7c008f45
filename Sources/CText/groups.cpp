#include "ctext.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <vector>

using re2::RE2;
using re2::StringPiece;

struct ctext_groups {
    RE2 regex;
};

namespace {

constexpr int64_t memory_max_bytes = 1 << 20;

RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory_max_bytes);
    return options;
}

}  // namespace

ctext_groups *ctext_groups_compile(const char *source, size_t length) try {
    std::unique_ptr<ctext_groups> groups(new ctext_groups{{StringPiece(source, length), options()}});
    return groups->regex.ok() ? groups.release() : nullptr;
} catch (...) {
    return nullptr;
}

void ctext_groups_free(ctext_groups *groups) { delete groups; }

size_t ctext_groups_count(const ctext_groups *groups) {
    return static_cast<size_t>(groups->regex.NumberOfCapturingGroups());
}

bool ctext_groups_find(
    const ctext_groups *groups, const char *text, size_t length, ptrdiff_t *places, size_t capacity) try {
    const size_t count = std::min(capacity, ctext_groups_count(groups) + 1);
    std::vector<StringPiece> found(count);
    if (!groups->regex.Match({text, length}, 0, length, RE2::UNANCHORED, found.data(), static_cast<int>(count))) {
        return false;
    }
    for (size_t index = 0; index < count; index++) {
        const bool took_part = found[index].data() != nullptr;
        places[2 * index] = took_part ? found[index].data() - text : -1;
        places[2 * index + 1] = took_part ? places[2 * index] + static_cast<ptrdiff_t>(found[index].size()) : -1;
    }
    return true;
} catch (...) {
    return false;
}
