/*
 * Opening and closing what the server works on, and its ledger's checkpoints.
 * Making it in the first place is founding.c, answering requests api.c.
 */
#include "server/server.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/keyfile.h"
#include "domain/ledger.h"
#include "server/receipt.h"
#include "store/migrate.h"

void server_init(struct server *server, const struct server_config *config,
		 const struct log *log)
{
	*server = (struct server){ .config = config, .log = log };
}

bool server_open_db(struct server *server, struct err *err)
{
	char *path = server_config_state_path(server->config, SERVER_DB);
	bool ok = db_open(path, DB_READ_WRITE, &server->db, err);
	if (ok && !migrate(server->db, "server", err)) {
		ok = err_prefix(err, "%s", path);
		db_close(server->db);
		server->db = NULL;
	}
	mem_free(path);
	return ok;
}

bool server_load_key(struct server *server, struct err *err)
{
	char expected[NOTE_NAME_SIZE];
	char name[KEYFILE_NAME_SIZE];
	if (!receipt_signer_name(server->config->name, expected, err)) {
		return false;
	}
	char *path = server_config_key_path(server->config, SERVER_RECEIPT_KEY);
	bool ok = keyfile_read_ed25519(path, name, &server->key, err);
	if (ok && !text_equal(name, expected)) {
		ok = err_set(err, ERR_INVALID,
			     "%s is the key of %s; this server is %s.", path,
			     name, expected);
	}
	if (ok) {
		memcpy(server->signer, expected, sizeof(expected));
	}
	mem_free(path);
	return ok;
}

void server_close(struct server *server)
{
	db_close(server->db);
	server->db = NULL;
	server->signer[0] = '\0';
	mem_burn(&server->key, sizeof(server->key));
}

/* Is the newest checkpoint far enough behind? */
static bool is_due(struct server *server, uint64_t unsigned_entries,
		   struct ledger_head *head, bool *due, struct err *err)
{
	struct ledger_head signed_head = { 0 };
	struct buf note = BUF_INIT;
	struct err none = { 0 };
	bool ok = ledger_head(server->db, head, err);
	if (ok &&
	    !ledger_checkpoint_last(server->db, &signed_head, &note, &none) &&
	    none.kind != ERR_NOT_FOUND) {
		ok = err_set(err, none.kind, "%s", none.text);
	}
	*due = ok && head->size > signed_head.size &&
	       head->size - signed_head.size >= unsigned_entries;
	buf_clear(&note);
	return ok;
}

bool server_checkpoint(struct server *server, uint64_t unsigned_entries,
		       int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	struct buf note = BUF_INIT;
	struct note_signer signer = { server->signer, &server->key };
	struct ledger_head head;
	bool due = false;
	if (!db_begin(server->db, err)) {
		return false;
	}
	bool ok = is_due(server, unsigned_entries, &head, &due, err);
	if (ok && due) {
		ledger_checkpoint_text(&text, server->signer, &head);
		ok = note_sign(buf_str(&text), &signer, 1, &note, err) &&
		     ledger_checkpoint_save(server->db, &head, buf_str(&note),
					    now, err);
	}
	buf_clear(&text);
	buf_clear(&note);
	if (!ok) {
		db_rollback(server->db);
		return false;
	}
	return db_commit(server->db, err);
}
