#include "isolate.h"

#include <libplatform/libplatform.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "engine.h"

using v8::Local;

namespace cv8 {

void *BufferAllocator::Allocate(size_t length) {
    if (length > bytes_max_ - bytes_) return nullptr;
    void *data = calloc(length, 1);
    if (data) bytes_ += length;
    return data;
}

void *BufferAllocator::AllocateUninitialized(size_t length) { return Allocate(length); }

void BufferAllocator::Free(void *data, size_t length) {
    bytes_ -= length;
    free(data);
}

void *BufferAllocator::Reallocate(void *data, size_t old_length, size_t new_length) {
    void *fresh = Allocate(new_length);
    if (!fresh) return nullptr;
    memcpy(fresh, data, std::min(old_length, new_length));
    Free(data, old_length);
    return fresh;
}

} // namespace cv8

namespace {

/// A little room to unwind in: without it V8 would end the process before the termination takes hold.
constexpr size_t unwinding_bytes = 16u << 20;

size_t heap_nearly_full(void *data, size_t current, size_t) {
    static_cast<cv8_isolate *>(data)->lane->stop(CV8_STOP_MEMORY);
    return current + unwinding_bytes;
}

v8::MaybeLocal<v8::Value> no_stack(Local<v8::Context> context, Local<v8::Value>, Local<v8::Array>) {
    return v8::String::Empty(context->GetIsolate());
}

void fatal(const char *, const char *) { cv8::die(false); }
void out_of_memory(const char *, bool) { cv8::die(true); }

} // namespace

cv8_isolate::cv8_isolate(cv8_lane *lane, const cv8_options &options, cv8_host host)
    : lane(lane), host(host), result_bytes(options.result_bytes), buffers(options.buffer_bytes),
      snapshot{reinterpret_cast<const char *>(options.snapshot), static_cast<int>(options.snapshot_length)} {
    v8::Isolate::CreateParams parameters;
    parameters.array_buffer_allocator = &buffers;
    if (options.snapshot) parameters.snapshot_blob = &snapshot;
    parameters.constraints.set_max_old_generation_size_in_bytes(options.heap_bytes);
    if (options.young_bytes) parameters.constraints.set_max_young_generation_size_in_bytes(options.young_bytes);

    isolate = v8::Isolate::Allocate();
    isolate->SetData(0, this);
    v8::Isolate::Initialize(isolate, parameters);
    isolate->SetFatalErrorHandler(fatal);
    isolate->SetOOMErrorHandler(out_of_memory);
    isolate->AddNearHeapLimitCallback(heap_nearly_full, this);
    isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    if (options.hides_stacks) isolate->SetPrepareStackTraceCallback(no_stack);
    isolate->SetCaptureStackTraceForUncaughtExceptions(false);

    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope handle_scope(isolate);
    microtasks = v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit);
    const auto local = v8::Context::New(
        isolate, nullptr, {}, {}, v8::DeserializeInternalFieldsCallback(), microtasks.get());
    context.Reset(isolate, local);
    handles.emplace_back(); // 0 is none
}

cv8_isolate::~cv8_isolate() {
    {
        v8::Isolate::Scope isolate_scope(isolate);
        modules.clear();
        promises.clear();
        handles.clear();
        context.Reset();
        microtasks.reset();
    }
    v8::platform::NotifyIsolateShutdown(cv8::platform(), isolate);
    isolate->Dispose();
}

cv8_handle cv8_isolate::keep(Local<v8::Value> value) {
    if (free_handles.empty()) {
        handles.emplace_back(isolate, value);
        return static_cast<cv8_handle>(handles.size() - 1);
    }
    const cv8_handle handle = free_handles.back();
    free_handles.pop_back();
    handles[handle].Reset(isolate, value);
    return handle;
}

Local<v8::Value> cv8_isolate::kept(cv8_handle handle) const {
    if (handle == 0 || handle >= handles.size() || handles[handle].IsEmpty()) return v8::Undefined(isolate);
    return handles[handle].Get(isolate);
}

Local<v8::String> cv8_isolate::string(cv8_text text) const {
    Local<v8::String> string;
    if (text.length > v8::String::kMaxLength
        || !v8::String::NewFromUtf8(isolate, text.bytes, v8::NewStringType::kNormal, static_cast<int>(text.length))
                .ToLocal(&string)) {
        return v8::String::Empty(isolate);
    }
    return string;
}

v8::MaybeLocal<v8::Value> cv8_isolate::value(const cv8_value &value) const {
    switch (value.kind) {
    case CV8_TEXT: return string(value.text);
    case CV8_JSON: return v8::JSON::Parse(context.Get(isolate), string(value.text));
    case CV8_NUMBER: return v8::Number::New(isolate, value.number).As<v8::Value>();
    case CV8_HANDLE: return kept(value.handle);
    default: return v8::Undefined(isolate).As<v8::Value>();
    }
}

extern "C" {

cv8_isolate *cv8_isolate_new(cv8_lane *lane, const cv8_options *options, cv8_host host) {
    auto *isolate = new cv8_isolate(lane, *options, host);
    lane->rest();
    return isolate;
}

void cv8_isolate_free(cv8_isolate *isolate) {
    auto *lane = isolate->lane;
    delete isolate;
    lane->rest();
}

void cv8_forget(cv8_isolate *self, cv8_handle handle) {
    if (handle == 0 || handle >= self->handles.size() || self->handles[handle].IsEmpty()) return;
    self->handles[handle].Reset();
    self->free_handles.push_back(handle);
}

void cv8_tidy(cv8_isolate *self, bool thoroughly) {
    v8::Isolate::Scope isolate_scope(self->isolate);
    v8::HandleScope handle_scope(self->isolate);
    while (v8::platform::PumpMessageLoop(cv8::platform(), self->isolate)) {
    }
    if (thoroughly) self->isolate->LowMemoryNotification();
    self->lane->rest();
}

cv8_memory cv8_isolate_memory(cv8_isolate *self) {
    v8::Isolate::Scope isolate_scope(self->isolate);
    v8::HeapStatistics statistics;
    self->isolate->GetHeapStatistics(&statistics);
    return {statistics.total_physical_size(), statistics.used_heap_size(), self->buffers.bytes()};
}

} // extern "C"
