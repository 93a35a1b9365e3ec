/* What the server told of job data (src/domain/jobs_notices.c). */
#include "tests/unit/domain/jobs_fixture.h"

#include <string.h>

#include "base/mem.h"

#define UNKNOWN "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"

static void send_a_job(struct jobs_fixture *f, struct jobs_item *item)
{
	struct jobs_order order;
	confirm_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, item);
	seal_item(f, item, NOW);
	begin_item(f, item, NOW);
	finish_item(f, item, NOW);
}

static struct jobs_notice notice_of(uint64_t number, enum jobs_notice_kind kind,
				    const char *transaction, const char *who)
{
	struct jobs_notice notice = { .number = number,
				      .kind = kind,
				      .at = NOW + 60 };
	strcpy(notice.transaction, transaction);
	strcpy(notice.who, who);
	return notice;
}

static void each_kind_is_told_in_the_log(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_item item;
	static const struct {
		enum jobs_notice_kind kind;
		const char *who, *text;
	} told[] = {
		{ JOBS_NOTICE_OPENED, "desk",
		  "notice 1 of the server: the sealed file was taken by desk, "
		  "2025-11-24T16:01:00Z" },
		{ JOBS_NOTICE_EXPIRED, "",
		  "notice 2 of the server: the date of the sealed file came, "
		  "it was deleted, 2025-11-24T16:01:00Z" },
		{ JOBS_NOTICE_DELETED, "eva",
		  "notice 3 of the server: the sealed file was deleted by eva, "
		  "2025-11-24T16:01:00Z" },
		{ JOBS_NOTICE_DELETED, "",
		  "notice 4 of the server: the sealed file was deleted, "
		  "2025-11-24T16:01:00Z" },
	};
	struct jobs_notice *list = NULL;
	size_t count = 0;
	send_a_job(f, &item);
	for (size_t i = 0; i < 4; i++) {
		struct jobs_notice notice = notice_of(
			i + 1, told[i].kind, item.transaction, told[i].who);
		assert_done(jobs_note(f->db, &notice, NOW + 99, err));
		assert_last_entry(f->db, LEDGER_READ, told[i].text);
	}
	assert_done(jobs_notices(f->db, item.transaction, &list, &count, err));
	assert_int_equal(4, count);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(i + 1, list[i].number);
		assert_int_equal(told[i].kind, list[i].kind);
		assert_string_equal(told[i].who, list[i].who);
		assert_string_equal(item.transaction, list[i].transaction);
		assert_int_equal(NOW + 60, list[i].at);
	}
	mem_free(list);
}

static void twice_told_is_once_kept(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_item item;
	struct jobs_notice *list = NULL;
	size_t count = 0;
	send_a_job(f, &item);
	struct jobs_notice notice =
		notice_of(7, JOBS_NOTICE_OPENED, item.transaction, "desk");
	assert_done(jobs_note(f->db, &notice, NOW, err));
	assert_done(jobs_note(f->db, &notice, NOW + 5, err));
	/* Nor does another one of that number take its place. */
	struct jobs_notice other =
		notice_of(7, JOBS_NOTICE_DELETED, item.transaction, "eve");
	assert_done(jobs_note(f->db, &other, NOW + 6, err));
	assert_int_equal(1, entries(f->db, LEDGER_READ));
	assert_done(jobs_notices(f->db, item.transaction, &list, &count, err));
	assert_int_equal(1, count);
	assert_int_equal(JOBS_NOTICE_OPENED, list[0].kind);
	mem_free(list);
}

static void what_this_device_does_not_know_is_told_too(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_notice notice =
		notice_of(1, JOBS_NOTICE_OPENED, UNKNOWN, "desk");
	assert_done(jobs_note(f->db, &notice, NOW, err));
	assert_last_entry(f->db, LEDGER_READ, "was taken by desk");
	assert_int_equal(1, temporary_db_number(
				    f->db, "SELECT count(*) FROM ledger WHERE "
					   "transaction_id = '" UNKNOWN "'"));
}

static void assert_no_notice(struct jobs_fixture *f,
			     const struct jobs_notice *notice)
{
	assert_fails(ERR_INVALID, jobs_note(f->db, notice, NOW, err));
	assert_int_equal(0, entries(f->db, LEDGER_READ));
	assert_int_equal(0, temporary_db_number(f->db, "SELECT count(*) FROM "
						       "job_notices"));
}

static void what_is_no_notice_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	const struct jobs_notice good =
		notice_of(1, JOBS_NOTICE_OPENED, UNKNOWN, "desk");
	struct jobs_notice bad = good;
	bad.number = 0;
	assert_no_notice(f, &bad);
	bad.number = (uint64_t)INT64_MAX + 1;
	assert_no_notice(f, &bad);
	bad = good;
	bad.kind = JOBS_NOTICE_UNSET;
	assert_no_notice(f, &bad);
	bad.kind = (enum jobs_notice_kind)9;
	assert_no_notice(f, &bad);
	bad = good;
	strcpy(bad.transaction, "not one");
	assert_no_notice(f, &bad);
	bad = good;
	bad.at = 0;
	assert_no_notice(f, &bad);
	assert_done(jobs_note(f->db, &good, NOW, err));
}

static void hostile_names_become_one_clean_line(void **state)
{
	struct jobs_fixture *f = *state;
	uint64_t number = 1;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		struct jobs_notice notice =
			notice_of(number++, JOBS_NOTICE_OPENED, UNKNOWN,
				  hostile_texts[i]);
		assert_done(jobs_note(f->db, &notice, NOW, err));
	}
	assert_int_equal(
		0, temporary_db_number(f->db,
				       "SELECT count(*) FROM job_notices WHERE "
				       "who LIKE '%' || char(10) || '%' OR "
				       "who LIKE '%' || char(8238) || '%'"));
}

static void the_last_number_is_the_highest(void **state)
{
	struct jobs_fixture *f = *state;
	uint64_t last = 9;
	assert_done(jobs_notices_last(f->db, &last, err));
	assert_int_equal(0, last);
	for (uint64_t number = 40; number > 37; number--) {
		struct jobs_notice notice =
			notice_of(number, JOBS_NOTICE_OPENED, UNKNOWN, "");
		assert_done(jobs_note(f->db, &notice, NOW, err));
	}
	assert_done(jobs_notices_last(f->db, &last, err));
	assert_int_equal(40, last);
}

static void kinds_have_names(void **state)
{
	(void)state;
	for (int i = JOBS_NOTICE_OPENED; i <= JOBS_NOTICE_DELETED; i++) {
		enum jobs_notice_kind kind = (enum jobs_notice_kind)i;
		assert_int_equal(kind,
				 jobs_notice_by_name(jobs_notice_name(kind)));
	}
	assert_int_equal(JOBS_NOTICE_UNSET, jobs_notice_by_name(""));
	assert_int_equal(JOBS_NOTICE_UNSET, jobs_notice_by_name("other"));
	assert_string_equal("", jobs_notice_name((enum jobs_notice_kind)99));
}

static uint64_t room_at(struct jobs_fixture *f, int64_t now)
{
	uint64_t room = 99999;
	assert_done(jobs_notices_room(f->db, now, &room, err));
	return room;
}

/* Counted by number, so that numbers that leap count as well. */
static void a_day_has_room_for_so_many(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_notice notice =
		notice_of(40, JOBS_NOTICE_OPENED, UNKNOWN, "desk");
	assert_done(jobs_note(f->db, &notice, NOW, err));
	assert_int_equal(room_at(f, NOW), JOBS_NOTICES_A_DAY);
	notice.number = 40 + JOBS_NOTICES_A_DAY - 1;
	assert_done(jobs_note(f->db, &notice, NOW, err));
	assert_int_equal(room_at(f, NOW + 86399), 1);
	notice.number = INT64_MAX;
	assert_done(jobs_note(f->db, &notice, NOW, err));
	assert_int_equal(room_at(f, NOW + 86399), 0);
	assert_int_equal(room_at(f, NOW + 86400), JOBS_NOTICES_A_DAY);
	/* A clock that was set back does not wait for years. */
	assert_int_equal(room_at(f, 0), JOBS_NOTICES_A_DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(each_kind_is_told_in_the_log),
		JOBS_TEST(twice_told_is_once_kept),
		JOBS_TEST(what_this_device_does_not_know_is_told_too),
		JOBS_TEST(what_is_no_notice_is_refused),
		JOBS_TEST(hostile_names_become_one_clean_line),
		JOBS_TEST(the_last_number_is_the_highest),
		JOBS_TEST(a_day_has_room_for_so_many),
		cmocka_unit_test(kinds_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
