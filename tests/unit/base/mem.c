/* What base/mem.h promises; running out of memory ends the process. */
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void nothing_asked_for_is_still_a_pointer(void **state)
{
	(void)state;
	void *blocks[] = { mem_alloc(0), mem_zalloc(0), mem_array(0, 8),
			   mem_array(8, 0), mem_resize(NULL, 0) };
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		assert_non_null(blocks[i]);
		mem_free(blocks[i]);
	}
	mem_free(NULL);
}

static void zeroed_memory_is_zero(void **state)
{
	(void)state;
	uint8_t *block = mem_array(100, 3);
	for (size_t i = 0; i < 300; i++) {
		assert_int_equal(block[i], 0);
	}
	mem_free(block);
}

static void an_array_too_big_to_count_ends_the_process(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		size_t half = SIZE_MAX / 2;
		mem_free(mem_array(half, 4));
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* AddressSanitizer exits with 1 instead of calling abort(). */
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void copies_end_with_nul(void **state)
{
	(void)state;
	char *whole = mem_strdup("meter");
	char *part = mem_strndup("meter", 3);
	char *empty = mem_strndup(NULL, 0);
	assert_string_equal(whole, "meter");
	assert_string_equal(part, "met");
	assert_string_equal(empty, "");
	assert_null(mem_strdup(NULL));
	mem_free(whole);
	mem_free(part);
	mem_free(empty);
}

static void resizing_keeps_the_content(void **state)
{
	(void)state;
	char *block = mem_strdup("abc");
	block = mem_resize(block, 4096);
	assert_string_equal(block, "abc");
	mem_burn_free(block, 4096);
	mem_burn_free(NULL, 10);
}

static void burning_leaves_zeros(void **state)
{
	(void)state;
	char secret[] = "a password";
	mem_burn(secret, sizeof(secret));
	for (size_t i = 0; i < sizeof(secret); i++) {
		assert_int_equal(secret[i], 0);
	}
	mem_burn(NULL, 10);
}

static void a_difference_anywhere_is_seen(void **state)
{
	(void)state;
	uint8_t a[33] = { 0 };
	uint8_t b[33] = { 0 };
	assert_true(mem_equal_ct(a, b, sizeof(a)));
	assert_true(mem_equal_ct(a, b, 0));
	for (size_t i = 0; i < sizeof(a); i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			b[i] = (uint8_t)(1u << bit);
			assert_false(mem_equal_ct(a, b, sizeof(a)));
		}
		b[i] = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_for_is_still_a_pointer),
		cmocka_unit_test(zeroed_memory_is_zero),
		cmocka_unit_test(an_array_too_big_to_count_ends_the_process),
		cmocka_unit_test(copies_end_with_nul),
		cmocka_unit_test(resizing_keeps_the_content),
		cmocka_unit_test(burning_leaves_zeros),
		cmocka_unit_test(a_difference_anywhere_is_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
