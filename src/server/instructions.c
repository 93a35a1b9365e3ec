/*
 * Instructions on the server's side: numbers, signatures, what became of each.
 * The form is formats/instruction's, words domain/instructions_words'. The key
 * is the command line's: it lies among the keys, 0600, of whoever made the
 * server, and workers have neither its user nor, in their sandbox, its folder.
 * So somebody who takes over a worker can hand out what was signed, and sign
 * nothing. What devices report is instructions_reports.c.
 */
#include "server/instructions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/keyfile.h"
#include "domain/instructions.h"
#include "domain/ledger.h"
#include "server/instructions_parts.h"
#include "server/signing_key.h"

/* ---- the key ---- */

static bool signer_name(const struct server_config *config,
			char name[NOTE_NAME_SIZE], struct err *err)
{
	int len =
		snprintf(name, NOTE_NAME_SIZE, "%s/instructions", config->name);
	return (len > 0 && len < NOTE_NAME_SIZE) ||
	       err_set(err, ERR_INVALID, "The server's name is too long.");
}

bool instructions_make_key(const struct server_config *config, struct err *err)
{
	char name[NOTE_NAME_SIZE];
	char *path = server_config_key_path(config, SERVER_INSTRUCTION_KEY);
	bool there = files_exists(path);
	if (there) {
		err_set(err, ERR_DENIED,
			"There is a key for instructions already: %s. Devices "
			"know it; nothing was changed.",
			path);
	}
	mem_free(path);
	return !there && signer_name(config, name, err) &&
	       signing_key_make(config, name, SERVER_INSTRUCTION_KEY,
				SERVER_INSTRUCTION_VERIFIER, err);
}

static bool read_key(const char *path, const char *expected,
		     struct ed25519_key *key, struct err *err)
{
	char name[KEYFILE_NAME_SIZE];
	if (!files_exists(path)) {
		return err_set(err, ERR_NOT_FOUND,
			       "This server has no key for instructions; "
			       "\"sluice-server instruction key\" makes one.");
	}
	if (!keyfile_read_ed25519(path, name, key, err)) {
		return false;
	}
	if (!text_equal(name, expected)) {
		mem_burn(key, sizeof(*key));
		return err_set(err, ERR_INVALID,
			       "%s is the key of %s and not of %s.", path, name,
			       expected);
	}
	return true;
}

/* ---- making ---- */

static bool sign(const struct server_config *config,
		 const struct instruction *what, struct buf *note,
		 struct err *err)
{
	char name[NOTE_NAME_SIZE];
	struct ed25519_key key;
	struct buf text = BUF_INIT;
	const struct note_signer signer = { name, &key };
	char *path = server_config_key_path(config, SERVER_INSTRUCTION_KEY);
	bool ok = signer_name(config, name, err) &&
		  instruction_put(&text, what, err) &&
		  read_key(path, name, &key, err);
	if (ok) {
		ok = note_sign(buf_str(&text), &signer, 1, note, err);
		mem_burn(&key, sizeof(key));
	}
	mem_free(path);
	buf_clear(&text);
	return ok;
}

static bool insert(struct db *db, const struct instruction *what,
		   const char *note, const char *actor, int64_t now,
		   struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO instructions (device, number, kind, note, "
		      "made_at, made_by, expires_at) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, what->device);
	db_bind_int(&q, 2, (int64_t)what->number);
	db_bind_text(&q, 3, instruction_kind_name(what->kind));
	db_bind_text(&q, 4, note);
	db_bind_int(&q, 5, now);
	db_bind_text(&q, 6, actor);
	db_bind_int(&q, 7, what->expires_at);
	return db_run(&q, err);
}

bool instructions_entry(struct db *db, const char *device, uint64_t number,
			const struct instructions_words *words, int64_t now,
			struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "instruction %" PRIu64 " for %s: %s", number, device,
		   words->text);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_INSTRUCTION,
		.actor = words->actor,
		.service = words->service,
		.result = words->result,
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool log_made(struct db *db, const struct instruction *what,
		     const char *actor, int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_put_str(&text, "made. ");
	instruction_put_sentence(&text, what);
	buf_printf(&text, " By %s: %s", what->by, what->reason);
	const struct instructions_words words = { actor, what->services, "ok",
						  buf_str(&text) };
	bool ok = instructions_entry(db, what->device, what->number, &words,
				     now, err);
	buf_clear(&text);
	return ok;
}

static bool check_device(struct db *db, const struct instruction *what,
			 struct err *err)
{
	struct fleet_device device;
	return fleet_get(db, what->device, &device, err) &&
	       (device.revoked_at == 0 ||
		err_set(err, ERR_DENIED,
			"Device %s was revoked; it is asked nothing.",
			what->device));
}

/* Names of services that no device knows would come to nothing there. */
static bool check_services(const struct instruction *what, struct err *err)
{
	unsigned services;
	struct err why = { .kind = ERR_NONE };
	return instruction_services(what, &services, &why) ||
	       err_set(err, ERR_INVALID, "%s", why.text);
}

static bool make(struct db *db, const struct server_config *config,
		 struct instruction *what, const char *actor, int64_t now,
		 struct err *err)
{
	struct buf note = BUF_INIT;
	uint64_t last;
	bool ok = check_device(db, what, err) && check_services(what, err) &&
		  instructions_made_last(db, what->device, &last, err);
	if (ok) {
		what->number = last + 1;
		ok = sign(config, what, &note, err) &&
		     insert(db, what, buf_str(&note), actor, now, err) &&
		     log_made(db, what, actor, now, err);
	}
	buf_clear(&note);
	return ok;
}

bool instructions_make(struct db *db, const struct server_config *config,
		       struct instruction *what, const char *actor, int64_t now,
		       struct err *err)
{
	struct instruction made = *what;
	if (!db_begin(db, err) ||
	    !db_finish(db, make(db, config, &made, actor, now, err), err)) {
		return false;
	}
	*what = made;
	return true;
}

/* ---- handing out ---- */

static bool read_note(struct db *db, const char *device, uint64_t number,
		      struct buf *note, bool *fetched, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT note, fetched_at FROM instructions "
		      "WHERE device = ? AND number = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, (int64_t)number);
	bool found = db_row(&q);
	if (found) {
		buf_put_str(note, db_text(&q, 0));
		*fetched = db_int(&q, 1) != 0;
	}
	return db_done(&q, err) &&
	       (found ||
		err_set(err, ERR_NOT_FOUND, "There is no such instruction."));
}

static bool mark_fetched(struct db *db, const char *device, uint64_t number,
			 int64_t now, struct err *err)
{
	const struct instructions_words words = { device, NULL, "ok",
						  "fetched by the device" };
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE instructions SET fetched_at = ? "
		      "WHERE device = ? AND number = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, device);
	db_bind_int(&q, 3, (int64_t)number);
	return db_run(&q, err) &&
	       instructions_entry(db, device, number, &words, now, err);
}

static bool hand_out(struct db *db, const char *device, uint64_t number,
		     int64_t now, struct buf *note, struct err *err)
{
	bool fetched = false;
	return read_note(db, device, number, note, &fetched, err) &&
	       (fetched || mark_fetched(db, device, number, now, err));
}

bool instructions_note(struct db *db, const char *device, uint64_t number,
		       int64_t now, struct buf *note, struct err *err)
{
	struct buf found = BUF_INIT;
	bool ok = number <= INT64_MAX
			  ? db_begin(db, err) &&
				    db_finish(db,
					      hand_out(db, device, number, now,
						       &found, err),
					      err)
			  : err_set(err, ERR_NOT_FOUND,
				    "There is no such instruction.");
	if (ok) {
		buf_put(note, found.data, found.len);
	}
	buf_clear(&found);
	return ok;
}

/* sql: one number, of the device ?1. */
static bool read_last(struct db *db, const char *sql, const char *device,
		      uint64_t *number, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	int64_t last = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	*number = (uint64_t)last;
	return true;
}

bool instructions_made_last(struct db *db, const char *device, uint64_t *number,
			    struct err *err)
{
	return read_last(db,
			 "SELECT max(number) FROM instructions "
			 "WHERE device = ?",
			 device, number, err);
}

bool instructions_answered_last(struct db *db, const char *device,
				uint64_t *number, struct err *err)
{
	return read_last(db,
			 "SELECT max(number) FROM instructions "
			 "WHERE device = ? AND result NOT IN ('', 'waiting')",
			 device, number, err);
}
