/*
 * Heads of age files: what a good MAC does not make good. Heads are written
 * here with a file key that the test knows.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/age_header.h"

#include <string.h>

#include "base/encoding.h"

static const uint8_t file_key[AGE_FILE_KEY_SIZE] = "YELLOW SUBMARINE";

/* "-> X25519 ...", two lines, for this recipient. */
static void put_stanza(struct buf *out, const struct age_recipient *recipient)
{
	struct buf header = BUF_INIT;
	assert_true(age_header_put(&header, recipient, 1, file_key, NULL));
	const char *from = strchr(buf_str(&header), '\n') + 1;
	const char *to = strstr(from, "---");
	buf_put(out, from, (size_t)(to - from));
	buf_clear(&header);
}

/* Ends a head with a MAC that holds. */
static void put_end(struct buf *out)
{
	uint8_t mac[AGE_MAC_SIZE];
	buf_put_str(out, "---");
	age_header_mac(file_key, out->data, out->len, mac);
	buf_put_char(out, ' ');
	base64raw_put(out, mac, sizeof(mac));
	buf_put_char(out, '\n');
}

static enum err_kind kind_of(const struct buf *head,
			     const struct age_identity *identity)
{
	uint8_t key[AGE_FILE_KEY_SIZE] = { 0 };
	struct err err = { 0 };
	bool ok =
		age_header_open(head->data, head->len, identity, 1, key, &err);
	assert_int_equal(ok, err.kind == ERR_NONE);
	assert_int_equal(ok, memcmp(key, file_key, sizeof(key)) == 0);
	return err.kind;
}

/* The head with these lines before and after the stanza of ours. */
static enum err_kind kind_with(const char *before, const char *after)
{
	struct age_identity identity;
	struct buf head = BUF_INIT;
	age_identity_make(&identity);
	buf_put_str(&head, AGE_VERSION_LINE);
	buf_put_str(&head, before);
	put_stanza(&head, &identity.recipient);
	buf_put_str(&head, after);
	put_end(&head);
	enum err_kind kind = kind_of(&head, &identity);
	buf_clear(&head);
	return kind;
}

#define B64_48 \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define B64_32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SHARE "ajtqAvDEkVNr2B7zUOtq2mAQXDSBlNrVAuM/dKb5sT4"

static void stanzas_of_other_types_are_skipped(void **state)
{
	static const char *const fine[] = {
		"",
		"-> x-grease 1 2 3\n\n",
		"-> x-grease\nAAAA\n",
		"-> ssh-ed25519 mlxOGw Fq0Q\n" B64_48 "\n\n",
		"-> a !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\nAA\n",
		"-> x25519 " SHARE "\n" B64_32 "\n",
		"-> ~-grease\n" B64_48 "\n" B64_48 "\nAA\n",
		/* For another one of the same kind */
		"-> X25519 " SHARE "\n" B64_32 "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		assert_int_equal(kind_with(fine[i], ""), ERR_NONE);
		assert_int_equal(kind_with("", fine[i]), ERR_NONE);
	}
}

static void malformed_heads_are_refused(void **state)
{
	static const char *const wrong[] = {
		"\n",
		"->\n\n",
		"-> \n\n",
		"->a\n\n",
		"-> a  b\n\n",
		"-> a \n\n",
		"-> a\r\n\n",
		"-> a\tb\n\n",
		"-> \xc3\xa4\n\n",
		"-> a\x7f\n\n",
		"-> a\n",
		"-> a\n" B64_48 "\n",
		"-> a\n" B64_48 "A\n\n",
		"-> a\nA\n",
		"-> a\nAB\n",
		"-> a\nAA==\n",
		"-> a\nAA \n",
		"-> a\nA-\n",
		"-> a\nAAAA\nAAAA\n",
		"x-> a\n\n",
		"--> a\n\n",
		/* Ours, malformed */
		"-> X25519\n" B64_32 "\n",
		"-> X25519 " SHARE " x\n" B64_32 "\n",
		"-> X25519 " SHARE "\n\n",
		"-> X25519 " SHARE "\n" B64_48 "\n\n",
		"-> X25519 " SHARE "\nAAAA" B64_32 "\n",
		"-> X25519 " SHARE "=\n" B64_32 "\n",
		"-> X25519 AAAA\n" B64_32 "\n",
		"-> X25519 " SHARE "AAAA\n" B64_32 "\n",
		/* Set bits after the last byte */
		"-> X25519 ajtqAvDEkVNr2B7zUOtq2mAQXDSBlNrVAuM/dKb5sT5\n" B64_32
		"\n",
		/* A low-order point */
		"-> X25519 " B64_32 "\n" B64_32 "\n",
		/* A passphrase is alone or not there */
		"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n" B64_32 "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (kind_with(wrong[i], "") != ERR_INVALID ||
		    kind_with("", wrong[i]) != ERR_INVALID) {
			fail_msg("taken: %zu %s", i, wrong[i]);
		}
	}
}

static void only_a_passphrase_is_somebody_elses(void **state)
{
	struct age_identity identity;
	struct buf head = BUF_INIT;
	struct err err = { 0 };
	uint8_t key[AGE_FILE_KEY_SIZE];

	(void)state;
	age_identity_make(&identity);
	buf_put_str(&head, AGE_VERSION_LINE
		    "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n" B64_32 "\n");
	put_end(&head);
	assert_false(
		age_header_open(head.data, head.len, &identity, 1, key, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_non_null(strstr(err.text, "passphrase"));
	/* Nobody at all */
	buf_reset(&head);
	buf_put_str(&head, AGE_VERSION_LINE);
	put_end(&head);
	assert_int_equal(kind_of(&head, &identity), ERR_INVALID);
	buf_clear(&head);
}

static void the_last_line_has_one_spelling(void **state)
{
	struct age_identity identity;
	struct buf head = BUF_INIT;

	(void)state;
	age_identity_make(&identity);
	assert_true(
		age_header_put(&head, &identity.recipient, 1, file_key, NULL));
	assert_int_equal(kind_of(&head, &identity), ERR_NONE);
	size_t len = head.len;
	/* Each character of the MAC, and the line break */
	for (size_t at = len - 44; at < len; at++) {
		uint8_t was = head.data[at];
		head.data[at] = was == 'A' ? 'E' : 'A';
		assert_int_equal(kind_of(&head, &identity), ERR_INVALID);
		head.data[at] = was;
	}
	for (head.len = 0; head.len < len; head.len++) {
		assert_int_equal(kind_of(&head, &identity), ERR_INVALID);
	}
	buf_put_char(&head, '\n');
	assert_int_equal(kind_of(&head, &identity), ERR_INVALID);
	buf_clear(&head);
}

static void the_order_of_recipients_stays(void **state)
{
	struct age_identity identities[3];
	struct age_recipient recipients[3];
	struct buf head = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		age_identity_make(&identities[i]);
		recipients[i] = identities[i].recipient;
	}
	assert_true(age_header_put(&head, recipients, 3, file_key, NULL));
	/* Without its first stanza it is for the others, but for the MAC. */
	char *first = strstr((char *)head.data, "->");
	char *second = strstr(first + 1, "->");
	size_t gone = (size_t)(second - first);
	memmove(first, second, head.len - (size_t)(second - (char *)head.data));
	head.len -= gone;
	uint8_t key[AGE_FILE_KEY_SIZE];
	struct err err = { 0 };
	assert_false(age_header_open(head.data, head.len, &identities[0], 1,
				     key, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	err_reset(&err);
	assert_false(age_header_open(head.data, head.len, &identities[1], 1,
				     key, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	buf_clear(&head);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stanzas_of_other_types_are_skipped),
		cmocka_unit_test(malformed_heads_are_refused),
		cmocka_unit_test(only_a_passphrase_is_somebody_elses),
		cmocka_unit_test(the_last_line_has_one_spelling),
		cmocka_unit_test(the_order_of_recipients_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
