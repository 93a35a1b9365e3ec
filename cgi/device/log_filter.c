/*
 * Query fields of the log pages to a filter of the ledger, and back to a
 * query string for links. Their form was checked by the router.
 */
#include "cgi/device/log_filter.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "formats/urlencoded.h"

#define DAY_S (24 * 60 * 60)

static bool read_day(const char *day, int64_t *at, struct err *err)
{
	char text[CLOCK_TEXT_SIZE];

	if (day[0] == '\0') {
		return true;
	}
	snprintf(text, sizeof(text), "%.10sT00:00:00Z", day);
	return clock_parse(text, at) ||
	       err_set(err, ERR_INVALID, "There is no day %.10s.", day);
}

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

bool log_filter_read(const struct visit *visit, struct ledger_filter *filter,
		     struct err *err)
{
	const struct request *request = visit->request;
	const char *kind = request_query(request, "kind");
	struct ledger_filter f = {
		.transaction = or_null(request_query(request, "transaction")),
		.actor = or_null(request_query(request, "actor")),
		.service = or_null(request_query(request, "service")),
		.result = or_null(request_query(request, "result")),
	};

	if (!read_day(request_query(request, "since"), &f.since, err) ||
	    !read_day(request_query(request, "until"), &f.until, err)) {
		return false;
	}
	f.until = f.until != 0 ? f.until + DAY_S : 0;
	if (kind[0] != '\0') {
		f.kind = ledger_kind_by_name(kind);
		if (f.kind == LEDGER_UNSET) {
			return err_set(err, ERR_INVALID,
				       "The log has no kind \"%s\".", kind);
		}
	}
	if (!text_parse_i64(request_query(request, "before"), 0, INT64_MAX,
			    &f.before)) {
		f.before = 0;
	}
	*filter = f;
	return true;
}

void log_filter_put_query(const struct visit *visit, struct buf *out)
{
	static const char *const names[] = {
		"kind",  "service", "result",      "actor",
		"since", "until",   "transaction",
	};
	struct buf query = BUF_INIT;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = request_query(visit->request, names[i]);

		if (value[0] != '\0') {
			urlencoded_put(&query, names[i], value);
		}
	}
	buf_put(out, query.data, query.len);
	buf_clear(&query);
}
