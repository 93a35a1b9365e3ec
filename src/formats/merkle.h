#ifndef SLUICE_FORMATS_MERKLE_H
#define SLUICE_FORMATS_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The Merkle tree of the ledger. Source: RFC 6962, section 2.1 (and RFC 9162
 * for verifying). A subtree that is complete has 2^level leaves; it is named
 * by its level (0 = leaf) and its index among those of its level.
 */
#define MERKLE_HASH_SIZE 32
#define MERKLE_MAX_LEVELS 64
#define MERKLE_MAX_PROOF 64 /* hashes in one proof */

/* A tree that only grows: its roots of complete subtrees, biggest first. */
struct merkle {
	uint64_t size;                                      /* leaves */
	uint8_t stack[MERKLE_MAX_LEVELS][MERKLE_HASH_SIZE]; /* popcount(size) */
};

struct merkle_proof {
	size_t count;
	uint8_t hash[MERKLE_MAX_PROOF][MERKLE_HASH_SIZE];
};

void merkle_init(struct merkle *m);

/* SHA-256(0x00 || entry). */
void merkle_leaf_hash(const void *entry, size_t len,
		      uint8_t out[MERKLE_HASH_SIZE]);

/* SHA-256(0x01 || left || right). out may be left or right. */
void merkle_node_hash(const uint8_t left[MERKLE_HASH_SIZE],
		      const uint8_t right[MERKLE_HASH_SIZE],
		      uint8_t out[MERKLE_HASH_SIZE]);

/*
 * Adds a leaf. done (may be NULL) is called for every subtree that becomes
 * complete by it, the leaf itself first, so that the owner can store it;
 * when it returns false the append stops with m unchanged, and so false.
 */
MUST_USE bool
merkle_append_store(struct merkle *m, const uint8_t leaf[MERKLE_HASH_SIZE],
		    bool (*done)(void *ctx, unsigned level, uint64_t index,
				 const uint8_t hash[32]),
		    void *ctx);

/* Root of the tree; of an empty tree the SHA-256 of nothing. */
void merkle_root(const struct merkle *m, uint8_t out[MERKLE_HASH_SIZE]);

/*
 * Gives the stored hash of a complete subtree; false when it has none. The
 * proof functions call it at most about log2(size)^2 times.
 */
typedef bool merkle_node_fn(void *ctx, unsigned level, uint64_t index,
			    uint8_t out[MERKLE_HASH_SIZE]);

/* Rebuilds the stack of a tree of this size from stored subtrees. */
MUST_USE bool merkle_load(struct merkle *m, uint64_t size, merkle_node_fn *node,
			  void *ctx);

/*
 * Makes the proof that the tree of old_size is the beginning of that of
 * size (1 <= old_size <= size; empty for equal sizes).
 */
MUST_USE bool merkle_consistency_prove(uint64_t old_size, uint64_t size,
				       merkle_node_fn *node, void *ctx,
				       struct merkle_proof *proof);

/*
 * RFC 9162, section 2.1.4.2. An old_size of 0 proves nothing and is refused:
 * who knows no older tree has nothing to compare.
 */
MUST_USE bool
merkle_consistency_verify(uint64_t old_size, uint64_t size,
			  const uint8_t (*proof)[MERKLE_HASH_SIZE],
			  size_t count,
			  const uint8_t old_root[MERKLE_HASH_SIZE],
			  const uint8_t root[MERKLE_HASH_SIZE]);

#endif
