/*
 * One entry of the log with all it says, the other entries of the same
 * transaction, and what was sent: bytes, withheld fields, receipt.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/log_row.h"
#include "cgi/device/pages.h"
#include "cgi/device/transmission.h"
#include "cgi/device/words.h"
#include "domain/ledger.h"
#include "web/view.h"

#define RELATED_ENTRIES 200

static void fill_entry(json_t *view, const struct ledger_entry *entry)
{
	struct buf canonical = BUF_INIT;
	char title[96];

	log_row_fill(view, entry);
	snprintf(title, sizeof(title), "%s", ledger_kind_title(entry->kind));
	ledger_entry_put(&canonical, entry);
	view_text(view, "title", title);
	view_time(view, "at", entry->at);
	view_prose(view, "text", entry->text);
	words_service_names(view, "services", entry->service);
	view_text(view, "grant", entry->grant);
	view_text(view, "transaction", entry->transaction);
	view_text(view, "sha256", entry->sha256);
	view_text(view, "peer", entry->peer);
	view_text(view, "attempts", "");
	view_text(view, "to", "");
	view_text(view, "canonical", buf_str(&canonical));
	buf_clear(&canonical);
}

struct related {
	json_t *rows;
	int64_t here;
};

static bool add_related(void *ctx, const struct ledger_entry *entry,
			struct err *err)
{
	struct related *related = ctx;
	json_t *row = view_item(related->rows);

	(void)err;
	log_row_fill(row, entry);
	view_flag(row, "here", entry->sequence == related->here);
	return true;
}

static bool fill_related(struct visit *visit, const struct ledger_entry *entry,
			 struct err *err)
{
	struct related related = {
		.rows = view_array(visit->view, "related"),
		.here = entry->sequence,
	};
	struct ledger_filter filter = {
		.transaction = entry->transaction,
		.oldest_first = true,
	};

	view_flag(visit->view, "related_shown", true);
	return ledger_each(app_of(visit)->db, &filter, RELATED_ENTRIES,
			   add_related, &related, err);
}

/* An entry can name a transaction that is not in the outbox any more. */
static bool fill_transmission(struct visit *visit,
			      const struct ledger_entry *entry, struct err *err)
{
	struct db *db = app_of(visit)->db;
	struct err why = { .kind = ERR_NONE };
	struct outbox_item item;
	struct buf note = BUF_INIT;

	if (!outbox_get(db, entry->transaction, &item, &why)) {
		return why.kind == ERR_NOT_FOUND ||
		       err_set(err, why.kind, "%s", why.text);
	}
	bool received = outbox_receipt(db, item.transaction, &note, &why);

	view_text(visit->view, "receipt", buf_str(&note));
	buf_clear(&note);
	if (!received && why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	view_number(visit->view, "attempts", item.attempts);
	view_text(visit->view, "to", app_of(visit)->config.server_name);
	view_flag(visit->view, "content", true);
	return transmission_fill_content(visit, &item, err);
}

bool log_entry_show(struct visit *visit, struct err *err)
{
	struct ledger_entry entry;
	struct buf text = BUF_INIT;
	int64_t sequence;

	if (!text_parse_i64(visit->step, 0, INT64_MAX, &sequence)) {
		return visit_fail(visit, 404, err, "There is no such entry.");
	}
	if (!ledger_get(app_of(visit)->db, sequence, &entry, &text, err)) {
		return false;
	}
	bool done = true;

	fill_entry(visit->view, &entry);
	if (entry.transaction != NULL && entry.transaction[0] != '\0') {
		done = fill_related(visit, &entry, err) &&
		       fill_transmission(visit, &entry, err);
	}
	buf_clear(&text);
	return done;
}
