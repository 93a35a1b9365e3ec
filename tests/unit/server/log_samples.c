/* See log_samples.h. */
#include "tests/unit/server/log_samples.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"
#include "base/mem.h"

void log_sample_make(struct log_sample *log, uint8_t seed, uint64_t size)
{
	uint8_t bytes[ED25519_SEED_SIZE];
	struct note_verifier verifier;
	struct buf text = BUF_INIT;
	memset(log, 0, sizeof(*log));
	memset(bytes, seed, sizeof(bytes));
	ed25519_from_seed(bytes, &log->key);
	(void)strcpy(log->name, "sluice/" SAMPLES_DEVICE);
	assert_true(note_verifier_of(log->name, log->key.public_key, &verifier,
				     NULL));
	note_verifier_put(&text, &verifier);
	(void)strcpy(log->verifier, buf_str(&text));
	buf_clear(&text);
	log->size = size;
	for (uint64_t i = 0; i < LOG_SAMPLES_MAX; i++) {
		merkle_leaf_hash(&i, sizeof(i), log->leaf[i]);
	}
}

void log_sample_fork(struct log_sample *log, uint64_t from)
{
	for (uint64_t i = from; i < LOG_SAMPLES_MAX; i++) {
		log->leaf[i][0] ^= 1;
	}
}

struct checkin_request *log_sample_request(void)
{
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	(void)strcpy(r->device, SAMPLES_DEVICE);
	(void)strcpy(r->nonce, "00112233445566778899aabbccddeeff");
	(void)strcpy(r->version, "0.5");
	r->clock = SAMPLES_NOW + 5;
	r->interval_s = 3600;
	r->least_s = 900;
	r->most_s = 86400;
	r->next_s = 3700;
	return r;
}

/* The hash of a complete subtree, reckoned from its leaves. */
static bool node(void *ctx, unsigned level, uint64_t index, uint8_t out[32])
{
	const struct log_sample *log = ctx;
	uint8_t left[MERKLE_HASH_SIZE], right[MERKLE_HASH_SIZE];
	if (level == 0) {
		memcpy(out, log->leaf[index], MERKLE_HASH_SIZE);
		return true;
	}
	(void)node(ctx, level - 1, 2 * index, left);
	(void)node(ctx, level - 1, 2 * index + 1, right);
	merkle_node_hash(left, right, out);
	return true;
}

void log_sample_head(const struct log_sample *log, uint64_t old_size,
		     uint64_t size, struct checkin_request *request)
{
	const struct note_signer signer = { log->name, &log->key };
	struct merkle tree;
	uint8_t root[MERKLE_HASH_SIZE];
	struct buf text = BUF_INIT, note = BUF_INIT;
	assert_true(merkle_load(&tree, size, node, (void *)log));
	merkle_root(&tree, root);
	buf_printf(&text, "%s\n%" PRIu64 "\n", log->name, size);
	base64_put(&text, root, sizeof(root));
	buf_put_char(&text, '\n');
	assert_true(note_sign(buf_str(&text), &signer, 1, &note, NULL));
	(void)strcpy(request->checkpoint, buf_str(&note));
	request->old_size = old_size;
	request->proof.count = 0;
	if (old_size > 0) {
		assert_true(merkle_consistency_prove(
			old_size, size, node, (void *)log, &request->proof));
	}
	buf_clear(&note);
	buf_clear(&text);
}

void log_sample_statement(const struct log_sample *log, const char *device,
			  uint64_t had, uint64_t size,
			  struct checkin_request *request)
{
	log_sample_statement_at(log, device, had, size, SAMPLES_NOW - 60,
				request);
}

void log_sample_statement_at(const struct log_sample *log, const char *device,
			     uint64_t had, uint64_t size, int64_t at,
			     struct checkin_request *request)
{
	const struct note_signer signer = { log->name, &log->key };
	struct checkin_continuation c = { .had = had, .size = size, .at = at };
	struct merkle tree;
	uint8_t root[MERKLE_HASH_SIZE];
	struct buf text = BUF_INIT, note = BUF_INIT;
	assert_true(merkle_load(&tree, size, node, (void *)log));
	merkle_root(&tree, root);
	hex_encode(c.root, root, sizeof(root));
	(void)strcpy(c.device, device);
	assert_true(checkin_continuation_put(&text, &c, NULL));
	assert_true(note_sign(buf_str(&text), &signer, 1, &note, NULL));
	(void)strcpy(request->continuation, buf_str(&note));
	buf_clear(&note);
	buf_clear(&text);
}

void log_sample_key(const struct log_sample *log,
		    struct checkin_request *request)
{
	(void)strcpy(request->ledger_key, log->verifier);
}

struct fleet_device log_sample_device(struct samples *s)
{
	struct fleet_device device;
	struct err err = { 0 };
	if (!fleet_get(s->server.db, SAMPLES_DEVICE, &device, &err)) {
		fail_msg("%s", err.text);
	}
	return device;
}
