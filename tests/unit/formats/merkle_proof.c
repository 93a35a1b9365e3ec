/*
 * Proofs: the vectors of transparency-dev/merkle, and ours against each other.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/merkle.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "vectors.h"

#define MAX_SIZE 70

/* One line of a vector file. */
struct vector {
	bool good;
	bool whole; /* all hashes have 32 bytes */
	uint64_t a, b;
	uint8_t first[32], second[32];
	uint8_t proof[MERKLE_MAX_PROOF][32];
	size_t count;
};

static bool take_hash(const char *word, uint8_t hash[32])
{
	return strlen(word) == 64 && hex_decode(hash, 32, word);
}

static void parse_vector(char *line, struct vector *v)
{
	char *at = NULL;
	char *hash_at = NULL;
	char *words[6];

	memset(v, 0, sizeof(*v));
	words[0] = strtok_r(line, " ", &at);
	for (size_t i = 1; i < 6; i++) {
		words[i] = strtok_r(NULL, " ", &at);
		assert_non_null(words[i]);
	}
	v->good = strcmp(words[0], "ok") == 0;
	assert_true(text_parse_u64(words[1], 0, UINT64_MAX, &v->a));
	assert_true(text_parse_u64(words[2], 0, UINT64_MAX, &v->b));
	v->whole =
		take_hash(words[3], v->first) && take_hash(words[4], v->second);
	if (strcmp(words[5], "-") == 0) {
		return;
	}
	for (char *hash = strtok_r(words[5], ",", &hash_at); hash != NULL;
	     hash = strtok_r(NULL, ",", &hash_at)) {
		assert_true(v->count < MERKLE_MAX_PROOF);
		v->whole = take_hash(hash, v->proof[v->count++]) && v->whole;
	}
}

/* A hash of another length cannot even be given to our functions. */
static bool holds(const struct vector *v)
{
	return v->whole &&
	       merkle_consistency_verify(v->a, v->b, v->proof, v->count,
					 v->first, v->second);
}

static void public_consistency_vectors_hold(void **state)
{
	struct buf text = BUF_INIT;
	const char *line;
	size_t len;
	size_t count = 0;

	(void)state;
	read_vectors("merkle/consistency.txt", &text);
	struct reader r = reader_of(text.data, text.len);
	while (reader_line(&r, &line, &len)) {
		struct vector v;
		if (line[0] == '#') {
			continue;
		}
		char *copy = mem_strndup(line, len);
		parse_vector(copy, &v);
		if (holds(&v) != v.good) {
			print_error("%.*s\n", (int)len, line);
			fail();
		}
		mem_free(copy);
		count++;
	}
	assert_int_equal(count, 98);
	buf_clear(&text);
}

/* A tree of MAX_SIZE leaves with all that an owner would have stored. */
struct stored {
	uint8_t node[8][MAX_SIZE][MERKLE_HASH_SIZE];
	uint8_t root[MAX_SIZE + 1][MERKLE_HASH_SIZE];
	unsigned asked;
	unsigned missing_level; /* this level was lost; 99 = none */
};

static bool store(void *ctx, unsigned level, uint64_t index,
		  const uint8_t hash[32])
{
	struct stored *s = ctx;

	memcpy(s->node[level][index], hash, 32);
	return true;
}

static bool fetch(void *ctx, unsigned level, uint64_t index, uint8_t out[32])
{
	struct stored *s = ctx;

	s->asked++;
	if (level == s->missing_level) {
		return false;
	}
	/* Only complete subtrees may be asked for. */
	assert_true((index + 1) << level <= MAX_SIZE);
	memcpy(out, s->node[level][index], 32);
	return true;
}

static void grow(struct stored *s)
{
	struct merkle m;

	memset(s, 0, sizeof(*s));
	s->missing_level = 99;
	merkle_init(&m);
	merkle_root(&m, s->root[0]);
	for (uint8_t i = 0; i < MAX_SIZE; i++) {
		uint8_t leaf[MERKLE_HASH_SIZE];
		merkle_leaf_hash(&i, 1, leaf);
		assert_true(merkle_append_store(&m, leaf, store, s));
		merkle_root(&m, s->root[i + 1]);
	}
}

static const uint8_t (*hashes(const struct merkle_proof *p))[32]
{
	return p->hash;
}

static void every_pair_of_sizes_is_consistent(void **state)
{
	static struct stored s;

	(void)state;
	grow(&s);
	for (uint64_t size = 1; size <= MAX_SIZE; size++) {
		for (uint64_t old = 1; old <= size; old++) {
			struct merkle_proof p;
			assert_true(merkle_consistency_prove(old, size, fetch,
							     &s, &p));
			assert_true(merkle_consistency_verify(
				old, size, hashes(&p), p.count, s.root[old],
				s.root[size]));
			assert_false(merkle_consistency_verify(
				old, size, hashes(&p), p.count, s.root[old - 1],
				s.root[size]));
			if (p.count > 0) {
				assert_false(merkle_consistency_verify(
					old, size, hashes(&p), p.count - 1,
					s.root[old], s.root[size]));
			}
		}
	}
}

static void proofs_ask_for_few_subtrees(void **state)
{
	static struct stored s;
	struct merkle_proof p;

	(void)state;
	grow(&s);
	assert_true(merkle_consistency_prove(33, MAX_SIZE, fetch, &s, &p));
	assert_in_range(s.asked, 1, 16);
}

static void what_cannot_be_proved_is_refused(void **state)
{
	static struct stored s;
	struct merkle_proof p = { .count = 5 };

	(void)state;
	grow(&s);
	assert_false(merkle_consistency_prove(0, 5, fetch, &s, &p));
	assert_false(merkle_consistency_prove(6, 5, fetch, &s, &p));
	s.missing_level = 1;
	assert_false(merkle_consistency_prove(6, 8, fetch, &s, &p));
	assert_int_equal(p.count, 5);
	assert_false(merkle_consistency_verify(0, 5, hashes(&p), 0, s.root[0],
					       s.root[5]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_consistency_vectors_hold),
		cmocka_unit_test(every_pair_of_sizes_is_consistent),
		cmocka_unit_test(proofs_ask_for_few_subtrees),
		cmocka_unit_test(what_cannot_be_proved_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
