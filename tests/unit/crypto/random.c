/*
 * Randomness: what can be seen from outside without statistics.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/random.h"

#include <string.h>

static void fills_the_whole_range(void **state)
{
	uint8_t seen[300] = { 0 };
	uint8_t bytes[300];

	(void)state;
	/* A byte that stays 0 in 16 draws has a chance of 2^-128. */
	for (int round = 0; round < 16; round++) {
		random_bytes(bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seen[i] |= bytes[i];
		}
	}
	for (size_t i = 0; i < sizeof(seen); i++) {
		assert_int_not_equal(seen[i], 0);
	}
}

static void writes_nothing_beyond_the_range(void **state)
{
	uint8_t bytes[24];

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	random_bytes(bytes + 8, 8);
	random_bytes(bytes, 0);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(bytes[i], 0xa5);
		assert_int_equal(bytes[16 + i], 0xa5);
	}
}

static void two_draws_differ(void **state)
{
	uint8_t a[32];
	uint8_t b[32];

	(void)state;
	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_the_whole_range),
		cmocka_unit_test(writes_nothing_beyond_the_range),
		cmocka_unit_test(two_draws_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
