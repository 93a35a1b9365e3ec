/*
 * Receipts: the form that devices check, signed under the server's name.
 */
#include "server/receipt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HASH "5f1d0c6b8a7e44f2b9e3aa0c91d2377e0b5b6a4d5f1d0c6b8a7e44f2b9e3aa0c"

static struct receipt sample(void)
{
	return (struct receipt){
		.device = "ex7-004211",
		.transaction = "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
		.sha256 = HASH,
		.bytes = 3912,
		.received_at = 1795442527,
		.index = 88213,
		.size = 88214,
	};
}

static void it_says_what_was_received(void **state)
{
	static const char expected[] =
		"sluice.receipt/v1\n"
		"device ex7-004211\n"
		"transaction 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1\n"
		"sha256 " HASH "\n"
		"bytes 3912\n"
		"received 2026-11-23T14:02:07Z\n"
		"index 88213\n"
		"size 88214\n";
	struct receipt receipt = sample();
	struct ed25519_key key;
	struct note_signer signer = { "comms.example/receipts", &key };
	struct note_verifier verifier;
	struct note_opened opened;
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	(void)state;
	ed25519_generate(&key);
	assert_true(receipt_write(&receipt, &signer, &note, &err));
	assert_true(
		note_verifier_of(signer.name, key.public_key, &verifier, &err));
	assert_true(note_open(buf_str(&note), note.len, &verifier, 1, &opened,
			      &err));
	assert_int_equal(strlen(expected), opened.text_len);
	assert_memory_equal(expected, opened.text, opened.text_len);
	buf_clear(&note);
}

static void the_same_receipt_has_the_same_bytes(void **state)
{
	struct receipt receipt = sample();
	struct ed25519_key key;
	struct note_signer signer = { "comms.example/receipts", &key };
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct err err = { 0 };
	(void)state;
	ed25519_generate(&key);
	assert_true(receipt_write(&receipt, &signer, &one, &err));
	assert_true(receipt_write(&receipt, &signer, &two, &err));
	assert_string_equal(buf_str(&one), buf_str(&two));
	buf_clear(&one);
	buf_clear(&two);
}

static void a_value_that_is_no_line_is_refused(void **state)
{
	struct receipt receipt = sample();
	struct ed25519_key key;
	struct note_signer signer = { "comms.example/receipts", &key };
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	(void)state;
	ed25519_generate(&key);
	receipt.device = "a\nbytes 1";
	assert_false(receipt_write(&receipt, &signer, &note, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	assert_int_equal(0, note.len);
}

static void the_signer_is_named_after_the_server(void **state)
{
	char name[NOTE_NAME_SIZE];
	char longer[NOTE_NAME_SIZE];
	struct err err = { 0 };
	(void)state;
	assert_true(receipt_signer_name("comms.example", name, &err));
	assert_string_equal("comms.example/receipts", name);
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_false(receipt_signer_name(longer, name, &err));
	assert_int_equal(ERR_INVALID, err.kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_was_received),
		cmocka_unit_test(the_same_receipt_has_the_same_bytes),
		cmocka_unit_test(a_value_that_is_no_line_is_refused),
		cmocka_unit_test(the_signer_is_named_after_the_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
