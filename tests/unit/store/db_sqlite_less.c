/*
 * What stands in for unused parts of SQLite (src/store/db_sqlite_less.c). That
 * the product works with it is shown by the flows that run the static binary.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/db_sqlite_less.c"

/* Through pointers, so that no compiler reckons the values itself. */
static void test_no_number_comes_out(void **state)
{
	double (*volatile ones[])(double) = { acos, acosh, asin, asinh,
					      atan, atanh, cos,  cosh,
					      exp,  log,   sin,  sinh,
					      sqrt, tan,   tanh, trunc };
	double (*volatile twos[])(double, double) = { atan2, fmod, pow };
	(void)state;
	for (size_t i = 0; i < sizeof(ones) / sizeof(ones[0]); i++) {
		assert_true(isnan(ones[i](0.5)));
	}
	for (size_t i = 0; i < sizeof(twos) / sizeof(twos[0]); i++) {
		assert_true(isnan(twos[i](2, 3)));
	}
}

static void test_nothing_is_registered(void **state)
{
	int (*const inits[])(
		void *) = { sqlite3Fts3Init, sqlite3Fts5Init, sqlite3RtreeInit,
			    sqlite3DbstatRegister, sqlite3StmtVtabInit };
	(void)state;
	for (size_t i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
		assert_int_equal(inits[i](NULL), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_number_comes_out),
		cmocka_unit_test(test_nothing_is_registered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
