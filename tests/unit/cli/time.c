/*
 * "sluice time" on a device whose floor was led ahead: what is shown, and that
 * it is lowered by a person at the machine who says so, and not otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "domain/ledger.h"
#include "domain/time_known.h"

#define AHEAD ((int64_t)13 * 365 * 86400)

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static struct cli_device opened(void)
{
	struct cli_device d = CLI_DEVICE_INIT;
	struct err err = { 0 };
	if (!cli_device_open(device.conf, &d, &err)) {
		fail_msg("%s", err.text);
	}
	return d;
}

static struct time_known known(void)
{
	struct cli_device d = opened();
	struct time_known k;
	assert_true(time_known_read(d.db, clock_utc_now(), &k, NULL));
	cli_device_close(&d);
	return k;
}

/* As by a server whose time was wrong, when the clock was as well. */
static void lead_ahead(void)
{
	struct cli_device d = opened();
	int64_t then = clock_utc_now() + AHEAD;
	assert_true(time_known_learn(d.db, TIME_SOURCE_CHECKIN, then, then - 2,
				     then, NULL, NULL));
	assert_true(time_known_doubt(d.db, NULL));
	cli_device_close(&d);
}

/* Gives the code; stdin has this text. */
static int lower(struct capture *c, const char *what, const char *input)
{
	char line[600];
	snprintf(line, sizeof(line), "time lower %s --conf %s", what,
		 device.conf);
	return capture_run_input(c, device_commands, line, input);
}

static void it_shows_each_source(void **state)
{
	struct capture c;
	(void)state;
	capture_device_run(&device, &c, 0, "time");
	assert_non_null(strstr(c.out, "Clock:"));
	assert_non_null(strstr(c.out, "Not earlier than:"));
	assert_non_null(strstr(c.out, "the build of this program"));
	assert_non_null(strstr(c.out, "none since the client started"));
	assert_null(strstr(c.out, "Warning"));
	capture_clear(&c);
	lead_ahead();
	capture_device_check(&device, 0, "time",
			     "Warning: This device's clock "
			     "says");
	capture_device_check(&device, 0, "time", "the server's signed answer");
	capture_device_check(&device, 0, "status", "\"sluice time lower\"");
	capture_device_run(&device, &c, 0, "time --json");
	json_t *all = json_loads(c.out, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(all, "doubt")),
			    "clock");
	assert_true(json_is_null(json_object_get(all, "certificate")));
	json_decref(all);
	capture_clear(&c);
}

static void another_word_changes_nothing(void **state)
{
	struct capture c;
	(void)state;
	lead_ahead();
	int64_t floor = known().floor;
	static const char *const inputs[] = { "", "\n", "yes\n", "LOWER\n" };
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		assert_int_equal(lower(&c, "build", inputs[i]), 1);
		assert_non_null(strstr(c.problems, "Nothing was changed"));
		capture_clear(&c);
	}
	assert_int_equal(known().floor, floor);
}

static void it_goes_back_to_the_build(void **state)
{
	struct capture c;
	(void)state;
	lead_ahead();
	assert_int_equal(lower(&c, "build", "lower\n"), 0);
	assert_non_null(strstr(c.out, "sluice doctor"));
	capture_clear(&c);
	assert_int_equal(known().floor, time_known_build());
	capture_device_check(&device, 0, "log --kind configuration",
			     "by the owner's word");
	capture_device_check(&device, 0, "log verify", "ok");
	/* A second time there is nothing to lower. */
	assert_int_equal(lower(&c, "build --yes", ""), 1);
	assert_non_null(strstr(c.problems, "no lower"));
	capture_clear(&c);
}

static void it_goes_back_to_an_entry(void **state)
{
	struct capture c;
	(void)state;
	lead_ahead();
	struct cli_device d = opened();
	struct ledger_entry entry = { .at = time_known_build() + 5 * 86400,
				      .kind = LEDGER_RECEIVED,
				      .actor = "server",
				      .result = "ok",
				      .text = "a receipt" };
	assert_true(ledger_append(d.db, &entry, NULL));
	cli_device_close(&d);
	char line[40];
	snprintf(line, sizeof(line), "%lld --yes", (long long)entry.sequence);
	assert_int_equal(lower(&c, line, ""), 0);
	capture_clear(&c);
	assert_int_equal(known().floor, entry.at);
	assert_int_equal(known().source, TIME_SOURCE_OWNER);
}

static void what_is_no_place_is_refused(void **state)
{
	struct capture c;
	(void)state;
	lead_ahead();
	static const char *const words[] = { "999999", "-1", "2026", "now",
					     "1970-01-01" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char line[60];
		snprintf(line, sizeof(line), "%s --yes", words[i]);
		assert_true(lower(&c, line, "") != 0);
		capture_clear(&c);
	}
	assert_int_equal(lower(&c, "", ""), 2);
	capture_clear(&c);
	assert_true(known().floor > clock_utc_now());
}

/* Somebody of the folder's group, as the pages are, may not. */
static void another_user_may_not(void **state)
{
	(void)state;
	struct cli_device d = opened();
	struct err err = { 0 };
	assert_true(cli_device_is_owner(&d, &err));
	if (geteuid() == 0) {
		assert_int_equal(chmod(device.dir, 0755), 0);
		assert_int_equal(seteuid(65534), 0);
		bool is = cli_device_is_owner(&d, &err);
		assert_int_equal(seteuid(0), 0);
		assert_false(is);
		assert_int_equal(err.kind, ERR_DENIED);
	}
	cli_device_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_shows_each_source),
		cmocka_unit_test(another_word_changes_nothing),
		cmocka_unit_test(it_goes_back_to_the_build),
		cmocka_unit_test(it_goes_back_to_an_entry),
		cmocka_unit_test(what_is_no_place_is_refused),
		cmocka_unit_test(another_user_may_not),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
