/*
 * What pages and commands ask of the daemon. The row is the request; waking
 * is a courtesy that may get lost, since the daemon looks at the table by
 * itself, too.
 */
#include "domain/requests.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/consent.h"
#include "domain/line.h"

#define KEY_MAX 64
#define WAITING_MAX 100           /* open requests; more are refused */
#define KEEP_S (7 * 24 * 60 * 60) /* finished ones are forgotten after this */

#define COLUMNS                                                        \
	"id, kind, state, services, actor, asked_at, transaction_id, " \
	"problem, problem_kind, key"

static void read_row(const struct stmt *q, struct request_row *row)
{
	*row = (struct request_row){
		.id = db_int(q, 0),
		.kind = (enum request_kind)db_int(q, 1),
		.state = (enum request_state)db_int(q, 2),
		.services = (unsigned)db_int(q, 3),
		.asked_at = db_int(q, 5),
		.problem_kind = (int)db_int(q, 8),
	};
	line_copy(row->actor, sizeof(row->actor), db_text(q, 4));
	line_copy(row->transaction, sizeof(row->transaction), db_text(q, 6));
	line_copy(row->problem, sizeof(row->problem), db_text(q, 7));
	line_copy(row->key, sizeof(row->key), db_text(q, 9));
}

/* Finishes q, which asks for one row. */
static bool one_row(struct stmt *q, struct request_row *row, struct err *err)
{
	struct request_row found = { .id = 0 };
	if (db_row(q)) {
		read_row(q, &found);
	}
	if (!db_done(q, err)) {
		return false;
	}
	if (found.id == 0) {
		return err_set(err, ERR_NOT_FOUND, "there is no such request");
	}
	*row = found;
	return true;
}

static bool check_question(enum request_kind kind, unsigned services,
			   const char *key, struct err *err)
{
	if (kind != REQUEST_PREVIEW &&
	    (kind < REQUEST_JOBS || kind > REQUEST_TEST)) {
		return err_set(err, ERR_INVALID,
			       "there is no such kind of "
			       "request");
	}
	if (kind != REQUEST_PREVIEW && services != 0) {
		return err_set(err, ERR_INVALID,
			       "this request is about no service");
	}
	unsigned documents = services & ~SERVICE_BIT(GATE_PERSONAL);
	if ((documents & ~consent_services_known()) != 0 ||
	    (kind == REQUEST_PREVIEW && documents == 0)) {
		return err_set(err, ERR_INVALID,
			       "choose at least one service "
			       "that exists");
	}
	if (key != NULL && strnlen(key, KEY_MAX + 1) > KEY_MAX) {
		return err_set(err, ERR_INVALID,
			       "the form's key is too long; "
			       "load the page again");
	}
	return true;
}

/* *id = 0 when this actor has not used the key. */
static bool find_key(struct db *db, const char *actor, const char *key,
		     int64_t *id, struct err *err)
{
	struct stmt q;
	*id = 0;
	if (*key == '\0') {
		return true;
	}
	if (!db_query(db, &q,
		      "SELECT id FROM requests "
		      "WHERE actor = ? AND key = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, actor);
	db_bind_text(&q, 2, key);
	if (db_row(&q)) {
		*id = db_int(&q, 0);
	}
	return db_done(&q, err);
}

static bool make_room(struct db *db, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "DELETE FROM requests "
		      "WHERE state IN (?, ?) AND finished_at < ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, REQUEST_DONE);
	db_bind_int(&q, 2, REQUEST_REFUSED);
	db_bind_int(&q, 3, now - KEEP_S);
	if (!db_run(&q, err) || !db_query(db, &q,
					  "SELECT count(*) FROM requests "
					  "WHERE state = ?",
					  err)) {
		return false;
	}
	db_bind_int(&q, 1, REQUEST_OPEN);
	int64_t waiting = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	return waiting < WAITING_MAX ||
	       err_set(err, ERR_LIMIT,
		       "too many requests are waiting; check "
		       "that the client daemon runs");
}

static bool insert(struct db *db, enum request_kind kind, unsigned services,
		   const char *actor, const char *key, int64_t now, int64_t *id,
		   struct err *err)
{
	struct stmt q;
	if (!find_key(db, actor, key, id, err)) {
		return false;
	}
	if (*id != 0) {
		return true;
	}
	if (!make_room(db, now, err) ||
	    !db_query(db, &q,
		      "INSERT INTO requests (kind, services, actor, "
		      "key, asked_at) VALUES (?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, kind);
	db_bind_int(&q, 2, services);
	db_bind_text(&q, 3, actor);
	db_bind_text(&q, 4, *key == '\0' ? NULL : key);
	db_bind_int(&q, 5, now);
	if (!db_run(&q, err)) {
		return false;
	}
	*id = db_last_id(db);
	return true;
}

bool requests_add(struct db *db, enum request_kind kind, unsigned services,
		  const char *actor, const char *key, int64_t now, int64_t *id,
		  struct err *err)
{
	char who[sizeof(((struct request_row *)NULL)->actor)];
	line_copy(who, sizeof(who), actor);
	int64_t made = 0;
	if (!check_question(kind, services, key, err) || !db_begin(db, err)) {
		return false;
	}
	if (!db_finish(db,
		       insert(db, kind, services, who, key == NULL ? "" : key,
			      now, &made, err),
		       err)) {
		return false;
	}
	*id = made;
	return true;
}

bool requests_get(struct db *db, int64_t id, struct request_row *row,
		  struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT " COLUMNS " FROM requests WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, id);
	return one_row(&q, row, err);
}

/* One statement, so that two daemons never take the same row. */
bool requests_take(struct db *db, struct request_row *row, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE requests SET state = ? WHERE id = "
		      "(SELECT id FROM requests WHERE state = ? "
		      "ORDER BY id LIMIT 1) RETURNING " COLUMNS,
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, REQUEST_TAKEN);
	db_bind_int(&q, 2, REQUEST_OPEN);
	struct request_row found = { .id = 0 };
	while (db_row(&q)) {
		read_row(&q, &found);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (found.id == 0) {
		return err_set(err, ERR_NOT_FOUND, "no request is waiting");
	}
	*row = found;
	return true;
}

bool requests_recover(struct db *db, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "UPDATE requests SET state = ? WHERE state = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, REQUEST_OPEN);
	db_bind_int(&q, 2, REQUEST_TAKEN);
	return db_run(&q, err);
}

static bool finish(struct db *db, int64_t id, enum request_state state,
		   const char *transaction, const struct err *why, int64_t now,
		   struct err *err)
{
	char problem[sizeof(((struct request_row *)NULL)->problem)];
	line_copy(problem, sizeof(problem), why == NULL ? "" : why->text);
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE requests SET state = ?, "
		      "transaction_id = ?, problem = ?, problem_kind = ?, "
		      "finished_at = ? WHERE id = ? AND state IN (?, ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, state);
	db_bind_text(&q, 2, transaction == NULL ? "" : transaction);
	db_bind_text(&q, 3, problem);
	db_bind_int(&q, 4, why == NULL ? ERR_NONE : (int64_t)why->kind);
	db_bind_int(&q, 5, now);
	db_bind_int(&q, 6, id);
	db_bind_int(&q, 7, REQUEST_OPEN);
	db_bind_int(&q, 8, REQUEST_TAKEN);
	if (!db_run(&q, err)) {
		return false;
	}
	return db_changes(db) == 1 || err_set(err, ERR_NOT_FOUND,
					      "there is no such request that "
					      "waits for an answer");
}

bool requests_done(struct db *db, int64_t id, const char *transaction,
		   int64_t now, struct err *err)
{
	return finish(db, id, REQUEST_DONE, transaction, NULL, now, err);
}

bool requests_refused(struct db *db, int64_t id, const struct err *why,
		      int64_t now, struct err *err)
{
	assert(why != NULL);
	return finish(db, id, REQUEST_REFUSED, NULL, why, now, err);
}

void requests_wake(const char *state_dir)
{
	char *path = files_join(state_dir, "wake");
	/*
	 * Opened for both ways a FIFO needs no reader, never blocks and raises
	 * no SIGPIPE; a byte that nobody takes is gone when we close.
	 */
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	mem_free(path);
	if (fd < 0) {
		return;
	}
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)) {
		/* A full pipe is one that wakes already. */
		ssize_t done = write(fd, "w", 1);
		(void)done;
	}
	close(fd);
}
