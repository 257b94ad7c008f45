/*
 * The floor of the verify suite: what checking a journal costs at the least on one core: reading its file from the
 * beginning to the end, and then SHA-256 over as many bytes as the check hashes, in large blocks (as `openssl speed`
 * does). It understands nothing of what it reads.
 */
#include "merkle.h"
#include "report.h"

#include <fcntl.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 20, BLOCK_BYTES = 16384 };

static void read_all(const char *path, uint8_t *buffer) {
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0) {
        perror(path);
        exit(3);
    }
    while (read(descriptor, buffer, READ_BYTES) > 0) continue;
    close(descriptor);
}

static void hash_all(long bytes, const uint8_t *buffer) {
    Hasher hasher = hasher_create();
    uint8_t digest[HASH_BYTES];
    for (long done = 0; done < bytes; done += BLOCK_BYTES) hash(&hasher, buffer, BLOCK_BYTES, digest);
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "Usage: verify FILE BYTES-TO-HASH EVENTS\n");
        return 2;
    }
    uint8_t *buffer = calloc(1, READ_BYTES);
    if (buffer == NULL) return 3;
    double began = monotonic_seconds();
    read_all(arguments[1], buffer);
    double read = monotonic_seconds();
    hash_all(atol(arguments[2]), buffer);
    double seconds = monotonic_seconds() - began;
    printf("{\"suite\":\"verify\",\"side\":\"floor\",\"seconds\":%.3f,\"read_seconds\":%.3f,\"rate\":%.0f}\n", seconds,
           read - began, (double)atol(arguments[3]) / seconds);
    free(buffer);
    return 0;
}
