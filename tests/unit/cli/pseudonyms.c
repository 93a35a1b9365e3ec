/* Codes and what they stand for, by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "documents/pseudonym.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static void at_first_there_is_none(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "pseudonyms",
			     "No name of your network");
	capture_device_check(&device, 0, "pseudonyms --json", NULL);
}

/* The simulated engine has a host name, which maintenance asks for. */
static void each_code_stands_beside_its_name(void **state)
{
	(void)state;
	struct capture c, body;
	capture_device_run(&device, &body, 0, "preview maintenance --xml");
	const char *code = strstr(body.out, PSEUDONYM_PREFIX);
	assert_non_null(code);
	char token[PSEUDONYM_SIZE] = "";
	memcpy(token, code, PSEUDONYM_SIZE - 1);
	capture_device_run(&device, &c, 0, "pseudonyms");
	assert_non_null(strstr(c.out, token));
	assert_null(strstr(c.out, "No name of your network"));
	capture_clear(&c);
	capture_device_run(&device, &c, 0, "pseudonyms --json");
	assert_non_null(strstr(c.out, token));
	assert_memory_equal(c.out, "{\"code\":", 8);
	capture_clear(&c);
	capture_clear(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_there_is_none),
		cmocka_unit_test(each_code_stands_beside_its_name),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
