#include "isolate.h"

#include <algorithm>

using v8::Local;

namespace {

/// An extension's message is for one line of a log.
constexpr size_t message_bytes_max = 1024;
constexpr int write_options = v8::String::REPLACE_INVALID_UTF8 | v8::String::NO_NULL_TERMINATION;

} // namespace

void cv8_isolate::put(Local<v8::String> string, size_t bytes_max, cv8_outcome &outcome) {
    // Three bytes are the most that one UTF-16 unit takes.
    const size_t room = std::min(static_cast<size_t>(string->Length()) * 3, bytes_max);
    const size_t start = text.size();
    text.resize(start + room);
    const int length = string->WriteUtf8(
        isolate, text.data() + start, static_cast<int>(room), nullptr, write_options);
    text.resize(start + static_cast<size_t>(length));
    outcome.text = {text.data(), text.size()};
}

void cv8_isolate::describe(Local<v8::Message> message, cv8_outcome &outcome) {
    text.clear();
    if (message.IsEmpty()) return;
    const auto name = message->GetScriptResourceName();
    int line = 0;
    if (!name.IsEmpty() && name->IsString() && message->GetLineNumber(context.Get(isolate)).To(&line)) {
        put(name.As<v8::String>(), message_bytes_max, outcome);
        text += ":" + std::to_string(line) + ": ";
    }
    // It says what was thrown without asking that.
    put(message->Get(), message_bytes_max, outcome);
    const std::string prefix = "Uncaught ";
    const size_t found = text.find(prefix);
    if (found != std::string::npos) text.erase(found, prefix.size());
    outcome.text = {text.data(), text.size()};
}

bool cv8_isolate::finish(Local<v8::Value> value, bool keep, cv8_outcome &outcome) {
    text.clear();
    if (value->IsPromise() && !keep) {
        const auto promise = value.As<v8::Promise>();
        switch (promise->State()) {
        case v8::Promise::kPending:
            outcome.status = CV8_PENDING;
            outcome.handle = this->keep(promise);
            return true;
        case v8::Promise::kRejected:
            outcome.status = CV8_THREW;
            describe(v8::Exception::CreateMessage(isolate, promise->Result()), outcome);
            return true;
        case v8::Promise::kFulfilled: value = promise->Result();
        }
    }
    if (keep) {
        outcome.handle = this->keep(value);
        return true;
    }
    if (value->IsUndefined() || value->IsFunction() || value->IsSymbol()) return true;
    Local<v8::String> json;
    if (!v8::JSON::Stringify(context.Get(isolate), value).ToLocal(&json)) return false;
    if (static_cast<size_t>(json->Length()) > result_bytes) {
        outcome.status = CV8_TOO_LONG;
        return true;
    }
    put(json, SIZE_MAX, outcome);
    // A `toJSON` that returns undefined: V8's own Stringify says so in a word that is no JSON.
    if (text == "undefined") outcome.text = {};
    if (text.size() > result_bytes) outcome.status = CV8_TOO_LONG;
    return true;
}

extern "C" {

cv8_outcome cv8_run(cv8_isolate *self, cv8_text source, cv8_text name, bool keep) {
    return self->segment([&](Local<v8::Context> context, cv8_outcome &outcome) {
        v8::ScriptOrigin origin(self->isolate, self->string(name));
        Local<v8::Script> script;
        Local<v8::Value> value;
        if (!v8::Script::Compile(context, self->string(source), &origin).ToLocal(&script)) return false;
        if (!script->Run(context).ToLocal(&value)) return false;
        self->microtasks->PerformCheckpoint(self->isolate);
        return self->finish(value, keep, outcome);
    });
}

cv8_outcome cv8_call(cv8_isolate *self, cv8_handle function, const cv8_value *arguments, size_t count, bool keep) {
    return self->segment([&](Local<v8::Context> context, cv8_outcome &outcome) {
        constexpr size_t count_max = 8;
        Local<v8::Value> values[count_max];
        const auto called = self->kept(function);
        if (!called->IsFunction() || count > count_max) return false;
        for (size_t index = 0; index < count; index++) {
            if (!self->value(arguments[index]).ToLocal(&values[index])) return false;
        }
        Local<v8::Value> value;
        if (!called.As<v8::Function>()
                 ->Call(context, v8::Undefined(self->isolate), static_cast<int>(count), values)
                 .ToLocal(&value)) {
            return false;
        }
        self->microtasks->PerformCheckpoint(self->isolate);
        return self->finish(value, keep, outcome);
    });
}

cv8_outcome cv8_settle(cv8_isolate *self, uint32_t number, cv8_value value) {
    return self->segment([&](Local<v8::Context> context, cv8_outcome &) {
        const auto found = self->promises.find(number);
        if (found == self->promises.end()) return true;
        const auto resolver = found->second.Get(self->isolate);
        self->promises.erase(found);
        Local<v8::Value> local;
        if (value.kind == CV8_ERROR) {
            if (resolver->Reject(context, v8::Exception::Error(self->string(value.text))).IsNothing()) return false;
        } else if (!self->value(value).ToLocal(&local) || resolver->Resolve(context, local).IsNothing()) {
            return false;
        }
        self->microtasks->PerformCheckpoint(self->isolate);
        return true;
    });
}

cv8_outcome cv8_await(cv8_isolate *self, cv8_handle promise) {
    auto outcome = self->segment([&](Local<v8::Context>, cv8_outcome &outcome) {
        const auto value = self->kept(promise);
        if (value->IsPromise() && value.As<v8::Promise>()->State() == v8::Promise::kPending) {
            outcome.status = CV8_PENDING;
            outcome.handle = promise;
            return true;
        }
        return self->finish(value, false, outcome);
    });
    if (outcome.status != CV8_PENDING) cv8_forget(self, promise);
    return outcome;
}

cv8_outcome cv8_member(cv8_isolate *self, cv8_handle object, cv8_text name) {
    return self->segment([&](Local<v8::Context> context, cv8_outcome &outcome) {
        const auto holder = self->kept(object);
        Local<v8::Value> value;
        if (!holder->IsObject() || !holder.As<v8::Object>()->Get(context, self->string(name)).ToLocal(&value)) {
            return false;
        }
        outcome.handle = self->keep(value);
        return true;
    });
}

cv8_outcome cv8_set_global(cv8_isolate *self, cv8_text name, cv8_handle value) {
    return self->segment([&](Local<v8::Context> context, cv8_outcome &) {
        return !context->Global()->Set(context, self->string(name), self->kept(value)).IsNothing();
    });
}

} // extern "C"
