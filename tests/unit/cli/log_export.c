/* The forms of exported logs, which scripts rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "capture.h"
#include "cli/log_export.h"
#include "store/migrate.h"

struct fixture {
	char *dir;
	struct db *db;
};

static int set_up(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f));
	f->dir = capture_make_dir();
	char *path = files_join(f->dir, "sluice.db");
	assert_true(db_open(path, DB_CREATE, &f->db, NULL));
	assert_true(migrate(f->db, "device", NULL));
	mem_free(path);
	struct ledger_entry grant = {
		.at = 1795442527,
		.kind = LEDGER_GRANT,
		.actor = "=sam,\"x\"",
		.service = "metering",
		.grant = "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
		.result = "ok",
		.text = "Allowed <metering> & more",
	};
	struct ledger_entry sent = {
		.at = 1795442528,
		.kind = LEDGER_SENT,
		.actor = "daemon",
		.transaction = "0193594e-7a11-7c3e-9d54-2f0f6a1be7c2",
		.bytes = 4204,
		.result = "ok",
		.text = "sent",
	};
	assert_true(ledger_append(f->db, &grant, NULL));
	assert_true(ledger_append(f->db, &sent, NULL));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	db_close(f->db);
	capture_remove_dir(f->dir);
	mem_free(f);
	return 0;
}

static char *export(struct fixture *f, enum ledger_format format, size_t limit)
{
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	const struct ledger_filter filter = { .oldest_first = true };
	assert_true(log_export(f->db, &filter, limit, format, file, NULL));
	fclose(file);
	return out;
}

static void csv_has_a_head_and_no_formulas(void **state)
{
	char *out = export(*state, LEDGER_FORMAT_CSV, 0);
	assert_true(text_starts_with(
		out, "sequence,at,kind,transaction,actor,service,"
		     "grant,peer,bytes,sha256,result,text,leaf\r\n0,"
		     "2026-11-23T14:02:07Z,grant,,"));
	assert_non_null(strstr(out, ",\"'=sam,\"\"x\"\"\",metering,"));
	assert_non_null(strstr(out, "\r\n1,2026-11-23T14:02:08Z,sent,"));
	assert_non_null(strstr(out, ",4204,,ok,sent,"));
	free(out);
}

static void json_is_one_object_a_line(void **state)
{
	char *out = export(*state, LEDGER_FORMAT_JSON, 0);
	char *second = strchr(out, '\n') + 1;
	json_t *a = json_loadb(out, (size_t)(second - out), 0, NULL);
	json_t *b = json_loads(second, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(a, "sequence")), 0);
	assert_string_equal(json_string_value(json_object_get(a, "actor")),
			    "=sam,\"x\"");
	assert_null(json_object_get(a, "bytes"));
	assert_int_equal(json_integer_value(json_object_get(b, "bytes")), 4204);
	assert_int_equal(strlen(json_string_value(json_object_get(b, "leaf"))),
			 64);
	json_decref(a);
	json_decref(b);
	free(out);
}

static void xml_is_escaped(void **state)
{
	char *out = export(*state, LEDGER_FORMAT_XML, 0);
	assert_true(text_starts_with(
		out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<Log xmlns=\"urn:sluice:log:1\">\n<Entry "));
	assert_non_null(strstr(out, "Allowed &lt;metering&gt; &amp; more"
				    "</Entry>\n<Entry "));
	assert_non_null(strstr(out, "\n</Log>\n"));
	free(out);
}

static void a_limit_is_kept(void **state)
{
	char *out = export(*state, LEDGER_FORMAT_JSON, 1);
	assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
	free(out);
}

static void a_full_disk_is_said(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	const struct ledger_filter filter = { .oldest_first = true };
	FILE *full = fopen("/dev/full", "w");
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	assert_false(
		log_export(f->db, &filter, 0, LEDGER_FORMAT_CSV, full, &err));
	assert_int_equal(err.kind, ERR_IO);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_has_a_head_and_no_formulas),
		cmocka_unit_test(json_is_one_object_a_line),
		cmocka_unit_test(xml_is_escaped),
		cmocka_unit_test(a_limit_is_kept),
		cmocka_unit_test(a_full_disk_is_said),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
