#include "ctext.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <string>

using icu::Normalizer2;
using icu::UnicodeString;

namespace {

constexpr uint32_t page_size = 256, page_count = 0x110000 / page_size;
constexpr UChar32 braille_blank = 0x2800, replacement = 0xFFFD;

std::atomic<const ctext_scalar *> pages[page_count];
std::mutex filling;

bool is_space(UChar32 scalar) { return u_isUWhiteSpace(scalar) || scalar == braille_blank; }

/// Default-ignorable ones (the tags of U+E0000, joiners, fillers, variation selectors), formats and controls.
bool is_hidden(UChar32 scalar) {
    if (is_space(scalar)) return false;
    const int8_t type = u_charType(scalar);
    return type == U_FORMAT_CHAR || type == U_CONTROL_CHAR || type == U_SURROGATE
        || u_hasBinaryProperty(scalar, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

/// Marks that sit on letters of any script, and points that are optional in theirs; vowel signs as in Devanagari are
/// letters for our purposes.
bool is_loose_mark(UChar32 scalar) {
    if ((U_GET_GC_MASK(scalar) & U_GC_M_MASK) == 0) return false;
    UErrorCode error = U_ZERO_ERROR;
    // The marks of kana tell one letter from another.
    if (uscript_hasScript(scalar, USCRIPT_HIRAGANA)) return false;
    switch (uscript_getScript(scalar, &error)) {
        case USCRIPT_INHERITED:
        case USCRIPT_COMMON:
        case USCRIPT_CYRILLIC:
        case USCRIPT_HEBREW:
        case USCRIPT_ARABIC: return true;
        default: return false;
    }
}

bool is_word(UChar32 scalar) {
    switch (u_getIntPropertyValue(scalar, UCHAR_WORD_BREAK)) {
        case U_WB_ALETTER:
        case U_WB_HEBREW_LETTER:
        case U_WB_NUMERIC:
        case U_WB_KATAKANA:
        case U_WB_EXTENDNUMLET: return true;
        default: return (U_GET_GC_MASK(scalar) & U_GC_M_MASK) != 0;
    }
}

uint8_t flags_of(UChar32 scalar) {
    if (is_hidden(scalar)) return CTEXT_HIDDEN;
    if (is_space(scalar)) return CTEXT_SPACE;
    uint8_t flags = 0;
    if (is_word(scalar)) flags |= CTEXT_WORD;
    if ((U_GET_GC_MASK(scalar) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0) flags |= CTEXT_LETTER;
    if ((U_GET_GC_MASK(scalar) & U_GC_S_MASK) != 0) flags |= CTEXT_SYMBOL;
    if (is_loose_mark(scalar)) flags |= CTEXT_MARK;
    if (u_hasBinaryProperty(scalar, UCHAR_CASED)) flags |= CTEXT_CASED;
    if (u_hasBinaryProperty(scalar, UCHAR_UPPERCASE)) flags |= CTEXT_UPPERCASE;
    return flags;
}

/// The letter that a sign is a picture of, by its name: squared and circled ones have no decomposition when they are
/// white on black, and neither have the regional indicators.
UChar32 pictured_letter(UChar32 scalar) {
    if (scalar < 0x1F100 || scalar > 0x1F1FF) return scalar;
    char buffer[128];
    UErrorCode error = U_ZERO_ERROR;
    const int32_t length = u_charName(scalar, U_UNICODE_CHAR_NAME, buffer, sizeof buffer, &error);
    const std::string name(buffer, U_SUCCESS(error) ? static_cast<size_t>(length) : 0);
    for (const char *kind : {"SQUARED LATIN CAPITAL LETTER ", "CIRCLED LATIN CAPITAL LETTER ", "SYMBOL LETTER "}) {
        const size_t at = name.find(kind);
        const size_t letter = at + std::strlen(kind);
        if (at != std::string::npos && name.size() == letter + 1) return u_tolower(name[letter]);
    }
    return scalar;
}

UnicodeString without_marks(const UnicodeString &text) {
    UnicodeString kept;
    for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UChar32 scalar = text.char32At(at);
        if (!is_loose_mark(scalar) && !is_hidden(scalar)) kept.append(is_space(scalar) ? UChar32(' ') : scalar);
    }
    return kept;
}

UnicodeString folded(const UnicodeString &text) { return UnicodeString(text).foldCase(); }

/// Folded again: what decomposes may come out in capitals.
UnicodeString skeleton_of(UChar32 scalar) {
    if (scalar == replacement) return UnicodeString();
    UErrorCode error = U_ZERO_ERROR;
    const Normalizer2 *decomposition = Normalizer2::getNFKDInstance(error);
    if (U_FAILURE(error)) return folded(UnicodeString(scalar));
    UnicodeString text = decomposition->normalize(folded(UnicodeString(pictured_letter(scalar))), error);
    return without_marks(decomposition->normalize(folded(text), error));
}

const USpoofChecker *spoof_checker() {
    static const USpoofChecker *checker = [] {
        UErrorCode error = U_ZERO_ERROR;
        const USpoofChecker *opened = uspoof_open(&error);
        return U_SUCCESS(error) ? opened : nullptr;
    }();
    return checker;
}

UnicodeString prototype_of(UChar32 scalar) {
    UnicodeString result(scalar);
    if (spoof_checker() == nullptr) return result;
    UErrorCode error = U_ZERO_ERROR;
    UnicodeString found;
    uspoof_getSkeletonUnicodeString(spoof_checker(), 0, result, found, &error);
    return U_SUCCESS(error) ? without_marks(folded(found)) : result;
}

uint8_t store(const UnicodeString &text, uint8_t (&place)[8]) {
    std::string bytes;
    text.toUTF8String(bytes);
    if (bytes.size() > sizeof place) return CTEXT_LONG;
    std::memcpy(place, bytes.data(), bytes.size());
    return static_cast<uint8_t>(bytes.size());
}

size_t store_long(const UnicodeString &text, uint8_t *output) {
    std::string bytes;
    text.toUTF8String(bytes);
    if (bytes.size() > CTEXT_LONG_MAX) return 0;
    std::memcpy(output, bytes.data(), bytes.size());
    return bytes.size();
}

ctext_scalar entry(UChar32 scalar) {
    ctext_scalar entry{};
    entry.flags = flags_of(scalar);
    if (entry.flags & CTEXT_HIDDEN) return entry;
    const UnicodeString text = entry.flags & CTEXT_SPACE ? UnicodeString(UChar32(' ')) : folded(UnicodeString(scalar));
    entry.visible_length = store(text, entry.visible);
    entry.skeleton_length = store(entry.flags & CTEXT_SPACE ? text : skeleton_of(scalar), entry.skeleton);
    entry.prototype_length = store(prototype_of(scalar), entry.prototype);
    return entry;
}

}  // namespace

const ctext_scalar *ctext_scalar_page(uint32_t page) {
    if (const ctext_scalar *made = pages[page].load(std::memory_order_acquire)) return made;
    const std::lock_guard<std::mutex> lock(filling);
    if (const ctext_scalar *made = pages[page].load(std::memory_order_acquire)) return made;
    auto *made = new ctext_scalar[page_size];
    for (uint32_t index = 0; index < page_size; index++) {
        made[index] = entry(static_cast<UChar32>(page * page_size + index));
    }
    pages[page].store(made, std::memory_order_release);
    return made;
}

size_t ctext_long_skeleton(uint32_t scalar, uint8_t *output) {
    return store_long(skeleton_of(static_cast<UChar32>(scalar)), output);
}

size_t ctext_long_prototype(uint32_t scalar, uint8_t *output) {
    return store_long(prototype_of(static_cast<UChar32>(scalar)), output);
}

size_t ctext_compose(const uint8_t *text, size_t length, uint8_t *output, size_t capacity) try {
    UErrorCode error = U_ZERO_ERROR;
    const Normalizer2 *composition = Normalizer2::getNFKCInstance(error);
    if (U_FAILURE(error)) return 0;
    const auto source = icu::StringPiece(reinterpret_cast<const char *>(text), static_cast<int32_t>(length));
    std::string composed;
    composition->normalize(UnicodeString::fromUTF8(source), error).toUTF8String(composed);
    if (U_FAILURE(error) || composed.size() > capacity) return 0;
    std::memcpy(output, composed.data(), composed.size());
    return composed.size();
} catch (...) {
    return 0;
}
