/*
 * UUIDs: the form of RFC 9562 and nothing else.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/uuid.h"

#include <stdio.h>
#include <string.h>

/* 2022-02-22T19:22:22Z, the example of RFC 9562, appendix A.6. */
#define RFC_MS INT64_C(0x017f22e279b0)
#define RFC_UUID "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static void a_new_one_is_valid_and_keeps_its_time(void **state)
{
	static const int64_t times[] = { 0, 1, RFC_MS,
					 INT64_C(0xffffffffffff) };
	char text[UUID_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char begin[40];
		uuid_v7(text, times[i]);
		assert_true(uuid_valid(text));
		(void)snprintf(begin, sizeof(begin), "%08llx-%04llx-7",
			       (unsigned long long)times[i] >> 16,
			       (unsigned long long)times[i] & 0xffff);
		assert_memory_equal(text, begin, strlen(begin));
	}
	uuid_v7(text, RFC_MS);
	assert_memory_equal(text, RFC_UUID, 15);
}

static void the_example_of_the_rfc_is_one(void **state)
{
	(void)state;
	assert_true(uuid_valid(RFC_UUID));
}

static void two_of_the_same_moment_differ(void **state)
{
	char a[UUID_TEXT_SIZE];
	char b[UUID_TEXT_SIZE];

	(void)state;
	uuid_v7(a, RFC_MS);
	uuid_v7(b, RFC_MS);
	assert_string_not_equal(a, b);
}

static void a_later_one_sorts_later(void **state)
{
	char a[UUID_TEXT_SIZE];
	char b[UUID_TEXT_SIZE];

	(void)state;
	uuid_v7(a, RFC_MS);
	uuid_v7(b, RFC_MS + 1);
	assert_true(strcmp(a, b) < 0);
}

static void anything_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398",
		RFC_UUID "0",
		"017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
		"{017f22e2-79b0-7cc3-98c4-dc0c0c0739}",
		"017f22e2x79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
		"../../../../../../../../../etc/passw",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398\n",
	};

	(void)state;
	assert_false(uuid_valid(NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(uuid_valid(bad[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_one_is_valid_and_keeps_its_time),
		cmocka_unit_test(the_example_of_the_rfc_is_one),
		cmocka_unit_test(two_of_the_same_moment_differ),
		cmocka_unit_test(a_later_one_sorts_later),
		cmocka_unit_test(anything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
