#include "ctext.h"

#include <idn2.h>

#include <cstdint>
#include <cstring>

size_t ctext_idna_to_ascii(const char *host, char *output, size_t capacity) {
    uint8_t *ascii = nullptr;
    const auto *input = reinterpret_cast<const uint8_t *>(host);
    if (idn2_lookup_u8(input, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) return 0;

    size_t length = std::strlen(reinterpret_cast<const char *>(ascii));
    if (length < capacity) {
        std::memcpy(output, ascii, length + 1);
    } else {
        length = 0;
    }
    idn2_free(ascii);
    return length;
}
