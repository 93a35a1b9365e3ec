/*
 * Pages of the manual against the tables of commands.
 */
#include "man_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"

char *man_page_read(const char *name)
{
	const char *top = getenv("abs_top_srcdir");
	char *path = files_join(top == NULL ? "." : top, name);
	struct buf raw = BUF_INIT, plain = BUF_INIT;
	assert_true(files_read(path, 1 << 20, &raw, NULL));
	mem_free(path);
	/* "\-" of roff is a plain dash to readers. */
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.data[i] != '\\' || raw.data[i + 1] != '-') {
			buf_put(&plain, raw.data + i, 1);
		}
	}
	buf_clear(&raw);
	return buf_take_str(&plain);
}

static void check_section(const char *page, const char *name,
			  const struct cli_command *command)
{
	char head[240];
	bool more = command->arguments != NULL && command->commands == NULL;
	snprintf(head, sizeof(head), "\n.SS %s%s%s\n", name, more ? " " : "",
		 more ? command->arguments : "");
	const char *at = strstr(page, head);
	if (at == NULL) {
		fail_msg("the man page lacks \"%s\"", head);
	}
	const char *end = strstr(at + 1, "\n.S");
	for (const struct cli_option *o = command->options;
	     o != NULL && o->name != NULL; o++) {
		const char *option = strstr(at, o->name);
		if (option == NULL || option > end) {
			fail_msg("\"%s\" lacks %s", name, o->name);
		}
	}
}

static void check_table(const char *page, const char *path,
			const struct cli_command *table)
{
	for (; table->name != NULL; table++) {
		char name[200];
		snprintf(name, sizeof(name), "%s%s%s", path,
			 path[0] == '\0' ? "" : " ", table->name);
		if (table->run != NULL) {
			check_section(page, name, table);
		}
		if (table->commands != NULL) {
			check_table(page, name, table->commands);
		}
	}
}

void man_page_check(const char *page, const struct cli_command *table)
{
	check_table(page, "", table);
}
