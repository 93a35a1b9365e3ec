/*
 * Signed notes: vectors of Go's sumdb/note, limits, wrong signers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/note.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/keyfile.h"
#include "vectors.h"

#define TEXT "sluice.receipt/v1\ndevice EX7-004211\nbytes 3912\n"

/* The two keys that all vectors are opened with. */
static void known_keys(struct note_verifier known[2])
{
	struct buf text = BUF_INIT;
	const char *line;
	size_t len;

	read_vectors("note/keys.txt", &text);
	struct reader r = reader_of(text.data, text.len);
	for (size_t i = 0; i < 2; i++) {
		struct err err = { 0 };
		assert_true(reader_line(&r, &line, &len));
		char *copy = mem_strndup(line, len);
		assert_true(note_verifier_parse(copy, &known[i], &err));
		mem_free(copy);
	}
	buf_clear(&text);
}

/* The first part of a vector's name says what opening it gives. */
static enum err_kind expected_kind(const char *name)
{
	if (text_starts_with(name, "denied-")) {
		return ERR_DENIED;
	}
	if (text_starts_with(name, "invalid-")) {
		return ERR_INVALID;
	}
	assert_true(text_starts_with(name, "ok-"));
	return ERR_NONE;
}

static void the_vectors_of_go_open_as_they_say(void **state)
{
	struct note_verifier known[2];
	const char *top = getenv("abs_top_srcdir");
	char path[1024];
	size_t count = 0;
	struct dirent *entry;

	(void)state;
	known_keys(known);
	snprintf(path, sizeof(path), "%s/tests/vectors/note",
		 top != NULL ? top : ".");
	DIR *dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!text_ends_with(entry->d_name, ".note")) {
			continue;
		}
		struct buf note = BUF_INIT;
		struct note_opened opened = { 0 };
		struct err err = { 0 };
		snprintf(path, sizeof(path), "note/%.200s", entry->d_name);
		read_vectors(path, &note);
		bool ok = note_open(buf_str(&note), note.len, known, 2, &opened,
				    &err);
		if (err.kind != expected_kind(entry->d_name)) {
			print_error("%s: %s\n", entry->d_name, err.text);
		}
		assert_int_equal(err.kind, expected_kind(entry->d_name));
		assert_int_equal(ok, err.kind == ERR_NONE);
		buf_clear(&note);
		count++;
	}
	closedir(dir);
	assert_in_range(count, 25, 1000);
}

static void an_opened_note_says_its_text_and_signers(void **state)
{
	struct note_verifier known[2];
	struct buf note = BUF_INIT;
	struct note_opened opened;
	struct err err = { 0 };

	(void)state;
	known_keys(known);
	read_vectors("note/ok-three-signatures.note", &note);
	assert_true(
		note_open(buf_str(&note), note.len, known, 2, &opened, &err));
	assert_int_equal(opened.verified, 2);
	assert_int_equal(opened.signers, 3);
	assert_ptr_equal(opened.text, note.data);
	assert_int_equal(opened.text_len, strlen(TEXT));
	assert_true(note_open(buf_str(&note), note.len, known + 1, 1, &opened,
			      &err));
	assert_int_equal(opened.verified, 1);
	assert_int_equal(opened.signers, 1);
	buf_clear(&note);
	read_vectors("note/ok-same-signature-twice.note", &note);
	assert_true(
		note_open(buf_str(&note), note.len, known, 2, &opened, &err));
	assert_int_equal(opened.verified, 1);
	buf_clear(&note);
}

/* Signing is deterministic, so ours must be Go's byte for byte. */
static void our_signature_is_the_one_of_go(void **state)
{
	struct buf signer_text = BUF_INIT;
	struct buf expected = BUF_INIT;
	struct buf note = BUF_INIT;
	struct ed25519_key key;
	char name[KEYFILE_NAME_SIZE];
	char path[] = "/tmp/note-XXXXXX";
	struct err err = { 0 };

	(void)state;
	read_vectors("note/signer.txt", &signer_text);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_true(files_write(path, signer_text.data, signer_text.len, 0600,
				&err));
	assert_true(keyfile_read_ed25519(path, name, &key, &err));
	unlink(path);
	struct note_signer signer = { name, &key };
	assert_true(note_sign(TEXT, &signer, 1, &note, &err));
	read_vectors("note/ok-one-signature.note", &expected);
	assert_string_equal(buf_str(&note), buf_str(&expected));
	buf_clear(&signer_text);
	buf_clear(&expected);
	buf_clear(&note);
}

static void texts_that_are_no_note_are_not_signed(void **state)
{
	static const char *const bad[] = { "",       "x",      "a\r\n",
					   "a\tb\n", "\xff\n", "a\x01\n" };
	struct ed25519_key key;
	struct buf out = BUF_INIT;

	(void)state;
	ed25519_generate(&key);
	struct note_signer signer = { "name", &key };
	struct note_signer bad_signer = { "na me", &key };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { 0 };
		assert_false(note_sign(bad[i], &signer, 1, &out, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
	assert_false(note_sign(TEXT, &signer, 0, &out, NULL));
	assert_false(note_sign(TEXT, &bad_signer, 1, &out, NULL));
	assert_int_equal(out.len, 0);
}

static void size_and_number_of_lines_are_bounded(void **state)
{
	struct ed25519_key key;
	struct note_verifier known;
	struct note_opened opened;
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	static char big[NOTE_MAX_BYTES + 2];

	(void)state;
	ed25519_generate(&key);
	struct note_signer signer = { "n", &key };
	assert_true(note_verifier_of("n", key.public_key, &known, &err));
	assert_true(note_sign(TEXT, &signer, 1, &note, &err));
	for (int i = 1; i < NOTE_MAX_SIGNATURES; i++) {
		buf_put_str(&note, "\xe2\x80\x94 other AAAAAAAA\n");
	}
	assert_true(
		note_open(buf_str(&note), note.len, &known, 1, &opened, &err));
	buf_put_str(&note, "\xe2\x80\x94 other AAAAAAAA\n");
	assert_false(
		note_open(buf_str(&note), note.len, &known, 1, &opened, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	memset(big, 'x', sizeof(big) - 2);
	big[sizeof(big) - 2] = '\n';
	err_reset(&err);
	assert_false(note_sign(big, &signer, 1, &note, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	err_reset(&err);
	assert_false(note_open(big, sizeof(big) - 1, &known, 1, &opened, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&note);
}

static void every_changed_byte_is_noticed(void **state)
{
	struct note_verifier known[2];
	struct note_opened opened;
	struct buf note = BUF_INIT;

	(void)state;
	known_keys(known);
	read_vectors("note/ok-one-signature.note", &note);
	for (size_t i = 0; i < note.len; i++) {
		note.data[i] ^= 0x02;
		assert_false(note_open(buf_str(&note), note.len, known, 2,
				       &opened, NULL));
		note.data[i] ^= 0x02;
	}
	buf_clear(&note);
}

/* Go opens what we sign: the whole way round, when Go is here. */
static void go_opens_our_note(void **state)
{
	static const char *const environment =
		"GOPATH=/usr/share/gocode GO111MODULE=off GOFLAGS= ";
	const char *top = getenv("abs_top_srcdir");
	struct ed25519_key key;
	struct note_verifier verifier;
	struct buf note = BUF_INIT;
	struct buf key_text = BUF_INIT;
	struct buf command = BUF_INIT;
	char path[] = "/tmp/note-XXXXXX";
	char answer[64] = "";
	struct err err = { 0 };

	(void)state;
	if (system("go version >/dev/null 2>&1 && test -d "
		   "/usr/share/gocode/src/golang.org/x/mod") != 0) {
		skip();
	}
	ed25519_generate(&key);
	struct note_signer signer = { "sluice/EX7-004211", &key };
	assert_true(note_sign("sluice/EX7-004211\n7\nAAAA\n", &signer, 1, &note,
			      &err));
	assert_true(
		note_verifier_of(signer.name, key.public_key, &verifier, &err));
	note_verifier_put(&key_text, &verifier);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_true(files_write(path, note.data, note.len, 0600, &err));
	buf_printf(&command,
		   "GOCACHE=%s.cache %s go run %s/tests/vectors/note/make.go "
		   "open %s '%s'; rm -rf %s.cache",
		   path, environment, top != NULL ? top : ".", path,
		   buf_str(&key_text), path);
	FILE *pipe = popen(buf_str(&command), "r");
	assert_non_null(pipe);
	assert_non_null(fgets(answer, sizeof(answer), pipe));
	pclose(pipe);
	unlink(path);
	assert_string_equal(answer, "ok 1\n");
	buf_clear(&note);
	buf_clear(&key_text);
	buf_clear(&command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_go_open_as_they_say),
		cmocka_unit_test(an_opened_note_says_its_text_and_signers),
		cmocka_unit_test(our_signature_is_the_one_of_go),
		cmocka_unit_test(texts_that_are_no_note_are_not_signed),
		cmocka_unit_test(size_and_number_of_lines_are_bounded),
		cmocka_unit_test(every_changed_byte_is_noticed),
		cmocka_unit_test(go_opens_our_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
