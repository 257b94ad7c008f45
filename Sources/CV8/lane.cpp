#include "lane.h"

#include <pthread.h>

cv8_lane::cv8_lane() {
    pthread_getcpuclockid(pthread_self(), &clock);
    rest();
}

void cv8_lane::rest() { cpu_last_ns = cpu_now_ns(); }

uint64_t cv8_lane::cpu_now_ns() const {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

void cv8_lane::enter(v8::Isolate *isolate) {
    const std::lock_guard<std::mutex> guard(mutex);
    running = isolate;
    segment += 1;
    cpu_began_ns = cpu_last_ns;
    reason = CV8_RUNNING_ON;
}

cv8_stop cv8_lane::leave(v8::Isolate *isolate) {
    const uint64_t now = cpu_now_ns();
    const std::lock_guard<std::mutex> guard(mutex);
    running = nullptr;
    cpu_sum_ns += now - cpu_began_ns;
    cpu_last_ns = now;
    if (reason != CV8_RUNNING_ON) isolate->CancelTerminateExecution();
    return reason;
}

void cv8_lane::stop(cv8_stop why) {
    const std::lock_guard<std::mutex> guard(mutex);
    if (!running) return;
    if (reason == CV8_RUNNING_ON) reason = why;
    running->TerminateExecution();
}

extern "C" {

cv8_lane *cv8_lane_new(void) { return new cv8_lane(); }

void cv8_lane_free(cv8_lane *lane) { delete lane; }

void cv8_lane_limit(cv8_lane *lane, uint64_t cpu_max_ns) {
    const std::lock_guard<std::mutex> guard(lane->mutex);
    lane->cpu_max_ns = cpu_max_ns;
}

uint64_t cv8_lane_cpu_ns(const cv8_lane *lane) { return lane->cpu_sum_ns; }

cv8_running cv8_lane_running(cv8_lane *lane) {
    const std::lock_guard<std::mutex> guard(lane->mutex);
    if (!lane->running) return {0, 0, lane->cpu_max_ns};
    return {lane->segment, lane->cpu_now_ns() - lane->cpu_began_ns, lane->cpu_max_ns};
}

bool cv8_lane_stop(cv8_lane *lane, uint64_t segment, cv8_stop reason) {
    const std::lock_guard<std::mutex> guard(lane->mutex);
    if (!lane->running || lane->segment != segment) return false;
    if (lane->reason == CV8_RUNNING_ON) lane->reason = reason;
    // Each time: a `finally` or a built-in may have swallowed the last one.
    lane->running->TerminateExecution();
    return true;
}

} // extern "C"
