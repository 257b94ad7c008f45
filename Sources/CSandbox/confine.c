#define _GNU_SOURCE
#include "include/csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/// What a child needs once everything is open: talking on its socket, memory, threads that exist already, time, ending.
/// No file, no socket, no process can be opened or made with these.
static const int allowed[] = {
    SCMP_SYS(read),          SCMP_SYS(write),           SCMP_SYS(readv),         SCMP_SYS(writev),
    SCMP_SYS(recvfrom),      SCMP_SYS(sendto),          SCMP_SYS(recvmsg),       SCMP_SYS(sendmsg),
    SCMP_SYS(poll),          SCMP_SYS(ppoll),           SCMP_SYS(pread64),       SCMP_SYS(lseek),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),          SCMP_SYS(madvise),       SCMP_SYS(brk),
    SCMP_SYS(futex),         SCMP_SYS(sched_yield),     SCMP_SYS(restart_syscall), SCMP_SYS(rseq),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),     SCMP_SYS(gettimeofday),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),          SCMP_SYS(getrandom),     SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask),  SCMP_SYS(sigaltstack),   SCMP_SYS(set_robust_list),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),      SCMP_SYS(getrusage),     SCMP_SYS(close),
    SCMP_SYS(membarrier),
};

/// Memory, but none that can be run: there is no machine code to be made.
static int allow_memory(scmp_filter_ctx filter, int call) {
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static bool set_filter(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) return false;
    int error = 0;
    for (size_t index = 0; index < sizeof allowed / sizeof *allowed; index++) {
        error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[index], 0);
    }
    error |= allow_memory(filter, SCMP_SYS(mmap));
    error |= allow_memory(filter, SCMP_SYS(mprotect));
    // A signal to itself is how `abort` ends.
    error |= seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    error |= seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    error |= seccomp_load(filter);
    seccomp_release(filter);
    return error == 0;
}

static bool limit(int resource, rlim_t most) {
    const struct rlimit value = {most, most};
    return setrlimit(resource, &value) == 0;
}

bool csandbox_has_filters(void) { return seccomp_api_get() >= 2; }

unsigned csandbox_leave_network(void) {
    return unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? CSANDBOX_NO_NETWORK : 0;
}

unsigned csandbox_confine(size_t address_bytes_max) {
    unsigned granted = 0;
    // No core: it would hold what people have said. No byte into a file, and no descriptor beyond 0, which is taken;
    // `poll` with one of them needs the one.
    const bool limited = limit(RLIMIT_CORE, 0) & limit(RLIMIT_FSIZE, 0) & limit(RLIMIT_NOFILE, 1)
        & limit(RLIMIT_NPROC, 0) & limit(RLIMIT_AS, address_bytes_max);
    if (limited) granted |= CSANDBOX_LIMITS;
    if (prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        granted |= CSANDBOX_NO_NEW_PRIVILEGES;
    }
    if (set_filter()) granted |= CSANDBOX_FILTER;
    return granted;
}

bool csandbox_can_open_files(void) {
    const int descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) close(descriptor);
    return descriptor >= 0;
}

bool csandbox_can_open_sockets(void) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0) close(descriptor);
    return descriptor >= 0;
}

size_t csandbox_resident_bytes(int statm) {
    char text[128];
    const ssize_t length = pread(statm, text, sizeof text - 1, 0);
    if (length <= 0) return 0;
    text[length] = 0;
    char *end = NULL;
    strtoul(text, &end, 10);
    return strtoul(end, NULL, 10) * 4096;
}
