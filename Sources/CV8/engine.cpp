#include "include/cv8.h"

#include <libplatform/libplatform.h>
#include <v8.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "engine.h"

namespace {

std::unique_ptr<v8::Platform> the_platform;
cv8_fatal on_fatal = nullptr;
std::string failure;
std::once_flag once;

void set_flags(const std::string &flags) {
    std::istringstream stream(flags);
    std::vector<std::string> words{"botcontrol"};
    for (std::string word; stream >> word;) words.push_back(word);
    std::vector<char *> pointers;
    for (auto &word : words) pointers.push_back(word.data());
    int count = static_cast<int>(pointers.size());
    // What V8 understands is taken out of the list. It prints what it does not, and goes on.
    v8::V8::SetFlagsFromCommandLine(&count, pointers.data(), true);
    for (int index = 1; index < count; index++) failure += (index > 1 ? ", " : "") + std::string(pointers[index]);
    if (!failure.empty()) failure = "V8 does not know " + failure;
}

void start(const char *flags, bool single_threaded, cv8_fatal fatal) {
    set_flags(flags);
    if (!failure.empty()) return;
    on_fatal = fatal;
    the_platform = single_threaded ? v8::platform::NewSingleThreadedDefaultPlatform()
                                   : v8::platform::NewDefaultPlatform();
    v8::V8::InitializePlatform(the_platform.get());
    v8::V8::Initialize();
}

} // namespace

namespace cv8 {

v8::Platform *platform() { return the_platform.get(); }

void die(bool out_of_memory) {
    if (on_fatal) on_fatal(out_of_memory);
    abort();
}

} // namespace cv8

extern "C" const char *cv8_version(void) { return v8::V8::GetVersion(); }

extern "C" const char *cv8_start(const char *flags, bool single_threaded, cv8_fatal fatal) {
    std::call_once(once, start, flags, single_threaded, fatal);
    return failure.empty() ? nullptr : failure.c_str();
}
