/*
 * The tree that grows: hashes and the stack of complete subtrees. Proofs are
 * merkle_proof.c's; who stores the subtrees is domain's ledger. Hashing one
 * more entry costs as many node hashes as the size has trailing one bits.
 */
#include "formats/merkle.h"

#include <assert.h>
#include <string.h>

#include "crypto/sha256.h"

_Static_assert(MERKLE_HASH_SIZE == SHA256_SIZE, "the tree is of SHA-256");

void merkle_init(struct merkle *m)
{
	memset(m, 0, sizeof(*m));
}

void merkle_leaf_hash(const void *entry, size_t len,
		      uint8_t out[MERKLE_HASH_SIZE])
{
	static const uint8_t prefix = 0x00;
	struct sha256 ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, &prefix, 1);
	sha256_update(&ctx, entry, len);
	sha256_final(&ctx, out);
}

void merkle_node_hash(const uint8_t left[MERKLE_HASH_SIZE],
		      const uint8_t right[MERKLE_HASH_SIZE],
		      uint8_t out[MERKLE_HASH_SIZE])
{
	static const uint8_t prefix = 0x01;
	struct sha256 ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, &prefix, 1);
	sha256_update(&ctx, left, MERKLE_HASH_SIZE);
	sha256_update(&ctx, right, MERKLE_HASH_SIZE);
	sha256_final(&ctx, out);
}

/* How many complete subtrees a tree of this size is made of. */
static size_t stack_height(uint64_t size)
{
	size_t height = 0;

	for (; size != 0; size &= size - 1) {
		height++;
	}
	return height;
}

bool merkle_append_store(struct merkle *m, const uint8_t leaf[MERKLE_HASH_SIZE],
			 bool (*done)(void *ctx, unsigned level, uint64_t index,
				      const uint8_t hash[32]),
			 void *ctx)
{
	uint8_t hash[MERKLE_HASH_SIZE];
	uint64_t index = m->size;
	size_t height = stack_height(m->size);
	unsigned level = 0;

	assert(m->size < UINT64_MAX);
	memcpy(hash, leaf, sizeof(hash));
	if (done != NULL && !done(ctx, level, index, hash)) {
		return false;
	}
	for (; (index & 1) != 0; index >>= 1) {
		merkle_node_hash(m->stack[--height], hash, hash);
		level++;
		if (done != NULL && !done(ctx, level, index >> 1, hash)) {
			return false;
		}
	}
	memcpy(m->stack[height], hash, sizeof(hash));
	m->size++;
	return true;
}

void merkle_root(const struct merkle *m, uint8_t out[MERKLE_HASH_SIZE])
{
	size_t height = stack_height(m->size);

	if (height == 0) {
		sha256_bytes(NULL, 0, out);
		return;
	}
	memcpy(out, m->stack[height - 1], MERKLE_HASH_SIZE);
	for (size_t i = height - 1; i > 0; i--) {
		merkle_node_hash(m->stack[i - 1], out, out);
	}
}

bool merkle_load(struct merkle *m, uint64_t size, merkle_node_fn *node,
		 void *ctx)
{
	struct merkle loaded = { .size = size };
	uint64_t begin = 0;
	size_t height = 0;

	for (unsigned level = MERKLE_MAX_LEVELS; level-- > 0;) {
		if ((size >> level & 1) == 0) {
			continue;
		}
		if (!node(ctx, level, begin >> level, loaded.stack[height++])) {
			return false;
		}
		begin += UINT64_C(1) << level;
	}
	*m = loaded;
	return true;
}
