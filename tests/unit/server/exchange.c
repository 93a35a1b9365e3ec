/*
 * CGI variables of an exchange are found by their whole name.
 */
#include "server/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void variables_are_found_by_their_whole_name(void **state)
{
	char a[] = "SSL_CLIENT_VERIFY=SUCCESS";
	char b[] = "SSL_CLIENT=no";
	char c[] = "EMPTY=";
	char d[] = "HTTP_SSL_CLIENT_CERT=forged";
	char *envp[] = { a, b, c, d, NULL };
	struct exchange x = { .envp = envp };
	(void)state;
	assert_string_equal("SUCCESS", exchange_param(&x, "SSL_CLIENT_VERIFY"));
	assert_string_equal("no", exchange_param(&x, "SSL_CLIENT"));
	assert_string_equal("", exchange_param(&x, "EMPTY"));
	assert_null(exchange_param(&x, "SSL_CLIENT_CERT"));
	assert_null(exchange_param(&x, "EMPT"));
	assert_null(exchange_param(&x, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_are_found_by_their_whole_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
