#include "ctext.h"

#include <cstring>

bool ctext_holds(const uint8_t *text, size_t length, const uint8_t *part, size_t part_length) {
    return memmem(text, length, part, part_length) != nullptr;
}
