/*
 * One instruction as Home and Instructions show it. What it does is told in
 * our own words; what the vendor wrote is shown as the vendor's and only as
 * text.
 */
#include "cgi/device/instructions_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/people/marks.h"
#include "web/view.h"

static void state_tag(json_t *item, const struct instruction_row *row)
{
	switch (row->state) {
	case INSTRUCTION_ASKED:
		marks_tag(item, "tag", "warn", "wait", "Waits for you");
		break;
	case INSTRUCTION_APPROVED:
		marks_tag(item, "tag", "warn", "wait", "Allowed, not done yet");
		break;
	case INSTRUCTION_DONE:
		marks_tag(item, "tag", "ok", "ok", "Done");
		break;
	default:
		if (row->refusal == INSTRUCTION_REFUSAL_FAILED) {
			marks_tag(item, "tag", "bad", "bad", "Did not work");
		} else {
			marks_tag(item, "tag", "", "off", "Refused");
		}
		break;
	}
}

static void fill_decided(json_t *item, const struct instruction_row *row)
{
	char text[96] = "";
	/* What was allowed may still be refused, for another reason. */
	bool refused = row->refusal == INSTRUCTION_REFUSAL_PERSON ||
		       row->refusal == INSTRUCTION_REFUSAL_POLICY;

	if (row->decided_by[0] != '\0') {
		snprintf(text, sizeof(text), "%s %s",
			 refused ? "Refused by" : "Allowed by",
			 strcmp(row->decided_by, INSTRUCTION_BY_POLICY) == 0
				 ? "the rule for its kind"
				 : row->decided_by);
	}
	view_text(item, "decided", text);
}

void instructions_row_fill(const struct visit *visit, json_t *item,
			   const struct instruction_row *row)
{
	struct buf sentence = BUF_INIT;
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, row->is.number);
	instruction_put_sentence(&sentence, &row->is);
	view_text(item, "number", number);
	view_text(item, "kind", instruction_kind_title(row->is.kind));
	view_text(item, "sentence", buf_str(&sentence));
	view_text(item, "by", row->is.by);
	view_text(item, "vendor", app_of(visit)->config.server_name);
	view_text(item, "reason", row->is.reason);
	view_text(item, "words",
		  row->is.kind == INSTRUCTION_MESSAGE   ? row->is.message
		  : row->is.kind == INSTRUCTION_PACKAGE ? row->is.package
							: "");
	view_time(item, "taken", row->taken_at);
	view_time(item, "until", row->is.expires_at);
	view_sentence(item, "outcome", row->outcome);
	fill_decided(item, row);
	view_flag(item, "told", row->reported);
	state_tag(item, row);
	buf_clear(&sentence);
}

bool instructions_row_each(struct visit *visit, bool open, size_t limit,
			   void (*put)(struct visit *visit, json_t *list,
				       const struct instruction_row *row),
			   json_t *list, struct err *err)
{
	struct instruction_row *rows = NULL;
	size_t count = 0;

	if (!instructions_list(app_of(visit)->db, open, limit, &rows, &count,
			       err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		put(visit, list, &rows[i]);
	}
	mem_free(rows);
	return true;
}
