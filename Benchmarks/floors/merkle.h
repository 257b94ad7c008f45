/* The journal's tree: RFC 6962 leaves and nodes, of which only the frontier (the roots of full subtrees) is kept. */
#ifndef FLOOR_MERKLE_H
#define FLOOR_MERKLE_H

#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_BYTES = 32, TREE_LEVELS = 64 };

/* Fetched once: OpenSSL 3 looks the algorithm up again on every one-shot call. */
typedef struct {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
} Hasher;

typedef struct {
    uint64_t size;
    uint8_t roots[TREE_LEVELS][HASH_BYTES];
} Frontier;

static inline Hasher hasher_create(void) {
    Hasher hasher = {EVP_MD_fetch(NULL, "SHA2-256", NULL), EVP_MD_CTX_new()};
    if (hasher.algorithm == NULL || hasher.context == NULL) {
        fputs("OpenSSL offers no SHA-256\n", stderr);
        exit(3);
    }
    return hasher;
}

static inline void hash(const Hasher *hasher, const void *bytes, size_t length, uint8_t digest[HASH_BYTES]) {
    EVP_DigestInit_ex2(hasher->context, hasher->algorithm, NULL);
    EVP_DigestUpdate(hasher->context, bytes, length);
    EVP_DigestFinal_ex(hasher->context, digest, NULL);
}

/* Adds a leaf like a binary increment: each carry joins two full subtrees. */
static inline void frontier_add(Frontier *frontier, const Hasher *hasher, const uint8_t leaf[HASH_BYTES]) {
    uint8_t pair[1 + 2 * HASH_BYTES] = {0x01}, node[HASH_BYTES];
    int level = 0;
    memcpy(node, leaf, HASH_BYTES);
    for (uint64_t rest = frontier->size; rest & 1; rest >>= 1, level++) {
        memcpy(pair + 1, frontier->roots[level], HASH_BYTES);
        memcpy(pair + 1 + HASH_BYTES, node, HASH_BYTES);
        hash(hasher, pair, sizeof pair, node);
    }
    memcpy(frontier->roots[level], node, HASH_BYTES);
    frontier->size++;
}

/* The roots of the full subtrees, largest first; returns the number of bytes. */
static inline size_t frontier_write(const Frontier *frontier, uint8_t bytes[TREE_LEVELS * HASH_BYTES]) {
    size_t length = 0;
    for (int level = TREE_LEVELS - 1; level >= 0; level--) {
        if (!(frontier->size >> level & 1)) continue;
        memcpy(bytes + length, frontier->roots[level], HASH_BYTES);
        length += HASH_BYTES;
    }
    return length;
}

#endif
