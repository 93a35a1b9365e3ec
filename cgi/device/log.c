/*
 * The transaction log: newest first, by day, with filters and a cursor that
 * stays right while entries are added. One entry is in log_entry.c, exports
 * in log_export.c, verifying in log_verify.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/log_filter.h"
#include "cgi/device/log_row.h"
#include "cgi/device/pages.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "documents/service.h"
#include "web/view.h"

#define PAGE_ENTRIES 100
#define DETAILS_BYTES 120
#define RESULT_BYTES 32 /* a longer one gets a tag of its own */
#define DAY_S (24 * 60 * 60)

/* Where a text is cut: after a word, or in one that is very long. */
static size_t cut_at(const char *text, size_t len)
{
	size_t word = len;

	while (word > 0 && text[word] != ' ') {
		word--;
	}
	if (word >= len / 2) {
		return word;
	}
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
		len--;
	}
	return len;
}

/*
 * Long texts are cut in lists; the page of the entry has the whole. Times are
 * told in words; as they were hashed they stand on that page and in exports.
 */
static void put_details(json_t *row, const char *entry_text)
{
	struct buf words = BUF_INIT;
	struct buf cut = BUF_INIT;

	clock_put_words(&words, entry_text);

	const char *text = buf_str(&words);
	size_t len = words.len;

	if (len > DETAILS_BYTES) {
		const char *part = strstr(text, "; ");

		len = DETAILS_BYTES;
		if (part != NULL && (size_t)(part - text) < len) {
			len = (size_t)(part - text);
		}
		len = cut_at(text, len);
	}
	buf_put(&cut, text, len);
	buf_put_str(&cut, text[len] != '\0' ? "\xe2\x80\xa6" : "");
	view_text(row, "details", buf_str(&cut));
	buf_clear(&words);
	buf_clear(&cut);
}

/* All but the tag. */
static void fill_row(json_t *row, const struct ledger_entry *entry)
{
	char time[CLOCK_TEXT_SIZE];
	char sequence[24];

	clock_format(time, entry->at);
	time[19] = '\0'; /* before the "Z" */
	snprintf(sequence, sizeof(sequence), "%" PRId64, entry->sequence);
	view_text(row, "time", time + 11);
	view_text(row, "sequence", sequence);
	view_text(row, "kind", ledger_kind_title(entry->kind));
	view_text(row, "actor",
		  entry->actor != NULL && entry->actor[0] != '\0'
			  ? entry->actor
			  : "this device");
	view_text(row, "bytes", "");
	if (entry->bytes > 0) {
		view_number(row, "bytes", entry->bytes);
	}
	if (entry->text != NULL && entry->text[0] != '\0') {
		put_details(row, entry->text);
	} else {
		words_service_names(row, "details", entry->service);
	}
}

void log_row_fill(json_t *row, const struct ledger_entry *entry)
{
	fill_row(row, entry);
	words_result_tag(row, "tag", entry->result);
}

/* Rows of one page, by day. */
struct listing {
	json_t *days;
	json_t *rows;                  /* of the newest day in days */
	json_t *tag;                   /* of the last row; borrowed from it */
	char result[RESULT_BYTES + 1]; /* that the tag stands for */
	int64_t day;
	int64_t last; /* smallest sequence shown */
	size_t count;
	bool more; /* one entry beyond the page was seen */
};

/* Neighbours mostly ended the same way: they share their tag. */
static void put_tag(struct listing *l, json_t *row, const char *result)
{
	if (l->tag != NULL && text_equal(l->result, result)) {
		json_object_set(row, "tag", l->tag);
		return;
	}
	words_result_tag(row, "tag", result);
	l->tag = json_object_get(row, "tag");
	snprintf(l->result, sizeof(l->result), "%s", result);
}

static bool add_entry(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	struct listing *l = ctx;
	int64_t day = entry->at / DAY_S;

	(void)err;
	if (l->count == PAGE_ENTRIES) {
		l->more = true;
		return true;
	}
	if (l->rows == NULL || day != l->day) {
		char date[VIEW_TIME_SIZE];
		json_t *item = view_item(l->days);

		view_format_date(date, entry->at);
		view_text(item, "date", date);
		l->rows = view_array(item, "rows");
		l->day = day;
	}
	json_t *row = view_item(l->rows);

	fill_row(row, entry);
	put_tag(l, row, entry->result);
	l->last = entry->sequence;
	l->count++;
	return true;
}

static void add_choice(json_t *list, const char *name, const char *title,
		       const char *chosen)
{
	json_t *item = view_item(list);

	view_text(item, "name", name);
	view_text(item, "title", title);
	view_flag(item, "chosen", strcmp(name, chosen) == 0);
}

static void fill_choices(struct visit *visit)
{
	static const struct {
		const char *name, *title;
	} results[] = {
		{ "ok", "done" },
		{ "refused", "refused" },
		{ "failed", "failed" },
		{ "waiting", "waiting" },
	};
	const struct request *request = visit->request;
	json_t *kinds = view_array(visit->view, "kinds");
	json_t *services = view_array(visit->view, "services");
	json_t *list = view_array(visit->view, "results");
	const struct service *service;

	for (int k = LEDGER_UNSET + 1; k < LEDGER_KINDS; k++) {
		enum ledger_kind kind = (enum ledger_kind)k;

		if (kind == LEDGER_DEVICE) {
			continue; /* the server's alone */
		}
		add_choice(kinds, ledger_kind_name(kind),
			   ledger_kind_title(kind),
			   request_query(request, "kind"));
	}
	for (size_t i = 0; (service = service_at(i)) != NULL; i++) {
		add_choice(services, service->name, service->title,
			   request_query(request, "service"));
	}
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		add_choice(list, results[i].name, results[i].title,
			   request_query(request, "result"));
	}
	view_text(visit->view, "actor", request_query(request, "actor"));
	view_text(visit->view, "since", request_query(request, "since"));
	view_text(visit->view, "until", request_query(request, "until"));
	view_text(visit->view, "transaction",
		  request_query(request, "transaction"));
}

static bool fill_state(struct visit *visit, struct err *err)
{
	struct db *db = app_of(visit)->db;
	struct err why = { .kind = ERR_NONE };
	struct ledger_head head;
	struct ledger_head last;
	struct buf note = BUF_INIT;
	char number[28];
	char text[160];

	if (!ledger_head(db, &head, err)) {
		return false;
	}
	bool any = ledger_checkpoint_last(db, &last, &note, &why);

	buf_clear(&note);
	if (!any && why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	snprintf(text, sizeof(text),
		 "The newest signed head covers the first %s.",
		 text_thousands(number, sizeof(number), any ? last.size : 0));
	view_count(visit->view, "entries", head.size, "entry", "entries");
	view_text(visit->view, "signed",
		  any ? text : "The head is signed with the first send.");
	view_text(visit->view, "state_tone", "ok");
	marks_tag(view_object(visit->view, "state_tag"), "tag", "ok", "note",
		  "Kept");
	return true;
}

/* Links: older entries, the newest, the exports. */
static void fill_links(struct visit *visit, const struct listing *l,
		       const struct ledger_filter *filter)
{
	struct buf query = BUF_INIT;
	struct buf older = BUF_INIT;
	struct buf export = BUF_INIT;

	log_filter_put_query(visit, &query);
	if (l->more) {
		buf_printf(&older, "%s%sbefore=%" PRId64, buf_str(&query),
			   query.len > 0 ? "&" : "", l->last);
	}
	if (query.len > 0) {
		buf_printf(&export, "&%s", buf_str(&query));
	}
	view_text(visit->view, "older", buf_str(&older));
	view_text(visit->view, "newest",
		  filter->before == 0 ? ""
		  : query.len > 0     ? buf_str(&query)
				      : "kind=");
	view_text(visit->view, "export", buf_str(&export));
	view_flag(visit->view, "filtered", query.len > 0);
	buf_clear(&query);
	buf_clear(&older);
	buf_clear(&export);
}

/* Head and entries of one moment. */
static bool fill_entries(struct visit *visit,
			 const struct ledger_filter *filter,
			 struct listing *listing, struct err *err)
{
	struct db *db = app_of(visit)->db;

	return db_snapshot(db, err) &&
	       db_finish(db,
			 fill_state(visit, err) &&
				 ledger_each(db, filter, PAGE_ENTRIES + 1,
					     add_entry, listing, err),
			 err);
}

bool log_show(struct visit *visit, struct err *err)
{
	struct ledger_filter filter;
	struct listing l = { .days = view_array(visit->view, "days") };

	if (!log_filter_read(visit, &filter, err) ||
	    !fill_entries(visit, &filter, &l, err)) {
		return false;
	}
	fill_choices(visit);
	fill_links(visit, &l, &filter);
	return true;
}
