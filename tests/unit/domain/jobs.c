/* Choosing job data, and reading orders (src/domain/jobs.c). */
#include "tests/unit/domain/jobs_fixture.h"

#include <string.h>

#include "base/mem.h"
#include "domain/roles.h"

/* One letter too long. */
#define LONG_ID                               \
	"12345678901234567890123456789012345" \
	"678901234567890123456789012345"

/* A wish that is fine, to be spoilt. */
struct wishing {
	const char *jobs[JOBS_PER_ORDER_MAX + 1];
	const struct recipient *to[JOBS_RECIPIENTS_MAX + 1];
	struct recipient desks[JOBS_RECIPIENTS_MAX + 1];
	struct jobs_wish wish;
};

static void wish_well(struct wishing *w, const struct jobs_fixture *f)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f",
					     "g", "h", "i", "j", "k", "l",
					     "m", "n", "o", "p", "q" };
	for (size_t i = 0; i <= JOBS_PER_ORDER_MAX; i++) {
		w->jobs[i] = names[i];
	}
	for (size_t i = 0; i <= JOBS_RECIPIENTS_MAX; i++) {
		w->desks[i] = f->desks[0];
		w->desks[i].key[4] = (char)('a' + i);
		w->to[i] = &w->desks[i];
	}
	w->wish = (struct jobs_wish){ .session = &f->anna.session,
				      .source = "spool",
				      .jobs = w->jobs,
				      .jobs_count = 2,
				      .recipients = w->to,
				      .recipients_count = 1,
				      .purpose = "Streaks on page 3",
				      .now = NOW };
}

static void assert_nothing_chosen(struct jobs_fixture *f)
{
	static const char *const empty[] = { "job_orders", "job_items",
					     "job_recipients" };
	for (size_t i = 0; i < 3; i++) {
		char sql[64] = "SELECT count(*) FROM ";
		strcat(sql, empty[i]);
		assert_int_equal(0, temporary_db_number(f->db, sql));
	}
}

static void assert_no_wish(struct jobs_fixture *f, const struct jobs_wish *wish)
{
	char order[UUID_TEXT_SIZE] = "as it was";
	assert_fails(ERR_INVALID, jobs_choose(f->db, wish, order, err));
	assert_string_equal("as it was", order);
	assert_nothing_chosen(f);
}

static void what_was_chosen_is_kept(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	struct jobs_order order;
	struct jobs_item *items = NULL;
	size_t count = 0;
	wish_well(&w, f);
	w.wish.recipients_count = 2;
	assert_done(jobs_choose(f->db, &w.wish, order.id, err));
	read_order(f, &order);
	assert_int_equal(JOBS_CHOSEN, order.state);
	assert_string_equal("anna", order.actor);
	assert_int_equal(f->anna.session.id, order.session);
	assert_int_equal(f->anna.session.account.id, order.account);
	assert_string_equal("Streaks on page 3", order.purpose);
	assert_string_equal("", order.grant);
	assert_string_equal("", order.second);
	assert_int_equal(32, strlen(order.nonce));
	assert_int_equal(NOW, order.created_at);
	assert_int_equal(0, order.confirmed_at);
	assert_int_equal(2, order.recipients_count);
	assert_string_equal("Colour desk", order.recipients[1].name);
	assert_string_equal("image quality", order.recipients[1].role);
	assert_string_equal(w.desks[1].key, order.recipients[1].key);
	assert_done(jobs_items(f->db, order.id, &items, &count, err));
	assert_int_equal(2, count);
	assert_int_equal(2, items[1].number);
	assert_string_equal("spool", items[1].source);
	assert_string_equal("b", items[1].job);
	assert_int_equal(JOBS_WAITING, items[1].state);
	assert_string_equal(order.id, items[1].order);
	assert_string_not_equal(items[0].transaction, items[1].transaction);
	mem_free(items);
}

static void the_most_can_be_chosen(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	char order[UUID_TEXT_SIZE], purpose[JOBS_PURPOSE_SIZE] = "";
	wish_well(&w, f);
	memset(purpose, 'p', sizeof(purpose) - 1);
	w.wish.jobs_count = JOBS_PER_ORDER_MAX;
	w.wish.recipients_count = JOBS_RECIPIENTS_MAX;
	w.wish.purpose = purpose;
	assert_done(jobs_choose(f->db, &w.wish, order, err));
}

static void one_to_sixteen_jobs(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	wish_well(&w, f);
	w.wish.jobs_count = 0;
	assert_no_wish(f, &w.wish);
	w.wish.jobs_count = JOBS_PER_ORDER_MAX + 1;
	assert_no_wish(f, &w.wish);
}

static void a_job_is_chosen_once(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	wish_well(&w, f);
	w.wish.jobs_count = 3;
	w.jobs[2] = w.jobs[0];
	assert_no_wish(f, &w.wish);
}

static void ids_of_jobs_and_sources_are_ids(void **state)
{
	struct jobs_fixture *f = *state;
	static const char *const bad[] = { "",     "a b", "../x", "a/b",
					   "a\nb", "\"x", "ä",    LONG_ID };
	struct wishing w;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		wish_well(&w, f);
		w.jobs[1] = bad[i];
		assert_no_wish(f, &w.wish);
		wish_well(&w, f);
		w.wish.source = bad[i];
		assert_no_wish(f, &w.wish);
	}
}

static void one_file_from_the_browser_and_no_ids(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	struct jobs_order order;
	struct jobs_item item;
	wish_well(&w, f);
	w.wish.source = JOBS_UPLOAD;
	assert_no_wish(f, &w.wish);
	w.wish.jobs = NULL;
	w.wish.jobs_count = 1;
	assert_done(jobs_choose(f->db, &w.wish, order.id, err));
	read_order(f, &order);
	read_item(f, &order, 1, &item);
	assert_string_equal(JOBS_UPLOAD, item.source);
	assert_string_equal("", item.job);
}

static void one_to_eight_recipients(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	wish_well(&w, f);
	w.wish.recipients_count = 0;
	assert_no_wish(f, &w.wish);
	w.wish.recipients_count = JOBS_RECIPIENTS_MAX + 1;
	assert_no_wish(f, &w.wish);
}

static void a_recipient_is_chosen_once_and_not_when_over(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	wish_well(&w, f);
	w.wish.recipients_count = 3;
	w.to[2] = w.to[0];
	assert_no_wish(f, &w.wish);
	wish_well(&w, f);
	w.desks[0].until = NOW;
	assert_no_wish(f, &w.wish);
	w.desks[0].until = NOW + 1;
	char order[UUID_TEXT_SIZE];
	assert_done(jobs_choose(f->db, &w.wish, order, err));
}

static void the_purpose_is_one_honest_line(void **state)
{
	struct jobs_fixture *f = *state;
	char longer[JOBS_PURPOSE_SIZE + 1] = "";
	memset(longer, 'x', JOBS_PURPOSE_SIZE);
	const char *const bad[] = {
		NULL,
		"",
		"   ",
		longer,
		"two\nlines",
		"tab\tin it",
		"bell \a",
		"not \xff utf-8",
		"turned \xe2\x80\xae round",     /* U+202E */
		"isolate \xe2\x81\xa6 x",        /* U+2066 */
		"other \xe2\x80\xa8 line break", /* U+2028 */
	};
	struct wishing w;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		wish_well(&w, f);
		w.wish.purpose = bad[i];
		assert_no_wish(f, &w.wish);
	}
}

/* ---- who may ---- */

static void assert_denied(struct jobs_fixture *f, const char *why)
{
	struct wishing w;
	char order[UUID_TEXT_SIZE];
	int64_t before = entries(f->db, LEDGER_REFUSED);
	wish_well(&w, f);
	assert_fails(ERR_DENIED, jobs_choose(f->db, &w.wish, order, err));
	assert_nothing_chosen(f);
	assert_int_equal(before + 1, entries(f->db, LEDGER_REFUSED));
	assert_last_entry(f->db, LEDGER_REFUSED, "job data: ");
	assert_last_entry(f->db, LEDGER_REFUSED, why);
}

static void not_without_the_permission(void **state)
{
	struct jobs_fixture *f = *state;
	assert_done(consent_withdraw(f->db, "carla", GATE_JOB_DATA, NOW, NULL,
				     err));
	assert_denied(f, "Job data is not allowed");
}

static void not_without_remote_services(void **state)
{
	struct jobs_fixture *f = *state;
	assert_done(consent_withdraw(f->db, "carla", SERVICE_UNSET, NOW, NULL,
				     err));
	assert_denied(f, "remote services as a whole");
}

static void not_when_all_else_is_allowed(void **state)
{
	struct jobs_fixture *f = *state;
	allow_services(f->db, ~0u, NOW);
	assert_done(consent_allow(f->db, "carla", GATE_PERSONAL, NOW, err));
	assert_done(consent_withdraw(f->db, "carla", GATE_JOB_DATA, NOW, NULL,
				     err));
	assert_denied(f, "Job data is not allowed");
}

static void not_with_the_words_of_another_version(void **state)
{
	struct jobs_fixture *f = *state;
	grant_of_old(f->db, GATE_JOB_DATA, "other words\n", NULL, NOW);
	assert_denied(f, "changed since it was allowed");
}

static void not_after_the_date(void **state)
{
	struct jobs_fixture *f = *state;
	struct wishing w;
	char order[UUID_TEXT_SIZE];
	allow_until(f->db, GATE_JOB_DATA, NOW + 60, NOW);
	wish_well(&w, f);
	w.wish.now = NOW + 60;
	assert_fails(ERR_DENIED, jobs_choose(f->db, &w.wish, order, err));
	assert_last_entry(f->db, LEDGER_REFUSED, "ended by its date");
}

static void not_without_the_role(void **state)
{
	struct jobs_fixture *f = *state;
	/* Every other role together is not enough. */
	assert_done(accounts_set_roles(
		f->db, "test", f->anna.session.account.id,
		ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR | ROLE_AUDITOR, NOW,
		err));
	assert_denied(f, "role job-data");
}

static void not_when_the_account_is_disabled(void **state)
{
	struct jobs_fixture *f = *state;
	assert_done(accounts_set_disabled(
		f->db, "test", f->anna.session.account.id, true, NOW, err));
	assert_denied(f, "not signed in any more");
}

static void not_after_signing_out(void **state)
{
	struct jobs_fixture *f = *state;
	assert_done(
		sessions_end(f->db, "anna", 0, f->anna.session.id, NOW, err));
	assert_denied(f, "not signed in any more");
}

/* ---- what is kept ---- */

static void rows_have_no_place_for_names(void **state)
{
	struct jobs_fixture *f = *state;
	assert_int_equal(0, temporary_db_number(
				    f->db,
				    "SELECT count(*) FROM "
				    "pragma_table_info('job_items') WHERE name "
				    "NOT IN ('id', 'order_id', 'number', "
				    "'source', 'job', 'state', 'plain_bytes', "
				    "'plain_sha256', 'sealed_bytes', "
				    "'sealed_sha256', 'uploaded', 'attempts', "
				    "'next_try_at', 'problem', 'peer', "
				    "'received_at', 'receipt')"));
}

static void orders_are_listed_newest_first(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order one, two, three, *list = NULL;
	size_t count = 9;
	assert_done(jobs_orders(f->db, 5, &list, &count, err));
	assert_int_equal(0, count);
	mem_free(list);
	choose_jobs(f, 1, NOW, &one);
	choose_upload(f, NOW, &two);
	choose_jobs(f, 2, NOW, &three);
	assert_done(jobs_orders(f->db, 2, &list, &count, err));
	assert_int_equal(2, count);
	assert_string_equal(three.id, list[0].id);
	assert_string_equal(two.id, list[1].id);
	assert_int_equal(1, list[1].recipients_count);
	mem_free(list);
}

static void what_is_not_there_is_not_found(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order = { .id = "as it was" };
	struct jobs_item item = { .number = 7 };
	struct buf note = BUF_INIT;
	assert_fails(ERR_NOT_FOUND, jobs_order(f->db, "none", &order, err));
	assert_fails(ERR_NOT_FOUND, jobs_item(f->db, "none", &item, err));
	assert_fails(ERR_NOT_FOUND, jobs_receipt(f->db, "none", &note, err));
	assert_string_equal("as it was", order.id);
	assert_int_equal(7, item.number);
}

static void every_state_of_a_job_has_words(void **state)
{
	(void)state;
	for (int i = JOBS_WAITING; i <= JOBS_CANCELLED; i++) {
		enum jobs_item_state s = (enum jobs_item_state)i;
		assert_true(jobs_item_state_name(s)[0] != '\0');
		assert_true(jobs_item_state_title(s)[0] != '\0');
	}
	assert_string_equal("", jobs_item_state_name(JOBS_ITEM_UNSET));
	assert_string_equal("",
			    jobs_item_state_title((enum jobs_item_state)99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(what_was_chosen_is_kept),
		JOBS_TEST(the_most_can_be_chosen),
		JOBS_TEST(one_to_sixteen_jobs),
		JOBS_TEST(a_job_is_chosen_once),
		JOBS_TEST(ids_of_jobs_and_sources_are_ids),
		JOBS_TEST(one_file_from_the_browser_and_no_ids),
		JOBS_TEST(one_to_eight_recipients),
		JOBS_TEST(a_recipient_is_chosen_once_and_not_when_over),
		JOBS_TEST(the_purpose_is_one_honest_line),
		JOBS_TEST(not_without_the_permission),
		JOBS_TEST(not_without_remote_services),
		JOBS_TEST(not_when_all_else_is_allowed),
		JOBS_TEST(not_with_the_words_of_another_version),
		JOBS_TEST(not_after_the_date),
		JOBS_TEST(not_without_the_role),
		JOBS_TEST(not_when_the_account_is_disabled),
		JOBS_TEST(not_after_signing_out),
		JOBS_TEST(rows_have_no_place_for_names),
		JOBS_TEST(orders_are_listed_newest_first),
		JOBS_TEST(what_is_not_there_is_not_found),
		JOBS_TEST(every_state_of_a_job_has_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
