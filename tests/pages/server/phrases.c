/*
 * Words that several pages of the console share.
 */
#include "cgi/server/phrases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "documents/document.h"

#define NOW 1795442400
#define DAY_S 86400

static void expect_field(const char *name, const char *words)
{
	struct buf out = BUF_INIT;
	phrases_put_field(&out, name, strlen(name));
	assert_string_equal(words, buf_str(&out));
	buf_clear(&out);
}

static void names_of_fields_become_words(void **state)
{
	(void)state;
	expect_field("TotalImpressions", "Total impressions");
	expect_field("Supply[2]", "Supply 2");
	expect_field("InputTray[1]/MediaName", "Input tray 1, Media name");
	expect_field("DeviceId", "Device id");
	expect_field("", "");
}

static const char *tag_of(const struct fleet_device *device)
{
	static char text[64];
	json_t *view = json_object();
	phrases_device_tag(view, "tag", device, NOW);
	strncpy(text,
		json_string_value(
			json_object_get(json_object_get(view, "tag"), "text")),
		sizeof(text) - 1);
	json_decref(view);
	return text;
}

static void a_device_is_silent_after_a_week(void **state)
{
	struct fleet_device d = { .last_seen_at = NOW - 7 * DAY_S };
	(void)state;
	assert_string_equal("Seen", tag_of(&d));
	d.last_seen_at -= 1;
	assert_string_equal("Silent for 7 days", tag_of(&d));
	d.last_seen_at = 0;
	assert_string_equal("Never seen", tag_of(&d));
	d.revoked_at = NOW;
	assert_string_equal("Revoked", tag_of(&d));
}

static void one_that_checks_in_is_overdue_after_three(void **state)
{
	struct fleet_device d = { .checkin_at = NOW - 3 * 3600,
				  .checkin_interval = 3600,
				  .checkin_expected = NOW - 2 * 3600 + 60 };
	(void)state;
	assert_string_equal("Seen", tag_of(&d));
	assert_false(phrases_is_silent(&d, NOW));
	d.checkin_at -= 3600;
	d.checkin_expected -= 3600;
	assert_string_equal("Overdue: 3 check-ins missing", tag_of(&d));
	assert_true(phrases_is_silent(&d, NOW));
	d.last_seen_at = NOW; /* an upload */
	assert_string_equal("Seen", tag_of(&d));
	d.revoked_at = NOW;
	assert_false(phrases_is_silent(&d, NOW));
}

static void lists_are_titles(void **state)
{
	json_t *view = json_object();
	(void)state;
	phrases_services(view, "a", "supplies metering");
	assert_string_equal("Metering, Supplies",
			    json_string_value(json_object_get(view, "a")));
	phrases_services(view, "a", "meter supplies2");
	assert_string_equal("", json_string_value(json_object_get(view, "a")));
	phrases_documents(view, "a",
			  (1u << DOCUMENT_BILLING) |
				  (1u << DOCUMENT_SUPPLIES_USAGE));
	assert_string_equal("Billing, Supplies Usage",
			    json_string_value(json_object_get(view, "a")));
	json_decref(view);
}

static void words_are_found_whole(void **state)
{
	(void)state;
	assert_true(phrases_has("metering supplies", "supplies"));
	assert_true(phrases_has("metering supplies", "metering"));
	assert_false(phrases_has("metering supplies", "meter"));
	assert_false(phrases_has("", "metering"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_fields_become_words),
		cmocka_unit_test(a_device_is_silent_after_a_week),
		cmocka_unit_test(one_that_checks_in_is_overdue_after_three),
		cmocka_unit_test(lists_are_titles),
		cmocka_unit_test(words_are_found_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
