/* Reading the ledger (src/domain/ledger_query.c). */
#include "tests/unit/domain/people.h"

#include <stdio.h>
#include <string.h>

struct seen {
	int64_t sequence[64];
	size_t count;
	size_t stop_after; /* 0 = never */
};

static bool see(void *ctx, const struct ledger_entry *entry, struct err *err)
{
	struct seen *seen = ctx;
	seen->sequence[seen->count++] = entry->sequence;
	return seen->count != seen->stop_after ||
	       err_set(err, ERR_LIMIT, "enough for the reader");
}

static int with_entries(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	static const struct {
		enum ledger_kind kind;
		const char *transaction, *actor, *service, *result;
	} rows[] = {
		{ LEDGER_SIGN_IN, "", "anna", "", "ok" },
		{ LEDGER_GRANT, NULL, "anna", "metering", "ok" },
		{ LEDGER_STAGED, "t1", "otto", "metering supplies", "ok" },
		{ LEDGER_STAGED, "t2", "otto", "supplies", "ok" },
		{ LEDGER_FAILED, "t1", "daemon", "metering supplies",
		  "waiting" },
		{ LEDGER_REFUSED, "", "192.0.2.1", "", "refused" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ledger_entry e = {
			.at = NOW + (int64_t)i,
			.kind = rows[i].kind,
			.transaction = rows[i].transaction,
			.actor = rows[i].actor,
			.service = rows[i].service,
			.result = rows[i].result,
		};
		assert_done(ledger_append(t->db, &e, err));
	}
	return 0;
}

/* expected: "5 4 3" */
static void assert_shows(struct db *db, struct ledger_filter filter,
			 size_t limit, const char *expected)
{
	struct seen seen = { .count = 0 };
	char found[128] = "";
	assert_done(ledger_each(db, &filter, limit, see, &seen, err));
	for (size_t i = 0; i < seen.count; i++) {
		size_t used = strlen(found);
		snprintf(found + used, sizeof(found) - used, "%s%d",
			 i == 0 ? "" : " ", (int)seen.sequence[i]);
	}
	assert_string_equal(expected, found);
}

#define SHOWS(limit, expected, ...)                                       \
	assert_shows(t->db, (struct ledger_filter){ __VA_ARGS__ }, limit, \
		     expected)

static void filters_choose_and_newest_is_first(void **state)
{
	struct temporary_db *t = *state;
	SHOWS(0, "5 4 3 2 1 0", .kind = LEDGER_UNSET);
	SHOWS(0, "3 2", .kind = LEDGER_STAGED);
	SHOWS(0, "4 2", .transaction = "t1");
	SHOWS(0, "1 0", .actor = "anna");
	SHOWS(0, "4 3 2", .service = "supplies");
	SHOWS(0, "4 2 1", .service = "metering");
	SHOWS(0, "", .service = "meter");
	SHOWS(0, "4", .result = "waiting");
	SHOWS(0, "4 3", .since = NOW + 3, .until = NOW + 5);
	SHOWS(0, "4", .kind = LEDGER_FAILED, .transaction = "t1",
	      .actor = "daemon", .service = "metering", .result = "waiting",
	      .since = NOW, .until = NOW + 10, .before = 5);
	SHOWS(0, "0 1 2 3 4 5", .oldest_first = true);
	SHOWS(0, "5 4 3 2 1 0", .transaction = "", .actor = "", .service = "",
	      .result = "");
}

static void pages_follow_each_other_without_loss(void **state)
{
	struct temporary_db *t = *state;
	SHOWS(2, "5 4", .kind = LEDGER_UNSET);
	/* New entries do not shift the pages after. */
	struct ledger_entry e = { .at = NOW, .kind = LEDGER_SIGN_OUT };
	assert_done(ledger_append(t->db, &e, err));
	SHOWS(2, "3 2", .before = 4);
	SHOWS(2, "1 0", .before = 2);
	SHOWS(2, "0 1", .oldest_first = true, .before = 4);
}

static void hostile_filters_find_nothing(void **state)
{
	struct temporary_db *t = *state;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		SHOWS(0, "", .actor = hostile_texts[i]);
		SHOWS(0, "", .transaction = hostile_texts[i]);
		SHOWS(0, "", .service = hostile_texts[i]);
	}
	SHOWS(0, "", .actor = "' OR ''='");
	SHOWS(0, "", .service = "%");
	assert_int_equal(6, entries(t->db, LEDGER_UNSET));
}

static void a_reader_can_stop_with_his_own_error(void **state)
{
	struct temporary_db *t = *state;
	struct seen seen = { .stop_after = 2 };
	struct err why = { .kind = ERR_NONE };
	assert_false(ledger_each(t->db, NULL, 0, see, &seen, &why));
	assert_int_equal(ERR_LIMIT, why.kind);
	assert_string_equal("enough for the reader", why.text);
	assert_int_equal(2, seen.count);
}

static void one_entry_is_read_whole(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_entry e = { .sequence = -3 };
	struct buf text = BUF_INIT;
	assert_done(ledger_get(t->db, 4, &e, &text, err));
	assert_int_equal(4, e.sequence);
	assert_int_equal(NOW + 4, e.at);
	assert_int_equal(LEDGER_FAILED, e.kind);
	assert_string_equal("t1", e.transaction);
	assert_string_equal("daemon", e.actor);
	assert_string_equal("metering supplies", e.service);
	assert_string_equal("", e.grant);
	assert_string_equal("", e.peer);
	assert_string_equal("waiting", e.result);
	assert_string_equal("", e.text);
	buf_clear(&text);
	assert_fails(ERR_NOT_FOUND, ledger_get(t->db, 6, &e, &text, err));
	assert_fails(ERR_NOT_FOUND, ledger_get(t->db, -1, &e, &text, err));
	assert_int_equal(4, e.sequence);
	buf_clear(&text);
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_entries, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(filters_choose_and_newest_is_first),
		T(pages_follow_each_other_without_loss),
		T(hostile_filters_find_nothing),
		T(a_reader_can_stop_with_his_own_error),
		T(one_entry_is_read_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
