/* One run's latencies, and the one JSON line that every runner prints. */
#ifndef FLOOR_REPORT_H
#define FLOOR_REPORT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
    double *seconds;
    size_t count, capacity;
} Latencies;

static inline double monotonic_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void latencies_add(Latencies *latencies, double seconds) {
    if (latencies->count == latencies->capacity) {
        latencies->capacity = latencies->capacity == 0 ? 65536 : 2 * latencies->capacity;
        latencies->seconds = realloc(latencies->seconds, latencies->capacity * sizeof(double));
        if (latencies->seconds == NULL) {
            fputs("out of memory\n", stderr);
            exit(3);
        }
    }
    latencies->seconds[latencies->count++] = seconds;
}

static inline int latency_order(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Nearest rank; the latencies must be sorted. */
static inline double latency_microseconds(const Latencies *latencies, double percentile) {
    if (latencies->count == 0) return 0;
    size_t rank = (size_t)((double)(latencies->count - 1) * percentile / 100 + 0.5);
    return latencies->seconds[rank] * 1e6;
}

static inline void report_append(const char *side, long callers, long events, double seconds, Latencies *latencies) {
    qsort(latencies->seconds, latencies->count, sizeof(double), latency_order);
    printf("{\"suite\":\"append\",\"side\":\"%s\",\"callers\":%ld,\"events\":%ld,\"seconds\":%.3f,\"rate\":%.0f,"
           "\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
           side, callers, events, seconds, (double)events / seconds,
           latency_microseconds(latencies, 50), latency_microseconds(latencies, 99));
}

#endif
