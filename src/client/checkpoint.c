/*
 * Signs the head of the transaction log. Only the client's processes have the
 * key; pages append entries without a signature, and the next round of the
 * daemon covers them. Format: c2sp.org/tlog-checkpoint.
 */
#include "client/checkpoint.h"

#include <string.h>

#include "domain/ledger.h"
#include "formats/note.h"

/* Is there a signed head of exactly this tree? */
static bool is_signed(struct client *client, const struct ledger_head *head,
		      bool *covered, struct err *err)
{
	struct ledger_head last;
	struct buf note = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	bool found = ledger_checkpoint_last(client->db, &last, &note, &why);
	buf_clear(&note);
	if (!found && why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	*covered = found && last.size == head->size &&
		   memcmp(last.root, head->root, sizeof(head->root)) == 0;
	return true;
}

static bool sign(struct client *client, const struct ledger_head *head,
		 struct err *err)
{
	struct buf text = BUF_INIT, note = BUF_INIT;
	const struct note_signer signer = { client->ledger_name,
					    &client->ledger_key };
	ledger_checkpoint_text(&text, client->ledger_name, head);
	bool ok = note_sign(buf_str(&text), &signer, 1, &note, err) &&
		  ledger_checkpoint_save(client->db, head, buf_str(&note),
					 client->now(), err);
	buf_clear(&note);
	buf_clear(&text);
	return ok;
}

bool checkpoint_sign(struct client *client, struct err *err)
{
	struct ledger_head head;
	bool covered = false;
	if (!ledger_head(client->db, &head, err)) {
		return false;
	}
	if (head.size == 0) {
		return true;
	}
	if (!is_signed(client, &head, &covered, err)) {
		return false;
	}
	return covered || sign(client, &head, err);
}
