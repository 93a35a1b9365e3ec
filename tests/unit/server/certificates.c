/*
 * Certificates of devices: kept, listed by their end, counted down, ended.
 */
#include "server/certificates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/store/temporary_db.h"
#include "tests/unit/server/samples.h"

#define NOW SAMPLES_NOW
#define DAY_S ((int64_t)86400)

/* A hash of one letter. */
static const char *hash_of(char letter, char dst[65])
{
	memset(dst, letter, 64);
	dst[64] = '\0';
	return dst;
}

static void keep(struct samples *s, char letter, const char *origin,
		 int64_t not_after, int64_t issued_at)
{
	char sha256[65], serial[3] = { '0', letter, '\0' };
	struct err err = { 0 };
	const struct certificate_new row = {
		.sha256 = hash_of(letter, sha256),
		.device = SAMPLES_DEVICE,
		.serial = serial,
		.origin = origin,
		.pem = origin[0] == 'a' ? "" : "PEM",
		.not_before = NOW - DAY_S,
		.not_after = not_after,
	};
	assert_true(certificates_keep(s->server.db, &row, issued_at, &err));
}

static void those_that_end_first_come_first(void **state)
{
	struct samples *s = *state;
	struct certificate_row *list = NULL;
	size_t count = 0;
	char hash[65];
	struct err err = { 0 };
	keep(s, 'a', "enrolled", NOW + 5, NOW + 1);
	keep(s, 'b', "renewed", NOW + 3, NOW + 2);
	assert_true(certificates_list(s->server.db, SAMPLES_DEVICE, &list,
				      &count, &err));
	assert_int_equal(3, count);
	assert_string_equal(hash_of('b', hash), list[0].sha256);
	assert_string_equal("renewed", list[0].origin);
	assert_true(list[0].newest);
	assert_true(list[0].device_stands);
	assert_string_equal(hash_of('a', hash), list[1].sha256);
	assert_string_equal("enrolled", list[1].origin);
	assert_false(list[1].newest);
	assert_string_equal("added", list[2].origin);
	mem_free(list);
	assert_true(certificates_list(s->server.db, NULL, &list, &count, &err));
	assert_int_equal(4, count);
	mem_free(list);
	assert_true(
		certificates_list(s->server.db, "nobody", &list, &count, &err));
	assert_int_equal(0, count);
	mem_free(list);
}

static void the_countdown_has_its_steps(void **state)
{
	static const struct {
		int64_t left;
		int step;
	} cases[] = {
		{ 400 * DAY_S, 0 },
		{ 181 * DAY_S, 0 },
		{ 181 * DAY_S - 1, 180 },
		{ 180 * DAY_S, 180 },
		{ 91 * DAY_S, 180 },
		{ 91 * DAY_S - 1, 90 },
		{ 31 * DAY_S, 90 },
		{ 31 * DAY_S - 1, 30 },
		{ 8 * DAY_S, 30 },
		{ 8 * DAY_S - 1, 7 },
		{ 1, 7 },
		{ 0, -1 },
		{ -1, -1 },
		{ -900 * DAY_S, -1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(cases[i].step,
				 certificates_step(NOW + cases[i].left, NOW));
	}
}

static void a_revoked_one_stays_revoked(void **state)
{
	struct samples *s = *state;
	struct certificate_row *list = NULL;
	size_t count = 0;
	struct err err = { 0 };
	const char *sha256 = s->device.sha256;
	assert_true(certificates_check(s->server.db, sha256, NOW, &err));
	size_t before = samples_entries(s, LEDGER_ENROLMENT);
	assert_true(certificates_revoke(s->server.db, "anna", sha256,
					"key lost", NOW + 1, &err));
	assert_true(certificates_revoke(s->server.db, "ben", sha256, "again",
					NOW + 2, &err));
	assert_int_equal(before + 1, samples_entries(s, LEDGER_ENROLMENT));
	assert_true(certificates_list(s->server.db, SAMPLES_DEVICE, &list,
				      &count, &err));
	assert_int_equal(1, count);
	assert_int_equal(NOW + 1, list[0].revoked_at);
	assert_string_equal("anna", list[0].revoked_by);
	assert_string_equal("key lost", list[0].reason);
	samples_last_entry(s, LEDGER_ENROLMENT,
			   "A certificate of device " SAMPLES_DEVICE
			   " was revoked: key lost");
	mem_free(list);
	assert_false(certificates_check(s->server.db, sha256, NOW, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	err_reset(&err);
	assert_true(
		certificates_check(s->server.db, s->other.sha256, NOW, &err));
	assert_true(certificates_revoke(s->server.db, "anna", s->other.sha256,
					"", NOW + 3, &err));
	samples_last_entry(s, LEDGER_ENROLMENT,
			   "A certificate of device " SAMPLES_OTHER
			   " was revoked.");
}

static void every_column_comes_back(void **state)
{
	struct samples *s = *state;
	struct certificate_row row;
	char hash[65];
	keep(s, 'a', "enrolled", NOW + 5, NOW + 1);
	assert_done(
		certificates_get(s->server.db, hash_of('a', hash), &row, err));
	assert_string_equal(row.sha256, hash);
	assert_string_equal(row.device, SAMPLES_DEVICE);
	assert_string_equal(row.serial, "0a");
	assert_string_equal(row.origin, "enrolled");
	assert_int_equal(row.not_before, NOW - DAY_S);
	assert_int_equal(row.not_after, NOW + 5);
	assert_int_equal(row.issued_at, NOW + 1);
	assert_int_equal(row.revoked_at, 0);
	assert_fails(ERR_LIMIT,
		     certificates_check(s->server.db, hash, NOW + 6, err));
}

/* What cannot be looked up stands for nobody, what cannot be kept is told. */
static void a_broken_database_lets_nobody_in(void **state)
{
	struct samples *s = *state;
	struct db *db = s->server.db;
	const char *sha256 = s->device.sha256;
	struct certificate_row row, *list = NULL;
	size_t count = 77;
	int64_t issued = 77;
	struct buf pem = BUF_INIT;
	const struct certificate_new new = { .sha256 = "x",
					     .device = SAMPLES_DEVICE,
					     .serial = "1",
					     .origin = "enrolled",
					     .pem = "PEM" };
	temporary_db_refuse(db, "INSERT ON certificate_revocations");
	assert_fails(ERR_INVALID,
		     certificates_revoke(db, "anna", sha256, "", NOW, err));
	temporary_db_refuse(db, "INSERT ON ledger");
	assert_fails(ERR_INVALID,
		     certificates_revoke(db, "anna", sha256, "", NOW, err));
	assert_done(certificates_check(db, sha256, NOW, err));
	temporary_db_refuse(db, "INSERT ON certificates");
	assert_fails(ERR_INVALID, certificates_keep(db, &new, NOW, err));
	temporary_db_run(db, "DROP TABLE certificate_revocations");
	assert_fails(ERR_BUG, certificates_check(db, sha256, NOW, err));
	assert_fails(ERR_BUG, certificates_get(db, sha256, &row, err));
	assert_fails(ERR_BUG,
		     certificates_revoke(db, "anna", sha256, "", NOW, err));
	assert_fails(ERR_BUG, certificates_list(db, NULL, &list, &count, err));
	assert_fails(ERR_BUG, certificates_renewed(db, SAMPLES_DEVICE, "", 0,
						   &list, &count, err));
	temporary_db_run(db, "DROP TABLE certificates");
	assert_fails(ERR_BUG, certificates_keep(db, &new, NOW, err));
	assert_fails(ERR_BUG, certificates_pem(db, sha256, &pem, err));
	assert_fails(ERR_BUG,
		     certificates_issued(db, SAMPLES_DEVICE, 0, &issued, err));
	assert_null(list);
	assert_int_equal(pem.len, 0);
	assert_int_equal(count + (size_t)issued, 2 * 77);
}

static void what_cannot_be_revoked(void **state)
{
	struct samples *s = *state;
	char reason[CERTIFICATES_REASON_MAX + 2], hash[65];
	struct err err = { 0 };
	size_t before = samples_entries(s, 0);
	memset(reason, 'a', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	assert_false(certificates_revoke(s->server.db, "anna",
					 hash_of('0', hash), "", NOW, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	err_reset(&err);
	assert_false(certificates_revoke(s->server.db, "anna", s->device.sha256,
					 reason, NOW, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	err_reset(&err);
	assert_false(certificates_revoke(s->server.db, "anna", s->device.sha256,
					 "a\nb", NOW, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	err_reset(&err);
	assert_true(
		certificates_check(s->server.db, s->device.sha256, NOW, &err));
	assert_int_equal(before, samples_entries(s, 0));
}

static void one_whose_time_is_over_does_not_stand(void **state)
{
	struct samples *s = *state;
	char hash[65];
	struct err err = { 0 };
	keep(s, 'a', "enrolled", NOW + 5, NOW);
	hash_of('a', hash);
	assert_true(certificates_check(s->server.db, hash, NOW + 4, &err));
	assert_false(certificates_check(s->server.db, hash, NOW + 5, &err));
	assert_int_equal(ERR_LIMIT, err.kind);
	err_reset(&err);
	assert_false(certificates_check(s->server.db, hash_of('0', hash), NOW,
					&err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
}

static void what_was_renewed_and_how_many(void **state)
{
	struct samples *s = *state;
	struct certificate_row *list = NULL;
	size_t count = 0;
	int64_t issued = -1;
	char hash[65];
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	keep(s, 'a', "renewed", NOW + DAY_S, NOW + 1);
	keep(s, 'b', "renewed", NOW + DAY_S, NOW + 2);
	keep(s, 'c', "enrolled", NOW + DAY_S, NOW + 3);
	assert_true(certificates_renewed(s->server.db, SAMPLES_DEVICE, "", NOW,
					 &list, &count, &err));
	assert_int_equal(2, count);
	assert_string_equal(hash_of('b', hash), list[0].sha256);
	mem_free(list);
	assert_true(certificates_renewed(s->server.db, SAMPLES_DEVICE,
					 hash_of('b', hash), NOW + 2, &list,
					 &count, &err));
	assert_int_equal(0, count);
	mem_free(list);
	/* With an old one the newest is found, with the newest no old one. */
	assert_true(certificates_renewed(s->server.db, SAMPLES_DEVICE,
					 hash_of('a', hash), NOW, &list, &count,
					 &err));
	assert_int_equal(1, count);
	assert_string_equal(hash_of('b', hash), list[0].sha256);
	mem_free(list);
	assert_true(certificates_renewed(s->server.db, SAMPLES_DEVICE,
					 hash_of('b', hash), NOW, &list, &count,
					 &err));
	assert_int_equal(0, count);
	mem_free(list);
	assert_true(certificates_issued(s->server.db, SAMPLES_DEVICE, NOW + 2,
					&issued, &err));
	assert_int_equal(2, issued);
	assert_true(
		certificates_pem(s->server.db, hash_of('b', hash), &pem, &err));
	assert_string_equal("PEM", buf_str(&pem));
	assert_false(
		certificates_pem(s->server.db, s->device.sha256, &pem, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	buf_clear(&pem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(those_that_end_first_come_first),
		cmocka_unit_test(the_countdown_has_its_steps),
		SAMPLES_TEST(a_revoked_one_stays_revoked),
		SAMPLES_TEST(every_column_comes_back),
		SAMPLES_TEST(a_broken_database_lets_nobody_in),
		SAMPLES_TEST(what_cannot_be_revoked),
		SAMPLES_TEST(one_whose_time_is_over_does_not_stand),
		SAMPLES_TEST(what_was_renewed_and_how_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
