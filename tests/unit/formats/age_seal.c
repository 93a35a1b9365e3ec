/*
 * Sealing: round trips around every chunk boundary, several recipients,
 * a sink that fails. The tool of the same name opens it in age_tool.sh.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/age.h"

#include "age_stream.h"
#include "base/mem.h"

#define TEXT_MAX (4 * AGE_CHUNK + 2)
#define TAG 16

static const size_t sizes[] = {
	0,
	1,
	15,
	16,
	17,
	AGE_CHUNK - 1,
	AGE_CHUNK,
	AGE_CHUNK + 1,
	2 * AGE_CHUNK - 1,
	2 * AGE_CHUNK,
	2 * AGE_CHUNK + 1,
	3 * AGE_CHUNK,
	TEXT_MAX,
};

/* Bytes of a file for one recipient, by the format's own arithmetic. */
static size_t size_of_file(size_t len, size_t recipients)
{
	size_t chunks = len == 0 ? 1 : (len + AGE_CHUNK - 1) / AGE_CHUNK;
	size_t stanza = strlen("-> X25519 ") + 43 + 1 + 43 + 1;
	return strlen("age-encryption.org/v1\n") + recipients * stanza +
	       strlen("--- ") + 43 + 1 + 16 + len + chunks * TAG;
}

static void check_size(size_t len, size_t seal_step, size_t open_step)
{
	struct age_identity identity;
	struct age_kept sealed = { BUF_INIT, 0 };
	struct age_kept opened = { BUF_INIT, 0 };
	struct err err = { 0 };
	uint8_t *text = mem_alloc(len);

	age_text(text, len);
	age_identity_make(&identity);
	assert_true(age_seal_all(&identity.recipient, 1, text, len, seal_step,
				 &sealed, &err));
	assert_int_equal(sealed.bytes.len, size_of_file(len, 1));
	if (!age_open_all(&identity, 1, sealed.bytes.data, sealed.bytes.len,
			  open_step, &opened, &err)) {
		fail_msg("%zu bytes: %s", len, err.text);
	}
	assert_int_equal(opened.bytes.len, len);
	assert_true(len == 0 || memcmp(opened.bytes.data, text, len) == 0);
	buf_clear(&sealed.bytes);
	buf_clear(&opened.bytes);
	mem_free(text);
}

static void every_size_comes_back(void **state)
{
	static const size_t steps[] = {
		1,       7, 16, 4096, AGE_CHUNK, AGE_CHUNK + TAG, AGE_CHUNK + 1,
		TEXT_MAX
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
			check_size(sizes[i], steps[s], TEXT_MAX);
			check_size(sizes[i], TEXT_MAX, steps[s]);
		}
	}
}

static void every_recipient_opens_it_and_nobody_else(void **state)
{
	struct age_identity identities[AGE_RECIPIENTS_MAX + 1];
	struct age_recipient recipients[AGE_RECIPIENTS_MAX];
	struct age_kept sealed = { BUF_INIT, 0 };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i <= AGE_RECIPIENTS_MAX; i++) {
		age_identity_make(&identities[i]);
		if (i < AGE_RECIPIENTS_MAX) {
			recipients[i] = identities[i].recipient;
		}
	}
	assert_true(age_seal_all(recipients, AGE_RECIPIENTS_MAX,
				 (const uint8_t *)"canary", 6, 6, &sealed,
				 &err));
	assert_int_equal(sealed.bytes.len, size_of_file(6, AGE_RECIPIENTS_MAX));
	for (size_t i = 0; i <= AGE_RECIPIENTS_MAX; i++) {
		struct age_kept opened = { BUF_INIT, 0 };
		err_reset(&err);
		bool ok = age_open_all(&identities[i], 1, sealed.bytes.data,
				       sealed.bytes.len, 100, &opened, &err);
		assert_int_equal(ok, i < AGE_RECIPIENTS_MAX);
		assert_string_equal(buf_str(&opened.bytes), ok ? "canary" : "");
		assert_int_equal(err.kind, ok ? ERR_NONE : ERR_DENIED);
		buf_clear(&opened.bytes);
	}
	/* Any one of several identities is enough. */
	struct age_kept opened = { BUF_INIT, 0 };
	err_reset(&err);
	struct age_identity two[2] = { identities[AGE_RECIPIENTS_MAX],
				       identities[AGE_RECIPIENTS_MAX - 1] };
	assert_true(age_open_all(two, 2, sealed.bytes.data, sealed.bytes.len, 1,
				 &opened, &err));
	buf_clear(&opened.bytes);
	buf_clear(&sealed.bytes);
}

static void two_files_of_one_text_have_nothing_in_common(void **state)
{
	struct age_identity identity;
	struct age_kept a = { BUF_INIT, 0 };
	struct age_kept b = { BUF_INIT, 0 };
	static const uint8_t zero[64];
	size_t version = strlen("age-encryption.org/v1\n-> X25519 ");

	(void)state;
	age_identity_make(&identity);
	assert_true(
		age_seal_all(&identity.recipient, 1, zero, 64, 64, &a, NULL));
	assert_true(
		age_seal_all(&identity.recipient, 1, zero, 64, 64, &b, NULL));
	assert_memory_not_equal(a.bytes.data + version, b.bytes.data + version,
				43);
	assert_memory_not_equal(a.bytes.data + a.bytes.len - 80,
				b.bytes.data + b.bytes.len - 80, 80);
	buf_clear(&a.bytes);
	buf_clear(&b.bytes);
}

static void wrong_recipients_are_refused(void **state)
{
	struct age_recipient recipients[AGE_RECIPIENTS_MAX + 1];
	struct age_kept sealed = { BUF_INIT, 0 };
	const struct age_sink sink = { age_kept_write, &sealed };
	struct age_sealer *sealer = NULL;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i <= AGE_RECIPIENTS_MAX; i++) {
		struct age_identity identity;
		age_identity_make(&identity);
		recipients[i] = identity.recipient;
	}
	assert_false(age_sealer_new(recipients, 0, &sink, &sealer, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(age_sealer_new(recipients, AGE_RECIPIENTS_MAX + 1, &sink,
				    &sealer, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	recipients[1] = (struct age_recipient){ { 1 } };
	assert_false(age_sealer_new(recipients, 3, &sink, &sealer, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(sealed.bytes.len, 0);
	assert_null(sealer);
}

static void a_sink_that_fails_ends_it_for_good(void **state)
{
	struct age_identity identity;
	uint8_t *text = mem_zalloc(2 * AGE_CHUNK);

	(void)state;
	age_identity_make(&identity);
	static const size_t mosts[] = { 10, 300, 400 + AGE_CHUNK };
	for (size_t i = 0; i < sizeof(mosts) / sizeof(mosts[0]); i++) {
		struct age_kept sealed = { BUF_INIT, mosts[i] };
		struct err err = { 0 };
		assert_false(age_seal_all(&identity.recipient, 1, text,
					  2 * AGE_CHUNK, AGE_CHUNK, &sealed,
					  &err));
		assert_string_equal(err.text, "the disk is full");
		buf_clear(&sealed.bytes);
	}

	struct age_kept sealed = { BUF_INIT, 300 };
	const struct age_sink sink = { age_kept_write, &sealed };
	struct age_sealer *sealer = NULL;
	struct err err = { 0 };
	size_t room = 0;
	assert_true(
		age_sealer_new(&identity.recipient, 1, &sink, &sealer, &err));
	uint8_t *at = age_sealer_room(sealer, &room);
	memset(at, 1, room);
	assert_false(age_sealer_filled(sealer, room, &err));
	/* Later there is room again, but the file has a hole. */
	sealed.most = 0;
	size_t before = sealed.bytes.len;
	err_reset(&err);
	assert_false(age_sealer_filled(sealer, 0, &err));
	assert_false(age_sealer_end(sealer, NULL));
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(sealed.bytes.len, before);
	age_sealer_free(sealer);
	age_sealer_free(NULL);
	buf_clear(&sealed.bytes);
	mem_free(text);
}

static void nothing_follows_the_end(void **state)
{
	struct age_identity identity;
	struct age_kept sealed = { BUF_INIT, 0 };
	const struct age_sink sink = { age_kept_write, &sealed };
	struct age_sealer *sealer = NULL;

	(void)state;
	age_identity_make(&identity);
	assert_true(
		age_sealer_new(&identity.recipient, 1, &sink, &sealer, NULL));
	assert_true(age_sealer_end(sealer, NULL));
	size_t before = sealed.bytes.len;
	assert_false(age_sealer_filled(sealer, 1, NULL));
	assert_false(age_sealer_end(sealer, NULL));
	assert_int_equal(sealed.bytes.len, before);
	age_sealer_free(sealer);
	buf_clear(&sealed.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_comes_back),
		cmocka_unit_test(every_recipient_opens_it_and_nobody_else),
		cmocka_unit_test(two_files_of_one_text_have_nothing_in_common),
		cmocka_unit_test(wrong_recipients_are_refused),
		cmocka_unit_test(a_sink_that_fails_ends_it_for_good),
		cmocka_unit_test(nothing_follows_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
