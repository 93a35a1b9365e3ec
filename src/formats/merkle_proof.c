/*
 * Proofs that a tree is the beginning of a later one. Making them walks from
 * the root down, checking them from the leaf up; the two halves share nothing
 * but the hashes, so that each tests the other. The tree itself is merkle.c's.
 */
#include "formats/merkle.h"

#include <string.h>

/* Stored subtrees, as one argument. */
struct source {
	merkle_node_fn *node;
	void *ctx;
};

/* The biggest power of two below size; size is at least 2. */
static uint64_t split_of(uint64_t size)
{
	uint64_t half = UINT64_C(1) << 63;

	while (half >= size) {
		half >>= 1;
	}
	return half;
}

/*
 * Hash of the leaves begin..end-1. begin is a multiple of the biggest power
 * of two in end - begin, as every subtree of RFC 6962 has it.
 */
static bool range_hash(const struct source *from, uint64_t begin, uint64_t end,
		       uint8_t out[MERKLE_HASH_SIZE])
{
	uint8_t part[MERKLE_MAX_LEVELS][MERKLE_HASH_SIZE];
	size_t count = 0;

	for (unsigned level = MERKLE_MAX_LEVELS; level-- > 0;) {
		if (((end - begin) >> level & 1) == 0) {
			continue;
		}
		if (!from->node(from->ctx, level, begin >> level,
				part[count++])) {
			return false;
		}
		begin += UINT64_C(1) << level;
	}
	if (count == 0) {
		return false;
	}
	memcpy(out, part[count - 1], MERKLE_HASH_SIZE);
	for (size_t i = count - 1; i > 0; i--) {
		merkle_node_hash(part[i - 1], out, out);
	}
	return true;
}

static bool push(struct merkle_proof *proof, const struct source *from,
		 uint64_t begin, uint64_t end)
{
	return proof->count < MERKLE_MAX_PROOF &&
	       range_hash(from, begin, end, proof->hash[proof->count++]);
}

/* The walks go from the root down; a proof is read from the leaf up. */
static void turn_around(struct merkle_proof *proof)
{
	for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
		uint8_t swap[MERKLE_HASH_SIZE];
		j--;
		memcpy(swap, proof->hash[i], sizeof(swap));
		memcpy(proof->hash[i], proof->hash[j], sizeof(swap));
		memcpy(proof->hash[j], swap, sizeof(swap));
	}
}

bool merkle_consistency_prove(uint64_t old_size, uint64_t size,
			      merkle_node_fn *node, void *ctx,
			      struct merkle_proof *proof)
{
	struct source from = { node, ctx };
	struct merkle_proof made = { .count = 0 };
	uint64_t begin = 0;
	uint64_t end = size;

	if (old_size == 0 || old_size > size) {
		return false;
	}
	while (end != old_size) {
		uint64_t middle = begin + split_of(end - begin);
		bool left = old_size <= middle;
		if (!push(&made, &from, left ? middle : begin,
			  left ? end : middle)) {
			return false;
		}
		if (left) {
			end = middle;
		} else {
			begin = middle;
		}
	}
	/* The verifier knows this subtree itself when it is the old tree. */
	if (begin != 0 && !push(&made, &from, begin, end)) {
		return false;
	}
	turn_around(&made);
	*proof = made;
	return true;
}

/* Both positions one level up, past levels where the node has no sibling. */
static void climb(uint64_t *at, uint64_t *last)
{
	while (*at != 0 && (*at & 1) == 0) {
		*at >>= 1;
		*last >>= 1;
	}
}

bool merkle_consistency_verify(uint64_t old_size, uint64_t size,
			       const uint8_t (*proof)[MERKLE_HASH_SIZE],
			       size_t count,
			       const uint8_t old_root[MERKLE_HASH_SIZE],
			       const uint8_t root[MERKLE_HASH_SIZE])
{
	uint8_t old_hash[MERKLE_HASH_SIZE];
	uint8_t hash[MERKLE_HASH_SIZE];
	uint64_t at = old_size - 1;
	uint64_t last = size - 1;
	size_t i = 0;

	if (old_size == 0 || old_size > size || count > MERKLE_MAX_PROOF) {
		return false;
	}
	if (old_size == size) {
		return count == 0 &&
		       memcmp(old_root, root, MERKLE_HASH_SIZE) == 0;
	}
	if (count == 0) {
		return false;
	}
	/* A power of two: the old root is itself the first node. */
	bool whole = (old_size & (old_size - 1)) == 0;
	memcpy(hash, whole ? old_root : proof[i++], sizeof(hash));
	memcpy(old_hash, hash, sizeof(hash));
	while ((at & 1) != 0) {
		at >>= 1;
		last >>= 1;
	}
	for (; i < count; i++) {
		if (last == 0) {
			return false;
		}
		if ((at & 1) != 0 || at == last) {
			merkle_node_hash(proof[i], old_hash, old_hash);
			merkle_node_hash(proof[i], hash, hash);
			climb(&at, &last);
		} else {
			merkle_node_hash(hash, proof[i], hash);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && memcmp(old_hash, old_root, sizeof(hash)) == 0 &&
	       memcmp(hash, root, sizeof(hash)) == 0;
}
