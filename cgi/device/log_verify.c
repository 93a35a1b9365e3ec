/*
 * "Verify": the whole ledger computed again. A fault found is no failure of
 * the page; it is shown in plain words with the first wrong place.
 */
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "cgi/device/app.h"
#include "cgi/device/log_head.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/ledger.h"
#include "web/view.h"

static void show_whole(json_t *view, const struct ledger_report *report,
		       bool keyed)
{
	char root[65];

	hex_encode(root, report->head.root, sizeof(report->head.root));
	view_text(view, "tone", "ok");
	marks_tag(view, "tag", "ok", "ok", "Whole");
	view_text(view, "headline", "No entry is missing or changed.");
	view_text(view, "text",
		  keyed ? "The entries, the tree and the signed heads fit "
			  "together."
			: "The entries and the tree fit together. The key for "
			  "the signed heads could not be read here, so the "
			  "signatures were not checked.");
	view_flag(view, "whole", true);
	view_number(view, "entries", report->entries);
	view_number(view, "checkpoints", report->checkpoints);
	view_text(view, "signed", "none yet");
	if (report->signed_size > 0) {
		view_count(view, "signed", report->signed_size, "entry",
			   "entries");
	}
	view_text(view, "root", root);
}

bool log_verify_show(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct ledger_report report;
	struct buf verifier = BUF_INIT;
	json_t *view = visit->view;

	log_head_key(visit, &verifier);
	if (ledger_verify(app_of(visit)->db, buf_str(&verifier), &report,
			  &why)) {
		show_whole(view, &report, verifier.len > 0);
	} else if (why.kind == ERR_INVALID || why.kind == ERR_DENIED) {
		view_text(view, "tone", "bad");
		marks_tag(view, "tag", "bad", "bad", "Broken");
		view_text(view, "headline",
			  "The log was changed or damaged after it was "
			  "written.");
		view_sentence(view, "text", why.text);
		view_flag(view, "whole", false);
	} else {
		err_set(err, why.kind, "%s", why.text);
	}
	buf_clear(&verifier);
	return err->kind == ERR_NONE;
}
