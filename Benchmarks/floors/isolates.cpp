// Bare isolates of V8 from the very snapshot that the sandbox's start from: how long one takes, and what many hold.
//
//     isolates SNAPSHOT COUNT

#include <libplatform/libplatform.h>
#include <time.h>
#include <unistd.h>
#include <v8.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

uint64_t now_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

long resident_bytes() {
    long size = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> size >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

} // namespace

int main(int count, char **arguments) {
    if (count != 3) return fputs("usage: isolates SNAPSHOT COUNT\n", stderr), 2;
    std::ifstream file(arguments[1], std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const int isolates = atoi(arguments[2]);

    int flag_count = 6;
    char flags[6][32] = {"floor", "--jitless", "--no-expose-wasm", "--single-threaded", "--single-threaded-gc", "--no-flush-bytecode"};
    char *pointers[] = {flags[0], flags[1], flags[2], flags[3], flags[4], flags[5]};
    v8::V8::SetFlagsFromCommandLine(&flag_count, pointers, true);
    const auto platform = v8::platform::NewSingleThreadedDefaultPlatform();
    v8::V8::InitializePlatform(platform.get());
    v8::V8::Initialize();
    v8::StartupData snapshot{bytes.data(), static_cast<int>(bytes.size())};
    v8::Isolate::CreateParams parameters;
    const std::unique_ptr<v8::ArrayBuffer::Allocator> allocator(v8::ArrayBuffer::Allocator::NewDefaultAllocator());
    parameters.array_buffer_allocator = allocator.get();
    parameters.snapshot_blob = &snapshot;

    std::vector<uint64_t> times;
    std::vector<v8::Global<v8::Context>> contexts;
    const auto make = [&] {
        const uint64_t began = now_ns();
        v8::Isolate *isolate = v8::Isolate::New(parameters);
        const v8::Isolate::Scope isolate_scope(isolate);
        const v8::HandleScope scope(isolate);
        contexts.emplace_back(isolate, v8::Context::New(isolate));
        times.push_back(now_ns() - began);
    };
    make();
    times.clear();
    const long before = resident_bytes();
    for (int index = 0; index < isolates; index++) make();
    const long each = (resident_bytes() - before) / isolates;
    std::sort(times.begin(), times.end());
    const double median = static_cast<double>(times[times.size() / 2]);
    printf("{\"rate\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f, \"bytes_each\": %ld}\n", 1e9 / median, median / 1000,
           static_cast<double>(times[times.size() * 99 / 100]) / 1000, each);
    fflush(stdout);
    // The isolates go with the process.
    _exit(0);
}
