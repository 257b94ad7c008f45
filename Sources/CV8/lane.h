#pragma once

#include "include/cv8.h"

#include <v8.h>

#include <ctime>
#include <mutex>

/// What runs on one thread. A late `TerminateExecution` would end the isolate's next call, so it is made under the
/// lock, for the segment that it is meant for, and taken back under the lock when that has ended.
struct cv8_lane {
    cv8_lane();

    /// CPU time between two segments counts for the later one: it is short, and asking for it is a system call. `rest`
    /// leaves it out where it is long.
    void enter(v8::Isolate *isolate);
    void rest();
    /// Why it was stopped.
    cv8_stop leave(v8::Isolate *isolate);
    /// From the lane's own thread, inside the segment.
    void stop(cv8_stop reason);

    std::mutex mutex;
    clockid_t clock;
    v8::Isolate *running = nullptr;
    uint64_t segment = 0, cpu_began_ns = 0, cpu_max_ns = UINT64_MAX, cpu_sum_ns = 0, cpu_last_ns = 0;
    cv8_stop reason = CV8_RUNNING_ON;

    uint64_t cpu_now_ns() const;
};
