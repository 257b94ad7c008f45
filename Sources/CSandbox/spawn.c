#define _GNU_SOURCE
#include "include/csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/// All descriptors are moved up first, so that none is overwritten by another's new place.
static int moved_up(int descriptor) { return descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 16); }

static int start(pid_t *pid, const char *path, char *const *arguments, const int from[3]) {
    char *const no_environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);

    int last = 2;
    for (int index = 0; index < 3; index++) {
        if (from[index] < 0) continue;
        last = CSANDBOX_SOCKET + index;
        posix_spawn_file_actions_adddup2(&actions, from[index], last);
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, last + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A group of its own: a Ctrl-C in the terminal is for the parent, which ends the children in its own order.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    const int error = posix_spawn(pid, path, &actions, &attributes, arguments, no_environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

pid_t csandbox_spawn(const char *path, char *const *arguments, int socket, int board, int snapshot) {
    const int from[3] = {moved_up(socket), moved_up(board), moved_up(snapshot)};
    pid_t pid = 0;
    const int error = start(&pid, path, arguments, from);
    for (int index = 0; index < 3; index++) {
        if (from[index] >= 0) close(from[index]);
    }
    return error ? -error : pid;
}

int csandbox_socket_pair(int descriptors[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors) ? -errno : 0;
}

int csandbox_memory_file(const char *name, size_t length) {
    const int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -errno;
    if (length > 0 && ftruncate(descriptor, (off_t)length) != 0) {
        const int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int csandbox_seal(int descriptor) {
    const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    // While the kernel itself holds one of the pages, to reclaim memory for instance, it says that it is busy.
    for (int attempts = 0; attempts < 40; attempts++) {
        if (fcntl(descriptor, F_ADD_SEALS, seals) == 0) return 0;
        if (errno != EBUSY) return -errno;
        usleep(25 * 1000);
    }
    return -EBUSY;
}
