/*
 * The consent record as a file, CSV or JSON: every grant there ever was.
 * domain/consent_record.c owns the forms.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "domain/consent_record.h"

static bool put_record(struct visit *visit, enum consent_record_format format,
		       struct buf *out, struct err *err)
{
	const struct device_app *app = app_of(visit);
	struct machine machine;
	struct consent_record_about about;

	return consent_record_of_device(app->db, &app->config, &machine, &about,
					err) &&
	       consent_record_put(app->db, format, &about, visit->request->now,
				  out, err);
}

bool privacy_record_show(struct visit *visit, struct err *err)
{
	const char *name = request_query(visit->request, "format");
	enum consent_record_format format = consent_record_format_by_name(name);
	char date[CLOCK_TEXT_SIZE];
	char filename[48];
	struct buf out = BUF_INIT;

	if (format == CONSENT_RECORD_UNSET) {
		return visit_fail(visit, 400, err,
				  "The format is neither csv nor json.");
	}
	clock_format(date, visit->request->now);
	snprintf(filename, sizeof(filename), "sluice-consent-%.10s.%s", date,
		 name);
	bool done = put_record(visit, format, &out, err);

	if (done) {
		response_download(visit->response,
				  consent_record_format_type(format), filename,
				  out.data, out.len);
	} else if (err->kind == ERR_LIMIT) {
		visit->fail_status = 413;
	}
	buf_clear(&out);
	return done;
}
