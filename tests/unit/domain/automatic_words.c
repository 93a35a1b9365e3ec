/* The next automatic send in words (src/domain/automatic_words.c). */
#include "domain/automatic.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/domain/people.h"

#define DAY AUTOMATIC_GRACE_S

static int64_t east(int64_t at)
{
	(void)at;
	return 3600;
}

static void assert_when(const char *at, const char *now, const char *want)
{
	struct buf text = BUF_INIT;
	int64_t moment = 0, other = 0;
	assert_true(clock_parse(at, &moment) && clock_parse(now, &other));
	automatic_put_when(&text, moment, other, east);
	assert_string_equal(buf_str(&text), want);
	buf_clear(&text);
}

static void moments_are_said_in_local_time(void **state)
{
	(void)state;
	assert_when("2026-11-23T17:04:10Z", "2026-11-23T12:00:00Z",
		    "today 18:04");
	assert_when("2026-11-23T23:30:00Z", "2026-11-23T12:00:00Z",
		    "tomorrow 00:30");
	assert_when("2026-11-23T12:00:00Z", "2026-11-22T23:30:00Z",
		    "today 13:00");
	assert_when("2026-11-26T17:04:10Z", "2026-11-23T12:00:00Z",
		    "26 November 2026, 18:04");
	assert_when("2026-11-22T17:04:10Z", "2026-11-23T12:00:00Z",
		    "yesterday 18:04");
	assert_when("2026-11-02T17:04:10Z", "2026-11-23T12:00:00Z",
		    "2 November 2026, 18:04");
}

/* What is said then; the buffer is cleared by the next call. */
static const char *said(struct db *db, int64_t now)
{
	static struct buf text = BUF_INIT;
	const struct automatic_place place = { "ex7", "comms.example", east };
	struct consents all;
	buf_clear(&text);
	assert_done(consent_read(db, now, &all, err));
	assert_done(automatic_put_next(db, &all, &place, now, &text, err));
	return buf_str(&text);
}

static void assert_says(const char *text, const char *words)
{
	if (strstr(text, words) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", words, text);
	}
}

/* "about 4 kB, to", as the words of these services add up. */
static const char *size(unsigned services)
{
	static char text[32];
	unsigned sum = 0;
	for (size_t i = 0; service_at(i) != NULL; i++) {
		const char *about = strstr(service_at(i)->when, "about ");
		unsigned kb = 0;
		if ((services & SERVICE_BIT(service_at(i)->id)) != 0) {
			assert_int_equal(sscanf(about, "about %u kB", &kb), 1);
			sum += kb;
		}
	}
	snprintf(text, sizeof(text), "about %u kB, to", sum);
	return text;
}

static void it_follows_what_was_decided(void **state)
{
	struct temporary_db *t = *state;
	assert_string_equal(said(t->db, NOW), "");
	allow_services(t->db, METERING, NOW);
	assert_says(said(t->db, NOW), "Next automatic send: ");
	assert_says(said(t->db, NOW), ", Metering, about ");
	assert_says(said(t->db, NOW), size(METERING));
	assert_says(said(t->db, NOW), "to comms.example. Not before tomorrow ");
	assert_says(said(t->db, NOW), "so that you can think again.");
	assert_done(consent_allow(t->db, "carla", SERVICE_SUPPLIES, NOW + DAY,
				  err));
	assert_says(said(t->db, NOW + DAY), ", Metering, about ");
	assert_says(said(t->db, NOW + DAY), "think again: Supplies.");
	assert_says(said(t->db, NOW + 2 * DAY), ", Metering, Supplies, about ");
	assert_says(said(t->db, NOW + 2 * DAY), size(METERING | SUPPLIES));
	assert_null(strstr(said(t->db, NOW + 2 * DAY), "Not before"));
	assert_done(automatic_choose(t->db, "carla", SERVICE_METERING,
				     AUTOMATIC_NEVER, NOW, err));
	assert_done(automatic_choose(t->db, "carla", SERVICE_SUPPLIES,
				     AUTOMATIC_NEVER, NOW, err));
	assert_string_equal(said(t->db, NOW + 2 * DAY),
			    "No service sends by itself.");
	assert_done(
		automatic_set(t->db, "carla", "automatic", "off", NOW, err));
	assert_string_equal(said(t->db, NOW + 2 * DAY),
			    "Automatic sending is off.");
}

static void the_size_is_that_of_the_last_one(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	char body[12001];
	memset(body, 'x', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	allow_services(t->db, METERING, NOW);
	stage_item(t->db, METERING, false, body, NOW, &item);
	assert_done(outbox_approve(t->db, "otto", item.transaction, item.sha256,
				   NOW, err));
	assert_done(outbox_begin(t->db, item.transaction, "ab", NOW, err));
	assert_done(
		outbox_sent(t->db, item.transaction, "note", NOW, NOW, err));
	assert_says(said(t->db, NOW), "about 12 kB");
}

static void a_time_that_was_chosen_is_said(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	assert_done(
		automatic_set(t->db, "carla", "send_time", "18:04", NOW, err));
	assert_says(said(t->db, NOW + DAY), " 18:04, Metering, ");
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_said_in_local_time),
		TEST(it_follows_what_was_decided),
		TEST(the_size_is_that_of_the_last_one),
		TEST(a_time_that_was_chosen_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
