/* What base/err.h promises: set once, kept, cut at a character. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"

static void the_first_error_is_kept(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_false(err_set(&err, ERR_DENIED, "wrong %s", "password"));
	assert_false(err_set(&err, ERR_IO, "later"));
	assert_false(err_set_errno(&err, ERR_IO, ENOSPC, "later"));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_string_equal(err.text, "wrong password");
}

static void errno_is_told_in_words(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_false(err_set_errno(&err, ERR_IO, ENOSPC, "%s", "outbox"));
	assert_string_equal(err.text, "outbox: No space left on device");
}

static void prefixes_say_where(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_false(err_prefix(&err, "nothing failed"));
	assert_string_equal(err.text, "");
	err_set(&err, ERR_RETRY, "connection closed");
	assert_false(err_prefix(&err, "check-in %d", 3));
	assert_string_equal(err.text, "check-in 3: connection closed");
	assert_int_equal(err.kind, ERR_RETRY);
}

static void long_texts_are_cut_at_a_character(void **state)
{
	(void)state;
	/* Characters of 2, 3 and 4 bytes, behind 0..3 bytes, cut everywhere. */
	static const char *const characters[] = { "\xc3\xa9", "\xe2\x82\xac",
						  "\xf0\x9f\x96\xa8" };
	for (size_t which = 0; which < 3; which++) {
		for (size_t shift = 0; shift < 4; shift++) {
			char text[2000];
			memset(text, 'a', shift);
			text[shift] = '\0';
			while (strlen(text) < 1500) {
				strcat(text, characters[which]);
			}
			struct err err = { 0 };
			err_set(&err, ERR_INVALID, "%s", text);
			size_t len = strlen(err.text);
			assert_true(len > ERR_TEXT_SIZE - 5);
			assert_true(text_is_utf8(err.text, len));
			err_prefix(&err, "%s", "abc");
			len = strlen(err.text);
			assert_true(text_is_utf8(err.text, len));
		}
	}
}

static void nobody_listening_is_fine(void **state)
{
	(void)state;
	assert_false(err_set(NULL, ERR_IO, "x"));
	assert_false(err_set_errno(NULL, ERR_IO, EIO, "x"));
	assert_false(err_prefix(NULL, "x"));
	err_reset(NULL);
}

static void a_reset_error_can_be_used_again(void **state)
{
	(void)state;
	struct err err = { 0 };
	err_set(&err, ERR_LIMIT, "too big");
	err_reset(&err);
	assert_int_equal(err.kind, ERR_NONE);
	err_set(&err, ERR_BUG, "again");
	assert_string_equal(err.text, "again");
}

static void every_kind_has_its_own_name(void **state)
{
	(void)state;
	for (int kind = ERR_NONE; kind <= ERR_BUG; kind++) {
		for (int other = ERR_NONE; other < kind; other++) {
			assert_string_not_equal(
				err_kind_name((enum err_kind)kind),
				err_kind_name((enum err_kind)other));
		}
	}
	assert_string_equal(err_kind_name((enum err_kind)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_error_is_kept),
		cmocka_unit_test(errno_is_told_in_words),
		cmocka_unit_test(prefixes_say_where),
		cmocka_unit_test(long_texts_are_cut_at_a_character),
		cmocka_unit_test(nobody_listening_is_fine),
		cmocka_unit_test(a_reset_error_can_be_used_again),
		cmocka_unit_test(every_kind_has_its_own_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
