/*
 * The floor of the converge suite: one hop through Redis. A writer XADDs entries as large as a change of the feed, one
 * after the other with a pause; N readers, a thread each, wait in XREAD BLOCK. A latency is the time from before the
 * XADD to the moment when a reader has the entry.
 */
#define _GNU_SOURCE
#include "report.h"

#include <getopt.h>
#include <hiredis/hiredis.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { PAYLOAD_BYTES = 420, READERS_MAX = 1024 };

typedef struct {
    int port;
    long readers, count, pause_microseconds;
} Options;

typedef struct {
    const Options *options;
    Latencies latencies;
    pthread_t thread;
} Reader;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(3);
}

static redisContext *connect_to(int port) {
    redisContext *redis = redisConnect("127.0.0.1", port);
    if (redis == NULL || redis->err) fail("connect", redis ? redis->errstr : "no memory");
    return redis;
}

/* [[stream, [[id, [t, seconds, payload, bytes]], ...]]] */
static long take(redisReply *reply, Latencies *latencies, char *last, size_t last_bytes) {
    redisReply *entries = reply->element[0]->element[1];
    for (size_t i = 0; i < entries->elements; i++) {
        redisReply *entry = entries->element[i];
        latencies_add(latencies, monotonic_seconds() - atof(entry->element[1]->element[1]->str));
        snprintf(last, last_bytes, "%s", entry->element[0]->str);
    }
    return (long)entries->elements;
}

static void *read_all(void *argument) {
    Reader *reader = argument;
    redisContext *redis = connect_to(reader->options->port);
    char last[64] = "0-0";
    for (long seen = 0; seen < reader->options->count;) {
        redisReply *reply = redisCommand(redis, "XREAD BLOCK 10000 STREAMS hop %s", last);
        if (reply == NULL || reply->type != REDIS_REPLY_ARRAY) fail("XREAD", "nothing came in 10 s");
        seen += take(reply, &reader->latencies, last, sizeof last);
        freeReplyObject(reply);
    }
    redisFree(redis);
    return NULL;
}

static void write_all(const Options *options) {
    redisContext *redis = connect_to(options->port);
    char payload[PAYLOAD_BYTES];
    memset(payload, 'x', sizeof payload);
    for (long i = 0; i < options->count; i++) {
        char now[32];
        int length = snprintf(now, sizeof now, "%.9f", monotonic_seconds());
        freeReplyObject(redisCommand(
            redis, "XADD hop * t %b payload %b", now, (size_t)length, payload, sizeof payload));
        usleep((useconds_t)options->pause_microseconds);
    }
    redisFree(redis);
}

static Options parse(int count, char **arguments) {
    static const struct option names[] = {
        {"port", required_argument, 0, 'p'}, {"readers", required_argument, 0, 'r'},
        {"count", required_argument, 0, 'c'}, {"pause-ms", required_argument, 0, 'm'}, {0},
    };
    Options options = {.readers = 1, .count = 500, .pause_microseconds = 5000};
    for (int name; (name = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (name) {
        case 'p': options.port = atoi(optarg); break;
        case 'r': options.readers = atol(optarg); break;
        case 'c': options.count = atol(optarg); break;
        case 'm': options.pause_microseconds = (long)(atof(optarg) * 1000); break;
        default: options.port = 0;
        }
    }
    if (options.port < 1 || options.count < 1 || options.readers < 1 || options.readers > READERS_MAX) {
        fputs("usage: hop --port P [--readers 1] [--count 500] [--pause-ms 5]\n", stderr);
        exit(2);
    }
    return options;
}

int main(int count, char **arguments) {
    Options options = parse(count, arguments);
    static Reader readers[READERS_MAX];
    static Latencies all;
    redisContext *redis = connect_to(options.port);
    freeReplyObject(redisCommand(redis, "DEL hop"));
    for (long i = 0; i < options.readers; i++) {
        readers[i].options = &options;
        pthread_create(&readers[i].thread, NULL, read_all, &readers[i]);
    }
    usleep(200000);
    double start = monotonic_seconds();
    write_all(&options);
    for (long i = 0; i < options.readers; i++) {
        pthread_join(readers[i].thread, NULL);
        for (size_t k = 0; k < readers[i].latencies.count; k++) latencies_add(&all, readers[i].latencies.seconds[k]);
    }
    freeReplyObject(redisCommand(redis, "DEL hop"));
    qsort(all.seconds, all.count, sizeof(double), latency_order);
    printf("{\"suite\":\"converge\",\"side\":\"hop\",\"rate\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
           (double)options.count / (monotonic_seconds() - start), latency_microseconds(&all, 50),
           latency_microseconds(&all, 99));
    return 0;
}
