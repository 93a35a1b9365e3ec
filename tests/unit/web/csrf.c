#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/csrf.h"

static void a_token_belongs_to_one_cookie(void **state)
{
	char token[CSRF_TOKEN_SIZE];

	(void)state;
	csrf_token(token, "cookie");
	assert_int_equal(strlen(token), CSRF_TOKEN_SIZE - 1);
	assert_true(csrf_matches(token, "cookie"));
	assert_false(csrf_matches(token, "cookie2"));
	assert_false(csrf_matches(token, ""));
}

/* SHA-256 of "sluice csrfcookie", base64url, computed with openssl. */
static void the_token_is_the_hash_that_it_says(void **state)
{
	char token[CSRF_TOKEN_SIZE];

	(void)state;
	csrf_token(token, "cookie");
	assert_string_equal(token,
			    "Yt0Iafp1irl57rsLovuYIG0Sk2l5WeFMWC5R2KtPk-I");
}

static void what_is_no_token_never_matches(void **state)
{
	char token[CSRF_TOKEN_SIZE + 8];

	(void)state;
	csrf_token(token, "cookie");
	assert_false(csrf_matches(NULL, "cookie"));
	assert_false(csrf_matches("", "cookie"));
	assert_false(csrf_matches("x", "cookie"));
	strcat(token, "=");
	assert_false(csrf_matches(token, "cookie"));
	token[CSRF_TOKEN_SIZE - 2] = '\0';
	assert_false(csrf_matches(token, "cookie"));
}

static void without_a_cookie_nothing_matches(void **state)
{
	char token[CSRF_TOKEN_SIZE];

	(void)state;
	csrf_token(token, "");
	assert_false(csrf_matches(token, ""));
}

static void random_texts_differ(void **state)
{
	char one[CSRF_RANDOM_SIZE];
	char two[CSRF_RANDOM_SIZE];

	(void)state;
	csrf_random(one);
	csrf_random(two);
	assert_int_equal(strlen(one), CSRF_RANDOM_SIZE - 1);
	assert_string_not_equal(one, two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_belongs_to_one_cookie),
		cmocka_unit_test(the_token_is_the_hash_that_it_says),
		cmocka_unit_test(what_is_no_token_never_matches),
		cmocka_unit_test(without_a_cookie_nothing_matches),
		cmocka_unit_test(random_texts_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
