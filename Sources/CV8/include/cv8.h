#ifndef CV8_H
#define CV8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The engine. It starts once in a process, with one list of flags.

/// The version of the V8 that was linked, as "10.2.154.26".
const char *cv8_version(void);

/// What the engine calls when it cannot go on, mostly for want of memory. It must not return.
typedef void (*cv8_fatal)(bool out_of_memory);

/// Returns NULL, or what is wrong: a flag that V8 does not know is. The flags are separated by spaces.
const char *cv8_start(const char *flags, bool single_threaded, cv8_fatal fatal);

// A lane: what runs on one thread, so that another thread can see and stop it.

typedef struct cv8_lane cv8_lane;

typedef enum {
    CV8_RUNNING_ON,
    CV8_STOP_TIME,
    CV8_STOP_MEMORY,
    CV8_STOP_CANCELLED,
} cv8_stop;

typedef struct {
    /// Counts the times that JavaScript was entered; 0 while none runs.
    uint64_t segment;
    /// CPU time of the thread since then, and what it may take.
    uint64_t cpu_ns, cpu_max_ns;
} cv8_running;

/// On the thread that the isolates are going to live on.
cv8_lane *cv8_lane_new(void);
/// When none of its isolates lives any more.
void cv8_lane_free(cv8_lane *lane);
/// What every later segment may take of CPU time.
void cv8_lane_limit(cv8_lane *lane, uint64_t cpu_max_ns);
/// CPU time of all segments so far.
uint64_t cv8_lane_cpu_ns(const cv8_lane *lane);
/// From any thread.
cv8_running cv8_lane_running(cv8_lane *lane);
/// From any thread: ends the segment's JavaScript, if it still runs.
bool cv8_lane_stop(cv8_lane *lane, uint64_t segment, cv8_stop reason);

// Isolates. Each call must come from the thread of its lane.

typedef struct cv8_isolate cv8_isolate;
/// A value that is kept in an isolate; 0 is none.
typedef uint32_t cv8_handle;

typedef struct {
    const char *bytes;
    size_t length;
} cv8_text;

typedef enum {
    CV8_UNDEFINED,
    CV8_TEXT,
    /// As an argument: is parsed on the way in.
    CV8_JSON,
    CV8_NUMBER,
    CV8_HANDLE,
    /// As an answer of the host: an Error is thrown with the text.
    CV8_ERROR,
    /// As an answer of the host: a promise that `cv8_settle` settles, by the number.
    CV8_PROMISE,
    /// As an argument of the host only: what is none of these.
    CV8_OTHER,
} cv8_kind;

typedef struct {
    cv8_kind kind;
    cv8_text text;
    double number;
    cv8_handle handle;
} cv8_value;

typedef enum {
    CV8_DONE,
    /// A promise that waits for the host; `cv8_await` asks again.
    CV8_PENDING,
    CV8_THREW,
    /// Something stopped it. The isolate must be freed.
    CV8_STOPPED,
    /// What it returned is longer than it may be.
    CV8_TOO_LONG,
} cv8_status;

/// How a call ended. Its text lives until the isolate's next call.
typedef struct {
    cv8_status status;
    cv8_stop stop;
    /// The result as JSON, empty for none, or the message of what was thrown, as "main.js:3: TypeError: …".
    cv8_text text;
    /// What was asked to be kept, or the promise that is pending.
    cv8_handle handle;
} cv8_outcome;

typedef struct {
    cv8_kind kind;
    /// A synthetic module's exports: the members of an object.
    cv8_handle exports;
    /// The name of the file, and its text; or the sentence that says why there is none (CV8_ERROR).
    cv8_text name, source;
} cv8_module;

/// What an isolate asks of its host. Texts that are handed out must live until the next call of the same function.
typedef struct {
    void *context;
    cv8_value (*call)(void *context, uint32_t function, const cv8_value *arguments, size_t count);
    cv8_module (*resolve)(void *context, cv8_text specifier, cv8_text referrer);
} cv8_host;

typedef struct {
    /// NULL for an isolate as V8 has it. The bytes must outlive the isolate.
    const uint8_t *snapshot;
    size_t snapshot_length;
    size_t heap_bytes, young_bytes, buffer_bytes, result_bytes;
    /// Whether `error.stack` stays empty, so that nothing of the script runs when an error is looked at.
    bool hides_stacks;
} cv8_options;

/// NULL when there is no memory.
cv8_isolate *cv8_isolate_new(cv8_lane *lane, const cv8_options *options, cv8_host host);
void cv8_isolate_free(cv8_isolate *isolate);

/// Runs a script. `keep` keeps its last value instead of making JSON of it.
cv8_outcome cv8_run(cv8_isolate *isolate, cv8_text source, cv8_text name, bool keep);
/// Loads an ES module and all that it imports; the handle is its namespace.
cv8_outcome cv8_import(cv8_isolate *isolate, cv8_text specifier);
/// Calls a function, then runs the microtasks.
cv8_outcome cv8_call(
    cv8_isolate *isolate, cv8_handle function, const cv8_value *arguments, size_t count, bool keep);
/// Settles a promise that the host answered with, then runs the microtasks. CV8_ERROR rejects it.
cv8_outcome cv8_settle(cv8_isolate *isolate, uint32_t promise, cv8_value value);
/// How a pending promise stands. It is forgotten when it is settled.
cv8_outcome cv8_await(cv8_isolate *isolate, cv8_handle promise);
/// A member of a kept object, kept.
cv8_outcome cv8_member(cv8_isolate *isolate, cv8_handle object, cv8_text name);
/// A new function that calls the host with this number, kept.
cv8_handle cv8_function(cv8_isolate *isolate, uint32_t number);
void cv8_forget(cv8_isolate *isolate, cv8_handle handle);
/// Puts a kept value among the globals.
cv8_outcome cv8_set_global(cv8_isolate *isolate, cv8_text name, cv8_handle value);

/// Lets the engine do what it has put off, such as collecting garbage.
void cv8_tidy(cv8_isolate *isolate, bool thoroughly);

typedef struct {
    size_t heap_bytes, heap_used_bytes, buffer_bytes;
} cv8_memory;
cv8_memory cv8_isolate_memory(cv8_isolate *isolate);

/// Runs a script and stores what it leaves behind. The caller frees the bytes. NULL when it throws: `error` says why.
uint8_t *cv8_snapshot(cv8_text script, cv8_text warm_up, size_t *length, char *error, size_t error_size);
void cv8_snapshot_free(uint8_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
