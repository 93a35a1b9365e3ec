/*
 * Faults from IPP, with good, sparse and strange alert tables.
 */
#include "collectors/ipp_alerts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "answers.h"

static const char *fault(const struct collected *c, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "Fault/%s", name);
	assert_non_null(c->documents[DOCUMENT_FAULTS]);
	return item_text(c->documents[DOCUMENT_FAULTS], path);
}

/* One alert of a printer that is up for 1000 seconds. */
static void collect_one(const char *alert, struct collected *c)
{
	const char *const alerts[] = { alert, NULL };
	ipp_t *ipp = answers_new();

	answers_octets(ipp, "printer-alert", alerts);
	answers_number(ipp, "printer-up-time", 1000);
	answers_collect(ipp, c);
	ippDelete(ipp);
}

static void all_keys_of_an_alert_are_read(void **state)
{
	struct collected c;
	const char *const alerts[] = {
		"code=jam;index=5;severity=critical;training=untrained;"
		"group=mediaPath;groupindex=1;location=3;time=400",
		"code=coverOpen;severity=warning", NULL
	};
	const char *const descriptions[] = { "Paper of Kim", "Cover 2", NULL };
	ipp_t *ipp = answers_new();

	(void)state;
	answers_octets(ipp, "printer-alert", alerts);
	answers_texts(ipp, "printer-alert-description", descriptions);
	answers_number(ipp, "printer-up-time", 1000);
	answers_collect(ipp, &c);
	assert_null(c.strays);
	assert_string_equal(fault(&c, "Code"), "jam");
	assert_string_equal(fault(&c, "Index"), "5");
	assert_string_equal(fault(&c, "SeverityLevel"), "critical");
	assert_string_equal(fault(&c, "TrainingLevel"), "untrained");
	assert_string_equal(fault(&c, "Group"), "mediaPath");
	assert_string_equal(fault(&c, "GroupIndex"), "1");
	assert_string_equal(fault(&c, "Location"), "3");
	assert_string_equal(fault(&c, "Description"), "Paper of Kim");
	/* It began 600 seconds before the answer. */
	assert_string_equal(fault(&c, "Time"), "2026-11-23T13:50:00Z");
	const struct item *next = c.documents[DOCUMENT_FAULTS]->children->next;
	assert_string_equal(item_text(next, "Code"), "coverOpen");
	assert_string_equal(item_text(next, "Description"), "Cover 2");
	assert_null(item_text(next, "Time"));
	assert_null(next->next);
	assert_string_equal(item_find(next, "Code")->source, "printer-alert");
	collected_clear(&c);
	ippDelete(ipp);
}

static void what_is_not_said_is_no_guess(void **state)
{
	struct collected c;

	(void)state;
	collect_one("code=unknown", &c);
	assert_null(c.strays);
	assert_string_equal(fault(&c, "SeverityLevel"), "other");
	assert_null(fault(&c, "TrainingLevel"));
	assert_null(fault(&c, "Group"));
	assert_null(fault(&c, "Time"));
	collected_clear(&c);
}

static void words_of_its_own_become_words_of_the_catalogue(void **state)
{
	struct collected c;

	(void)state;
	collect_one("code=jam;severity=dreadful;training=wizard;group=soul;"
		    "index=-1;groupindex=-1;location=-2;time=soon",
		    &c);
	assert_null(c.strays);
	assert_string_equal(fault(&c, "SeverityLevel"), "other");
	assert_string_equal(fault(&c, "TrainingLevel"), "other");
	assert_string_equal(fault(&c, "Group"), "other");
	assert_string_equal(fault(&c, "Index"), "unknown");
	assert_string_equal(fault(&c, "GroupIndex"), "unknown");
	assert_string_equal(fault(&c, "Location"), "-2");
	assert_string_equal(fault(&c, "Time"), "unknown");
	collected_clear(&c);
}

static void times_are_told_by_the_time_it_is_up(void **state)
{
	static const struct {
		const char *alert, *time;
	} rows[] = {
		{ "code=jam;time=1000", "2026-11-23T14:00:00Z" },
		{ "code=jam;time=0", "2026-11-23T13:43:20Z" },
		/* Hundredths, since it is longer than the printer is up. */
		{ "code=jam;time=94000", "2026-11-23T13:59:00Z" },
		{ "code=jam;time=100001", "2026-11-23T14:00:00Z" },
		/* Beyond both: of another life of the printer. */
		{ "code=jam;time=4000000000", "unknown" },
		{ "code=jam;time=-5", "unknown" },
		{ "code=jam;time=99999999999999999999", "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collected c;
		collect_one(rows[i].alert, &c);
		assert_null(c.strays);
		assert_string_equal(fault(&c, "Time"), rows[i].time);
		collected_clear(&c);
	}
}

static void without_an_alert_there_is_no_fault(void **state)
{
	static const char *const empty[] = { "", ";;", "severity=critical",
					     "code=" };

	(void)state;
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		struct collected c;
		collect_one(empty[i], &c);
		assert_null(c.documents[DOCUMENT_FAULTS]);
		assert_null(c.strays);
		collected_clear(&c);
	}
}

static void a_code_with_a_name_in_it_is_left_out_and_told(void **state)
{
	struct collected c;

	(void)state;
	collect_one("code=jam of Kim Specimen;severity=critical", &c);
	assert_null(fault(&c, "Code"));
	assert_string_equal(fault(&c, "SeverityLevel"), "critical");
	assert_string_equal(c.strays->path, "Faults/Fault/Code");
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_keys_of_an_alert_are_read),
		cmocka_unit_test(what_is_not_said_is_no_guess),
		cmocka_unit_test(
			words_of_its_own_become_words_of_the_catalogue),
		cmocka_unit_test(times_are_told_by_the_time_it_is_up),
		cmocka_unit_test(without_an_alert_there_is_no_fault),
		cmocka_unit_test(a_code_with_a_name_in_it_is_left_out_and_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
