/*
 * Options of "sluice log" to a filter of the ledger. Dates are UTC: a day
 * ("2026-11-23") or a time ("2026-11-23T14:02:07Z").
 */
#include "cli/log_options.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"

const struct cli_option log_options[] = {
	{ "--kind", "KIND", "only grant, withdrawal, staged, sent, ...",
	  false },
	{ "--transaction", "UUID", "only of this transaction", false },
	{ "--actor", "NAME", "only what this account or program did", false },
	{ "--service", "SERVICE", "only about this service", false },
	{ "--result", "RESULT", "only ok, refused, waiting or failed", false },
	{ "--since", "DATE", "not older (UTC)", false },
	{ "--until", "DATE", "older than this (UTC)", false },
	{ "--before", "SEQUENCE", "only entries with a smaller sequence",
	  false },
	{ "--limit", "COUNT",
	  "most entries; 0 = all (a list: 50, an export: "
	  "all)",
	  false },
	{ "--csv", NULL, "export as CSV, oldest first", false },
	{ "--json", NULL, "export as JSON, one object a line, oldest first",
	  false },
	{ "--xml", NULL, "export as XML, oldest first", false },
	{ NULL, NULL, NULL, false }
};

static bool read_date(const struct cli_args *args, const char *option,
		      int64_t *at, struct err *err)
{
	const char *text = cli_value(args, option);
	if (text == NULL || clock_parse(text, at)) {
		return true;
	}
	char day[CLOCK_TEXT_SIZE];
	if (strlen(text) == strlen("2026-11-23")) {
		snprintf(day, sizeof(day), "%.10sT00:00:00Z", text);
		if (clock_parse(day, at)) {
			return true;
		}
	}
	return err_set(err, ERR_INVALID,
		       "%s must be a day (2026-11-23) or a "
		       "time (2026-11-23T14:02:07Z), in UTC.",
		       option);
}

static bool read_kind(const char *name, enum ledger_kind *kind, struct err *err)
{
	if (name == NULL) {
		return true;
	}
	*kind = ledger_kind_by_name(name);
	if (*kind != LEDGER_UNSET) {
		return true;
	}
	struct buf known = BUF_INIT;
	for (int k = LEDGER_UNSET + 1; k < LEDGER_KINDS; k++) {
		buf_printf(&known, "%s%s", known.len == 0 ? "" : ", ",
			   ledger_kind_name((enum ledger_kind)k));
	}
	err_set(err, ERR_INVALID,
		"There is no kind \"%.40s\". The kinds are: "
		"%s.",
		name, buf_str(&known));
	buf_clear(&known);
	return false;
}

bool log_options_read(const struct cli_args *args, struct ledger_filter *filter,
		      struct err *err)
{
	struct ledger_filter f = {
		.transaction = cli_value(args, "--transaction"),
		.actor = cli_value(args, "--actor"),
		.service = cli_value(args, "--service"),
		.result = cli_value(args, "--result"),
	};
	long long before = 0;
	if (!read_kind(cli_value(args, "--kind"), &f.kind, err) ||
	    !read_date(args, "--since", &f.since, err) ||
	    !read_date(args, "--until", &f.until, err) ||
	    !cli_number(args, "--before", 1, INT64_MAX, &before, err)) {
		return false;
	}
	f.before = before;
	*filter = f;
	return true;
}
