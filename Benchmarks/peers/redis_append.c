/*
 * A peer of the append suite: Redis Streams, `appendonly yes` and `appendfsync always`, with the same payload.
 *
 * N connections have one XADD in flight each, driven by one epoll loop, so that the client costs Redis as little as it
 * can. Requests are sent after all replies that are there have been read: Redis then finds them together and makes one
 * fsync for them (its group commit). Redis checks no expected revision, hashes nothing and keeps no index; the AOF is
 * never rewritten here, which is in its favour as well.
 */
#define _GNU_SOURCE
#include "../floors/payload.h"
#include "../floors/report.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_SECONDS_MAX = 10, EVENTS_MAX = 1024 };

typedef struct {
    const char *directory, *server;
    long callers, streams;
    double seconds;
} Options;

typedef struct {
    redisContext *redis;
    double sent_at;
    long revision;
} Caller;

typedef struct {
    Caller *callers;
    Random random;
    Text metadata;
    Latencies latencies;
    long streams;
} Load;

static pid_t server_pid;

static void end_server(void) {
    if (server_pid <= 0) return;
    kill(server_pid, SIGTERM);
    waitpid(server_pid, NULL, 0);
    server_pid = 0;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(3);
}

static int free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) != 0) fail("bind", "no free port on loopback");
    getsockname(listener, (struct sockaddr *)&address, &length);
    close(listener);
    return ntohs(address.sin_port);
}

static void start_server(const Options *options, int port) {
    char port_text[8];
    snprintf(port_text, sizeof port_text, "%d", port);
    server_pid = fork();
    if (server_pid != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int null = open("/dev/null", O_WRONLY);
    dup2(null, STDOUT_FILENO);
    execlp(options->server, options->server, "--port", port_text, "--bind", "127.0.0.1", "--dir", options->directory,
           "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--auto-aof-rewrite-percentage", "0",
           "--maxclients", "4096", (char *)NULL);
    fprintf(stderr, "%s cannot be started: apt-get install redis-server\n", options->server);
    _exit(127);
}

static redisContext *connect_once(int port) {
    redisContext *redis = redisConnect("127.0.0.1", port);
    if (redis != NULL && redis->err == 0) return redis;
    if (redis != NULL) redisFree(redis);
    return NULL;
}

static void wait_for_server(int port) {
    double give_up = monotonic_seconds() + START_SECONDS_MAX;
    redisContext *redis;
    while ((redis = connect_once(port)) == NULL) {
        if (monotonic_seconds() > give_up || waitpid(server_pid, NULL, WNOHANG) != 0) {
            fail("redis-server", "does not answer on its port");
        }
        usleep(20000);
    }
    redisFree(redis);
}

static void open_callers(Load *load, const Options *options, int port, int epoll) {
    load->callers = calloc((size_t)options->callers, sizeof(Caller));
    load->random.state = 0x9E3779B97F4A7C15ULL;
    load->streams = options->streams;
    for (long i = 0; i < options->callers; i++) {
        Caller *caller = &load->callers[i];
        caller->redis = connect_once(port);
        if (caller->redis == NULL) fail("connect", "too many connections for this machine: see ulimit -n");
        fcntl(caller->redis->fd, F_SETFL, O_NONBLOCK);
        caller->redis->flags &= ~REDIS_BLOCK;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = caller};
        epoll_ctl(epoll, EPOLL_CTL_ADD, caller->redis->fd, &event);
    }
}

static void send_append(Load *load, Caller *caller) {
    char stream[STREAM_NAME_BYTES_MAX], revision[24];
    payload_stream(stream, (long)(random_next(&load->random) % (uint64_t)load->streams));
    payload_metadata(&load->metadata, wall_microseconds(), &load->random);
    int revision_length = snprintf(revision, sizeof revision, "%ld", caller->revision++);
    const char *arguments[] = {"XADD", "journal", "*", "stream", stream, "revision", revision, "type", PAYLOAD_TYPE,
                               "data", PAYLOAD_DATA, "metadata", load->metadata.bytes};
    size_t lengths[] = {4, 7, 1, 6, strlen(stream), 8, (size_t)revision_length, 4, sizeof PAYLOAD_TYPE - 1,
                        4, sizeof PAYLOAD_DATA - 1, 8, load->metadata.length};
    redisAppendCommandArgv(caller->redis, sizeof lengths / sizeof lengths[0], arguments, lengths);
    caller->sent_at = monotonic_seconds();
    for (int done = 0; !done;) {
        if (redisBufferWrite(caller->redis, &done) != REDIS_OK) fail("XADD", caller->redis->errstr);
    }
}

/* Returns whether the reply has come; a reply may arrive in pieces. */
static int receive_reply(Load *load, Caller *caller) {
    void *answer = NULL;
    if (redisBufferRead(caller->redis) != REDIS_OK) fail("XADD", caller->redis->errstr);
    if (redisGetReplyFromReader(caller->redis, &answer) != REDIS_OK) fail("XADD", caller->redis->errstr);
    redisReply *reply = answer;
    if (reply == NULL) return 0;
    if (reply->type == REDIS_REPLY_ERROR) fail("XADD", reply->str);
    freeReplyObject(reply);
    latencies_add(&load->latencies, monotonic_seconds() - caller->sent_at);
    return 1;
}

static void measure(Load *load, const Options *options, int epoll) {
    struct epoll_event events[EVENTS_MAX];
    double start = monotonic_seconds(), now = start;
    for (long i = 0; i < options->callers; i++) send_append(load, &load->callers[i]);
    while (now - start < options->seconds) {
        Caller *answered[EVENTS_MAX];
        int answered_count = 0, count = epoll_wait(epoll, events, EVENTS_MAX, 1000);
        for (int i = 0; i < count; i++) {
            Caller *caller = events[i].data.ptr;
            if (receive_reply(load, caller)) answered[answered_count++] = caller;
        }
        for (int i = 0; i < answered_count; i++) send_append(load, answered[i]);
        now = monotonic_seconds();
    }
    report_append("redis", options->callers, (long)load->latencies.count, now - start, &load->latencies);
}

static void usage(void) {
    fputs("usage: redis_append --db DIR --callers N --seconds S [--streams 10000] [--server redis-server]\n"
          "DIR is an empty directory for the server's append-only file\n", stderr);
    exit(2);
}

static Options parse(int count, char **arguments) {
    static const struct option names[] = {
        {"db", required_argument, 0, 'd'}, {"callers", required_argument, 0, 'c'},
        {"seconds", required_argument, 0, 's'}, {"streams", required_argument, 0, 'n'},
        {"server", required_argument, 0, 'r'}, {0},
    };
    Options options = {.server = "redis-server", .callers = 1, .streams = 10000, .seconds = 5};
    for (int name; (name = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (name) {
        case 'd': options.directory = optarg; break;
        case 'c': options.callers = atol(optarg); break;
        case 's': options.seconds = atof(optarg); break;
        case 'n': options.streams = atol(optarg); break;
        case 'r': options.server = optarg; break;
        default: usage();
        }
    }
    if (!options.directory || options.callers < 1 || options.callers > 4000 || options.streams < 1) usage();
    return options;
}

int main(int count, char **arguments) {
    Options options = parse(count, arguments);
    int port = free_port(), epoll = epoll_create1(EPOLL_CLOEXEC);
    static Load load;
    start_server(&options, port);
    atexit(end_server);
    wait_for_server(port);
    open_callers(&load, &options, port, epoll);
    measure(&load, &options, epoll);
    return 0;
}
