/*
 * One-time codes: for one device, once, for a while, and never in the
 * database.
 */
#include "server/codes.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/store/temporary_db.h"
#include "tests/unit/server/samples.h"

#define NOW SAMPLES_NOW
#define DAY_S 86400
#define CERTIFICATE                        \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct code_order order_for(const char *device)
{
	return (struct code_order){
		.device = device,
		.title = "Third floor",
		.serial_number = "EX7-9",
		.expires_at = NOW + DAY_S,
	};
}

static void make(struct samples *s, const char *device, char code[CODE_SIZE])
{
	struct code_order order = order_for(device);
	struct err err = { 0 };
	assert_true(codes_make(s->server.db, "anna", &order, NOW, code, &err));
}

static bool finds(struct samples *s, const char *device, const char *typed,
		  int64_t now)
{
	struct code_row row;
	struct err err = { 0 };
	bool found = codes_find(s->server.db, device, typed, now, &row, &err);
	assert_true(found || err.kind == ERR_DENIED);
	return found;
}

static void a_code_is_found_however_it_is_typed(void **state)
{
	struct samples *s = *state;
	char code[CODE_SIZE], typed[64];
	struct code_row row;
	struct err err = { 0 };
	make(s, "ex7-new", code);
	assert_int_equal(CODE_SIZE - 1, strlen(code));
	assert_int_equal('-', code[5]);
	assert_true(codes_find(s->server.db, "ex7-new", code, NOW, &row, &err));
	assert_string_equal("ex7-new", row.device);
	assert_string_equal("Third floor", row.title);
	assert_string_equal("EX7-9", row.serial_number);
	assert_string_equal("anna", row.made_by);
	assert_int_equal(NOW + DAY_S, row.expires_at);
	assert_int_equal(NOW, row.made_at);
	samples_last_entry(s, LEDGER_ENROLMENT,
			   "Code 1 was made: device ex7-new can enrol with it, "
			   "once, until 2026-11-24T14:00:00Z.");
	assert_int_equal(0, row.ended_at);
	size_t used = 0;
	for (size_t i = 0; code[i] != '\0'; i++) {
		if (code[i] == '-') {
			typed[used++] = ' ';
			typed[used++] = ' ';
			continue;
		}
		/* What people take for one another. */
		char c = (char)tolower((unsigned char)code[i]);
		typed[used++] = c == '0' ? 'o' : c == '1' ? 'l' : c;
	}
	typed[used] = '\0';
	assert_true(finds(s, "ex7-new", typed, NOW));
}

static void only_this_code_for_this_device_in_its_time(void **state)
{
	struct samples *s = *state;
	char code[CODE_SIZE], other[CODE_SIZE], wrong[CODE_SIZE + 1];
	make(s, "ex7-new", code);
	make(s, "ex7-other", other);
	assert_false(finds(s, "ex7-other", code, NOW));
	assert_false(finds(s, "ex7-new", other, NOW));
	assert_false(finds(s, "", code, NOW));
	assert_false(finds(s, "ex7-new", "", NOW));
	memcpy(wrong, code, CODE_SIZE);
	wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
	assert_false(finds(s, "ex7-new", wrong, NOW));
	wrong[0] = 'U'; /* no letter of it */
	assert_false(finds(s, "ex7-new", wrong, NOW));
	memcpy(wrong, code, CODE_SIZE - 1);
	wrong[CODE_SIZE - 2] = '\0';
	assert_false(finds(s, "ex7-new", wrong, NOW));
	memcpy(wrong, code, CODE_SIZE - 1);
	wrong[CODE_SIZE - 1] = 'A';
	wrong[CODE_SIZE] = '\0';
	assert_false(finds(s, "ex7-new", wrong, NOW));
	char *endless = mem_zalloc(100001);
	memset(endless, code[0], 100000);
	assert_false(finds(s, "ex7-new", endless, NOW));
	mem_free(endless);
	assert_true(finds(s, "ex7-new", code, NOW + DAY_S - 1));
	assert_false(finds(s, "ex7-new", code, NOW + DAY_S));
}

static void used_once_it_is_still_found_but_not_used_again(void **state)
{
	struct samples *s = *state;
	char code[CODE_SIZE];
	struct code_row row;
	struct err err = { 0 };
	make(s, "ex7-new", code);
	assert_true(codes_find(s->server.db, "ex7-new", code, NOW, &row, &err));
	assert_true(codes_use(s->server.db, row.id, CERTIFICATE, "key", NOW + 5,
			      &err));
	/* The answer may have been lost, however late that is found. */
	assert_true(codes_find(s->server.db, "ex7-new", code, NOW + 9 * DAY_S,
			       &row, &err));
	assert_int_equal(NOW + 5, row.ended_at);
	assert_string_equal(CERTIFICATE, row.certificate);
	assert_string_equal("key", row.key_sha256);
	assert_false(
		codes_use(s->server.db, row.id, "b", "other", NOW + 6, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	err_reset(&err);
	assert_false(codes_withdraw(s->server.db, "anna", row.id, NOW, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
}

static void a_withdrawn_one_is_none(void **state)
{
	struct samples *s = *state;
	char code[CODE_SIZE];
	struct code_row row;
	struct err err = { 0 };
	make(s, "ex7-new", code);
	assert_true(codes_find(s->server.db, "ex7-new", code, NOW, &row, &err));
	size_t before = samples_entries(s, LEDGER_ENROLMENT);
	assert_true(codes_withdraw(s->server.db, "ben", row.id, NOW, &err));
	assert_int_equal(before + 1, samples_entries(s, LEDGER_ENROLMENT));
	samples_last_entry(s, LEDGER_ENROLMENT, "Code 1 was withdrawn.");
	assert_false(finds(s, "ex7-new", code, NOW));
	assert_false(
		codes_use(s->server.db, row.id, CERTIFICATE, "key", NOW, &err));
	err_reset(&err);
	assert_false(codes_withdraw(s->server.db, "ben", row.id, NOW, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	assert_int_equal(before + 1, samples_entries(s, LEDGER_ENROLMENT));
}

static void bad_orders_are_refused(void **state)
{
	struct samples *s = *state;
	char longer[FLEET_TITLE_MAX + 2], code[CODE_SIZE] = "kept";
	struct err err = { 0 };
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	const struct code_order bad[] = {
		{ "", "", "", NOW + 1, 0 },
		{ "A", "", "", NOW + 1, 0 },
		{ longer, "", "", NOW + 1, 0 },
		{ "a", longer, "", NOW + 1, 0 },
		{ "a", "two\nlines", "", NOW + 1, 0 },
		{ "a", "", "no_underscore", NOW + 1, 0 },
		{ "a", "", longer, NOW + 1, 0 },
		{ "a", "", "", NOW, 0 },
		{ "a", "", "", NOW + CODE_MOST_S + 1, 0 },
	};
	size_t before = samples_entries(s, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_reset(&err);
		assert_false(codes_make(s->server.db, "anna", &bad[i], NOW,
					code, &err));
		assert_int_equal(ERR_INVALID, err.kind);
	}
	err_reset(&err);
	assert_true(
		fleet_revoke(s->server.db, "anna", SAMPLES_DEVICE, NOW, &err));
	struct code_order order = order_for(SAMPLES_DEVICE);
	assert_false(codes_make(s->server.db, "anna", &order, NOW, code, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	assert_string_equal("kept", code);
	assert_int_equal(before + 1,
			 samples_entries(s, 0)); /* the revocation */
}

static void orders_up_to_the_limits_are_taken(void **state)
{
	struct samples *s = *state;
	char title[FLEET_TITLE_MAX + 1], code[CODE_SIZE];
	memset(title, 'a', sizeof(title) - 1);
	title[sizeof(title) - 1] = '\0';
	const struct code_order most = { "a", title, "", NOW + CODE_MOST_S, 0 };
	assert_done(codes_make(s->server.db, "anna", &most, NOW, code, err));
	const struct code_order least = { "a", "", "", NOW + 1, 0 };
	assert_done(codes_make(s->server.db, "anna", &least, NOW, code, err));
	assert_true(finds(s, "a", code, NOW));
	assert_false(finds(s, "a", code, NOW + 1));
}

/* The form was sent again: what it made stands, and one code is open. */
static void a_form_that_is_sent_again_replaces_its_own(void **state)
{
	struct samples *s = *state;
	char before[CODE_SIZE], first[CODE_SIZE], second[CODE_SIZE];
	char other[CODE_SIZE], last[CODE_SIZE];
	struct code_order order = order_for("ex7-new");
	make(s, "ex7-new", before);
	order.replaces_from = 2;
	assert_done(codes_make(s->server.db, "anna", &order, NOW, first, err));
	assert_done(codes_make(s->server.db, "ben", &order, NOW, second, err));
	make(s, "ex7-other", other);
	/* Anna's alone, for this device, since the form was shown. */
	assert_true(finds(s, "ex7-new", first, NOW));
	size_t entries = samples_entries(s, LEDGER_ENROLMENT);
	assert_done(codes_make(s->server.db, "anna", &order, NOW, last, err));
	assert_int_equal(entries + 2, samples_entries(s, LEDGER_ENROLMENT));
	assert_false(finds(s, "ex7-new", first, NOW));
	assert_true(finds(s, "ex7-new", before, NOW));
	assert_true(finds(s, "ex7-new", second, NOW));
	assert_true(finds(s, "ex7-other", other, NOW));
	assert_true(finds(s, "ex7-new", last, NOW));
	/* Several are replaced as one is, and used ones stay as they are. */
	struct code_row row;
	assert_done(codes_find(s->server.db, "ex7-new", last, NOW, &row, err));
	assert_done(
		codes_use(s->server.db, row.id, CERTIFICATE, "key", NOW, err));
	make(s, "ex7-new", first);
	make(s, "ex7-new", second);
	assert_done(codes_make(s->server.db, "anna", &order, NOW, other, err));
	assert_false(finds(s, "ex7-new", first, NOW));
	assert_false(finds(s, "ex7-new", second, NOW));
	assert_true(finds(s, "ex7-new", last, NOW));
	assert_true(finds(s, "ex7-new", before, NOW));
}

/* A device that is known gets another: the rescue when its certificate ran out. */
static void a_device_that_is_known_may_have_one(void **state)
{
	struct samples *s = *state;
	char code[CODE_SIZE];
	make(s, SAMPLES_DEVICE, code);
	assert_true(finds(s, SAMPLES_DEVICE, code, NOW));
}

/* 800 letters: each of the 32 comes, and no place has always the same. */
static void codes_are_drawn_from_all_letters(void **state)
{
	struct samples *s = *state;
	char first[CODE_SIZE], code[CODE_SIZE];
	bool seen[256] = { false }, differs[CODE_SIZE] = { false };
	size_t letters = 0;
	make(s, "ex7-new", first);
	for (int i = 0; i < 40; i++) {
		make(s, "ex7-new", code);
		for (size_t at = 0; at < CODE_SIZE - 1; at++) {
			unsigned char c = (unsigned char)code[at];
			letters += c != '-' && !seen[c] ? 1 : 0;
			seen[c] = true;
			differs[at] = differs[at] || code[at] != first[at];
		}
	}
	assert_int_equal(letters, 32);
	for (size_t at = 0; at < CODE_SIZE - 1; at++) {
		assert_int_equal(differs[at], first[at] != '-');
	}
}

/* A code that cannot be kept, with its entry, is given to nobody. */
static void what_cannot_be_kept_is_not_done(void **state)
{
	static const char *const writes[] = { "INSERT ON enrolment_codes",
					      "UPDATE ON enrolment_codes",
					      "INSERT ON ledger" };
	struct samples *s = *state;
	struct db *db = s->server.db;
	struct code_order order = order_for("ex7-new");
	char code[CODE_SIZE], other[CODE_SIZE] = "kept";
	struct code_row row, *list = NULL;
	size_t count = 77;
	bool expects = true;
	make(s, "ex7-new", code);
	assert_done(codes_find(db, "ex7-new", code, NOW, &row, err));
	for (size_t i = 0; i < 3; i++) {
		temporary_db_refuse(db, writes[i]);
		if (i != 1) {
			assert_fails(ERR_INVALID, codes_make(db, "anna", &order,
							     NOW, other, err));
		}
		if (i == 1) {
			assert_fails(ERR_INVALID, codes_use(db, row.id, "c",
							    "key", NOW, err));
		}
		if (i != 0) {
			assert_fails(ERR_INVALID,
				     codes_withdraw(db, "anna", row.id, NOW,
						    err));
		}
		assert_true(finds(s, "ex7-new", code, NOW));
	}
	assert_string_equal(other, "kept");
	temporary_db_run(db, "DROP TABLE enrolment_codes");
	assert_fails(ERR_BUG, codes_find(db, "ex7-new", code, NOW, &row, err));
	assert_fails(ERR_BUG, codes_use(db, row.id, "c", "key", NOW, err));
	assert_fails(ERR_BUG, codes_withdraw(db, "anna", row.id, NOW, err));
	assert_fails(ERR_BUG, codes_expects(db, "ex7-new", &expects, err));
	assert_fails(ERR_BUG, codes_list(db, &list, &count, err));
	assert_fails(ERR_BUG, codes_make(db, "anna", &order, NOW, other, err));
	assert_null(list);
	assert_int_equal(count, 77);
	assert_true(expects);
}

static void no_two_are_alike_and_the_newest_is_first(void **state)
{
	struct samples *s = *state;
	char last[CODE_SIZE] = "", code[CODE_SIZE];
	struct code_row *list = NULL;
	size_t count = 0;
	struct err err = { 0 };
	for (int i = 0; i < 20; i++) {
		make(s, "ex7-new", code);
		assert_string_not_equal(last, code);
		memcpy(last, code, sizeof(code));
	}
	assert_true(codes_list(s->server.db, &list, &count, &err));
	assert_int_equal(20, count);
	for (size_t i = 1; i < count; i++) {
		assert_true(list[i].id < list[i - 1].id);
	}
	mem_free(list);
}

static void who_is_expected(void **state)
{
	struct samples *s = *state;
	char code[CODE_SIZE];
	bool expects = false;
	struct err err = { 0 };
	make(s, "ex7-new", code);
	assert_true(codes_expects(s->server.db, "ex7-new", &expects, &err));
	assert_true(expects);
	assert_true(
		codes_expects(s->server.db, SAMPLES_DEVICE, &expects, &err));
	assert_true(expects);
	assert_true(codes_expects(s->server.db, "nobody", &expects, &err));
	assert_false(expects);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_code_is_found_however_it_is_typed),
		SAMPLES_TEST(only_this_code_for_this_device_in_its_time),
		SAMPLES_TEST(used_once_it_is_still_found_but_not_used_again),
		SAMPLES_TEST(a_withdrawn_one_is_none),
		SAMPLES_TEST(bad_orders_are_refused),
		SAMPLES_TEST(orders_up_to_the_limits_are_taken),
		SAMPLES_TEST(a_form_that_is_sent_again_replaces_its_own),
		SAMPLES_TEST(no_two_are_alike_and_the_newest_is_first),
		SAMPLES_TEST(a_device_that_is_known_may_have_one),
		SAMPLES_TEST(codes_are_drawn_from_all_letters),
		SAMPLES_TEST(what_cannot_be_kept_is_not_done),
		SAMPLES_TEST(who_is_expected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
