/*
 * Devices, and whose certificate is whose; the certificates themselves are
 * certificates.c's. Issuing a certificate is ca.c's business, what a device
 * sends is received.c's, how much it may cause fleet_limits.c's. A connection
 * becomes a device only by the hash of its certificate; names in it are never
 * read.
 */
#include "server/fleet.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "documents/envelope.h"
#include "domain/ledger.h"
#include "server/certificates.h"

#define IDENTITY_COLUMNS                                                       \
	"d.id, d.title, d.serial_number, d.make_and_model, d.ledger_key, "     \
	"d.added_at, d.added_by, d.last_seen_at, d.revoked_at, "               \
	"d.checkin_at, d.checkin_interval, d.checkin_least, d.checkin_most, "  \
	"d.checkin_expected, d.wanted_interval, d.client_version, "            \
	"d.clock_ahead, d.checkins_hour, d.checkins, "                         \
	"coalesce((SELECT c.sha256 FROM certificates c WHERE c.device = d.id " \
	" ORDER BY c.issued_at DESC, c.sha256 LIMIT 1), ''), "                 \
	"coalesce((SELECT c.not_after FROM certificates c "                    \
	" WHERE c.device = d.id "                                              \
	" ORDER BY c.issued_at DESC, c.sha256 LIMIT 1), 0), "

/* What is counted over all transmissions: not for each upload. */
#define NOTHING_COUNTED "0, '', 0, 0, 0 "
#define DEVICE_COLUMNS                                                      \
	IDENTITY_COLUMNS                                                    \
	"(SELECT count(*) FROM transmissions t WHERE t.device = d.id), "    \
	"coalesce((SELECT replace(group_concat(DISTINCT t.services), ',', " \
	" ' ') FROM transmissions t WHERE t.device = d.id), ''), "          \
	"coalesce(w.size, 0), coalesce(w.at, 0), "                          \
	"coalesce(w.conflict_at, 0) "
#define DEVICES_WITH_LOG \
	"FROM devices d LEFT JOIN witnessed w ON w.device = d.id "

/* What people and their word processors put into an id; '\0' = nothing. */
static const struct {
	const char *from;
	char to;
} typed_as[] = {
	{ " ", '\0' },           { "\t", '\0' },
	{ "\xc2\xa0", '\0' },    /* no-break space */
	{ "\xe2\x80\x90", '-' }, /* hyphen */
	{ "\xe2\x80\x91", '-' }, /* non-breaking hyphen */
	{ "\xe2\x80\x92", '-' }, /* figure dash */
	{ "\xe2\x80\x93", '-' }, /* en dash */
	{ "\xe2\x80\x94", '-' }, /* em dash */
	{ "\xe2\x88\x92", '-' }, /* minus */
};

/* One character of an id; gives how many bytes stand for it. */
static size_t read_typed(const char *from, char *to)
{
	for (size_t i = 0; i < sizeof(typed_as) / sizeof(typed_as[0]); i++) {
		if (text_starts_with(from, typed_as[i].from)) {
			*to = typed_as[i].to;
			return strlen(typed_as[i].from);
		}
	}
	*to = *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a') : *from;
	return 1;
}

bool fleet_id_typed(const char *typed, char id[FLEET_ID_SIZE])
{
	struct buf found = BUF_INIT;
	while (*typed != '\0') {
		char to;
		typed += read_typed(typed, &to);
		if (to != '\0') {
			buf_put_char(&found, to);
		}
	}
	bool ok = envelope_machine_id_is_valid(buf_str(&found)) &&
		  text_copy(id, FLEET_ID_SIZE, buf_str(&found));
	buf_clear(&found);
	return ok;
}

static void read_device(const struct stmt *q, void *row)
{
	struct fleet_device *d = row;
	*d = (struct fleet_device){ 0 };
	db_copy_text(q, 0, d->id, sizeof(d->id));
	db_copy_text(q, 1, d->title, sizeof(d->title));
	db_copy_text(q, 2, d->serial_number, sizeof(d->serial_number));
	db_copy_text(q, 3, d->make_and_model, sizeof(d->make_and_model));
	db_copy_text(q, 4, d->ledger_key, sizeof(d->ledger_key));
	d->added_at = db_int(q, 5);
	db_copy_text(q, 6, d->added_by, sizeof(d->added_by));
	d->last_seen_at = db_int(q, 7);
	d->revoked_at = db_int(q, 8);
	d->checkin_at = db_int(q, 9);
	d->checkin_interval = db_int(q, 10);
	d->checkin_least = db_int(q, 11);
	d->checkin_most = db_int(q, 12);
	d->checkin_expected = db_int(q, 13);
	d->wanted_interval = db_int(q, 14);
	db_copy_text(q, 15, d->client_version, sizeof(d->client_version));
	d->clock_ahead = db_int(q, 16);
	d->checkins_hour = db_int(q, 17);
	d->checkins = db_int(q, 18);
	db_copy_text(q, 19, d->certificate, sizeof(d->certificate));
	d->certificate_until = db_int(q, 20);
	d->transmissions = db_int(q, 21);
	db_copy_text(q, 22, d->services, sizeof(d->services));
	d->log.size = (uint64_t)db_int(q, 23);
	d->log.at = db_int(q, 24);
	d->log.conflict_at = db_int(q, 25);
}

/* One device by a statement with one text parameter. */
static bool find_one(struct db *db, const char *sql, const char *key,
		     struct fleet_device *device, bool *found, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	db_bind_text(&q, 1, key);
	struct fleet_device d;
	bool there = db_row(&q);
	if (there) {
		read_device(&q, &d);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (there) {
		*device = d;
	}
	*found = there;
	return true;
}

static bool write_entry(struct db *db, const char *actor, const char *peer,
			const char *text, int64_t now, struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_DEVICE,
		.actor = actor,
		.peer = peer,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

static bool check_new(struct db *db, const struct fleet_new *device,
		      struct err *err)
{
	size_t title = strlen(device->title);
	if (!envelope_machine_id_is_valid(device->id)) {
		return err_set(err, ERR_INVALID,
			       "A device's id has 1 to 64 small letters, "
			       "digits, dots or dashes.");
	}
	if (title > FLEET_TITLE_MAX ||
	    !text_is_one_line(device->title, title)) {
		return err_set(err, ERR_INVALID,
			       "A title is one line of at most %d bytes.",
			       FLEET_TITLE_MAX);
	}
	if (strlen(device->ledger_key) >= FLEET_TEXT_SIZE) {
		return err_set(err, ERR_INVALID, "The ledger key is too long.");
	}
	struct fleet_device known;
	bool found = false;
	if (!find_one(db,
		      "SELECT " DEVICE_COLUMNS DEVICES_WITH_LOG
		      "WHERE d.id = ?",
		      device->id, &known, &found, err)) {
		return false;
	}
	if (found) {
		return err_set(err, ERR_DENIED, "There is a device %s already.",
			       device->id);
	}
	if (!find_one(db,
		      "SELECT " IDENTITY_COLUMNS NOTHING_COUNTED
		      "FROM devices d JOIN certificates e "
		      "ON e.device = d.id WHERE e.sha256 = ?",
		      device->certificate, &known, &found, err)) {
		return false;
	}
	if (found) {
		return err_set(err, ERR_DENIED,
			       "This certificate belongs to device %s.",
			       known.id);
	}
	return true;
}

static bool insert_device(struct db *db, const char *actor,
			  const struct fleet_new *device, int64_t now,
			  struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO devices (id, title, serial_number, "
		      "ledger_key, added_at, added_by) "
		      "VALUES (?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device->id);
	db_bind_text(&q, 2, device->title);
	db_bind_text(&q, 3, device->serial_number);
	db_bind_text(&q, 4, device->ledger_key);
	db_bind_int(&q, 5, now);
	db_bind_text(&q, 6, actor);
	const struct certificate_new certificate = {
		.sha256 = device->certificate,
		.device = device->id,
		.serial = device->certificate_serial,
		.origin = device->origin == NULL ? "added" : device->origin,
		.pem = device->pem == NULL ? "" : device->pem,
		.not_before = device->not_before,
		.not_after = device->not_after,
	};
	return db_run(&q, err) && certificates_keep(db, &certificate, now, err);
}

bool fleet_add(struct db *db, const char *actor, const struct fleet_new *device,
	       int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	char text[FLEET_ID_SIZE + 64];
	snprintf(text, sizeof(text), "Device %.64s was added.", device->id);
	if (!check_new(db, device, err) ||
	    !insert_device(db, actor, device, now, err) ||
	    !write_entry(db, actor, device->certificate, text, now, err)) {
		db_rollback(db);
		return false;
	}
	return db_commit(db, err);
}

bool fleet_get(struct db *db, const char *id, struct fleet_device *device,
	       struct err *err)
{
	bool found = false;
	if (!find_one(db,
		      "SELECT " DEVICE_COLUMNS DEVICES_WITH_LOG
		      "WHERE d.id = ?",
		      id, device, &found, err)) {
		return false;
	}
	return found ||
	       err_set(err, ERR_NOT_FOUND, "There is no device %.64s.", id);
}

bool fleet_by_certificate(struct db *db, const char *sha256, int64_t now,
			  struct fleet_device *device, struct err *err)
{
	bool found = false;
	if (!find_one(db,
		      "SELECT " IDENTITY_COLUMNS NOTHING_COUNTED
		      "FROM devices d JOIN certificates e "
		      "ON e.device = d.id WHERE e.sha256 = ?",
		      sha256, device, &found, err)) {
		return false;
	}
	if (!found) {
		return err_set(err, ERR_NOT_FOUND,
			       "This certificate belongs to no device.");
	}
	if (device->revoked_at != 0) {
		return err_set(err, ERR_DENIED, "Device %s was revoked.",
			       device->id);
	}
	if (!certificates_check(db, sha256, now, err)) {
		if (err->kind == ERR_DENIED) {
			err->kind = ERR_LIMIT;
		}
		return false;
	}
	return true;
}

bool fleet_enrolled_again(struct db *db, const char *id, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "UPDATE devices SET ledger_key = '' WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, id);
	return db_run(&q, err);
}

bool fleet_list(struct db *db, struct fleet_device **list, size_t *count,
		struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " DEVICE_COLUMNS DEVICES_WITH_LOG
		      "ORDER BY d.revoked_at <> 0, "
		      "max(d.last_seen_at, d.checkin_at), d.id",
		      err)) {
		return false;
	}
	void *all = NULL;
	if (!db_read_all(&q, sizeof(struct fleet_device), read_device, &all,
			 count, err)) {
		return false;
	}
	*list = all;
	return true;
}

bool fleet_revoke(struct db *db, const char *actor, const char *id, int64_t now,
		  struct err *err)
{
	struct fleet_device device;
	struct stmt q;
	if (!db_begin(db, err)) {
		return false;
	}
	if (!fleet_get(db, id, &device, err)) {
		goto out;
	}
	if (device.revoked_at == 0) {
		if (!db_query(db, &q,
			      "UPDATE devices SET revoked_at = ? "
			      "WHERE id = ?",
			      err)) {
			goto out;
		}
		db_bind_int(&q, 1, now);
		db_bind_text(&q, 2, id);
		char text[FLEET_ID_SIZE + 64];
		snprintf(text, sizeof(text), "Device %s was revoked.", id);
		if (!db_run(&q, err) ||
		    !write_entry(db, actor, device.certificate, text, now,
				 err)) {
			goto out;
		}
	}
	return db_commit(db, err);
out:
	db_rollback(db);
	return false;
}

bool fleet_seen(struct db *db, const char *id, const char *serial_number,
		const char *make_and_model, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE devices SET serial_number = ?, "
		      "make_and_model = ?, last_seen_at = max(?, last_seen_at) "
		      "WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, serial_number);
	db_bind_text(&q, 2, make_and_model);
	db_bind_int(&q, 3, now);
	db_bind_text(&q, 4, id);
	return db_run(&q, err);
}
