/*
 * What "sluice collect" says of a collector's output, for the person who
 * writes the collector. Whether a value may leave is not asked here, since
 * that depends on what is allowed: "sluice preview" shows it.
 */
#include "cli/collect_summary.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/print.h"
#include "documents/log_line.h"

#define CLOCK_SLACK_S 60 /* two clocks of one machine may differ so much */

/* What stays whatever is allowed, though it is in the catalogue. */
struct staying {
	size_t lines;    /* in no form */
	size_t timeless; /* groups that need a time and do not know it */
	size_t kept;     /* of class job or secret */
};

static void count_staying(const struct document *document,
			  const struct item *item, bool kept,
			  struct staying *staying)
{
	for (; item != NULL; item = item->next) {
		const struct field *f = item->field;
		struct log_line line;
		bool keep = kept || f->class == CLASS_JOB ||
			    f->class == CLASS_SECRET;
		staying->kept += keep && item->text != NULL;
		staying->lines +=
			f->type == TYPE_LINE &&
			!log_line_match(document->forms, item->text, &line);
		staying->timeless += f->moment && f->required &&
				     text_equal(item->text, "unknown");
		count_staying(document, item->children, keep, staying);
	}
}

static void put_documents(const struct collected *collected,
			  struct staying *staying, FILE *out)
{
	static const char *const head[] = { "DOCUMENT", "VALUES", NULL };
	struct print_table table;
	const struct document *d;

	print_table_init(&table, head);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		const struct item *root = collected->documents[d->kind];
		char count[24];
		snprintf(count, sizeof(count), "%zu",
			 root != NULL ? item_values(root) : 0);
		const char *const cells[] = { d->name,
					      root != NULL ? count : NULL };
		print_table_row(&table, cells);
		if (root != NULL) {
			count_staying(d, root->children, false, staying);
		}
	}
	print_table_end(&table, out);
}

static void put_staying(const struct staying *staying, FILE *out)
{
	const struct {
		size_t count;
		const char *what;
	} rows[] = {
		{ staying->lines, "log lines in no form of the catalogue" },
		{ staying->timeless, "groups whose time is unknown" },
		{ staying->kept, "values about jobs, and secrets" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].count > 0) {
			print_line(out, "Stays whatever is allowed: %zu %s.",
				   rows[i].count, rows[i].what);
		}
	}
}

static bool put_strays(const struct collected *collected, FILE *out)
{
	if (collected->strays == NULL) {
		print_line(out, "All of it is in the catalogue.");
		return true;
	}
	print_line(out, "Not taken, since it is not in the catalogue or no "
			"value of its field:");
	for (const struct stray *s = collected->strays; s != NULL;
	     s = s->next) {
		print_line(out, "  %s: %s (%u)", s->path, s->reason, s->count);
	}
	return false;
}

bool collect_summary_put(const struct collected *collected, int64_t now,
			 FILE *out)
{
	struct staying staying = { 0, 0, 0 };
	char time[PRINT_TIME_SIZE];
	bool timely = collected->at <= now + CLOCK_SLACK_S;

	print_line(out, "Read at: %s", print_time(time, collected->at));
	put_documents(collected, &staying, out);
	put_staying(&staying, out);
	if (!timely) {
		print_line(out, "collectedAt is in the future: it must be when "
				"the machine was read, in UTC.");
	}
	return put_strays(collected, out) && timely;
}
