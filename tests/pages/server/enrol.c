/*
 * Enrolment on the console: a code is shown once, and what ends soon is seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "domain/roles.h"
#include "server/certificates.h"
#include "server/codes.h"
#include "tests/pages/server/staff.h"

#define NOW SAMPLES_NOW
#define DAY_S ((int64_t)86400)

static struct db *db_of(struct staff *staff)
{
	return staff->server.server.db;
}

static size_t codes(struct staff *staff)
{
	struct code_row *list = NULL;
	size_t count = 0;
	struct err err = { 0 };
	assert_true(codes_list(db_of(staff), &list, &count, &err));
	mem_free(list);
	return count;
}

/* The code on the page that was just made. */
static void read_code(struct staff *staff, char code[CODE_SIZE])
{
	static const char mark[] = "<code id=\"code\">";
	const char *at = strstr(staff->m.content, mark);
	assert_non_null(at);
	snprintf(code, CODE_SIZE, "%.*s", CODE_SIZE - 1, at + strlen(mark));
}

static void a_code_is_shown_once_and_works(void **state)
{
	struct staff *staff = *state;
	struct code_row row;
	struct err err = { 0 };
	char code[CODE_SIZE];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/enrol?device=ex7-new"));
	assert_true(staff_sees(staff, "value=\"ex7-new\""));
	assert_true(staff_sees(staff, "No code is open"));
	assert_int_equal(200, staff_post(staff, "/enrol",
					 "act=make&device=ex7-new&title=Third+"
					 "floor&serial=EX7-9&days=3",
					 true));
	assert_true(staff_sees(staff, "The code for ex7-new"));
	assert_true(staff_sees(staff, "26 November 2026"));
	assert_true(staff_sees(staff, "What to do with it"));
	read_code(staff, code);
	assert_true(codes_find(db_of(staff), "ex7-new", code, NOW, &row, &err));
	assert_string_equal("desk", row.made_by);
	assert_string_equal("Third floor", row.title);
	assert_int_equal(NOW + 3 * DAY_S, row.expires_at);
	assert_int_equal(1, samples_entries(&staff->server, LEDGER_ENROLMENT));
	/* The list knows of it, and does not know it. */
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_true(staff_sees(staff, "ex7-new"));
	assert_true(staff_sees(staff, "by desk"));
	assert_false(staff_sees(staff, code));
}

static void an_id_is_taken_as_people_type_it(void **state)
{
	struct staff *staff = *state;
	struct code_row row;
	struct err err = { 0 };
	char code[CODE_SIZE];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_int_equal(200, staff_post(staff, "/enrol",
					 "act=make&device=+EX7+%E2%80%93+New",
					 true));
	assert_true(staff_sees(staff, "The code for ex7-new"));
	assert_true(staff_sees(staff, "For the device ex7-new;"));
	read_code(staff, code);
	assert_true(codes_find(db_of(staff), "ex7-new", code, NOW, &row, &err));
	/* Typed as it is, there is nothing to point out. */
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_int_equal(200, staff_post(staff, "/enrol",
					 "act=make&device=ex7-new", true));
	assert_false(staff_sees(staff, "was typed"));
}

static void without_token_there_is_none(void **state)
{
	struct staff *staff = *state;
	static const char form[] = "act=make&device=ex7-new";
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_int_equal(403, staff_post(staff, "/enrol", form, false));
	assert_int_equal(0, codes(staff));
}

static void who_is_no_staff_makes_none(void **state)
{
	struct staff *staff = *state;
	static const char form[] = "act=make&device=ex7-new";
	staff_sign_in(staff, "clerk", ROLE_ADMIN | ROLE_JOB_DATA);
	assert_int_equal(200, staff_get(staff, "/account"));
	assert_int_equal(403, staff_get(staff, "/enrol"));
	assert_int_equal(403, staff_post(staff, "/enrol", form, true));
	assert_int_equal(0, codes(staff));
}

static void bad_forms_are_shown_again(void **state)
{
	struct staff *staff = *state;
	struct err err = { 0 };
	static const struct {
		const char *form, *says;
	} bad[] = {
		{ "act=make", "small letters" },
		{ "act=make&device=EX7_1", "small letters" },
		{ "act=make&device=ex7%2F1", "small letters" },
		{ "act=make&device=ex7%0A1", "There is a problem" },
		{ "act=make&device=ex7&serial=no_underscore", "serial number" },
		{ "act=make&device=ex7&days=0", "1 to 90" },
		{ "act=make&device=ex7&days=91", "1 to 90" },
		{ "act=make&device=ex7&days=x", "number" },
		{ "act=make&device=ex7&days=abc", "whole number from 1 to 90" },
		{ "act=make&device=ex7&serial=a_b",
		  "id=\"serial-error\">A serial number" },
		{ "act=make&device=" SAMPLES_OTHER, "for good" },
	};
	assert_true(
		fleet_revoke(db_of(staff), "root", SAMPLES_OTHER, NOW, &err));
	staff_sign_in(staff, "desk", ROLE_STAFF);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(200, staff_get(staff, "/enrol"));
		assert_int_equal(400, staff_post(staff, "/enrol", bad[i].form,
						 true));
		assert_true(staff_sees(staff, "There is a problem"));
		assert_true(staff_sees(staff, bad[i].says));
	}
	assert_int_equal(400, staff_post(staff, "/enrol", "act=other", true));
	assert_int_equal(400,
			 staff_post(staff, "/enrol", "act=withdraw", true));
	assert_int_equal(409, staff_post(staff, "/enrol", "act=withdraw&id=99",
					 true));
	assert_true(staff_sees(staff, "That code is not open any more"));
	assert_int_equal(0, codes(staff));
	/* What was typed is not lost. */
	assert_int_equal(400, staff_post(staff, "/enrol",
					 "act=make&device=ex7-8&serial=a_b&"
					 "title=Hall&days=9",
					 true));
	assert_true(staff_sees(staff, "value=\"ex7-8\""));
	assert_true(staff_sees(staff, "value=\"a_b\""));
	assert_true(staff_sees(staff, "value=\"Hall\""));
	assert_true(staff_sees(staff, "value=\"9\""));
}

static void an_open_code_is_withdrawn(void **state)
{
	struct staff *staff = *state;
	char text[64];
	struct code_row *list = NULL;
	size_t count = 0;
	struct err err = { 0 };
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_int_equal(200, staff_post(staff, "/enrol",
					 "act=make&device=ex7-new", true));
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_int_equal(303, staff_post(staff, "/enrol", "act=withdraw&id=1",
					 true));
	assert_string_equal("/enrol?done=withdrawn",
			    staff_sent_to(staff, text, sizeof(text)));
	assert_int_equal(200, staff_get(staff, "/enrol?done=withdrawn"));
	assert_true(staff_sees(staff, "The code is withdrawn."));
	assert_true(staff_sees(staff, "No code is open"));
	assert_true(codes_list(db_of(staff), &list, &count, &err));
	assert_int_equal(NOW, list[0].ended_at);
	mem_free(list);
}

/* Or its page was loaded again: nobody saw the first code. */
static void a_form_that_is_pressed_twice_leaves_one_code(void **state)
{
	struct staff *staff = *state;
	struct code_row *list = NULL;
	size_t count = 0;
	struct err err = { 0 };
	static const char form[] = "act=make&device=ex7-new&from=2";
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_true(staff_sees(staff, "name=\"from\" value=\"1\""));
	assert_int_equal(200,
			 staff_post(staff, "/enrol",
				    "act=make&device=ex7-new&from=1", true));
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_true(staff_sees(staff, "name=\"from\" value=\"2\""));
	assert_int_equal(200,
			 staff_post(staff, "/enrol",
				    "act=make&device=ex7-two&from=2", true));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(200, staff_post(staff, "/enrol", form, true));
	}
	assert_true(codes_list(db_of(staff), &list, &count, &err));
	/* The last of the form, the other device's, and the one before it. */
	assert_int_equal(5, count);
	assert_int_equal(0, list[0].ended_at);
	assert_int_equal(NOW, list[1].ended_at);
	assert_int_equal(NOW, list[2].ended_at);
	assert_int_equal(0, list[3].ended_at);
	assert_int_equal(0, list[4].ended_at);
	mem_free(list);
}

static void keep(struct staff *staff, char letter, const char *device,
		 int64_t not_after, int64_t issued_at)
{
	char sha256[65], serial[3] = { '0', letter, '\0' };
	struct err err = { 0 };
	memset(sha256, letter, 64);
	sha256[64] = '\0';
	const struct certificate_new row = {
		.sha256 = sha256,
		.device = device,
		.serial = serial,
		.origin = "renewed",
		.pem = "",
		.not_before = NOW - DAY_S,
		.not_after = not_after,
	};
	assert_true(certificates_keep(db_of(staff), &row, issued_at, &err));
}

static void what_ends_soon_has_icon_and_word(void **state)
{
	struct staff *staff = *state;
	static const struct {
		int64_t left;
		const char *word;
	} steps[] = {
		{ 180 * DAY_S, "Ends within 180 days" },
		{ 90 * DAY_S, "Ends within 90 days" },
		{ 30 * DAY_S, "Ends within 30 days" },
		{ 7 * DAY_S, "Ends within 7 days" },
		{ -1, "Run out" },
	};
	staff_sign_in(staff, "desk", ROLE_STAFF);
	keep(staff, 'x', SAMPLES_DEVICE, NOW + 181 * DAY_S, NOW + 1);
	keep(staff, 'y', SAMPLES_OTHER, NOW + 400 * DAY_S, NOW + 1);
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_true(staff_sees(staff, "certificate ends within 180 days"));
	for (int i = 0; i < 5; i++) {
		keep(staff, (char)('a' + i), SAMPLES_DEVICE,
		     NOW + steps[i].left, NOW + 2 + i);
		assert_int_equal(200, staff_get(staff, "/enrol"));
		assert_true(staff_sees(staff, steps[i].word));
		/* Only the newest of a device: the others are history. */
		assert_true(i == 0 || !staff_sees(staff, steps[i - 1].word));
		assert_int_equal(200, staff_get(staff, "/devices"));
		assert_true(staff_sees(staff, steps[i].word));
	}
	/* The page of the device has them all. */
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	for (int i = 0; i < 5; i++) {
		assert_true(staff_sees(staff, steps[i].word));
	}
	assert_true(staff_sees(staff, "/enrol?device=" SAMPLES_DEVICE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(a_code_is_shown_once_and_works),
		STAFF_TEST(an_id_is_taken_as_people_type_it),
		STAFF_TEST(without_token_there_is_none),
		STAFF_TEST(who_is_no_staff_makes_none),
		STAFF_TEST(bad_forms_are_shown_again),
		STAFF_TEST(an_open_code_is_withdrawn),
		STAFF_TEST(a_form_that_is_pressed_twice_leaves_one_code),
		STAFF_TEST(what_ends_soon_has_icon_and_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
