/*
 * One-time codes for enrolment: made by staff, shown once, kept as SHA-256
 * (100 random bits need no slow hash). What a device gets for one is
 * est_issue.c's business.
 */
#include "server/codes.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "documents/envelope.h"
#include "domain/ledger.h"
#include "server/ca.h"

#define LETTERS 20
#define GROUP 5

/* Crockford's base32: no I, L, O, U; 5 bits each. */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* What people write for another letter. */
static int meant(int c)
{
	c = toupper(c);
	return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

/* false: this can be no code. */
static bool code_hash(const char *typed, uint8_t hash[SHA256_SIZE])
{
	char plain[LETTERS];
	size_t used = 0;
	bool ok = true;
	for (const char *at = typed; ok && *at != '\0'; at++) {
		if (*at == ' ' || *at == '-') {
			continue;
		}
		int c = meant((unsigned char)*at);
		ok = used < LETTERS && strchr(letters, c) != NULL;
		if (ok) {
			plain[used++] = (char)c;
		}
	}
	ok = ok && used == LETTERS;
	if (ok) {
		sha256_bytes(plain, sizeof(plain), hash);
	}
	mem_burn(plain, sizeof(plain));
	return ok;
}

static void code_make(char code[CODE_SIZE])
{
	uint8_t raw[LETTERS];
	size_t used = 0;
	random_bytes(raw, sizeof(raw));
	for (size_t i = 0; i < LETTERS; i++) {
		if (i > 0 && i % GROUP == 0) {
			code[used++] = '-';
		}
		code[used++] = letters[raw[i] % 32];
	}
	code[used] = '\0';
	mem_burn(raw, sizeof(raw));
}

static bool check_order(const struct code_order *order, int64_t now,
			struct err *err)
{
	size_t title = strlen(order->title);
	if (!envelope_machine_id_is_valid(order->device)) {
		return err_set(err, ERR_INVALID,
			       "A device's id has 1 to 64 small letters, "
			       "digits, dots or dashes.");
	}
	if (title > FLEET_TITLE_MAX || !text_is_one_line(order->title, title)) {
		return err_set(err, ERR_INVALID,
			       "A title is one line of at most %d bytes.",
			       FLEET_TITLE_MAX);
	}
	if (!ca_serial_is_valid(order->serial_number)) {
		return err_set(err, ERR_INVALID,
			       "A serial number has at most %d letters, "
			       "digits, spaces and ' ( ) + , - . / : = ?",
			       CA_SERIAL_MAX);
	}
	if (order->expires_at <= now || order->expires_at - now > CODE_MOST_S) {
		return err_set(err, ERR_INVALID,
			       "A code is good for at most %d days.",
			       (int)(CODE_MOST_S / 86400));
	}
	return true;
}

static bool refuse_revoked(struct db *db, const char *device, struct err *err)
{
	struct fleet_device known;
	struct err none = { 0 };
	if (!fleet_get(db, device, &known, &none)) {
		return none.kind == ERR_NOT_FOUND ||
		       err_set(err, none.kind, "%s", none.text);
	}
	return known.revoked_at == 0 ||
	       err_set(err, ERR_DENIED,
		       "Device %s was revoked, which is for good. A device "
		       "that comes back gets another id.",
		       device);
}

static bool write_entry(struct db *db, const char *actor, const char *text,
			int64_t now, struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_ENROLMENT,
		.actor = actor,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

static bool withdraw(struct db *db, const char *actor, int64_t id, int64_t now,
		     struct err *err)
{
	struct stmt q;
	struct buf text = BUF_INIT;
	if (!db_query(db, &q,
		      "UPDATE enrolment_codes SET ended_at = ? "
		      "WHERE id = ? AND ended_at = 0",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_int(&q, 2, id);
	if (!db_run(&q, err)) {
		return false;
	}
	if (db_changes(db) != 1) {
		return err_set(err, ERR_NOT_FOUND,
			       "There is no open code %" PRId64 ".", id);
	}
	buf_printf(&text, "Code %" PRId64 " was withdrawn.", id);
	bool ok = write_entry(db, actor, buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

static bool insert(struct db *db, const char *actor,
		   const struct code_order *order, const uint8_t *hash,
		   int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO enrolment_codes (code_sha256, device, "
		      "title, serial_number, made_at, made_by, expires_at) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_blob(&q, 1, hash, SHA256_SIZE);
	db_bind_text(&q, 2, order->device);
	db_bind_text(&q, 3, order->title);
	db_bind_text(&q, 4, order->serial_number);
	db_bind_int(&q, 5, now);
	db_bind_text(&q, 6, actor);
	db_bind_int(&q, 7, order->expires_at);
	return db_run(&q, err);
}

/* The oldest open one that this order replaces; *id = 0: none. */
static bool find_replaced(struct db *db, const char *actor,
			  const struct code_order *order, int64_t *id,
			  struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT coalesce(min(id), 0) FROM enrolment_codes "
		      "WHERE id >= ? AND device = ? AND made_by = ? "
		      "AND ended_at = 0",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, order->replaces_from);
	db_bind_text(&q, 2, order->device);
	db_bind_text(&q, 3, actor);
	*id = db_row(&q) ? db_int(&q, 0) : 0;
	return db_done(&q, err);
}

static bool replace(struct db *db, const char *actor,
		    const struct code_order *order, int64_t now,
		    struct err *err)
{
	int64_t id = 0;
	if (order->replaces_from == 0) {
		return true;
	}
	do {
		if (!find_replaced(db, actor, order, &id, err) ||
		    (id != 0 && !withdraw(db, actor, id, now, err))) {
			return false;
		}
	} while (id != 0);
	return true;
}

static bool make(struct db *db, const char *actor,
		 const struct code_order *order, const uint8_t *hash,
		 int64_t now, struct err *err)
{
	char until[CLOCK_TEXT_SIZE];
	struct buf text = BUF_INIT;
	if (!refuse_revoked(db, order->device, err) ||
	    !replace(db, actor, order, now, err) ||
	    !insert(db, actor, order, hash, now, err)) {
		return false;
	}
	clock_format(until, order->expires_at);
	buf_printf(&text,
		   "Code %" PRId64 " was made: device %s can enrol with it, "
		   "once, until %s.",
		   db_last_id(db), order->device, until);
	bool ok = write_entry(db, actor, buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

bool codes_make(struct db *db, const char *actor,
		const struct code_order *order, int64_t now,
		char code[CODE_SIZE], struct err *err)
{
	char made[CODE_SIZE];
	uint8_t hash[SHA256_SIZE];
	if (!check_order(order, now, err)) {
		return false;
	}
	code_make(made);
	bool ok = code_hash(made, hash) && db_begin(db, err) &&
		  db_finish(db, make(db, actor, order, hash, now, err), err);
	if (ok) {
		memcpy(code, made, sizeof(made));
	}
	mem_burn(made, sizeof(made));
	return ok;
}

#define ROW_SQL                                                          \
	"SELECT id, device, title, serial_number, made_at, expires_at, " \
	"made_by, ended_at, certificate, key_sha256 FROM enrolment_codes "

static void read_row(const struct stmt *q, void *row)
{
	struct code_row *c = row;
	*c = (struct code_row){ .id = db_int(q, 0),
				.made_at = db_int(q, 4),
				.expires_at = db_int(q, 5),
				.ended_at = db_int(q, 7) };
	db_copy_text(q, 1, c->device, sizeof(c->device));
	db_copy_text(q, 2, c->title, sizeof(c->title));
	db_copy_text(q, 3, c->serial_number, sizeof(c->serial_number));
	db_copy_text(q, 6, c->made_by, sizeof(c->made_by));
	db_copy_text(q, 8, c->certificate, sizeof(c->certificate));
	db_copy_text(q, 9, c->key_sha256, sizeof(c->key_sha256));
}

/*
 * By its hash, so that how long it takes tells nothing of the code: two codes
 * that differ in one letter have nothing in common here.
 */
static bool look_up(struct db *db, const char *device,
		    const uint8_t hash[SHA256_SIZE], struct code_row *row,
		    bool *found, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, ROW_SQL "WHERE code_sha256 = ? AND device = ?",
		      err)) {
		return false;
	}
	db_bind_blob(&q, 1, hash, SHA256_SIZE);
	db_bind_text(&q, 2, device);
	*found = db_row(&q);
	if (*found) {
		read_row(&q, row);
	}
	return db_done(&q, err);
}

/* One that was used is found too: its answer may have been lost. */
static bool holds(const struct code_row *row, int64_t now)
{
	return row->ended_at != 0 ? row->certificate[0] != '\0'
				  : now < row->expires_at;
}

bool codes_find(struct db *db, const char *device, const char *typed,
		int64_t now, struct code_row *row, struct err *err)
{
	uint8_t hash[SHA256_SIZE];
	struct code_row r;
	bool found = false;
	if (code_hash(typed, hash) &&
	    !look_up(db, device, hash, &r, &found, err)) {
		return false;
	}
	if (!found || !holds(&r, now)) {
		return err_set(err, ERR_DENIED,
			       "This code is not one for this device, or it "
			       "was used or has run out.");
	}
	*row = r;
	return true;
}

bool codes_use(struct db *db, int64_t id, const char *certificate,
	       const char *key_sha256, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE enrolment_codes SET ended_at = ?, "
		      "certificate = ?, key_sha256 = ? "
		      "WHERE id = ? AND ended_at = 0",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, certificate);
	db_bind_text(&q, 3, key_sha256);
	db_bind_int(&q, 4, id);
	if (!db_run(&q, err)) {
		return false;
	}
	return db_changes(db) == 1 ||
	       err_set(err, ERR_DENIED, "The code was used meanwhile.");
}

bool codes_expects(struct db *db, const char *device, bool *expects,
		   struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT EXISTS (SELECT 1 FROM devices WHERE id = ?) OR "
		      "EXISTS (SELECT 1 FROM enrolment_codes WHERE device = ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_text(&q, 2, device);
	*expects = db_row(&q) && db_int(&q, 0) != 0;
	return db_done(&q, err);
}

bool codes_withdraw(struct db *db, const char *actor, int64_t id, int64_t now,
		    struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, withdraw(db, actor, id, now, err), err);
}

bool codes_list(struct db *db, struct code_row **list, size_t *count,
		struct err *err)
{
	struct stmt q;
	void *all = NULL;
	if (!db_query(db, &q, ROW_SQL "ORDER BY id DESC", err) ||
	    !db_read_all(&q, sizeof(struct code_row), read_row, &all, count,
			 err)) {
		return false;
	}
	*list = all;
	return true;
}
