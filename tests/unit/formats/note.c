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

#include "base/encoding.h"
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

/* More signers than a note may have: refused before any of them signs. */
static void no_more_signatures_are_made_than_are_read(void **state)
{
	static struct note_signer signers[NOTE_MAX_SIGNATURES + 1];
	struct note_verifier known[NOTE_MAX_VERIFIERS + 1];
	struct note_opened opened;
	struct ed25519_key key;
	struct buf note = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	ed25519_generate(&key);
	for (size_t i = 0; i <= NOTE_MAX_SIGNATURES; i++) {
		signers[i] = (struct note_signer){ "n", &key };
	}
	assert_false(
		note_sign(TEXT, signers, NOTE_MAX_SIGNATURES + 1, &note, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(note.len, 0);
	assert_true(note_sign(TEXT, signers, NOTE_MAX_SIGNATURES, &note, NULL));
	for (size_t i = 0; i <= NOTE_MAX_VERIFIERS; i++) {
		assert_true(
			note_verifier_of("n", key.public_key, &known[i], NULL));
	}
	err_reset(&err);
	assert_false(note_open(buf_str(&note), note.len, known,
			       NOTE_MAX_VERIFIERS + 1, &opened, &err));
	assert_int_equal(err.kind, ERR_BUG);
	assert_true(note_open(buf_str(&note), note.len, known,
			      NOTE_MAX_VERIFIERS, &opened, NULL));
	assert_int_equal(opened.verified, NOTE_MAX_VERIFIERS);
	buf_clear(&note);
}

/* TEXT under one line: name, key id and this many bytes of the signature. */
static void put_line(struct buf *note, const char *name,
		     const struct note_verifier *known,
		     const struct ed25519_key *key, size_t bytes)
{
	uint8_t raw[4 + ED25519_SIGNATURE_SIZE + 8] = { 0 };
	memcpy(raw, known->key_id, 4);
	ed25519_sign(key, TEXT, strlen(TEXT), raw + 4);
	buf_reset(note);
	buf_printf(note, "%s\n\xe2\x80\x94 %s ", TEXT, name);
	base64_put(note, raw, 4 + bytes);
	buf_put_char(note, '\n');
}

/*
 * A good signature counts under its whole name alone, and at its own length:
 * one that is cut or goes on is a bad one of a known key.
 */
static void a_signature_has_one_name_and_one_length(void **state)
{
	static const size_t lengths[] = { 1, ED25519_SIGNATURE_SIZE - 1,
					  ED25519_SIGNATURE_SIZE + 1 };
	static const char *const names[] = { "sluice/ex", "sluice/ex72" };
	struct ed25519_key key;
	struct note_verifier known;
	struct note_opened opened;
	struct buf note = BUF_INIT;

	(void)state;
	ed25519_generate(&key);
	assert_true(
		note_verifier_of("sluice/ex7", key.public_key, &known, NULL));
	put_line(&note, known.name, &known, &key, ED25519_SIGNATURE_SIZE);
	assert_true(
		note_open(buf_str(&note), note.len, &known, 1, &opened, NULL));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct err err = { 0 };
		put_line(&note, known.name, &known, &key, lengths[i]);
		assert_false(note_open(buf_str(&note), note.len, &known, 1,
				       &opened, &err));
		assert_int_equal(err.kind, ERR_DENIED);
		assert_non_null(strstr(err.text, known.name));
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct err err = { 0 };
		put_line(&note, names[i], &known, &key, ED25519_SIGNATURE_SIZE);
		assert_false(note_open(buf_str(&note), note.len, &known, 1,
				       &opened, &err));
		assert_int_equal(err.kind, ERR_DENIED);
	}
	buf_clear(&note);
}

static void what_has_no_empty_line_is_no_note(void **state)
{
	static const char *const bad[] = { "a\n", "a\nb\n", "a\n\n", "\n" };
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err = { 0 };
		size_t len = 77;
		assert_false(
			note_text_size(bad[i], strlen(bad[i]), &len, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
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
		cmocka_unit_test(no_more_signatures_are_made_than_are_read),
		cmocka_unit_test(a_signature_has_one_name_and_one_length),
		cmocka_unit_test(what_has_no_empty_line_is_no_note),
		cmocka_unit_test(every_changed_byte_is_noticed),
		cmocka_unit_test(go_opens_our_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
