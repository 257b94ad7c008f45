/* The floor of moderation: makes the normal forms of every text with ICU, and scans them with two RE2 sets.
 *
 * It judges nothing: no links, no capitals, no repeats, no windows, no wildcards, no places of hits. ASCII texts skip
 * ICU, as ours do. */
#include <re2/re2.h>
#include <re2/set.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

struct Forms {
    std::string visible, skeleton;
};

std::vector<std::string> lines(const std::string &path) {
    std::ifstream file(path);
    std::vector<std::string> found;
    for (std::string line; std::getline(file, line);) found.push_back(line);
    if (found.empty()) {
        std::fprintf(stderr, "%s holds nothing\n", path.c_str());
        std::exit(3);
    }
    return found;
}

re2::RE2::Set compiled(const std::vector<std::string> &patterns) {
    re2::RE2::Options options;
    options.set_case_sensitive(false);
    options.set_never_capture(true);
    re2::RE2::Set set(options, re2::RE2::UNANCHORED);
    for (const std::string &pattern : patterns) set.Add(pattern, nullptr);
    if (!set.Compile()) std::exit(3);
    return set;
}

/* `a*b` is any letters between, at the edges of words. */
std::string pattern_of(const std::string &word) {
    std::string pattern = "\\b";
    for (char byte : word) pattern += byte == '*' ? std::string("\\w*") : re2::RE2::QuoteMeta(std::string(1, byte));
    return pattern + "\\b";
}

bool is_ascii(const std::string &text) {
    for (char byte : text) {
        if (static_cast<signed char>(byte) < 0) return false;
    }
    return true;
}

char plain(char byte) {
    switch (byte) {
        case '0': return 'o';
        case '1': case '!': return 'i';
        case '3': return 'e';
        case '4': case '@': return 'a';
        case '5': case '$': return 's';
        case '7': return 't';
        default: return byte;
    }
}

void make_ascii(const std::string &text, Forms &forms) {
    forms.visible.clear();
    bool space = false;
    for (char byte : text) {
        if (byte == ' ' || (byte >= 9 && byte <= 13)) {
            space = !forms.visible.empty();
        } else if (byte > ' ' && byte != 127) {
            if (space) forms.visible += ' ';
            space = false;
            forms.visible += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
        }
    }
    forms.skeleton = forms.visible;
    for (char &byte : forms.skeleton) byte = plain(byte);
}

void make_any(const std::string &text, const icu::Normalizer2 *nfkc, const USpoofChecker *spoof, Forms &forms) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::UnicodeString raw = icu::UnicodeString::fromUTF8(text);
    icu::UnicodeString kept;
    for (int32_t at = 0; at < raw.length(); at = raw.moveIndex32(at, 1)) {
        const UChar32 scalar = raw.char32At(at);
        if (!u_hasBinaryProperty(scalar, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) kept.append(scalar);
    }
    kept.foldCase();
    forms.visible.clear();
    kept.toUTF8String(forms.visible);
    const icu::UnicodeString normal = nfkc->normalize(kept, error);
    icu::UnicodeString prototype;
    uspoof_getSkeletonUnicodeString(spoof, 0, normal, prototype, &error);
    forms.skeleton.clear();
    prototype.toUTF8String(forms.skeleton);
    for (char &byte : forms.skeleton) byte = plain(byte);
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 3) return 2;
    const std::string directory = arguments[1];
    const double seconds = std::atof(arguments[2]);
    const auto texts = lines(directory + "/texts");
    std::vector<std::string> words;
    for (const std::string &word : lines(directory + "/words")) words.push_back(pattern_of(word));
    const auto word_set = compiled(words), pattern_set = compiled(lines(directory + "/patterns"));
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2 *nfkc = icu::Normalizer2::getNFKCInstance(error);
    const USpoofChecker *spoof = uspoof_open(&error);
    if (U_FAILURE(error)) return 3;

    Forms forms;
    std::vector<int> found;
    size_t judged = 0, hits = 0;
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    double elapsed = 0;
    do {
        for (int round = 0; round < 10; round++) {
            for (const std::string &text : texts) {
                if (is_ascii(text)) make_ascii(text, forms); else make_any(text, nfkc, spoof, forms);
                hits += word_set.Match(forms.skeleton, nullptr) || pattern_set.Match(text, nullptr) ? 1 : 0;
                judged++;
            }
        }
        elapsed = std::chrono::duration<double>(clock::now() - start).count();
    } while (elapsed < seconds);
    std::printf("{\"suite\":\"moderate\",\"side\":\"floor\",\"messages\":%zu,\"hits\":%zu,\"seconds\":%.3f,\"rate\":%.0f}\n",
                judged, hits, elapsed, static_cast<double>(judged) / elapsed);
}
