/*
 * The public vectors of tests/vectors/age that are not compressed; age_tool.sh
 * runs all of them. Each is fed in one piece and byte by byte.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/age.h"

#include <stdio.h>

#include "age_stream.h"
#include "base/encoding.h"
#include "crypto/sha256.h"
#include "vectors.h"

struct vector {
	struct buf whole;
	char expect[32];
	char payload[65]; /* SHA-256 of what is released; "" = not said */
	struct age_identity identities[4];
	size_t count;
	bool compressed;
	const uint8_t *file;
	size_t len;
};

static void read_field(struct vector *v, const char *line)
{
	char value[200] = { 0 };
	if (sscanf(line, "expect: %31[a-zA-Z ]", v->expect) == 1 ||
	    sscanf(line, "payload: %64s", v->payload) == 1) {
		return;
	}
	if (strncmp(line, "compressed:", 11) == 0) {
		v->compressed = true;
	}
	/* Other kinds of identities than ours cannot be read. */
	if (sscanf(line, "identity: %199s", value) == 1 && v->count < 4 &&
	    age_identity_parse(value, &v->identities[v->count], NULL)) {
		v->count++;
	}
}

static void read_vector(const char *name, struct vector *v)
{
	char path[300];
	const char *line = NULL;
	size_t len = 1;
	snprintf(path, sizeof(path), "age/%s", name);
	read_vectors(path, &v->whole);
	struct reader r = reader_of(v->whole.data, v->whole.len);
	while (reader_line(&r, &line, &len) && len > 0) {
		char text[300];
		snprintf(text, sizeof(text), "%.*s", (int)len, line);
		read_field(v, text);
	}
	v->file = r.at;
	v->len = r.left;
}

static enum err_kind expected_kind(const char *expect)
{
	static const struct {
		const char *says;
		enum err_kind kind;
	} kinds[] = {
		{ "success", ERR_NONE },
		{ "no match", ERR_DENIED },
		{ "header failure", ERR_INVALID },
		{ "HMAC failure", ERR_INVALID },
		{ "payload failure", ERR_INVALID },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(expect, kinds[i].says) == 0) {
			return kinds[i].kind;
		}
	}
	fail_msg("unknown: %s", expect);
	return ERR_BUG;
}

static void run_vector(const char *name, const struct vector *v, size_t step)
{
	struct age_kept opened = { BUF_INIT, 0 };
	struct err err = { 0 };
	uint8_t hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	enum err_kind kind = expected_kind(v->expect);
	/* The one that only a passphrase opens */
	if (strcmp(name, "scrypt") == 0) {
		kind = ERR_DENIED;
	}
	(void)age_open_all(v->identities, v->count, v->file, v->len, step,
			   &opened, &err);
	if (err.kind != kind) {
		fail_msg("%s: %s expected: %s", name, v->expect, err.text);
	}
	sha256_bytes(opened.bytes.data, opened.bytes.len, hash);
	hex_encode(hex, hash, sizeof(hash));
	if (v->payload[0] != '\0' && kind != ERR_DENIED) {
		assert_string_equal(hex, v->payload);
	} else {
		assert_int_equal(opened.bytes.len, 0);
	}
	buf_clear(&opened.bytes);
}

static void every_vector_gives_what_it_expects(void **state)
{
	const char *top = getenv("abs_top_srcdir");
	char path[1000];
	size_t count = 0;
	struct dirent *entry = NULL;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/vectors/age",
		 top != NULL ? top : ".");
	DIR *dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		struct vector v = { .whole = BUF_INIT };
		if (entry->d_name[0] == '.') {
			continue;
		}
		read_vector(entry->d_name, &v);
		if (!v.compressed) {
			run_vector(entry->d_name, &v, v.len + 1);
			run_vector(entry->d_name, &v, 1);
			count++;
		}
		buf_clear(&v.whole);
	}
	(void)closedir(dir);
	assert_int_equal(count, 52);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_gives_what_it_expects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
