#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The descriptors that a child is started with.
#define CSANDBOX_SOCKET 3
#define CSANDBOX_BOARD 4
/// Absent in the child that makes the snapshot: it writes it to CSANDBOX_SOCKET.
#define CSANDBOX_SNAPSHOT 5

/// Starts a child with these descriptors, no environment and nothing else open. Returns its process id, or -errno.
/// A descriptor of -1 is left out.
pid_t csandbox_spawn(const char *path, char *const *arguments, int socket, int board, int snapshot);

/// Closed in every other child. -errno when there is none.
int csandbox_socket_pair(int descriptors[2]);
int csandbox_memory_file(const char *name, size_t length);
/// Nobody can write to it or make it longer or shorter any more.
int csandbox_seal(int descriptor);

/// A page that the child writes and the parent reads: what runs in the child, even when it can say no more.
typedef struct {
    /// The number of the call whose JavaScript runs; 0 for none.
    uint64_t call;
    /// When it began, in nanoseconds of CLOCK_MONOTONIC.
    uint64_t began_ns;
} csandbox_board;

static inline uint64_t csandbox_load(const uint64_t *place) { return __atomic_load_n(place, __ATOMIC_ACQUIRE); }
static inline void csandbox_store(uint64_t *place, uint64_t value) {
    __atomic_store_n(place, value, __ATOMIC_RELEASE);
}

/// What the kernel has granted to `csandbox_confine`.
typedef enum {
    CSANDBOX_LIMITS = 1,
    CSANDBOX_NO_NEW_PRIVILEGES = 2,
    CSANDBOX_FILTER = 4,
    CSANDBOX_NO_NETWORK = 8,
} csandbox_grant;

/// Whether the kernel can filter the system calls of all threads.
bool csandbox_has_filters(void);
/// At the start of the child, while it has one thread: an empty network of its own, where the kernel allows it. It is
/// for kernels without filters, as it takes milliseconds.
unsigned csandbox_leave_network(void);
/// When everything is open that ever will be: limits, no new privileges, and a filter of system calls for all threads.
unsigned csandbox_confine(size_t address_bytes_max);

/// Whether a system call is refused now: for the child's own test.
bool csandbox_can_open_files(void);
bool csandbox_can_open_sockets(void);

/// Resident bytes of this process, from a descriptor of /proc/self/statm that was opened before the confinement.
size_t csandbox_resident_bytes(int statm);

#endif
