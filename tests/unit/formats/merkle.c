/*
 * The Merkle tree: public roots, and a stack that can be loaded again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/merkle.h"

#include <string.h>

#include "base/encoding.h"

/* Leaves and roots of the reference tests of certificate transparency. */
static const char *const leaves[] = {
	"",
	"00",
	"10",
	"2021",
	"3031",
	"40414243",
	"5051525354555657",
	"606162636465666768696a6b6c6d6e6f",
};
static const char *const roots[] = {
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void leaf_of(size_t i, uint8_t hash[MERKLE_HASH_SIZE])
{
	uint8_t bytes[16];
	size_t len = strlen(leaves[i]) / 2;

	assert_true(hex_decode(bytes, len, leaves[i]));
	merkle_leaf_hash(bytes, len, hash);
}

static void assert_root(const struct merkle *m, const char *expected)
{
	uint8_t root[MERKLE_HASH_SIZE];
	char hex[2 * MERKLE_HASH_SIZE + 1];

	merkle_root(m, root);
	hex_encode(hex, root, sizeof(root));
	assert_string_equal(hex, expected);
}

static void the_roots_are_the_public_ones(void **state)
{
	struct merkle m;

	(void)state;
	merkle_init(&m);
	assert_root(&m, "e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < 8; i++) {
		uint8_t leaf[MERKLE_HASH_SIZE];
		leaf_of(i, leaf);
		assert_true(merkle_append_store(&m, leaf, NULL, NULL));
		assert_int_equal(m.size, i + 1);
		assert_root(&m, roots[i]);
	}
}

/* Subtrees as an owner would store them: node[level][index]. */
struct stored {
	uint8_t node[8][128][MERKLE_HASH_SIZE];
	bool have[8][128];
	int refuse_level; /* -1 = store all */
};

static bool store(void *ctx, unsigned level, uint64_t index,
		  const uint8_t hash[32])
{
	struct stored *s = ctx;

	if ((int)level == s->refuse_level) {
		return false;
	}
	assert_true(level < 8 && index < 128);
	assert_false(s->have[level][index]);
	memcpy(s->node[level][index], hash, 32);
	s->have[level][index] = true;
	return true;
}

static bool fetch(void *ctx, unsigned level, uint64_t index, uint8_t out[32])
{
	struct stored *s = ctx;

	if (level >= 8 || index >= 128 || !s->have[level][index]) {
		return false;
	}
	memcpy(out, s->node[level][index], 32);
	return true;
}

static void a_tree_is_loaded_from_what_was_stored(void **state)
{
	static struct stored s;
	struct merkle m;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.refuse_level = -1;
	merkle_init(&m);
	for (uint8_t i = 0; i < 100; i++) {
		uint8_t leaf[MERKLE_HASH_SIZE];
		struct merkle loaded;
		uint8_t a[MERKLE_HASH_SIZE];
		uint8_t b[MERKLE_HASH_SIZE];
		merkle_leaf_hash(&i, 1, leaf);
		assert_true(merkle_append_store(&m, leaf, store, &s));
		assert_true(merkle_load(&loaded, m.size, fetch, &s));
		merkle_root(&m, a);
		merkle_root(&loaded, b);
		assert_memory_equal(a, b, sizeof(a));
		assert_int_equal(loaded.size, m.size);
	}
	struct merkle untouched = m;
	assert_false(merkle_load(&m, 101, fetch, &s));
	assert_memory_equal(&m, &untouched, sizeof(m));
}

static void a_failed_store_leaves_the_tree_as_it_was(void **state)
{
	static struct stored s;
	struct merkle m;
	uint8_t leaf[MERKLE_HASH_SIZE];

	(void)state;
	memset(&s, 0, sizeof(s));
	s.refuse_level = -1;
	merkle_init(&m);
	for (size_t i = 0; i < 3; i++) {
		leaf_of(i, leaf);
		assert_true(merkle_append_store(&m, leaf, store, &s));
	}
	leaf_of(3, leaf);
	s.refuse_level = 2; /* the fourth leaf completes a subtree of 4 */
	assert_false(merkle_append_store(&m, leaf, store, &s));
	assert_int_equal(m.size, 3);
	assert_root(&m, roots[2]);
	assert_true(merkle_append_store(&m, leaf, NULL, NULL));
	assert_root(&m, roots[3]);
}

static void a_leaf_is_never_a_node(void **state)
{
	uint8_t pair[64] = { 1 };
	uint8_t leaf[MERKLE_HASH_SIZE];
	uint8_t node[MERKLE_HASH_SIZE];

	(void)state;
	merkle_leaf_hash(pair, sizeof(pair), leaf);
	merkle_node_hash(pair, pair + 32, node);
	assert_memory_not_equal(leaf, node, sizeof(leaf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_roots_are_the_public_ones),
		cmocka_unit_test(a_tree_is_loaded_from_what_was_stored),
		cmocka_unit_test(a_failed_store_leaves_the_tree_as_it_was),
		cmocka_unit_test(a_leaf_is_never_a_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
