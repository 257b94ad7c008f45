#include "isolate.h"

#include <string>
#include <unordered_map>
#include <vector>

using v8::Local;

namespace {

constexpr size_t modules_max = 512;

using Imports = std::unordered_map<std::string, size_t>;

std::string utf8(v8::Isolate *isolate, Local<v8::String> string) {
    v8::String::Utf8Value value(isolate, string);
    return *value ? std::string(*value, static_cast<size_t>(value.length())) : std::string();
}

cv8_text view(const std::string &text) { return {text.data(), text.size()}; }

bool refuse(v8::Isolate *isolate, Local<v8::String> why) {
    isolate->ThrowException(v8::Exception::Error(why));
    return false;
}

v8::MaybeLocal<v8::Value> fill_synthetic(Local<v8::Context> context, Local<v8::Module> module) {
    v8::Isolate *isolate = context->GetIsolate();
    cv8_isolate *self = cv8_isolate::of(isolate);
    for (auto &loaded : self->modules) {
        if (loaded.module.Get(isolate) != module) continue;
        const auto exports = self->kept(loaded.exports).As<v8::Object>();
        Local<v8::Array> names;
        if (!exports->GetOwnPropertyNames(context).ToLocal(&names)) return {};
        for (uint32_t index = 0; index < names->Length(); index++) {
            Local<v8::Value> name, value;
            if (!names->Get(context, index).ToLocal(&name) || !exports->Get(context, name).ToLocal(&value)) return {};
            if (module->SetSyntheticModuleExport(isolate, name.As<v8::String>(), value).IsNothing()) return {};
        }
    }
    Local<v8::Promise::Resolver> resolver;
    if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
    if (resolver->Resolve(context, v8::Undefined(isolate)).IsNothing()) return {};
    return resolver->GetPromise();
}

v8::MaybeLocal<v8::Module> synthetic(cv8_isolate *self, Local<v8::Context> context, const cv8_module &found) {
    const auto exports = self->kept(found.exports);
    Local<v8::Array> names;
    if (!exports->IsObject() || !exports.As<v8::Object>()->GetOwnPropertyNames(context).ToLocal(&names)) return {};
    std::vector<Local<v8::String>> list;
    for (uint32_t index = 0; index < names->Length(); index++) {
        Local<v8::Value> name;
        if (!names->Get(context, index).ToLocal(&name)) return {};
        list.push_back(name.As<v8::String>());
    }
    return v8::Module::CreateSyntheticModule(self->isolate, self->string(found.name), list, fill_synthetic);
}

v8::MaybeLocal<v8::Module> compile(cv8_isolate *self, Local<v8::Context> context, const cv8_module &found) {
    if (found.kind == CV8_HANDLE) return synthetic(self, context, found);
    v8::ScriptOrigin origin(
        self->isolate, self->string(found.name), 0, 0, false, -1, Local<v8::Value>(), false, false, true);
    v8::ScriptCompiler::Source source(self->string(found.source), origin);
    return v8::ScriptCompiler::CompileModule(self->isolate, &source);
}

bool load(
    cv8_isolate *self, Local<v8::Context> context, const std::string &specifier, const std::string &referrer,
    size_t &number);

/// Loads what a module asks for. The vector may grow meanwhile: nothing of it is held.
bool load_requests(cv8_isolate *self, Local<v8::Context> context, size_t number, Local<v8::Module> module) {
    if (module->IsSyntheticModule()) return true;
    const auto requests = module->GetModuleRequests();
    for (int index = 0; index < requests->Length(); index++) {
        const auto request = requests->Get(context, index).As<v8::ModuleRequest>();
        const auto specifier = utf8(self->isolate, request->GetSpecifier());
        size_t imported = 0;
        if (!load(self, context, specifier, self->modules[number].name, imported)) return false;
        self->modules[number].imports[specifier] = imported;
    }
    return true;
}

bool load(
    cv8_isolate *self, Local<v8::Context> context, const std::string &specifier, const std::string &referrer,
    size_t &number) {
    const cv8_module found = self->host.resolve(self->host.context, view(specifier), view(referrer));
    if (found.kind == CV8_ERROR) return refuse(self->isolate, self->string(found.source));
    const std::string name(found.name.bytes, found.name.length);
    for (number = 0; number < self->modules.size(); number++) {
        if (self->modules[number].name == name) return true;
    }
    if (number == modules_max) {
        return refuse(self->isolate, v8::String::NewFromUtf8Literal(self->isolate, "there are too many modules"));
    }
    Local<v8::Module> module;
    if (!compile(self, context, found).ToLocal(&module)) return false;
    self->modules.emplace_back();
    self->modules[number].name = name;
    self->modules[number].module.Reset(self->isolate, module);
    self->modules[number].exports = found.exports;
    return load_requests(self, context, number, module);
}

v8::MaybeLocal<v8::Module> linked(
    Local<v8::Context> context, Local<v8::String> specifier, Local<v8::FixedArray>, Local<v8::Module> referrer) {
    v8::Isolate *isolate = context->GetIsolate();
    cv8_isolate *self = cv8_isolate::of(isolate);
    for (auto &loaded : self->modules) {
        if (loaded.module.Get(isolate) != referrer) continue;
        const auto found = loaded.imports.find(utf8(isolate, specifier));
        if (found != loaded.imports.end()) return self->modules[found->second].module.Get(isolate);
    }
    refuse(isolate, v8::String::NewFromUtf8Literal(isolate, "a module was not loaded"));
    return {};
}

} // namespace

extern "C" cv8_outcome cv8_import(cv8_isolate *self, cv8_text specifier) {
    cv8_handle namespace_handle = 0;
    auto outcome = self->segment([&](Local<v8::Context> context, cv8_outcome &outcome) {
        size_t number = 0;
        if (!load(self, context, std::string(specifier.bytes, specifier.length), "", number)) return false;
        const auto module = self->modules[number].module.Get(self->isolate);
        Local<v8::Value> promise;
        if (!module->InstantiateModule(context, linked).FromMaybe(false)) return false;
        if (!module->Evaluate(context).ToLocal(&promise)) return false;
        self->microtasks->PerformCheckpoint(self->isolate);
        namespace_handle = self->keep(module->GetModuleNamespace());
        return self->finish(promise, false, outcome);
    });
    // A module that awaits the host is asked for again by its promise, then imported again for its namespace.
    if (outcome.status == CV8_DONE) outcome.handle = namespace_handle;
    return outcome;
}
