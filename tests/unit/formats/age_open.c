/*
 * Opening: every byte of a head changed, chunks changed, swapped, cut and
 * added. What the public vectors say is in age_vectors.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/age.h"

#include "age_stream.h"
#include "base/mem.h"

#define TAG 16
#define SEALED (AGE_CHUNK + TAG)
#define TEXT_LEN (2 * AGE_CHUNK + 100) /* two full chunks and a short one */

struct sealed {
	struct age_identity identity;
	struct buf file;
	size_t payload; /* where the nonce begins */
	uint8_t *text;
};

static int set_up(void **state)
{
	struct sealed *s = mem_zalloc(sizeof(*s));
	struct age_kept kept = { BUF_INIT, 0 };
	s->text = mem_alloc(TEXT_LEN);
	age_text(s->text, TEXT_LEN);
	age_identity_make(&s->identity);
	if (!age_seal_all(&s->identity.recipient, 1, s->text, TEXT_LEN,
			  TEXT_LEN, &kept, NULL)) {
		return 1;
	}
	s->file = kept.bytes;
	s->payload = kept.bytes.len - (16 + TEXT_LEN + 3 * TAG);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sealed *s = *state;
	buf_clear(&s->file);
	mem_free(s->text);
	mem_free(s);
	return 0;
}

/*
 * Opening fails; the kind is given, and so much of the text was released,
 * unchanged.
 */
static void assert_bad(const struct sealed *s, const uint8_t *file, size_t len,
		       size_t released, const char *says)
{
	struct age_kept opened = { BUF_INIT, 0 };
	struct err err = { 0 };
	if (age_open_all(&s->identity, 1, file, len, 10007, &opened, &err)) {
		fail_msg("opened, %zu bytes", len);
	}
	assert_int_equal(err.kind, ERR_INVALID);
	if (strstr(err.text, says) == NULL) {
		fail_msg("%zu bytes: %s", len, err.text);
	}
	assert_int_equal(opened.bytes.len, released);
	assert_true(released == 0 ||
		    memcmp(opened.bytes.data, s->text, released) == 0);
	buf_clear(&opened.bytes);
}

static void no_byte_of_the_head_can_be_changed(void **state)
{
	struct sealed *s = *state;
	for (size_t at = 0; at < s->payload; at++) {
		for (unsigned change = 1; change < 256; change <<= 1) {
			struct age_kept opened = { BUF_INIT, 0 };
			struct err err = { 0 };
			s->file.data[at] ^= (uint8_t)change;
			assert_false(age_open_all(&s->identity, 1, s->file.data,
						  s->file.len, TEXT_LEN,
						  &opened, &err));
			s->file.data[at] ^= (uint8_t)change;
			/*
			 * Another type or share: then it is for others.
			 * Without "---" it has no end.
			 */
			assert_true(err.kind == ERR_INVALID ||
				    err.kind == ERR_DENIED ||
				    err.kind == ERR_LIMIT);
			assert_int_equal(opened.bytes.len, 0);
		}
	}
}

static void no_byte_of_the_payload_can_be_changed(void **state)
{
	struct sealed *s = *state;
	size_t chunks = s->payload + 16;
	const struct {
		size_t at, released;
	} places[] = {
		{ s->payload, 0 },
		{ s->payload + 15, 0 },
		{ chunks, 0 },
		{ chunks + 1000, 0 },
		{ chunks + SEALED - 1, 0 },
		{ chunks + SEALED, AGE_CHUNK },
		{ chunks + 2 * SEALED - 1, AGE_CHUNK },
		{ chunks + 2 * SEALED, (size_t)2 * AGE_CHUNK },
		{ s->file.len - 1, (size_t)2 * AGE_CHUNK },
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		s->file.data[places[i].at] ^= 1;
		assert_bad(s, s->file.data, s->file.len, places[i].released,
			   "altered");
		s->file.data[places[i].at] ^= 1;
	}
}

static void chunks_cannot_change_places(void **state)
{
	struct sealed *s = *state;
	uint8_t *first = s->file.data + s->payload + 16;
	uint8_t *copy = mem_alloc(SEALED);
	memcpy(copy, first, SEALED);
	memcpy(first, first + SEALED, SEALED);
	memcpy(first + SEALED, copy, SEALED);
	assert_bad(s, s->file.data, s->file.len, 0, "altered");
	/* The first one twice */
	memcpy(first, copy, SEALED);
	assert_bad(s, s->file.data, s->file.len, AGE_CHUNK, "altered");
	mem_free(copy);
}

static void a_file_that_was_cut_is_refused(void **state)
{
	struct sealed *s = *state;
	size_t chunks = s->payload + 16;
	for (size_t len = 0; len < chunks + TAG; len++) {
		assert_bad(s, s->file.data, len, 0, "cut short");
	}
	for (size_t n = 0; n <= 2; n++) {
		size_t at = chunks + n * SEALED;
		for (size_t len = at - 20; len <= at + 20; len++) {
			size_t whole =
				len < chunks ? 0 : (len - chunks) / SEALED;
			if (len >= chunks) {
				assert_bad(s, s->file.data, len,
					   whole * AGE_CHUNK, "cut short");
			}
		}
	}
	assert_bad(s, s->file.data, s->file.len - 1, (size_t)2 * AGE_CHUNK,
		   "cut short");
}

static void a_file_that_goes_on_is_refused(void **state)
{
	struct sealed *s = *state;
	struct age_kept full = { BUF_INIT, 0 };
	buf_put_char(&s->file, 'x');
	assert_bad(s, s->file.data, s->file.len, (size_t)2 * AGE_CHUNK,
		   "altered");
	/* After a last chunk that is full it can be told. */
	assert_true(age_seal_all(&s->identity.recipient, 1, s->text,
				 (size_t)2 * AGE_CHUNK, AGE_CHUNK, &full,
				 NULL));
	buf_put_char(&full.bytes, 'x');
	assert_bad(s, full.bytes.data, full.bytes.len, (size_t)2 * AGE_CHUNK,
		   "added");
	buf_clear(&full.bytes);
}

static void what_is_no_age_file_is_refused_at_once(void **state)
{
	static const char *const files[] = {
		"PK\3\4",
		"age-encryption.org/v2\n-> X25519 abc\n",
		"age-encryption.org/v1 \n",
		"\n",
		"Age-encryption.org/v1\n",
	};
	struct sealed *s = *state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		assert_bad(s, (const uint8_t *)files[i], strlen(files[i]), 0,
			   "no file in the age format");
	}
	static const char armor[] = "-----BEGIN AGE ENCRYPTED FILE-----\n";
	assert_bad(s, (const uint8_t *)armor, sizeof(armor) - 1, 0,
		   "text form");
}

static void a_head_without_end_is_refused(void **state)
{
	struct sealed *s = *state;
	struct buf file = BUF_INIT;
	struct age_kept opened = { BUF_INIT, 0 };
	struct err err = { 0 };
	buf_put_str(&file, "age-encryption.org/v1\n");
	for (unsigned i = 0; i < 20000; i++) {
		buf_put_str(&file, "-> a\n\n");
	}
	assert_false(age_open_all(&s->identity, 1, file.data, file.len, 4096,
				  &opened, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_reset(&file);
	err_reset(&err);
	buf_put_str(&file, "age-encryption.org/v1\n");
	for (unsigned i = 0; i < 70000; i++) {
		buf_put_char(&file, 'a');
	}
	assert_false(age_open_all(&s->identity, 1, file.data, file.len, 1,
				  &opened, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&file);
}

static void after_an_error_every_call_fails(void **state)
{
	struct sealed *s = *state;
	struct age_kept opened = { BUF_INIT, 100 };
	const struct age_sink sink = { age_kept_write, &opened };
	struct err err = { 0 };
	struct age_opener *opener = age_opener_new(&s->identity, 1, &sink);
	assert_false(age_opener_feed(opener, s->file.data, s->file.len, &err));
	assert_int_equal(err.kind, ERR_IO);
	opened.most = 0;
	err_reset(&err);
	assert_false(age_opener_feed(opener, s->file.data, s->file.len, &err));
	assert_string_equal(err.text, "the disk is full");
	assert_false(age_opener_end(opener, NULL));
	assert_int_equal(opened.bytes.len, 0);
	age_opener_free(opener);
	age_opener_free(NULL);

	opener = age_opener_new(&s->identity, 1, &sink);
	assert_true(age_opener_feed(opener, s->file.data, s->file.len, NULL));
	assert_true(age_opener_end(opener, NULL));
	assert_int_equal(opened.bytes.len, TEXT_LEN);
	assert_false(age_opener_end(opener, NULL));
	assert_false(age_opener_feed(opener, "x", 1, NULL));
	age_opener_free(opener);
	buf_clear(&opened.bytes);
}

static void without_an_identity_nothing_opens(void **state)
{
	struct sealed *s = *state;
	struct age_kept opened = { BUF_INIT, 0 };
	struct err err = { 0 };
	assert_false(age_open_all(NULL, 0, s->file.data, s->file.len, 4096,
				  &opened, &err));
	assert_int_equal(err.kind, ERR_DENIED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_byte_of_the_head_can_be_changed),
		TEST(no_byte_of_the_payload_can_be_changed),
		TEST(chunks_cannot_change_places),
		TEST(a_file_that_was_cut_is_refused),
		TEST(a_file_that_goes_on_is_refused),
		TEST(what_is_no_age_file_is_refused_at_once),
		TEST(a_head_without_end_is_refused),
		TEST(after_an_error_every_call_fails),
		TEST(without_an_identity_nothing_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
