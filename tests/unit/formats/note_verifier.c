/*
 * Verifier keys: text, key id, names.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/note.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/note_name.h"

/* From the documentation of Go's sumdb/note package. */
#define GO_VERIFIER \
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

static void a_verifier_key_of_go_comes_back(void **state)
{
	struct note_verifier verifier;
	struct buf out = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	assert_true(note_verifier_parse(GO_VERIFIER, &verifier, &err));
	assert_string_equal(verifier.name, "PeterNeumann");
	assert_memory_equal(verifier.key_id, "\xc7\x4f\x20\xa3", 4);
	note_verifier_put(&out, &verifier);
	assert_string_equal(buf_str(&out), GO_VERIFIER);
	buf_clear(&out);
}

static void the_example_note_of_go_opens(void **state)
{
	static const char note[] =
		"If you think cryptography is the answer to your problem,\n"
		"then you don't know what your problem is.\n"
		"\n"
		"\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFup"
		"LLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
		"\n";
	struct note_verifier verifier;
	struct note_opened opened;
	struct err err = { 0 };

	(void)state;
	assert_true(note_verifier_parse(GO_VERIFIER, &verifier, &err));
	assert_true(
		note_open(note, sizeof(note) - 1, &verifier, 1, &opened, &err));
	assert_int_equal(opened.verified, 1);
}

static void anything_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"PeterNeumann",
		"PeterNeumann+c74f20a3",
		"PeterNeumann+c74f20a3+",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		/* another name, id, algorithm, key; cut; longer */
		"PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
		"LDE4izWy10TW",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
		"LDE4izWy10TW",
		"PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
		"LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
		"LDE4izWy10TX",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
		"LDE4izWy10",
		GO_VERIFIER "\n",
		GO_VERIFIER "AAAA",
		"PeterNeumann+c74f20g3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
		"LDE4izWy10TW",
		"PeterNeumann c74f20a3 ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
		"LDE4izWy10TW",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct note_verifier verifier = { .name = "untouched" };
		struct err err = { 0 };
		assert_false(note_verifier_parse(bad[i], &verifier, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(verifier.name, "untouched");
	}
}

static void put_key(struct buf *text, size_t name_len, char between)
{
	buf_reset(text);
	for (size_t i = 0; i < name_len; i++) {
		buf_put_char(text, 'n');
	}
	buf_put_str(text, "+c74f20a3");
	buf_put_char(text, between);
	buf_put_str(text, "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

static void names_that_no_key_has_are_refused(void **state)
{
	static const size_t lengths[] = { NOTE_NAME_SIZE, NOTE_NAME_SIZE + 1,
					  100000 };
	char name[NOTE_NAME_SIZE + 1];
	struct note_verifier verifier = { .name = "untouched" }, longest;
	struct buf text = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		put_key(&text, lengths[i], '+');
		assert_false(
			note_verifier_parse(buf_str(&text), &verifier, NULL));
	}
	put_key(&text, 12, '-');
	assert_false(note_verifier_parse(buf_str(&text), &verifier, NULL));
	assert_true(note_verifier_parse(GO_VERIFIER, &longest, NULL));
	assert_false(
		note_verifier_of("a b", longest.public_key, &verifier, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(
		note_verifier_of(name, longest.public_key, &verifier, NULL));
	assert_string_equal(verifier.name, "untouched");
	/* The longest one that has a name goes both ways. */
	name[NOTE_NAME_SIZE - 1] = '\0';
	assert_true(note_verifier_of(name, longest.public_key, &longest, NULL));
	buf_reset(&text);
	note_verifier_put(&text, &longest);
	assert_true(note_verifier_parse(buf_str(&text), &verifier, NULL));
	assert_string_equal(verifier.name, name);
	buf_clear(&text);
}

static void names_have_no_white_space_of_any_script(void **state)
{
	static const char *const bad[] = {
		"a b",
		"a+b",
		"a\tb",
		"a\nb",
		"a\xc2\xa0"
		"b",
		"a\xe2\x80\x83"
		"b",
		"a\xe3\x80\x80",
		"a\xff",
		"a\x7f",
	};
	char longest[NOTE_NAME_SIZE + 1];

	(void)state;
	assert_true(note_name_valid("sluice/EX7-004211", 17));
	assert_true(note_name_valid("Gr\xc3\xbcn", 5));
	assert_false(note_name_valid("", 0));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(note_name_valid(bad[i], strlen(bad[i])));
	}
	memset(longest, 'n', sizeof(longest));
	assert_true(note_name_valid(longest, NOTE_NAME_SIZE - 1));
	assert_false(note_name_valid(longest, NOTE_NAME_SIZE));
}

static bool load(const char *text, struct note_verifier *verifier,
		 struct err *err)
{
	char path[] = "/tmp/sluice-verifier-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
	bool ok = note_verifier_load(path, verifier, err);
	assert_true(ok || strstr(err->text, path) != NULL);
	(void)unlink(path);
	return ok;
}

static void a_verifier_key_is_loaded_from_a_file(void **state)
{
	struct note_verifier verifier;
	struct err err = { 0 };
	char big[2000];

	(void)state;
	assert_true(load(GO_VERIFIER, &verifier, &err));
	assert_true(load(GO_VERIFIER "\r\nmore", &verifier, &err));
	assert_string_equal(verifier.name, "PeterNeumann");
	assert_false(load("", &verifier, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	err_reset(&err);
	assert_false(load(big, &verifier, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	err_reset(&err);
	assert_false(note_verifier_load("/nonexistent/vendor.verifier",
					&verifier, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "/nonexistent/vendor.verifier"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verifier_key_of_go_comes_back),
		cmocka_unit_test(the_example_note_of_go_opens),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(names_that_no_key_has_are_refused),
		cmocka_unit_test(names_have_no_white_space_of_any_script),
		cmocka_unit_test(a_verifier_key_is_loaded_from_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
