#include "include/cv8.h"

#include <v8.h>

#include <algorithm>
#include <cstdio>

using v8::Local;

namespace {

Local<v8::String> string(v8::Isolate *isolate, cv8_text text) {
    return v8::String::NewFromUtf8(isolate, text.bytes, v8::NewStringType::kNormal, static_cast<int>(text.length))
        .ToLocalChecked();
}

bool run(Local<v8::Context> context, cv8_text source, char *error, size_t error_size) {
    v8::Isolate *isolate = context->GetIsolate();
    v8::TryCatch caught(isolate);
    Local<v8::Script> script;
    Local<v8::Value> value;
    if (v8::Script::Compile(context, string(isolate, source)).ToLocal(&script) && script->Run(context).ToLocal(&value)) {
        return true;
    }
    v8::String::Utf8Value message(isolate, caught.Message()->Get());
    snprintf(error, error_size, "line %d: %s", caught.Message()->GetLineNumber(context).FromMaybe(0), *message);
    return false;
}

} // namespace

extern "C" uint8_t *cv8_snapshot(cv8_text script, cv8_text warm_up, size_t *length, char *error, size_t error_size) {
    v8::SnapshotCreator creator;
    v8::Isolate *isolate = creator.GetIsolate();
    bool made = false;
    {
        v8::HandleScope handle_scope(isolate);
        const auto context = v8::Context::New(isolate);
        {
            v8::Context::Scope context_scope(context);
            made = run(context, script, error, error_size) && run(context, warm_up, error, error_size);
        }
        creator.SetDefaultContext(context);
    }
    // The functions' code is kept, so that what was warmed up needs no compiling any more.
    const auto blob = creator.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
    if (!made) {
        delete[] blob.data;
        return nullptr;
    }
    *length = static_cast<size_t>(blob.raw_size);
    return reinterpret_cast<uint8_t *>(const_cast<char *>(blob.data));
}

extern "C" void cv8_snapshot_free(uint8_t *bytes) { delete[] reinterpret_cast<char *>(bytes); }
