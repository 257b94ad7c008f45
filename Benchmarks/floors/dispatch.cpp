// The least that a call in another process takes: the bytes over a socket pair, one Function::Call of V8, the bytes
// back. No limits, no checks, no queue.
//
//     dispatch bare|json SECONDS IN_FLIGHT < context
//
// `bare` calls a function that returns a text; `json` parses the context and makes JSON of an answer, as any handler's
// call has to.

#include <libplatform/libplatform.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <v8.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

const char *const bare = "(text) => 'Ronni: 1 points'";
const char *const json = "(text) => { const ctx = JSON.parse(text);"
                         " return JSON.stringify({ type: 'reply', text: `${ctx.user.name}: ${ctx.args.length} points` }) }";

uint64_t now_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

void fail(const char *what) {
    perror(what);
    exit(1);
}

void write_all(int socket, const char *bytes, size_t length) {
    while (length > 0) {
        const ssize_t count = write(socket, bytes, length);
        if (count <= 0) fail("write");
        bytes += count;
        length -= static_cast<size_t>(count);
    }
}

/// Answers every whole message, all that came together with one write.
void serve(int socket, size_t length, const char *source) {
    int count = 4;
    char flags[4][32] = {"floor", "--jitless", "--no-expose-wasm", "--single-threaded"};
    char *pointers[] = {flags[0], flags[1], flags[2], flags[3]};
    v8::V8::SetFlagsFromCommandLine(&count, pointers, true);
    const auto platform = v8::platform::NewSingleThreadedDefaultPlatform();
    v8::V8::InitializePlatform(platform.get());
    v8::V8::Initialize();
    v8::Isolate::CreateParams parameters;
    const std::unique_ptr<v8::ArrayBuffer::Allocator> allocator(v8::ArrayBuffer::Allocator::NewDefaultAllocator());
    parameters.array_buffer_allocator = allocator.get();
    v8::Isolate *isolate = v8::Isolate::New(parameters);
    const v8::Isolate::Scope isolate_scope(isolate);
    const v8::HandleScope outer(isolate);
    const auto context = v8::Context::New(isolate);
    const v8::Context::Scope context_scope(context);
    const auto text = v8::String::NewFromUtf8(isolate, source).ToLocalChecked();
    const auto function =
        v8::Script::Compile(context, text).ToLocalChecked()->Run(context).ToLocalChecked().As<v8::Function>();

    std::vector<char> buffer(length * 1024), answer(length);
    size_t have = 0;
    while (true) {
        const ssize_t got = read(socket, buffer.data() + have, buffer.size() - have);
        if (got <= 0) exit(0);
        have += static_cast<size_t>(got);
        std::string out;
        size_t used = 0;
        for (; have - used >= length; used += length) {
            const v8::HandleScope scope(isolate);
            v8::Local<v8::Value> argument =
                v8::String::NewFromUtf8(
                    isolate, buffer.data() + used, v8::NewStringType::kNormal, static_cast<int>(length))
                    .ToLocalChecked();
            const auto result = function->Call(context, v8::Undefined(isolate), 1, &argument).ToLocalChecked();
            result.As<v8::String>()->WriteUtf8(isolate, answer.data(), static_cast<int>(length));
            out.append(buffer.data() + used, length);
        }
        write_all(socket, out.data(), out.size());
        memmove(buffer.data(), buffer.data() + used, have - used);
        have -= used;
    }
}

} // namespace

int main(int count, char **arguments) {
    if (count != 4) return fputs("usage: dispatch bare|json SECONDS IN_FLIGHT < context\n", stderr), 2;
    const char *source = strcmp(arguments[1], "json") == 0 ? json : bare;
    const double seconds = atof(arguments[2]);
    const size_t in_flight = static_cast<size_t>(atoi(arguments[3]));
    const std::string message{std::istreambuf_iterator<char>(std::cin), {}};
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) fail("socketpair");
    if (fork() == 0) {
        close(pair[0]);
        serve(pair[1], message.size(), source);
    }
    close(pair[1]);

    std::string batch;
    for (size_t index = 0; index < in_flight; index++) batch += message;
    std::vector<char> buffer(batch.size());
    std::vector<uint32_t> latencies;
    const auto round = [&] {
        const uint64_t began = now_ns();
        write_all(pair[0], batch.data(), batch.size());
        for (size_t have = 0; have < batch.size();) {
            const ssize_t got = read(pair[0], buffer.data() + have, batch.size() - have);
            if (got <= 0) fail("read");
            have += static_cast<size_t>(got);
        }
        latencies.push_back(static_cast<uint32_t>(now_ns() - began));
    };
    for (int index = 0; index < 2000; index++) round();
    latencies.clear();
    const uint64_t began = now_ns(), end = began + static_cast<uint64_t>(seconds * 1e9);
    while (now_ns() < end) round();
    const double elapsed = static_cast<double>(now_ns() - began) / 1e9;
    std::sort(latencies.begin(), latencies.end());
    const auto at = [&](double part) {
        return latencies[static_cast<size_t>(static_cast<double>(latencies.size() - 1) * part)] / 1000.0;
    };
    printf("{\"rate\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n",
           static_cast<double>(latencies.size() * in_flight) / elapsed, at(0.5), at(0.99));
    close(pair[0]);
    wait(nullptr);
}
