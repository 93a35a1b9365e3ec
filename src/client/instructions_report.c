/*
 * What the server is told of instructions, with the next check-in: what became
 * of each, and entries of the log where one asked for them and the customer
 * let it. No name, no text and nothing that was collected goes along.
 */
#include "client/instructions.h"

#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/service.h"
#include "domain/instructions.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "formats/checkin.h"
#include "formats/merkle.h"

#define WAITING "waiting"
#define DONE "done"

static void put_outcome(const struct instruction_row *row,
			struct checkin_outcome *outcome)
{
	*outcome = (struct checkin_outcome){ .number = row->is.number };
	const char *result = row->state == INSTRUCTION_ASKED ? WAITING
			     : row->state == INSTRUCTION_DONE
				     ? DONE
				     : instruction_refusal_name(row->refusal);
	line_copy(outcome->result, sizeof(outcome->result), result);
	outcome->at = row->ended_at != 0 ? row->ended_at : row->taken_at;
	line_copy(outcome->text, sizeof(outcome->text),
		  row->state == INSTRUCTION_ASKED
			  ? "It waits for a person at the device."
			  : row->outcome);
}

/* Does the entry's field service name this one? */
static bool names_service(const struct ledger_entry *entry,
			  enum service_id service)
{
	const char *name = service_of(service)->name;
	size_t len = strlen(name);
	for (const char *at = entry->service; (at = strstr(at, name)) != NULL;
	     at += len) {
		if ((at == entry->service || at[-1] == ' ') &&
		    (at[len] == '\0' || at[len] == ' ')) {
			return true;
		}
	}
	return false;
}

static void put_row(const struct ledger_entry *entry, struct checkin_row *row)
{
	struct buf text = BUF_INIT;
	uint8_t leaf[MERKLE_HASH_SIZE];
	*row = (struct checkin_row){ .sequence = (uint64_t)entry->sequence };
	ledger_entry_put(&text, entry);
	merkle_leaf_hash(text.data, text.len, leaf);
	hex_encode(row->leaf, leaf, sizeof(leaf));
	buf_clear(&text);
	line_copy(row->kind, sizeof(row->kind), ledger_kind_name(entry->kind));
	/* Which jobs there are, and how large, is the customer's alone. */
	if (!uuid_valid(entry->transaction) ||
	    names_service(entry, GATE_JOB_DATA)) {
		return;
	}
	line_copy(row->transaction, sizeof(row->transaction),
		  entry->transaction);
	line_copy(row->sha256, sizeof(row->sha256), entry->sha256);
	line_copy(row->result, sizeof(row->result), entry->result);
	row->bytes = entry->bytes;
}

static bool put_rows(struct client *client, const struct instruction *is,
		     struct checkin_request *request, struct err *err)
{
	for (uint64_t n = is->from; n <= is->to; n++) {
		struct ledger_entry entry;
		struct buf text = BUF_INIT;
		bool ok =
			ledger_get(client->db, (int64_t)n, &entry, &text, err);
		if (ok) {
			put_row(&entry, &request->rows[request->rows_count++]);
		}
		buf_clear(&text);
		if (!ok) {
			return false;
		}
	}
	return true;
}

/* Entries of the log that go along with this outcome. */
static uint64_t rows_of(const struct instruction_row *row)
{
	return row->state == INSTRUCTION_DONE &&
			       row->is.kind == INSTRUCTION_LEDGER
		       ? row->is.to - row->is.from + 1
		       : 0;
}

static bool report(struct client *client, const struct instruction_row *list,
		   size_t count, struct checkin_request *request,
		   struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct instruction_row *row = &list[i];
		uint64_t rows = rows_of(row);
		if (rows > CHECKIN_ROWS_MAX - request->rows_count) {
			continue; /* with the next one */
		}
		if (rows > 0 && !put_rows(client, &row->is, request, err)) {
			return false;
		}
		put_outcome(row, &request->outcomes[request->outcomes_count++]);
	}
	return true;
}

bool instructions_report(struct client *client, struct checkin_request *request,
			 size_t *count, struct err *err)
{
	struct instruction_row *list = NULL;
	size_t found = 0;
	request->outcomes_count = 0;
	request->rows_count = 0;
	bool ok = instructions_unreported(client->db, CHECKIN_OUTCOMES_MAX,
					  &list, &found, err) &&
		  report(client, list, found, request, err);
	mem_free(list);
	if (!ok) {
		request->outcomes_count = 0;
		request->rows_count = 0;
		return false;
	}
	if (count != NULL) {
		*count = request->outcomes_count;
	}
	return true;
}

static enum instruction_state state_of(const struct checkin_outcome *outcome)
{
	return text_equal(outcome->result, WAITING) ? INSTRUCTION_ASKED
	       : text_equal(outcome->result, DONE)  ? INSTRUCTION_DONE
						    : INSTRUCTION_REFUSED;
}

static bool told(struct client *client, const struct checkin_request *request,
		 struct err *err)
{
	for (size_t i = 0; i < request->outcomes_count; i++) {
		const struct checkin_outcome *o = &request->outcomes[i];
		if (!instructions_reported(client->db, o->number, state_of(o),
					   err)) {
			return false;
		}
	}
	return true;
}

bool instructions_told(struct client *client,
		       const struct checkin_request *request, struct err *err)
{
	return request->outcomes_count == 0 ||
	       (db_begin(client->db, err) &&
		db_finish(client->db, told(client, request, err), err));
}
