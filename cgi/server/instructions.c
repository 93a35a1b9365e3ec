/*
 * What a device was asked and what it answered, in the words that its owner
 * reads too. Nothing can be asked from here: the key that signs is not the
 * console's.
 */
#include "cgi/server/instructions.h"

#include "base/mem.h"
#include "base/text.h"
#include "cgi/people/marks.h"
#include "cgi/server/console.h"
#include "domain/instructions.h"
#include "domain/ledger.h"
#include "server/instructions.h"
#include "web/view.h"

#define SHOWN 20
#define ROWS_SHOWN 100

static void put_state(json_t *item, const struct instruction_made *m,
		      int64_t now)
{
	enum instruction_refusal refusal =
		instruction_refusal_by_name(m->result);
	if (text_equal(m->result, "done")) {
		marks_tag(item, "tag", "ok", "ok", "Done");
	} else if (text_equal(m->result, "waiting")) {
		marks_tag(item, "tag", "warn", "wait",
			  "Waits for a person at the device");
	} else if (m->result[0] != '\0') {
		marks_tag(item, "tag", "bad", "off", "Refused");
		view_text(item, "refusal", instruction_refusal_title(refusal));
	} else if (m->expires_at <= now) {
		marks_tag(item, "tag", "", "off",
			  m->fetched_at != 0 ? "Its time is over; no answer"
					     : "Its time is over; never "
					       "fetched");
	} else {
		marks_tag(item, "tag", "", "idle",
			  m->fetched_at != 0 ? "Fetched, no answer yet"
					     : "Not fetched yet");
	}
	/* The same words are said once. */
	if (!text_equal(m->result, "waiting") &&
	    !text_equal(m->outcome, instruction_refusal_title(refusal))) {
		view_text(item, "outcome", m->outcome);
	}
}

static void put_instruction(json_t *list, const struct instruction_made *m,
			    int64_t now)
{
	struct buf sentence = BUF_INIT;
	json_t *item = view_item(list);
	instruction_put_sentence(&sentence, &m->is);
	view_number(item, "number", m->number);
	view_text(item, "does", buf_str(&sentence));
	view_text(item, "said",
		  m->is.message[0] != '\0' ? m->is.message : m->is.package);
	view_text(item, "by", m->is.by);
	view_text(item, "reason", m->is.reason);
	view_text(item, "made_by", m->made_by);
	view_time(item, "made", m->made_at);
	view_time(item, "until", m->expires_at);
	view_time(item, "fetched", m->fetched_at);
	view_time(item, "reported", m->reported_at);
	put_state(item, m, now);
	buf_clear(&sentence);
}

static void put_row(json_t *list, const struct ledger_row_reported *r)
{
	json_t *item = view_item(list);
	view_number(item, "sequence", r->row.sequence);
	view_text(item, "kind",
		  ledger_kind_title(ledger_kind_by_name(r->row.kind)));
	view_text(item, "leaf", r->row.leaf);
	view_text(item, "transaction", r->row.transaction);
	view_text(item, "sha256", r->row.sha256);
	view_text(item, "bytes", "");
	if (r->row.bytes != 0) {
		view_number(item, "bytes", r->row.bytes);
	}
	view_text(item, "result", r->row.result);
	view_time(item, "at", r->at);
}

static bool put_made(struct visit *visit, const struct fleet_device *device,
		     struct err *err)
{
	struct instruction_made *made = NULL;
	size_t count = 0;
	if (!instructions_made_list(console_of(visit)->db, device->id, SHOWN,
				    &made, &count, err)) {
		return false;
	}
	json_t *list = view_array(visit->view, "instructions");
	for (size_t i = 0; i < count; i++) {
		put_instruction(list, &made[i], visit->request->now);
	}
	view_flag(visit->view, "asked_any", count > 0);
	mem_free(made);
	return true;
}

static bool put_rows(struct visit *visit, const struct fleet_device *device,
		     struct err *err)
{
	struct ledger_row_reported *rows = NULL;
	size_t count = 0;
	if (!instructions_reported_rows(console_of(visit)->db, device->id,
					ROWS_SHOWN, &rows, &count, err)) {
		return false;
	}
	json_t *list = view_array(visit->view, "log_rows");
	for (size_t i = 0; i < count; i++) {
		put_row(list, &rows[i]);
	}
	view_flag(visit->view, "log_any", count > 0);
	view_count(visit->view, "log_count", count, "entry", "entries");
	mem_free(rows);
	return true;
}

bool console_put_instructions(struct visit *visit,
			      const struct fleet_device *device,
			      struct err *err)
{
	return put_made(visit, device, err) && put_rows(visit, device, err);
}
