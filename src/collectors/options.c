/*
 * Command lines of collectors. cli/ has its own reader for the commands of
 * sluice: collectors are separate programs and link none of it.
 */
#include "collectors/options.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static const struct option_row *find(const struct option_row *rows,
				     const char *arg, size_t len)
{
	for (const struct option_row *r = rows; r->name != NULL; r++) {
		if (strncmp(r->name, arg, len) == 0 && r->name[len] == '\0') {
			return r;
		}
	}
	return NULL;
}

enum options_result options_read(const struct option_row *rows, int argc,
				 char *const argv[], struct err *err)
{
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];
		size_t len = strcspn(arg, "=");
		if (strcmp(arg, "--help") == 0) {
			return OPTIONS_HELP;
		}
		if (strcmp(arg, "--version") == 0) {
			return OPTIONS_VERSION;
		}
		const struct option_row *row = find(rows, arg, len);
		if (row == NULL) {
			err_set(err, ERR_INVALID,
				"unknown argument %.80s; "
				"--help shows what there is",
				arg);
			return OPTIONS_WRONG;
		}
		if (*row->target != NULL) {
			err_set(err, ERR_INVALID, "%s is given twice",
				row->name);
			return OPTIONS_WRONG;
		}
		if (arg[len] == '=') {
			*row->target = arg + len + 1;
		} else if (i + 1 < argc) {
			*row->target = argv[++i];
		} else {
			err_set(err, ERR_INVALID, "%s wants %s after it",
				row->name, row->value);
			return OPTIONS_WRONG;
		}
	}
	return OPTIONS_RUN;
}

static void put_row(struct buf *out, const char *name, const char *value,
		    const char *help)
{
	char left[40];

	snprintf(left, sizeof(left), "%s%s%s", name, value != NULL ? " " : "",
		 value != NULL ? value : "");
	buf_printf(out, "  %-22s %s\n", left, help);
}

void options_put_help(struct buf *out, const char *program,
		      const char *operands, const char *purpose,
		      const struct option_row *rows)
{
	buf_printf(out, "usage: %s [options]%s%s\n%s\n\n", program,
		   operands != NULL ? " " : "",
		   operands != NULL ? operands : "", purpose);
	for (const struct option_row *r = rows; r->name != NULL; r++) {
		put_row(out, r->name, r->value, r->help);
	}
	put_row(out, "--help", NULL, "shows this and ends");
	put_row(out, "--version", NULL, "shows the version and ends");
}
