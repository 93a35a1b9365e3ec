/*
 * The log as a file: CSV, JSON lines or XML, oldest first, with the filters of
 * the log page. domain/ledger_export.c owns the forms. An export over the
 * limit is refused whole, never cut.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cgi/device/app.h"
#include "cgi/device/log_filter.h"
#include "cgi/device/pages.h"
#include "domain/ledger_export.h"

#define EXPORT_MAX_BYTES (16u * 1024 * 1024)

struct export
{
	struct buf out;
	enum ledger_format format;
};

static bool add_entry(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	struct export *export = ctx;

	ledger_export_entry(&export->out, export->format, entry);
	if (export->out.overflow) {
		return err_set(
			err, ERR_LIMIT,
			"The export is larger than 16 MiB. Choose fewer "
			"days, or export at the device with \"sluice log "
			"--csv\".");
	}
	return true;
}

bool log_export_show(struct visit *visit, struct err *err)
{
	const char *name = request_query(visit->request, "format");
	struct export export = {
		.out = { .max = EXPORT_MAX_BYTES },
		.format = ledger_format_by_name(name),
	};
	struct ledger_filter filter;
	char date[CLOCK_TEXT_SIZE];
	char filename[48];

	if (export.format == LEDGER_FORMAT_UNSET) {
		return visit_fail(visit, 400, err,
				  "The format is none of csv, json, xml.");
	}
	if (!log_filter_read(visit, &filter, err)) {
		return false;
	}
	filter.oldest_first = true;
	ledger_export_begin(&export.out, export.format);

	bool done = ledger_each(app_of(visit)->db, &filter, 0, add_entry,
				&export, err);

	ledger_export_end(&export.out, export.format);
	clock_format(date, visit->request->now);
	snprintf(filename, sizeof(filename), "sluice-log-%.10s.%s", date, name);
	if (done) {
		response_download(visit->response,
				  ledger_format_type(export.format), filename,
				  export.out.data, export.out.len);
	} else if (err->kind == ERR_LIMIT) {
		visit->fail_status = 413;
	}
	buf_clear(&export.out);
	return done;
}
