/*
 * Certificates of devices, after they were issued (ca.c): kept, listed, found
 * to be over or revoked. Who gets one is est_issue.c's and the command "device
 * add"'s business; which device a certificate stands for is fleet.c's.
 */
#include "server/certificates.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"

#define DAY_S ((int64_t)24 * 60 * 60)

#define ROW_SQL                                                             \
	"SELECT c.sha256, c.device, c.serial, c.origin, c.not_before, "     \
	"c.not_after, c.issued_at, coalesce(r.at, 0), coalesce(r.by, ''), " \
	"coalesce(r.reason, ''), c.sha256 = (SELECT n.sha256 "              \
	" FROM certificates n WHERE n.device = c.device "                   \
	" ORDER BY n.issued_at DESC, n.sha256 LIMIT 1), d.revoked_at = 0 "  \
	"FROM certificates c JOIN devices d ON d.id = c.device "            \
	"LEFT JOIN certificate_revocations r ON r.sha256 = c.sha256 "

static void read_row(const struct stmt *q, void *row)
{
	struct certificate_row *c = row;
	*c = (struct certificate_row){ .not_before = db_int(q, 4),
				       .not_after = db_int(q, 5),
				       .issued_at = db_int(q, 6),
				       .revoked_at = db_int(q, 7),
				       .newest = db_int(q, 10) != 0,
				       .device_stands = db_int(q, 11) != 0 };
	db_copy_text(q, 0, c->sha256, sizeof(c->sha256));
	db_copy_text(q, 1, c->device, sizeof(c->device));
	db_copy_text(q, 2, c->serial, sizeof(c->serial));
	db_copy_text(q, 3, c->origin, sizeof(c->origin));
	db_copy_text(q, 8, c->revoked_by, sizeof(c->revoked_by));
	db_copy_text(q, 9, c->reason, sizeof(c->reason));
}

/* The rows of a bound statement. */
static bool read_list(struct stmt *q, struct certificate_row **list,
		      size_t *count, struct err *err)
{
	void *all = NULL;
	if (!db_read_all(q, sizeof(struct certificate_row), read_row, &all,
			 count, err)) {
		return false;
	}
	*list = all;
	return true;
}

bool certificates_list(struct db *db, const char *device,
		       struct certificate_row **list, size_t *count,
		       struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      ROW_SQL "WHERE c.device = coalesce(?, c.device) "
			      "ORDER BY c.not_after, c.device, c.sha256",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	return read_list(&q, list, count, err);
}

bool certificates_renewed(struct db *db, const char *device, const char *but,
			  int64_t since, struct certificate_row **list,
			  size_t *count, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      ROW_SQL "WHERE c.device = ?1 AND c.sha256 <> ?2 "
			      "AND c.origin = 'renewed' AND c.issued_at >= ?3 "
			      "AND c.issued_at >= coalesce((SELECT b.issued_at "
			      " FROM certificates b WHERE b.sha256 = ?2), 0) "
			      "ORDER BY c.issued_at DESC, c.sha256",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_text(&q, 2, but);
	db_bind_int(&q, 3, since);
	return read_list(&q, list, count, err);
}

bool certificates_keep(struct db *db, const struct certificate_new *certificate,
		       int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO certificates (sha256, device, serial, "
		      "not_before, not_after, issued_at, origin, pem) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, certificate->sha256);
	db_bind_text(&q, 2, certificate->device);
	db_bind_text(&q, 3, certificate->serial);
	db_bind_int(&q, 4, certificate->not_before);
	db_bind_int(&q, 5, certificate->not_after);
	db_bind_int(&q, 6, now);
	db_bind_text(&q, 7, certificate->origin);
	db_bind_text(&q, 8, certificate->pem);
	return db_run(&q, err);
}

bool certificates_get(struct db *db, const char *sha256,
		      struct certificate_row *row, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, ROW_SQL "WHERE c.sha256 = ?", err)) {
		return false;
	}
	db_bind_text(&q, 1, sha256);
	bool found = db_row(&q);
	if (found) {
		read_row(&q, row);
	}
	return db_done(&q, err) &&
	       (found || err_set(err, ERR_NOT_FOUND,
				 "There is no certificate %.64s.", sha256));
}

bool certificates_check(struct db *db, const char *sha256, int64_t now,
			struct err *err)
{
	struct certificate_row row;
	char at[CLOCK_TEXT_SIZE];
	if (!certificates_get(db, sha256, &row, err)) {
		return false;
	}
	if (row.revoked_at != 0) {
		return err_set(err, ERR_DENIED,
			       "This certificate of device %s was revoked. It "
			       "is enrolled again with a new code.",
			       row.device);
	}
	if (row.not_after <= now) {
		clock_format(at, row.not_after);
		return err_set(err, ERR_LIMIT,
			       "This certificate of device %s ran out at %s. "
			       "It is enrolled again with a new code.",
			       row.device, at);
	}
	return true;
}

bool certificates_pem(struct db *db, const char *sha256, struct buf *pem,
		      struct err *err)
{
	struct stmt q;
	size_t before = pem->len;
	if (!db_query(db, &q, "SELECT pem FROM certificates WHERE sha256 = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, sha256);
	if (db_row(&q)) {
		buf_put_str(pem, db_text(&q, 0));
	}
	return db_done(&q, err) &&
	       (pem->len > before ||
		err_set(err, ERR_NOT_FOUND,
			"The certificate %.64s is not kept here.", sha256));
}

bool certificates_issued(struct db *db, const char *device, int64_t since,
			 int64_t *count, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT count(*) FROM certificates "
		      "WHERE device = ? AND issued_at >= ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, since);
	int64_t n = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	*count = n;
	return true;
}

int certificates_step(int64_t not_after, int64_t now)
{
	static const int steps[] = { 7, 30, 90, CERTIFICATES_WARN_DAYS };
	if (not_after <= now) {
		return -1;
	}
	int64_t days = (not_after - now) / DAY_S;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (days <= steps[i]) {
			return steps[i];
		}
	}
	return 0;
}

static bool insert_revocation(struct db *db, const char *actor,
			      const char *sha256, const char *reason,
			      int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO certificate_revocations "
		      "(sha256, at, by, reason) VALUES (?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, sha256);
	db_bind_int(&q, 2, now);
	db_bind_text(&q, 3, actor);
	db_bind_text(&q, 4, reason);
	return db_run(&q, err);
}

static bool write_entry(struct db *db, const char *actor,
			const struct certificate_row *row, const char *reason,
			int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "A certificate of device %s was revoked%s%s",
		   row->device, reason[0] == '\0' ? "." : ": ", reason);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_ENROLMENT,
		.actor = actor,
		.peer = row->sha256,
		.result = "ok",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool revoke(struct db *db, const char *actor, const char *sha256,
		   const char *reason, int64_t now, struct err *err)
{
	struct certificate_row row;
	if (!certificates_get(db, sha256, &row, err)) {
		return false;
	}
	return row.revoked_at != 0 ||
	       (insert_revocation(db, actor, sha256, reason, now, err) &&
		write_entry(db, actor, &row, reason, now, err));
}

bool certificates_revoke(struct db *db, const char *actor, const char *sha256,
			 const char *reason, int64_t now, struct err *err)
{
	size_t len = strlen(reason);
	if (len > CERTIFICATES_REASON_MAX || !text_is_one_line(reason, len)) {
		return err_set(err, ERR_INVALID,
			       "A reason is one line of at most %d bytes.",
			       CERTIFICATES_REASON_MAX);
	}
	return db_begin(db, err) &&
	       db_finish(db, revoke(db, actor, sha256, reason, now, err), err);
}
