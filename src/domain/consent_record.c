/*
 * Reads the consent record and writes its CSV; one record of the JSON is
 * consent_record_json.c's. The rows are those of table grants with the texts
 * of table agreed; nothing is taken from the log, which says the same. That a
 * grant is suspended is seen when the record is made: a change of words comes
 * with a new version of the program and writes nothing.
 *
 * Columns of the CSV, RFC 4180 with a head row, times in RFC 3339 UTC:
 *
 *	record_id, device, control, state, begin (given, renewed, confirmed),
 *	given_at, given_by, language, covers_since, until, end (withdrawn,
 *	expired, replaced), ended_at, ended_by, replaces, replaced_by, purpose,
 *	sends, never_sends, personal_fields, words_sha256, fields_sha256, words
 */
#include "domain/consent_record.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/service.h"
#include "domain/consent_parts.h"
#include "domain/consent_record_parts.h"
#include "formats/csv.h"

enum consent_record_format consent_record_format_by_name(const char *name)
{
	if (text_equal(name, "csv")) {
		return CONSENT_RECORD_CSV;
	}
	return text_equal(name, "json") ? CONSENT_RECORD_JSON
					: CONSENT_RECORD_UNSET;
}

const char *consent_record_format_type(enum consent_record_format format)
{
	switch (format) {
	case CONSENT_RECORD_CSV:
		return "text/csv; charset=utf-8";
	case CONSENT_RECORD_JSON:
		return "application/json; charset=utf-8";
	case CONSENT_RECORD_UNSET:
		break;
	}
	return "";
}

static const char *text_or(const char *text, const char *other)
{
	return text[0] != '\0' ? text : other;
}

bool consent_record_of_device(struct db *db, const struct device_config *config,
			      struct machine *machine,
			      struct consent_record_about *about,
			      struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	*machine = (struct machine){ .id = "" };
	if (!machines_get(db, machine, &why) && why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	*about = (struct consent_record_about){
		.device = config->id,
		.serial = text_or(machine->serial_number, config->serial),
		.model = text_or(machine->make_and_model, config->title),
		.controller = config->server_name,
	};
	return true;
}

/* ---- what was agreed to ---- */

void consent_record_put_word(struct buf *out,
			     const struct consent_record_row *row,
			     const char *key)
{
	size_t key_len = strlen(key);

	for (const char *at = row->words; *at != '\0';) {
		size_t len = strcspn(at, "\n");
		if (len > key_len && strncmp(at, key, key_len) == 0 &&
		    at[key_len] == ' ') {
			buf_put(out, at + key_len + 1, len - key_len - 1);
			return;
		}
		at += len + (at[len] == '\n');
	}
}

/* The row's class, the third column; "" for one of another form. */
static void copy_class(char dst[16], const char *row, size_t len)
{
	const char *end = row + len;

	dst[0] = '\0';
	for (int column = 0; column < 2; column++) {
		row = memchr(row, '\t', (size_t)(end - row));
		if (row == NULL) {
			return;
		}
		row++;
	}
	size_t word = strcspn(row, "\t\n");
	if (word < 16 && row + word <= end) {
		memcpy(dst, row, word);
		dst[word] = '\0';
	}
}

/* The walk through the lines of service_put_catalogue(). */
struct fields_walk {
	void (*take)(void *ctx, const struct consent_record_field *field);
	void *ctx;
	char *document;
};

static void take_field(const struct fields_walk *w, const char *class,
		       const char *what, size_t len)
{
	struct buf attribute = BUF_INIT;
	struct consent_record_field field = { .class = class };

	buf_printf(&attribute, "%s/", w->document);
	buf_put(&attribute, what, len);
	field.attribute = buf_str(&attribute);
	w->take(w->ctx, &field);
	buf_clear(&attribute);
}

static void take_form(const struct fields_walk *w, const char *form, size_t len)
{
	static const char *const classes[] = { "personal", "network" };
	char *text = mem_strndup(form, len);

	for (size_t i = 0; i < 2; i++) {
		char slot[16] = "{";
		strcat(slot, classes[i]);
		strcat(slot, "}");
		if (strstr(text, slot) != NULL) {
			take_field(w, classes[i], form, len);
		}
	}
	mem_free(text);
}

static void take_line(struct fields_walk *w, const char *line, size_t len)
{
	static const char document[] = "document ", form[] = "form\t";
	char class[16];

	if (len > strlen(document) &&
	    strncmp(line, document, strlen(document)) == 0) {
		mem_free(w->document);
		w->document = mem_strndup(line + strlen(document),
					  len - strlen(document));
		return;
	}
	if (len > strlen(form) && strncmp(line, form, strlen(form)) == 0) {
		take_form(w, line + strlen(form), len - strlen(form));
		return;
	}
	copy_class(class, line, len);
	if (strcmp(class, "personal") == 0 || strcmp(class, "network") == 0) {
		take_field(w, class, line, strcspn(line, "\t"));
	}
}

void consent_record_each_field(
	const struct consent_record_row *row,
	void (*take)(void *ctx, const struct consent_record_field *field),
	void *ctx)
{
	struct fields_walk w = { take, ctx, mem_strdup("") };

	for (const char *at = row->fields; *at != '\0';) {
		size_t len = strcspn(at, "\n");
		take_line(&w, at, len);
		at += len + (at[len] == '\n');
	}
	mem_free(w.document);
}

/* ---- CSV ---- */

static const char *const columns[] = {
	"record_id",       "device",       "control",
	"state",           "begin",        "given_at",
	"given_by",        "language",     "covers_since",
	"until",           "end",          "ended_at",
	"ended_by",        "replaces",     "replaced_by",
	"purpose",         "sends",        "never_sends",
	"personal_fields", "words_sha256", "fields_sha256",
	"words",           NULL,
};

static void put_time(struct csv_writer *w, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(text, at);
	csv_cell(w, at == 0 ? NULL : text);
}

static void put_word(struct csv_writer *w, const struct consent_record_row *row,
		     const char *key)
{
	struct buf word = BUF_INIT;

	consent_record_put_word(&word, row, key);
	csv_cell(w, buf_str(&word));
	buf_clear(&word);
}

static void list_field(void *ctx, const struct consent_record_field *field)
{
	struct buf *list = ctx;

	buf_printf(list, "%s%s (%s)", list->len > 0 ? "; " : "",
		   field->attribute, field->class);
}

static void put_fields(struct csv_writer *w,
		       const struct consent_record_row *row)
{
	struct buf list = BUF_INIT;

	consent_record_each_field(row, list_field, &list);
	csv_cell(w, buf_str(&list));
	buf_clear(&list);
}

static void put_csv(struct buf *out, const struct consent_record_about *about,
		    const struct consent_record_row *row)
{
	struct csv_writer w;

	csv_init(&w, out);
	csv_cell(&w, row->grant);
	csv_cell(&w, about->device);
	csv_cell(&w, row->control);
	csv_cell(&w, row->state);
	csv_cell(&w, row->begin);
	put_time(&w, row->granted_at);
	csv_cell(&w, row->granted_by);
	csv_cell(&w, row->language);
	put_time(&w, row->since);
	put_time(&w, row->until);
	csv_cell(&w, row->end);
	put_time(&w, row->ended_at);
	csv_cell(&w, row->ended_by);
	csv_cell(&w, row->replaces);
	csv_cell(&w, row->replaced_by);
	put_word(&w, row, "purpose");
	put_word(&w, row, "sends");
	put_word(&w, row, "never");
	put_fields(&w, row);
	csv_cell(&w, row->text_sha256);
	csv_cell(&w, row->catalogue_sha256);
	csv_cell(&w, row->words);
	csv_end_row(&w);
}

/* ---- rows ---- */

#define BEFORE(column) "LAG(grants." column ", 1, '') OVER by_control"
#define AFTER(column) "LEAD(grants." column ", 1, '') OVER by_control"

static const char rows_sql[] =
	"SELECT grants.service, id, granted_at, granted_by, language, since, "
	"until, text_sha256, catalogue_sha256, coalesce(words.text, ''), "
	"coalesce(fields.text, ''), ended_at, ended_by, end_reason, " BEFORE("end_reason") ", " BEFORE("id") ", " BEFORE(
		"text_sha256") ", " BEFORE("catalogue_sha256") ", " AFTER("id") " FROM grants "
										"LEFT JOIN agreed AS words ON words.sha256 = grants.text_sha256 "
										"LEFT JOIN agreed AS fields "
										"ON fields.sha256 = grants.catalogue_sha256 "
										"WINDOW by_control AS (PARTITION BY grants.service "
										"ORDER BY grants.number) ORDER BY grants.number";

/* Columns of rows_sql. */
enum {
	ROW_SERVICE,
	ROW_ID,
	ROW_GRANTED_AT,
	ROW_GRANTED_BY,
	ROW_LANGUAGE,
	ROW_SINCE,
	ROW_UNTIL,
	ROW_TEXT,
	ROW_CATALOGUE,
	ROW_WORDS,
	ROW_FIELDS,
	ROW_ENDED_AT,
	ROW_ENDED_BY,
	ROW_END_REASON,
	ROW_BEFORE_END,
	ROW_BEFORE_ID,
	ROW_BEFORE_TEXT,
	ROW_BEFORE_CATALOGUE,
	ROW_AFTER_ID
};

static void read_begin(const struct stmt *q, struct consent_record_row *row)
{
	row->begin = "given";
	row->replaces = "";
	if (text_equal(db_text(q, ROW_BEFORE_END), "renewed")) {
		bool same = text_equal(db_text(q, ROW_BEFORE_TEXT),
				       row->text_sha256) &&
			    text_equal(db_text(q, ROW_BEFORE_CATALOGUE),
				       row->catalogue_sha256);
		row->begin = same ? "renewed" : "confirmed";
		row->replaces = db_text(q, ROW_BEFORE_ID);
	}
}

/* One that stands: are its words still those of now? */
static const char *standing_state(const struct consent_record_row *row)
{
	if (row->service == NULL && !text_equal(row->control, "remote")) {
		return "suspended"; /* a service of another version */
	}
	return consent_is_covered(row->service, row->text_sha256,
				  row->catalogue_sha256)
		       ? "allowed"
		       : "suspended";
}

static void read_end(const struct stmt *q, struct consent_record_row *row)
{
	row->ended_by = row->replaced_by = row->end = "";
	if (!db_is_null(q, ROW_ENDED_AT)) {
		const char *reason = db_text(q, ROW_END_REASON);
		bool replaced = text_equal(reason, "renewed");
		row->ended_at = db_int(q, ROW_ENDED_AT);
		row->ended_by = db_text(q, ROW_ENDED_BY);
		row->end = replaced ? "replaced" : reason;
		row->replaced_by = replaced ? db_text(q, ROW_AFTER_ID) : "";
	} else if (row->until != 0 && row->until <= row->now) {
		/* Nobody wrote it yet. */
		row->ended_at = row->until;
		row->end = "expired";
	}
	row->state = row->end[0] != '\0' ? row->end : standing_state(row);
}

static void read_row(const struct stmt *q, int64_t now,
		     struct consent_record_row *row)
{
	int64_t service = db_int(q, ROW_SERVICE);

	*row = (struct consent_record_row){
		.service = service_of((enum service_id)service),
		.grant = db_text(q, ROW_ID),
		.granted_at = db_int(q, ROW_GRANTED_AT),
		.granted_by = db_text(q, ROW_GRANTED_BY),
		.language = db_text(q, ROW_LANGUAGE),
		.since = db_int(q, ROW_SINCE),
		.until = db_int(q, ROW_UNTIL),
		.text_sha256 = db_text(q, ROW_TEXT),
		.catalogue_sha256 = db_text(q, ROW_CATALOGUE),
		.words = db_text(q, ROW_WORDS),
		.fields = db_text(q, ROW_FIELDS),
		.now = now,
	};
	row->control = service == SERVICE_UNSET || row->service != NULL
			       ? consent_name(row->service)
			       : "unknown";
	read_begin(q, row);
	read_end(q, row);
}

static void put_head(struct buf *out, enum consent_record_format format,
		     const struct consent_record_about *about, int64_t now)
{
	struct csv_writer w;

	if (format == CONSENT_RECORD_JSON) {
		consent_record_json_begin(out, about, now);
		return;
	}
	csv_init(&w, out);
	csv_row(&w, columns);
}

static bool put_rows(struct db *db, enum consent_record_format format,
		     const struct consent_record_about *about, int64_t now,
		     struct buf *out, struct err *err)
{
	struct stmt q;
	struct consent_record_row row;
	bool first = true;

	if (!db_query(db, &q, rows_sql, err)) {
		return false;
	}
	while (!out->overflow && db_row(&q)) {
		read_row(&q, now, &row);
		if (format == CONSENT_RECORD_JSON) {
			consent_record_json_row(out, about, &row, first);
		} else {
			put_csv(out, about, &row);
		}
		first = false;
	}
	return db_done(&q, err);
}

bool consent_record_put(struct db *db, enum consent_record_format format,
			const struct consent_record_about *about, int64_t now,
			struct buf *out, struct err *err)
{
	struct buf all = BUF_INIT;

	if (consent_record_format_type(format)[0] == '\0') {
		return err_set(err, ERR_INVALID,
			       "The consent record is given as csv or json.");
	}
	all.max = CONSENT_RECORD_MAX;
	put_head(&all, format, about, now);
	bool ok = put_rows(db, format, about, now, &all, err);
	if (format == CONSENT_RECORD_JSON) {
		consent_record_json_end(&all);
	}
	if (ok && all.overflow) {
		ok = err_set(err, ERR_LIMIT,
			     "The consent record is longer than %u bytes; "
			     "export the log instead, which holds every "
			     "decision too.",
			     CONSENT_RECORD_MAX);
	}
	if (ok) {
		buf_put(out, all.data, all.len);
	}
	buf_clear(&all);
	return ok;
}
