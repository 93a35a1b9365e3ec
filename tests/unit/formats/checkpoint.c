/* Heads of logs: three lines under the log's own name, and no others. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/checkpoint.h"

#include <string.h>

#define NAME "sluice/ex7-004211"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static void sign(const char *text, const char *name, uint8_t seed_byte,
		 struct buf *note, struct note_verifier *verifier)
{
	uint8_t seed[ED25519_SEED_SIZE];
	struct ed25519_key key;
	const struct note_signer signer = { name, &key };
	memset(seed, seed_byte, sizeof(seed));
	ed25519_from_seed(seed, &key);
	assert_true(note_sign(text, &signer, 1, note, NULL));
	assert_true(note_verifier_of(name, key.public_key, verifier, NULL));
}

static void a_good_head_is_read(void **state)
{
	struct note_verifier verifier;
	struct checkpoint head;
	struct buf note = BUF_INIT;
	(void)state;
	sign(NAME "\n4711\n" ROOT "\n", NAME, 1, &note, &verifier);
	assert_true(checkpoint_read(buf_str(&note), note.len, &verifier, &head,
				    NULL));
	assert_string_equal(head.origin, NAME);
	assert_true(head.size == 4711);
	assert_int_equal(head.root[0], 0x0a);
	assert_int_equal(head.root[31], 0x62);
	buf_clear(&note);
}

static void refuse(const char *text, const char *name, enum err_kind kind)
{
	struct note_verifier verifier;
	struct checkpoint head = { .size = 99 };
	struct buf note = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	sign(text, name, 1, &note, &verifier);
	if (checkpoint_read(buf_str(&note), note.len, &verifier, &head, &err)) {
		fail_msg("accepted: %s", text);
	}
	assert_int_equal(err.kind, kind);
	assert_true(head.size == 99);
	buf_clear(&note);
}

static void other_lines_are_refused(void **state)
{
	static const char *const bad[] = {
		NAME "\n4711\n",
		NAME "\n" ROOT "\n4711\n",
		NAME "\n4711\n" ROOT "\nextension\n",
		NAME "\n4711\n" ROOT "\n\n",
		NAME "\n0\n" ROOT "\n",
		NAME "\n04711\n" ROOT "\n",
		NAME "\n-1\n" ROOT "\n",
		NAME "\n9223372036854775808\n" ROOT "\n",
		NAME "\n4711\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
		NAME "\n4711\nroot\n",
		"\n4711\n" ROOT "\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse(bad[i], NAME, ERR_INVALID);
	}
}

/* Lines longer than what takes them, and characters that are none. */
static void refuse_lines(const char *first, size_t more, const char *rest)
{
	struct checkpoint head = { .size = 99 };
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	buf_put_str(&text, first);
	for (size_t i = 0; i < more; i++) {
		buf_put_char(&text, '1');
	}
	buf_put_str(&text, rest);
	if (checkpoint_read_text(buf_str(&text), text.len, &head, &err)) {
		fail_msg("accepted: %s", buf_str(&text));
	}
	assert_int_equal(err.kind, ERR_INVALID);
	assert_true(head.size == 99);
	buf_clear(&text);
}

static void lines_that_no_head_has_are_refused(void **state)
{
	struct checkpoint head;
	char longest[NOTE_NAME_SIZE];
	struct buf text = BUF_INIT;
	(void)state;
	refuse_lines("", NOTE_NAME_SIZE, "\n4711\n" ROOT "\n");
	refuse_lines("", 16 * NOTE_NAME_SIZE, "\n4711\n" ROOT "\n");
	refuse_lines(NAME "\n", 24, "\n" ROOT "\n");
	refuse_lines(NAME "\n", 2000, "\n" ROOT "\n");
	refuse_lines(NAME "\n4711\n" ROOT, 2000, "\n");
	refuse_lines("a\tb", 0, "\n4711\n" ROOT "\n");
	refuse_lines("a\xff", 0, "\n4711\n" ROOT "\n");
	refuse_lines(NAME "\n4711\n" ROOT, 0, "");
	memset(longest, 'n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	buf_printf(&text, "%s\n4711\n%s\n", longest, ROOT);
	assert_true(
		checkpoint_read_text(buf_str(&text), text.len, &head, NULL));
	assert_string_equal(head.origin, longest);
	buf_clear(&text);
}

static void another_logs_head_is_denied(void **state)
{
	struct note_verifier verifier, other;
	struct checkpoint head;
	struct buf note = BUF_INIT, unused = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	refuse("sluice/other\n4711\n" ROOT "\n", NAME, ERR_DENIED);
	sign(NAME "\n4711\n" ROOT "\n", NAME, 1, &note, &verifier);
	sign("x\n", NAME, 2, &unused, &other);
	assert_false(
		checkpoint_read(buf_str(&note), note.len, &other, &head, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	buf_clear(&unused);
	buf_clear(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_head_is_read),
		cmocka_unit_test(other_lines_are_refused),
		cmocka_unit_test(lines_that_no_head_has_are_refused),
		cmocka_unit_test(another_logs_head_is_denied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
