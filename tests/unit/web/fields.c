#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/fields.h"

struct found {
	char names[256];
	char texts[512];
};

static void note(void *ctx, const struct web_field *field, const char *text)
{
	struct found *found = ctx;

	strcat(found->names, field->name);
	strcat(found->names, " ");
	strcat(found->texts, text);
	strcat(found->texts, "|");
}

static const struct web_field fields[] = {
	{ .name = "name",
	  .label = "The name",
	  .max = 8,
	  .required = true,
	  .valid = fields_is_word,
	  .hint = "Use letters." },
	{ .name = "role",
	  .label = "The role",
	  .many = true,
	  .valid = fields_is_word },
	{ .name = "text", .label = "The text" },
	{ .name = NULL },
};

static enum fields_outcome check(const char *form, struct found *found,
				 struct err *err)
{
	static const struct urlencoded_limits limits = { 4096, 100, 4096 };
	struct urlencoded pairs = URLENCODED_INIT;

	memset(found, 0, sizeof(*found));
	*err = (struct err){ .kind = ERR_NONE };
	assert_true(
		urlencoded_parse(form, strlen(form), &limits, &pairs, NULL));

	enum fields_outcome outcome =
		fields_check(fields, &pairs, "csrf", note, found, err);

	urlencoded_clear(&pairs);
	return outcome;
}

static void declared_fields_pass(void **state)
{
	struct found found;
	struct err err;

	(void)state;
	assert_int_equal(check("name=desk-2&role=a&role=b&text=x+y&csrf=t",
			       &found, &err),
			 FIELDS_OK);
	assert_int_equal(check("name=desk-2", &found, &err), FIELDS_OK);
	assert_int_equal(check("name=desk-2&text=", &found, &err), FIELDS_OK);
}

static void what_is_not_declared_is_refused(void **state)
{
	struct found found;
	struct err err;

	(void)state;
	assert_int_equal(check("name=desk-2&admin=1", &found, &err),
			 FIELDS_REFUSED);
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "\"admin\""));
}

static void what_comes_twice_is_refused_unless_meant(void **state)
{
	struct found found;
	struct err err;

	(void)state;
	assert_int_equal(check("name=desk-2&name=frontdesk", &found, &err),
			 FIELDS_REFUSED);
	assert_int_equal(check("name=desk-2&csrf=a&csrf=b", &found, &err),
			 FIELDS_REFUSED);
	assert_int_equal(check("name=desk-2&role=a&role=a", &found, &err),
			 FIELDS_OK);
}

static void problems_that_a_person_can_mend_are_all_named(void **state)
{
	struct found found;
	struct err err;

	(void)state;
	assert_int_equal(check("name=&role=a&role=b+c&text=a%0Ab", &found,
			       &err),
			 FIELDS_PROBLEM);
	assert_string_equal(found.names, "name role text ");
	assert_string_equal(found.texts,
			    "The name is missing.|The role is not valid.|"
			    "The text is not valid.|");
	assert_int_equal(check("", &found, &err), FIELDS_PROBLEM);
	assert_int_equal(check("name=longerthan8", &found, &err),
			 FIELDS_PROBLEM);
	assert_string_equal(found.texts,
			    "The name may be at most 8 characters long.|");
	assert_int_equal(check("name=a+b", &found, &err), FIELDS_PROBLEM);
	assert_string_equal(found.texts,
			    "The name is not valid. Use letters.|");
	assert_int_equal(err.kind, ERR_NONE);
}

static void a_page_without_fields_takes_none(void **state)
{
	static const struct urlencoded_limits limits = { 4096, 100, 4096 };
	struct urlencoded pairs = URLENCODED_INIT;
	struct found found = { .names = "" };
	struct err err = { .kind = ERR_NONE };

	(void)state;
	assert_int_equal(fields_check(NULL, &pairs, NULL, note, &found, &err),
			 FIELDS_OK);
	assert_true(urlencoded_parse("a=1", 3, &limits, &pairs, NULL));
	assert_int_equal(fields_check(NULL, &pairs, NULL, note, &found, &err),
			 FIELDS_REFUSED);
	urlencoded_clear(&pairs);
}

struct validity {
	bool (*valid)(const char *value);
	const char *value;
	bool right;
};

static void validators_take_their_form_and_no_other(void **state)
{
	static const struct validity cases[] = {
		{ fields_is_line, "one line", true },
		{ fields_is_line, "two\nlines", false },
		{ fields_is_line, "\xff", false },
		{ fields_is_any, "two\nlines", true },
		{ fields_is_any, "\xff", false },
		{ fields_is_word, "aZ09._-", true },
		{ fields_is_word, "a b", false },
		{ fields_is_word, "a/b", false },
		{ fields_is_number, "0", true },
		{ fields_is_number, "9223372036854775807", true },
		{ fields_is_number, "9223372036854775808", false },
		{ fields_is_number, "-1", false },
		{ fields_is_number, "1 ", false },
		{ fields_is_uuid, "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
		  true },
		{ fields_is_uuid, "0193594E-7A11-7C3E-9D54-2F0F6A1BE7C1",
		  false },
		{ fields_is_sha256,
		  "5f1d0c6b8a7e44f2b9e3aa0c91d2377e"
		  "0b5b6a4d5f1d0c6b8a7e44f2b9e3aa0c",
		  true },
		{ fields_is_sha256, "5f1d", false },
		{ fields_is_date, "2026-11-23", true },
		{ fields_is_date, "2026-11-2", false },
		{ fields_is_date, "20261-1-23", false },
		{ fields_is_date, "----------", false },
		{ fields_is_flag, "1", true },
		{ fields_is_flag, "true", false },
		{ fields_is_key, "0123456789abcdef", true },
		{ fields_is_key, "0123456789abcde", false },
		{ fields_is_key, "0123456789abcde+", false },
		{ fields_is_own_path, "/log?a=1", true },
		{ fields_is_own_path, "//evil", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].valid(cases[i].value) != cases[i].right) {
			fail_msg("case %zu: \"%s\"", i, cases[i].value);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declared_fields_pass),
		cmocka_unit_test(what_is_not_declared_is_refused),
		cmocka_unit_test(what_comes_twice_is_refused_unless_meant),
		cmocka_unit_test(problems_that_a_person_can_mend_are_all_named),
		cmocka_unit_test(a_page_without_fields_takes_none),
		cmocka_unit_test(validators_take_their_form_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
