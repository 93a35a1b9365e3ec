/*
 * Keeps the last test of the connection, whole: a new one takes its place in
 * one transaction with its entry. Making the test is client/doctor.c's.
 */
#include "domain/connection_test.h"

#include <string.h>

#include "base/text.h"
#include "domain/ledger.h"
#include "domain/line.h"

static const char *const results[] = {
	[CONNECTION_UNSET] = "",          [CONNECTION_OK] = "ok",
	[CONNECTION_FAILED] = "failed",   [CONNECTION_WARNING] = "warning",
	[CONNECTION_SKIPPED] = "skipped",
};

#define RESULTS (sizeof(results) / sizeof(results[0]))

const char *connection_result_name(enum connection_result result)
{
	return (size_t)result < RESULTS ? results[result] : "";
}

static enum connection_result result_by_name(const char *name)
{
	for (size_t i = CONNECTION_OK; i < RESULTS; i++) {
		if (text_equal(results[i], name)) {
			return (enum connection_result)i;
		}
	}
	return CONNECTION_UNSET;
}

static void read_step(const struct stmt *q, struct connection_step *step)
{
	line_copy(step->name, sizeof(step->name), db_text(q, 1));
	line_copy(step->title, sizeof(step->title), db_text(q, 2));
	step->result = result_by_name(db_text(q, 3));
	line_copy(step->text, sizeof(step->text), db_text(q, 4));
	line_copy(step->remedy, sizeof(step->remedy), db_text(q, 5));
}

bool connection_test_read(struct db *db, struct connection_test *test,
			  struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT at, step, title, result, text, remedy "
		      "FROM connection_test ORDER BY number",
		      err)) {
		return false;
	}
	memset(test, 0, sizeof(*test));
	while (db_row(&q)) {
		if (test->count < CONNECTION_STEPS_MAX) {
			test->at = db_int(&q, 0);
			read_step(&q, &test->steps[test->count++]);
		}
	}
	return db_done(&q, err);
}

static bool write_step(struct db *db, int64_t number, int64_t at,
		       const struct connection_step *step, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO connection_test (number, at, step, title, "
		      "result, text, remedy) VALUES (?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, number);
	db_bind_int(&q, 2, at);
	db_bind_text(&q, 3, step->name);
	db_bind_text(&q, 4, step->title);
	db_bind_text(&q, 5, connection_result_name(step->result));
	db_bind_text(&q, 6, step->text);
	db_bind_text(&q, 7, step->remedy);
	return db_run(&q, err);
}

static const struct connection_step *
first_failed(const struct connection_test *test)
{
	for (size_t i = 0; i < test->count; i++) {
		if (test->steps[i].result == CONNECTION_FAILED) {
			return &test->steps[i];
		}
	}
	return NULL;
}

static bool write_entry(struct db *db, const char *actor,
			const struct connection_test *test, struct err *err)
{
	const struct connection_step *failed = first_failed(test);
	struct buf text = BUF_INIT;
	buf_put_str(&text, "the connection was tested: ");
	if (failed == NULL) {
		buf_put_str(&text, "no step failed");
	} else {
		buf_printf(&text, "%s failed. %s", failed->title, failed->text);
	}
	struct ledger_entry entry = {
		.at = test->at,
		.kind = LEDGER_TEST,
		.actor = actor,
		.result = failed == NULL ? "ok" : "failed",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool write_all(struct db *db, const char *actor,
		      const struct connection_test *test, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "DELETE FROM connection_test", err) ||
	    !db_run(&q, err)) {
		return false;
	}
	for (size_t i = 0; i < test->count; i++) {
		if (!write_step(db, (int64_t)i + 1, test->at, &test->steps[i],
				err)) {
			return false;
		}
	}
	return write_entry(db, actor, test, err);
}

bool connection_test_write(struct db *db, const char *actor,
			   const struct connection_test *test, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, write_all(db, actor, test, err), err);
}
