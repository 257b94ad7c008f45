#pragma once

#include "include/cv8.h"

#include <v8.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "lane.h"

namespace cv8 {

/// Counts what array buffers hold, and refuses what is above the limit: V8 makes a RangeError of that.
class BufferAllocator final : public v8::ArrayBuffer::Allocator {
  public:
    explicit BufferAllocator(size_t bytes_max) : bytes_max_(bytes_max) {}

    void *Allocate(size_t length) override;
    void *AllocateUninitialized(size_t length) override;
    void Free(void *data, size_t length) override;
    void *Reallocate(void *data, size_t old_length, size_t new_length) override;

    size_t bytes() const { return bytes_; }

  private:
    const size_t bytes_max_;
    size_t bytes_ = 0;
};

struct LoadedModule {
    std::string name;
    v8::Global<v8::Module> module;
    /// What it imports, by specifier: the number of the module.
    std::unordered_map<std::string, size_t> imports;
    /// Of a synthetic one.
    cv8_handle exports = 0;
};

} // namespace cv8

struct cv8_isolate {
    cv8_isolate(cv8_lane *lane, const cv8_options &options, cv8_host host);
    ~cv8_isolate();

    static cv8_isolate *of(v8::Isolate *isolate) { return static_cast<cv8_isolate *>(isolate->GetData(0)); }

    cv8_handle keep(v8::Local<v8::Value> value);
    v8::Local<v8::Value> kept(cv8_handle handle) const;
    v8::Local<v8::String> string(cv8_text text) const;
    v8::MaybeLocal<v8::Value> value(const cv8_value &value) const;

    /// What a promise or plain value comes to: JSON, or a handle.
    bool finish(v8::Local<v8::Value> value, bool keep, cv8_outcome &outcome);
    /// Puts a message into the text, without running anything of the script.
    void describe(v8::Local<v8::Message> message, cv8_outcome &outcome);
    void put(v8::Local<v8::String> string, size_t bytes_max, cv8_outcome &outcome);

    /// Runs the body with everything that JavaScript needs around it. The body returns false when it threw.
    template <typename Body> cv8_outcome segment(Body body) {
        v8::Isolate::Scope isolate_scope(isolate);
        v8::HandleScope handle_scope(isolate);
        const auto local = context.Get(isolate);
        v8::Context::Scope context_scope(local);
        v8::TryCatch caught(isolate);
        cv8_outcome outcome{};
        lane->enter(isolate);
        // The message is made inside, too: making it can take long when what was thrown is large.
        if (!body(local, outcome)) {
            outcome.status = CV8_THREW;
            describe(caught.Message(), outcome);
        }
        const cv8_stop stop = lane->leave(isolate);
        if (stop != CV8_RUNNING_ON || caught.HasTerminated()) {
            outcome = {};
            outcome.status = CV8_STOPPED;
            outcome.stop = stop == CV8_RUNNING_ON ? CV8_STOP_CANCELLED : stop;
        }
        return outcome;
    }

    cv8_lane *lane;
    const cv8_host host;
    const size_t result_bytes;
    cv8::BufferAllocator buffers;
    v8::StartupData snapshot;
    v8::Isolate *isolate = nullptr;
    std::unique_ptr<v8::MicrotaskQueue> microtasks;
    v8::Global<v8::Context> context;
    std::vector<v8::Global<v8::Value>> handles;
    std::vector<cv8_handle> free_handles;
    std::unordered_map<uint32_t, v8::Global<v8::Promise::Resolver>> promises;
    std::vector<cv8::LoadedModule> modules;
    std::string text;
};
