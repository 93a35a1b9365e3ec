/*
 * One entry or one transaction in full, line by line "name: value", or the
 * bytes that were sent.
 */
#include "cli/log_show.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/device.h"
#include "cli/print.h"
#include "domain/ledger.h"
#include "domain/outbox.h"
#include "formats/uuid.h"

static void put(FILE *out, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0') {
		print_line(out, "%-14s %s", name, value);
	}
}

static void put_entry(FILE *out, const struct ledger_entry *e)
{
	char at[PRINT_TIME_SIZE], size[PRINT_SIZE_SIZE];
	char *what = print_words(e->text);
	print_line(out, "%-14s %" PRId64, "entry", e->sequence);
	put(out, "time (UTC)", print_time(at, e->at));
	put(out, "kind", ledger_kind_name(e->kind));
	put(out, "who", e->actor);
	put(out, "what", what);
	put(out, "result", e->result);
	put(out, "service", e->service);
	put(out, "transaction", e->transaction);
	put(out, "grant", e->grant);
	put(out, "peer", e->peer);
	if (e->bytes != 0) {
		put(out, "size", print_size(size, e->bytes));
	}
	put(out, "sha256", e->sha256);
	mem_free(what);
}

static bool show_entry(struct db *db, int64_t sequence, FILE *out,
		       struct err *err)
{
	struct ledger_entry entry = { 0 };
	struct buf text = BUF_INIT;
	bool ok = ledger_get(db, sequence, &entry, &text, err);
	if (ok) {
		put_entry(out, &entry);
	} else if (err->kind == ERR_NOT_FOUND) {
		err_reset(err);
		err_set(err, ERR_NOT_FOUND, "The log has no entry %" PRId64 ".",
			sequence);
	}
	buf_clear(&text);
	return ok;
}

static void put_item(FILE *out, const struct outbox_item *item)
{
	char at[PRINT_TIME_SIZE], size[PRINT_SIZE_SIZE];
	char *services = cli_device_service_names(item->services, " ");
	put(out, "transaction", item->transaction);
	put(out, "state", outbox_state_title(item->state));
	put(out, "services", services);
	put(out, "grants", item->grants);
	put(out, "size", print_size(size, item->bytes));
	put(out, "sha256", item->sha256);
	put(out, "prepared", print_time(at, item->created_at));
	put(out, "prepared by", item->created_by);
	if (item->approved_at != 0) {
		put(out, "approved", print_time(at, item->approved_at));
		put(out, "approved by", item->approved_by);
	}
	if (item->state == OUTBOX_QUEUED && item->next_try_at != 0) {
		put(out, "next try", print_time(at, item->next_try_at));
	}
	char *problem = print_words(item->problem);
	put(out, "problem", problem);
	mem_free(problem);
	put(out, "peer", item->peer);
	if (item->received_at != 0) {
		put(out, "received", print_time(at, item->received_at));
	}
	mem_free(services);
}

static bool put_short_entry(void *ctx, const struct ledger_entry *e,
			    struct err *err)
{
	(void)err;
	char at[PRINT_TIME_SIZE];
	char *what = print_words(e->text);
	print_line(ctx, "  %" PRId64 "  %s  %s  %s: %s", e->sequence,
		   print_time(at, e->at), ledger_kind_name(e->kind),
		   e->actor == NULL ? "-" : e->actor, what);
	mem_free(what);
	return true;
}

static bool put_receipt(struct db *db, const struct outbox_item *item,
			FILE *out, struct err *err)
{
	if (item->state != OUTBOX_SENT) {
		return true;
	}
	struct buf note = BUF_INIT;
	bool ok = outbox_receipt(db, item->transaction, &note, err);
	if (ok) {
		print_line(out, "receipt:");
		print_bytes(out, note.data, note.len);
	}
	buf_clear(&note);
	return ok;
}

static bool show_transaction(struct db *db, const char *transaction, FILE *out,
			     struct err *err)
{
	struct outbox_item item = { 0 };
	if (!outbox_get(db, transaction, &item, err)) {
		return false;
	}
	put_item(out, &item);
	print_line(out, "entries:");
	const struct ledger_filter filter = { .transaction = transaction,
					      .oldest_first = true };
	return ledger_each(db, &filter, 0, put_short_entry, out, err) &&
	       put_receipt(db, &item, out, err);
}

static bool show_bytes(struct db *db, const struct cli_args *args, FILE *out,
		       struct err *err)
{
	struct buf bytes = BUF_INIT;
	bool ok = cli_flag(args, "--xml")
			  ? outbox_body(db, args->at[0], &bytes, err)
			  : outbox_receipt(db, args->at[0], &bytes, err);
	if (ok) {
		print_bytes(out, bytes.data, bytes.len);
	}
	buf_clear(&bytes);
	return ok;
}

static bool names_bytes(const struct cli_args *args)
{
	return cli_flag(args, "--xml") || cli_flag(args, "--receipt");
}

bool log_show_names(const struct cli_args *args, struct err *err)
{
	const char *id = args->at[0];
	bool bytes = names_bytes(args);
	int64_t sequence;
	return uuid_valid(id) ||
	       (!bytes && text_parse_i64(id, 0, INT64_MAX, &sequence)) ||
	       err_set(err, ERR_INVALID, "\"%.60s\" is no transaction%s.", id,
		       bytes ? "" : " and no number of an entry");
}

bool log_show_one(struct db *db, const struct cli_args *args, FILE *out,
		  struct err *err)
{
	const char *id = args->at[0];
	bool bytes = names_bytes(args);
	int64_t sequence = 0;
	if (!bytes && text_parse_i64(id, 0, INT64_MAX, &sequence)) {
		return show_entry(db, sequence, out, err);
	}
	bool ok = bytes ? show_bytes(db, args, out, err)
			: show_transaction(db, id, out, err);
	if (!ok && err->kind == ERR_NOT_FOUND) {
		err_reset(err);
		err_set(err, ERR_NOT_FOUND,
			"There is no such thing for "
			"transaction %.60s; \"sluice log --transaction %.60s\" "
			"shows what the log knows.",
			id, id);
	}
	return ok;
}
