/* Filling in "@NAME@". */
#include "base/placeholders.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct placeholder values[] = {
	{ "PORT", "8443" },
	{ "USER_LINE", "user = @PORT@" },
	{ "NOTHING", NULL },
	{ NULL, NULL },
};

static void becomes(const char *text, const char *wanted)
{
	struct buf out = BUF_INIT;
	placeholders_fill(&out, text, values);
	assert_string_equal(buf_str(&out), wanted);
	buf_clear(&out);
}

static void names_become_their_values(void **state)
{
	(void)state;
	becomes("port = @PORT@\n", "port = 8443\n");
	becomes("@PORT@@PORT@", "84438443");
	becomes("a@PORT@b@PORT@c", "a8443b8443c");
}

static void a_value_is_not_searched_again(void **state)
{
	(void)state;
	becomes("@USER_LINE@", "user = @PORT@");
}

static void unknown_names_become_nothing(void **state)
{
	(void)state;
	becomes("<@NOTHING@>", "<>");
	becomes("<@OTHER@>", "<>");
	becomes("<@POR@><@PORTS@>", "<><>");
}

static void another_at_sign_stays(void **state)
{
	(void)state;
	becomes("", "");
	becomes("no sign", "no sign");
	becomes("@", "@");
	becomes("@@", "@@");
	becomes("me@example, @port@, @PORT", "me@example, @port@, @PORT");
	becomes("x@@PORT@", "x@8443");
	becomes("@PORT x@PORT@", "@PORT x8443");
}

static void what_stands_in_the_buffer_is_kept(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	buf_put_str(&out, "# ");
	placeholders_fill(&out, "@PORT@", values);
	assert_string_equal(buf_str(&out), "# 8443");
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_their_values),
		cmocka_unit_test(a_value_is_not_searched_again),
		cmocka_unit_test(unknown_names_become_nothing),
		cmocka_unit_test(another_at_sign_stays),
		cmocka_unit_test(what_stands_in_the_buffer_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
