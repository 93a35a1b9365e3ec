/*
 * Receipts, good and not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/receipt.h"

#include <string.h>

#include "base/buf.h"

#define DEVICE "test-7"
#define TRANSACTION "01932000-7a11-7c3e-9d54-2f0f6a1be7c1"
#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char good[] = "sluice.receipt/v1\n"
			   "device " DEVICE "\n"
			   "transaction " TRANSACTION "\n"
			   "sha256 " HASH "\n"
			   "bytes 1204\n"
			   "received 2026-11-23T06:00:00Z\n"
			   "index 6\n"
			   "size 7\n";

static const struct receipt_expected expected = { DEVICE, TRANSACTION, HASH,
						  1204 };

struct keys {
	struct ed25519_key key;
	struct note_verifier verifier;
};

static void make_keys(struct keys *keys)
{
	ed25519_generate(&keys->key);
	assert_true(note_verifier_of("comms.test/receipts",
				     keys->key.public_key, &keys->verifier,
				     NULL));
}

static bool check(const struct keys *keys, const char *text,
		  struct receipt *receipt, struct err *err)
{
	struct buf note = BUF_INIT;
	const struct note_signer signer = { "comms.test/receipts", &keys->key };
	assert_true(note_sign(text, &signer, 1, &note, NULL));
	bool ok = receipt_check(buf_str(&note), note.len, &keys->verifier,
				&expected, receipt, err);
	buf_clear(&note);
	return ok;
}

static void a_good_receipt_tells_when_and_where(void **state)
{
	(void)state;
	struct keys keys;
	struct receipt receipt;
	make_keys(&keys);
	assert_true(check(&keys, good, &receipt, NULL));
	assert_int_equal(receipt.received_at, 1795413600);
	assert_int_equal(receipt.index, 6);
	assert_int_equal(receipt.size, 7);
}

/* The good text with one part replaced. */
static void assert_refused(const char *part, const char *by, const char *words)
{
	struct keys keys;
	struct receipt receipt = { 0, 0, 0 };
	struct err err = { .kind = ERR_NONE };
	struct buf text = BUF_INIT;
	const char *at = strstr(good, part);
	assert_non_null(at);
	buf_put(&text, good, (size_t)(at - good));
	buf_put_str(&text, by);
	buf_put_str(&text, at + strlen(part));
	make_keys(&keys);
	assert_false(check(&keys, buf_str(&text), &receipt, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, words));
	assert_int_equal(receipt.size, 0);
	buf_clear(&text);
}

static void a_receipt_about_something_else_is_refused(void **state)
{
	(void)state;
	assert_refused(DEVICE, "test-8", "another device");
	assert_refused("9d54-2f0f6a1be7c1", "9d54-2f0f6a1be7c2",
		       "another transaction");
	assert_refused("e3b0c442", "e3b0c443", "another sha256");
	assert_refused("1204", "1205", "another number of bytes");
}

static void a_receipt_of_another_form_is_refused(void **state)
{
	(void)state;
	assert_refused("receipt/v1", "receipt/v2", "receipt");
	assert_refused("bytes 1204\n", "", "receipt");
	assert_refused("index 6\n", "index 6\nindex 6\n", "receipt");
	assert_refused("size 7", "size seven", "size");
	assert_refused("bytes 1204", "bytes -1", "bytes");
	assert_refused("2026-11-23", "2026-13-23", "time");
	assert_refused("index 6", "index 7", "outside");
}

static void only_the_servers_receipt_key_counts(void **state)
{
	(void)state;
	struct keys keys, other;
	struct receipt receipt;
	struct err err = { .kind = ERR_NONE };
	make_keys(&keys);
	make_keys(&other);
	other.verifier = keys.verifier;
	assert_false(check(&other, good, &receipt, &err));
	assert_int_equal(err.kind, ERR_DENIED);
}

static void a_text_that_is_no_note_is_refused(void **state)
{
	(void)state;
	struct keys keys;
	struct receipt receipt;
	make_keys(&keys);
	static const char *const texts[] = { "", "\n", "OK", good };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_false(receipt_check(texts[i], strlen(texts[i]),
					   &keys.verifier, &expected, &receipt,
					   NULL));
	}
}

static void a_missing_verifier_file_is_named(void **state)
{
	(void)state;
	struct note_verifier verifier;
	struct err err = { .kind = ERR_NONE };
	assert_false(receipt_verifier_load("/nonexistent/receipt.verifier",
					   &verifier, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "/nonexistent/receipt.verifier"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_receipt_tells_when_and_where),
		cmocka_unit_test(a_receipt_about_something_else_is_refused),
		cmocka_unit_test(a_receipt_of_another_form_is_refused),
		cmocka_unit_test(only_the_servers_receipt_key_counts),
		cmocka_unit_test(a_text_that_is_no_note_is_refused),
		cmocka_unit_test(a_missing_verifier_file_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
