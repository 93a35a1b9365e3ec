/* See schema.h. */
#include "tests/support/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "documents/catalogue.h"
#include "tests/support/folder.h"

#define MISSING 77

static void write_file(const char *dir, const char *name, const void *data,
		       size_t len)
{
	char *path = files_join(dir, name);
	assert_true(files_write(path, data, len, 0600, NULL));
	mem_free(path);
}

/* Looks at all of its files; removes it. */
static void check_folder(const char *dir)
{
	char command[400];
	struct buf schema = BUF_INIT;
	catalogue_put_xsd(&schema);
	write_file(dir, "schema.xsd", schema.data, schema.len);
	buf_clear(&schema);
	snprintf(command, sizeof(command),
		 "command -v xmllint >/dev/null || exit %d; cd %s && "
		 "xmllint --noout --nonet --schema schema.xsd *.xml 2>said || "
		 "{ grep -v ' validates$' said >&2; exit 1; }",
		 MISSING, dir);
	int status = system(command);
	folder_remove(dir);
	if (!WIFEXITED(status) ||
	    (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != MISSING)) {
		fail_msg("the schema does not take a transmission");
	}
}

void schema_check(const void *xml, size_t len)
{
	char dir[64];
	folder_make(dir, sizeof(dir));
	write_file(dir, "0.xml", xml, len);
	check_folder(dir);
}

void schema_check_stored(struct db *db)
{
	char dir[64];
	unsigned count = 0;
	struct stmt q;
	folder_make(dir, sizeof(dir));
	/* A test may store a heap of letters to have something long to send. */
	assert_true(db_query(db, &q,
			     "SELECT body FROM bodies "
			     "WHERE substr(body, 1, 1) = CAST('<' AS BLOB)",
			     NULL));
	while (db_row(&q)) {
		char name[32];
		size_t len;
		const void *body = db_blob(&q, 0, &len);
		snprintf(name, sizeof(name), "%u.xml", count++);
		write_file(dir, name, body, len);
	}
	assert_true(db_done(&q, NULL));
	if (count == 0) {
		folder_remove(dir);
	} else {
		check_folder(dir);
	}
}
