/*
 * Countersignatures: the bytes that openssl signs for the same message, and
 * nothing else is accepted.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/cosignature.h"

#include <string.h>

#include "base/encoding.h"

#define NAME "comms.example/receipts"
#define AT 1764140400
#define NOTE                                             \
	"sluice/ex7-004211\n4711\n"                      \
	"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" \
	"\n"                                             \
	"\xe2\x80\x94 sluice/ex7-004211 AAAAAAAA\n"

/*
 * openssl pkeyutl -sign -rawin with the seed of the key below, over
 * "cosignature/v1\ntime 1764140400\n" and the three lines; before it
 * SHA-256(NAME, LF, 4, key)[0..3] and the time in eight bytes.
 */
static const char of_openssl[] =
	"WUmSFQAAAABpJqVwhTrQIdydqqGeu44HYF1nOEIr5YhJUMZyFvg02bUlaXIx782r"
	"I58hwL0AoWEvcw/9jVTVEctRXuMy+tacHYvFDQ==";

struct scene {
	struct ed25519_key key;
	struct note_signer witness;
	struct note_verifier verifier;
};

static void scene_init(struct scene *s, uint8_t seed_byte, const char *name)
{
	uint8_t seed[ED25519_SEED_SIZE];
	memset(seed, seed_byte, sizeof(seed));
	ed25519_from_seed(seed, &s->key);
	s->witness = (struct note_signer){ name, &s->key };
	assert_true(
		note_verifier_of(name, s->key.public_key, &s->verifier, NULL));
}

static void the_bytes_are_those_that_openssl_signs(void **state)
{
	struct scene s;
	struct buf made = BUF_INIT;
	int64_t at = 0;
	(void)state;
	scene_init(&s, 0x42, NAME);
	assert_true(cosignature_make(NOTE, strlen(NOTE), &s.witness, AT, &made,
				     NULL));
	assert_string_equal(buf_str(&made), of_openssl);
	assert_true(cosignature_check(NOTE, strlen(NOTE), of_openssl,
				      &s.verifier, &at, NULL));
	assert_int_equal(at, AT);
	buf_clear(&made);
}

static void more_signature_lines_change_nothing(void **state)
{
	static const char more[] =
		NOTE "\xe2\x80\x94 other.example/w AAAAAAAA\n";
	struct scene s;
	int64_t at = 0;
	(void)state;
	scene_init(&s, 0x42, NAME);
	assert_true(cosignature_check(more, strlen(more), of_openssl,
				      &s.verifier, &at, NULL));
}

static void refuse(const char *note, const char *base64,
		   const struct note_verifier *witness, enum err_kind kind)
{
	struct err err = { .kind = ERR_NONE };
	int64_t at = 77;
	if (cosignature_check(note, strlen(note), base64, witness, &at, &err)) {
		fail_msg("accepted: %s", base64);
	}
	assert_int_equal(err.kind, kind);
	assert_int_equal(at, 77);
}

static void another_key_name_note_or_time_is_denied(void **state)
{
	static const char grown[] =
		"sluice/ex7-004211\n4712\n"
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
		"\xe2\x80\x94 sluice/ex7-004211 AAAAAAAA\n";
	struct scene s, other;
	struct buf bytes = BUF_INIT, text = BUF_INIT;
	(void)state;
	scene_init(&s, 0x42, NAME);
	scene_init(&other, 0x43, NAME);
	refuse(NOTE, of_openssl, &other.verifier, ERR_DENIED);
	scene_init(&other, 0x42, "other.example/receipts");
	refuse(NOTE, of_openssl, &other.verifier, ERR_DENIED);
	refuse(grown, of_openssl, &s.verifier, ERR_DENIED);
	/* Each byte counts: key id, time, signature. */
	assert_true(base64_decode(&bytes, of_openssl, sizeof(of_openssl) - 1));
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= 1;
		buf_reset(&text);
		base64_put(&text, bytes.data, bytes.len);
		refuse(NOTE, buf_str(&text), &s.verifier, ERR_DENIED);
		bytes.data[i] ^= 1;
	}
	buf_clear(&text);
	buf_clear(&bytes);
}

/* A plain signature of the same key is no statement of a witness. */
static void a_plain_signature_is_none(void **state)
{
	struct scene s;
	struct buf signed_note = BUF_INIT;
	(void)state;
	scene_init(&s, 0x42, NAME);
	assert_true(note_sign("sluice/ex7-004211\n4711\n", &s.witness, 1,
			      &signed_note, NULL));
	char *line = strstr((char *)signed_note.data, NAME " ");
	assert_non_null(line);
	line += strlen(NAME " ");
	line[strcspn(line, "\n")] = '\0';
	refuse(NOTE, line, &s.verifier, ERR_INVALID);
	buf_clear(&signed_note);
}

static void what_has_no_form_is_invalid(void **state)
{
	static const char *const bad[] = {
		"",
		"AAAA",
		"not base64",
		/* a time beyond 2^63 - 1 */
		"WUmSFf////////////rQIdydqqGeu44HYF1nOEIr5YhJUMZyFvg02bUlaXIx"
		"782rI58hwL0AoWEvcw/9jVTVEctRXuMy+tacHYvFDQ==",
		/* one byte more, one less */
		"WUmSFQAAAABpJqVwhTrQIdydqqGeu44HYF1nOEIr5YhJUMZyFvg02bUlaXIx"
		"782rI58hwL0AoWEvcw/9jVTVEctRXuMy+tacHYvFDQA=",
		"WUmSFQAAAABpJqVwhTrQIdydqqGeu44HYF1nOEIr5YhJUMZyFvg02bUlaXIx"
		"782rI58hwL0AoWEvcw/9jVTVEctRXuMy+tacHYvF",
	};
	struct scene s;
	(void)state;
	scene_init(&s, 0x42, NAME);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse(NOTE, bad[i], &s.verifier, ERR_INVALID);
	}
	refuse("no note\n", of_openssl, &s.verifier, ERR_INVALID);
}

static void what_cannot_be_signed_is_not(void **state)
{
	struct scene s;
	struct buf out = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	scene_init(&s, 0x42, NAME);
	assert_false(cosignature_make(NOTE, strlen(NOTE), &s.witness, -1, &out,
				      &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(cosignature_make("text\n", 5, &s.witness, AT, &out, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	s.witness.name = "a b";
	assert_false(cosignature_make(NOTE, strlen(NOTE), &s.witness, AT, &out,
				      &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

static void a_line_is_added_under_the_note(void **state)
{
	struct buf out = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	assert_true(cosignature_add(NOTE, strlen(NOTE), NAME, of_openssl, &out,
				    NULL));
	buf_put_char(&out, '\0');
	assert_true(strncmp(buf_str(&out), NOTE, strlen(NOTE)) == 0);
	assert_string_equal(buf_str(&out) + strlen(NOTE),
			    "\xe2\x80\x94 " NAME
			    " WUmSFQAAAABpJqVwhTrQIdydqqGeu44HYF1nOEIr5YhJUMZy"
			    "Fvg02bUlaXIx782rI58hwL0AoWEvcw/9jVTVEctRXuMy+tac"
			    "HYvFDQ==\n");
	buf_reset(&out);
	assert_false(cosignature_add(NOTE, strlen(NOTE), "a+b", of_openssl,
				     &out, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(
		cosignature_add(NOTE, strlen(NOTE), NAME, "AAAA", &out, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(
		cosignature_add("text\n", 5, NAME, of_openssl, &out, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

/* What is added to must still be a note that a reader takes. */
static void no_line_makes_a_note_too_long(void **state)
{
	/* dash, space, name, space, base64, LF */
	const size_t line = 4 + strlen(NAME) + 1 + strlen(of_openssl) + 1;
	struct buf note = BUF_INIT, out = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	for (size_t i = line + strlen(NOTE); i < NOTE_MAX_BYTES; i++) {
		buf_put_char(&note, 'x');
	}
	buf_put_str(&note, NOTE);
	assert_true(cosignature_add(buf_str(&note), note.len, NAME, of_openssl,
				    &out, NULL));
	assert_int_equal(out.len, NOTE_MAX_BYTES);
	buf_reset(&out);
	buf_reset(&note);
	for (size_t i = line + strlen(NOTE); i < NOTE_MAX_BYTES + 1; i++) {
		buf_put_char(&note, 'x');
	}
	buf_put_str(&note, NOTE);
	assert_false(cosignature_add(buf_str(&note), note.len, NAME, of_openssl,
				     &out, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(out.len, 0);
	buf_clear(&note);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_those_that_openssl_signs),
		cmocka_unit_test(more_signature_lines_change_nothing),
		cmocka_unit_test(another_key_name_note_or_time_is_denied),
		cmocka_unit_test(a_plain_signature_is_none),
		cmocka_unit_test(what_has_no_form_is_invalid),
		cmocka_unit_test(what_cannot_be_signed_is_not),
		cmocka_unit_test(a_line_is_added_under_the_note),
		cmocka_unit_test(no_line_makes_a_note_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
