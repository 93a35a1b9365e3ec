/*
 * Collectors that do what they should, and others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/collect.h"

#include <string.h>

#include "tests/support/device.h"

static struct device device;

static struct collected collected;
static struct collect_report report;

static bool collect(struct err *err)
{
	memset(&collected, 0, sizeof(collected));
	err_reset(err);
	return collect_all(NULL, &device.config, -1, &collected, &report, err);
}

static void set_collector(size_t n, const char *program, const char *arguments)
{
	device.config.collectors[n] =
		(struct device_collector){ "other", program, arguments, "" };
	if (n >= device.config.collectors_count) {
		device.config.collectors_count = n + 1;
	}
}

/* The only collector does this; all fails with this kind and these words. */
static void assert_fails(const char *program, const char *arguments,
			 enum err_kind kind, const char *words)
{
	struct err err = { .kind = ERR_NONE };
	set_collector(0, program, arguments);
	bool ok = collect(&err);
	if (ok || err.kind != kind || strstr(err.text, words) == NULL ||
	    strstr(err.text, "\"other\"") == NULL) {
		fail_msg("%s %s: \"%s\" (%s)", program, arguments, err.text,
			 err_kind_name(err.kind));
	}
	assert_int_equal(report.count, 1);
	assert_int_equal(report.good, 0);
	collected_clear(&collected);
}

static void takes_in_what_a_collector_prints(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	assert_true(collect(&err));
	assert_int_equal(report.good, 1);
	assert_true(report.of[0].bytes > 100);
	assert_true(report.of[0].took_ms >= 0);
	assert_string_equal(item_text(collected.documents[DOCUMENT_BILLING],
				      "TotalImpressions"),
			    "1204");
	collected_clear(&collected);
}

static void one_that_fails_does_not_stop_the_others(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	set_collector(1, "/bin/false", "");
	assert_true(collect(&err));
	assert_int_equal(report.count, 2);
	assert_int_equal(report.good, 1);
	assert_int_equal(report.of[0].why.kind, ERR_NONE);
	assert_int_equal(report.of[1].why.kind, ERR_INVALID);
	assert_string_equal(report.of[1].name, "other");
	assert_int_equal(report.of[1].bytes, 0);
	assert_non_null(collected.documents[DOCUMENT_BILLING]);
	collected_clear(&collected);
}

static void says_when_none_is_configured(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	device.config.collectors_count = 0;
	assert_false(collect(&err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void names_a_collector_that_does_not_exist(void **state)
{
	(void)state;
	assert_fails("/nonexistent/collector", "", ERR_NOT_FOUND, "started");
}

static void refuses_one_that_prints_nothing(void **state)
{
	(void)state;
	assert_fails("/bin/true", "", ERR_INVALID, "nothing");
}

static void refuses_bad_xml_and_doctypes(void **state)
{
	(void)state;
	assert_fails("/bin/echo", "<Collected", ERR_INVALID, "");
	assert_fails("/bin/echo", "hello", ERR_INVALID, "");
	assert_fails("/bin/echo",
		     "<!DOCTYPE Collected><Collected "
		     "xmlns=\"urn:sluice:collected:1\" source=\"x\" "
		     "collectedAt=\"2026-11-23T06:00:00Z\"/>",
		     ERR_INVALID, "");
}

static void stops_one_that_prints_without_end(void **state)
{
	(void)state;
	assert_fails("/bin/cat", "/dev/zero", ERR_LIMIT, "more than");
}

static void stops_one_that_hangs(void **state)
{
	(void)state;
	device.config.collect_timeout_s = 1;
	assert_fails("/usr/bin/tail", "-f /dev/null", ERR_RETRY, "");
}

static void hands_on_what_a_failed_one_said(void **state)
{
	(void)state;
	assert_fails("/bin/cat", "/nonexistent/file", ERR_INVALID,
		     "No such file");
}

static void refuses_more_arguments_than_it_can_pass(void **state)
{
	(void)state;
	assert_fails("/bin/true",
		     "a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
		     "a a a a",
		     ERR_LIMIT, "arguments");
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(takes_in_what_a_collector_prints),
		TEST(one_that_fails_does_not_stop_the_others),
		TEST(says_when_none_is_configured),
		TEST(names_a_collector_that_does_not_exist),
		TEST(refuses_one_that_prints_nothing),
		TEST(refuses_bad_xml_and_doctypes),
		TEST(stops_one_that_prints_without_end),
		TEST(stops_one_that_hangs),
		TEST(hands_on_what_a_failed_one_said),
		TEST(refuses_more_arguments_than_it_can_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
