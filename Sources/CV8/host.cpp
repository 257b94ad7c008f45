#include "isolate.h"

#include <algorithm>
#include <string>

using v8::Local;

namespace {

constexpr int arguments_max = 8;
/// What one call may hand to the host, in bytes: a result is far smaller, a request's body is smaller.
constexpr int argument_units_max = 512 * 1024;

/// Takes over what is text or number, and asks nothing of any object.
bool take(v8::Isolate *isolate, Local<v8::Value> value, std::string &text, cv8_value &taken) {
    taken = {};
    if (value->IsString()) {
        const auto string = value.As<v8::String>();
        if (string->Length() > argument_units_max) return false;
        text.resize(static_cast<size_t>(string->Length()) * 3);
        const int length = string->WriteUtf8(
            isolate, text.data(), static_cast<int>(text.size()), nullptr,
            v8::String::REPLACE_INVALID_UTF8 | v8::String::NO_NULL_TERMINATION);
        text.resize(static_cast<size_t>(length));
        taken.kind = CV8_TEXT;
        taken.text = {text.data(), text.size()};
    } else if (value->IsNumber()) {
        taken.kind = CV8_NUMBER;
        taken.number = value.As<v8::Number>()->Value();
    } else {
        taken.kind = value->IsUndefined() ? CV8_UNDEFINED : CV8_OTHER;
    }
    return true;
}

void throw_error(v8::Isolate *isolate, Local<v8::String> text) {
    isolate->ThrowException(v8::Exception::Error(text));
}

void called(const v8::FunctionCallbackInfo<v8::Value> &info) {
    v8::Isolate *isolate = info.GetIsolate();
    cv8_isolate *self = cv8_isolate::of(isolate);
    const int count = std::min(info.Length(), arguments_max);
    std::string texts[arguments_max];
    cv8_value values[arguments_max];
    for (int index = 0; index < count; index++) {
        if (take(isolate, info[index], texts[index], values[index])) continue;
        return throw_error(isolate, v8::String::NewFromUtf8Literal(isolate, "this is too long for the host"));
    }
    const auto number = static_cast<uint32_t>(info.Data().As<v8::Integer>()->Value());
    const cv8_value answer = self->host.call(self->host.context, number, values, static_cast<size_t>(count));
    if (answer.kind == CV8_ERROR) return throw_error(isolate, self->string(answer.text));
    if (answer.kind == CV8_PROMISE) {
        Local<v8::Promise::Resolver> resolver;
        if (!v8::Promise::Resolver::New(isolate->GetCurrentContext()).ToLocal(&resolver)) return;
        self->promises[static_cast<uint32_t>(answer.number)].Reset(isolate, resolver);
        return info.GetReturnValue().Set(resolver->GetPromise());
    }
    Local<v8::Value> value;
    if (self->value(answer).ToLocal(&value)) info.GetReturnValue().Set(value);
}

} // namespace

extern "C" cv8_handle cv8_function(cv8_isolate *self, uint32_t number) {
    v8::Isolate::Scope isolate_scope(self->isolate);
    v8::HandleScope handle_scope(self->isolate);
    const auto context = self->context.Get(self->isolate);
    v8::Context::Scope context_scope(context);
    Local<v8::Function> function;
    const auto data = v8::Integer::NewFromUnsigned(self->isolate, number);
    if (!v8::Function::New(context, called, data, 0, v8::ConstructorBehavior::kThrow).ToLocal(&function)) return 0;
    return self->keep(function);
}
