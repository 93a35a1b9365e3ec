/*
 * Forms: what browsers send is read, everything else is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/urlencoded.h"

#include <string.h>

static const struct urlencoded_limits limits = { .bytes = 200,
						 .pairs = 4,
						 .value = 20 };

static bool parse(const char *text, struct urlencoded *form, struct err *err)
{
	return urlencoded_parse(text, strlen(text), &limits, form, err);
}

static void pairs_come_decoded_and_in_order(void **state)
{
	struct urlencoded form;
	struct err err = { 0 };

	(void)state;
	assert_true(parse("name=a+b&x%5B%5D=%C3%BC%26%3d&empty=&bare", &form,
			  &err));
	assert_int_equal(form.count, 4);
	assert_string_equal(form.pairs[0].name, "name");
	assert_string_equal(form.pairs[0].value, "a b");
	assert_string_equal(form.pairs[1].name, "x[]");
	assert_string_equal(form.pairs[1].value, "\xc3\xbc&=");
	assert_string_equal(form.pairs[2].value, "");
	assert_string_equal(form.pairs[3].name, "bare");
	assert_string_equal(form.pairs[3].value, "");
	assert_string_equal(urlencoded_get(&form, "name"), "a b");
	assert_null(urlencoded_get(&form, "Name"));
	urlencoded_clear(&form);
	assert_int_equal(form.count, 0);
}

static void only_the_first_equals_sign_counts(void **state)
{
	struct urlencoded form;

	(void)state;
	assert_true(parse("a=b=c", &form, NULL));
	assert_string_equal(form.pairs[0].value, "b=c");
	urlencoded_clear(&form);
}

static void nothing_is_no_pairs(void **state)
{
	struct urlencoded form;

	(void)state;
	assert_true(parse("", &form, NULL));
	assert_int_equal(form.count, 0);
	assert_null(urlencoded_get(&form, "a"));
	urlencoded_clear(&form);
}

static void repeated_names_are_kept(void **state)
{
	struct urlencoded form;
	size_t at = 0;

	(void)state;
	assert_true(parse("s=1&t=x&s=2&s=3", &form, NULL));
	assert_string_equal(urlencoded_next(&form, "s", &at), "1");
	assert_string_equal(urlencoded_next(&form, "s", &at), "2");
	assert_string_equal(urlencoded_next(&form, "s", &at), "3");
	assert_null(urlencoded_next(&form, "s", &at));
	urlencoded_clear(&form);
}

static void assert_refused(const char *text, enum err_kind kind)
{
	struct urlencoded form = { NULL, 77 };
	struct err err = { 0 };

	assert_false(parse(text, &form, &err));
	assert_int_equal(err.kind, kind);
	assert_int_equal(form.count, 77);
}

static void broken_encodings_are_refused(void **state)
{
	static const char *const bad[] = {
		"&",     "a=1&",   "&a=1",  "a=1&&b=2", "=x",
		"a=%",   "a=%1",   "a=%zz", "a=%1g",    "a=%%41",
		"a=%00", "a%00=b", "a=%ff", "a=%c0%80", "a=%ed%a0%80",
		"%ff=a", "a=\xff", "a=% 1", "a=%+1",    "a=%-1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(bad[i], ERR_INVALID);
	}
	struct urlencoded form;
	assert_false(urlencoded_parse("a=b\0c", 5, &limits, &form, NULL));
}

static void every_limit_holds(void **state)
{
	char text[300];

	(void)state;
	assert_refused("a=1&b=2&c=3&d=4&e=5", ERR_LIMIT);
	assert_refused("a=123456789012345678901", ERR_LIMIT);
	memset(text, 'n', sizeof(text));
	text[URLENCODED_NAME_MAX + 1] = '\0';
	assert_refused(text, ERR_LIMIT);
	memset(text, 'n', sizeof(text));
	text[201] = '\0';
	assert_refused(text, ERR_LIMIT);
	struct urlencoded form;
	assert_true(parse("a=%41%41%41%41%41%41%41%41%41%41%41%41%41%41%41"
			  "%41%41%41%41%41",
			  &form, NULL));
	urlencoded_clear(&form);
}

static void what_is_written_is_read_again(void **state)
{
	static const char nasty[] = "a&b=c%d+e f\n\xc3\xbc/?#";
	struct buf out = BUF_INIT;
	struct urlencoded form;

	(void)state;
	urlencoded_put(&out, "q", nasty);
	urlencoded_put(&out, "b c", "");
	assert_string_equal(buf_str(&out),
			    "q=a%26b%3Dc%25d%2Be+f%0A%C3%BC%2F%3F%23&b+c=");
	assert_true(parse(buf_str(&out), &form, NULL));
	assert_string_equal(urlencoded_get(&form, "q"), nasty);
	assert_string_equal(urlencoded_get(&form, "b c"), "");
	urlencoded_clear(&form);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_come_decoded_and_in_order),
		cmocka_unit_test(only_the_first_equals_sign_counts),
		cmocka_unit_test(nothing_is_no_pairs),
		cmocka_unit_test(repeated_names_are_kept),
		cmocka_unit_test(broken_encodings_are_refused),
		cmocka_unit_test(every_limit_holds),
		cmocka_unit_test(what_is_written_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
