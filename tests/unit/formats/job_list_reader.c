/* What the reader takes from a program, and each thing that it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/job_list.h"

#include <string.h>

#include "base/buf.h"

#define HEAD "<Jobs xmlns=\"urn:sluice:jobs:1\">"
#define TAIL "</Jobs>"
#define ONE(job) HEAD "<Source>" job "</Source>" TAIL

static bool read_text(const char *xml, struct job_list *list, struct err *err)
{
	return job_list_read(xml, strlen(xml), list, err);
}

static void a_program_prints_little(void **state)
{
	(void)state;
	static const char *const fine[] = {
		HEAD TAIL,
		HEAD "<Source/>" TAIL,
		ONE(""),
		ONE("<Problem>no</Problem>"),
		ONE("<Problem>no</Problem><Job id=\"1\"/>"),
		ONE("<Job id=\"1\"/><Job id=\"2\"> </Job>"),
		ONE("<Job id=\"1\"><Time/><Bytes/><Name/></Job>"),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" ONE(
			"\n<Job id=\"1\">\n<Type>text/plain</Type>\n</Job>"),
		ONE("<Job id=\"1\"><Bytes>9223372036854775807</Bytes></Job>"),
		HEAD
		"<Source name=\"a\"/><Source name=\"b\" title=\"x\"/>" TAIL,
	};
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		struct job_list list = JOB_LIST_INIT;
		struct err err = { .kind = ERR_NONE };
		if (!read_text(fine[i], &list, &err)) {
			fail_msg("%s: %s", fine[i], err.text);
		}
		job_list_clear(&list);
	}
}

static void what_is_left_out_is_unknown(void **state)
{
	(void)state;
	struct job_list list = JOB_LIST_INIT;
	assert_true(read_text(ONE("<Job id=\"1\"/>"), &list, NULL));
	const struct job *job = job_list_find(&list, "", "1");
	assert_non_null(job);
	assert_string_equal(job->name, "");
	assert_string_equal(job->owner, "");
	assert_string_equal(job->type, "");
	assert_int_equal(job->bytes, -1);
	assert_int_equal(job->pages, -1);
	assert_int_equal(job->time, 0);
	job_list_clear(&list);
}

static void assert_refused(const char *xml, size_t len, enum err_kind kind)
{
	struct job_list list = JOB_LIST_INIT;
	struct err err = { .kind = ERR_NONE };
	if (job_list_read(xml, len, &list, &err) || err.kind != kind) {
		fail_msg("%.300s: %s", xml, err.text);
	}
	assert_int_equal(list.count, 0);
}

static void faults_refuse_the_whole(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"hello",
		HEAD,
		"<Jobs/>",
		"<Jobs xmlns=\"urn:sluice:jobs:2\"/>",
		"<Job xmlns=\"urn:sluice:jobs:1\"/>",
		"<!DOCTYPE Jobs>" HEAD TAIL,
		"<Jobs xmlns=\"urn:sluice:jobs:1\" a=\"b\"/>",
		HEAD "text" TAIL,
		HEAD "<Job id=\"1\"/>" TAIL,
		HEAD "<Source/><Source/>" TAIL,
		HEAD "<Source name=\"a\"/><Source name=\"a\"/>" TAIL,
		HEAD "<Source name=\"\"/>" TAIL,
		HEAD "<Source name=\"a/b\"/>" TAIL,
		HEAD "<Source id=\"a\"/>" TAIL,
		ONE("text"),
		ONE("<Other/>"),
		ONE("<Problem a=\"b\">no</Problem>"),
		ONE("<Problem>no</Problem><Problem>no</Problem>"),
		ONE("<Problem><Name/></Problem>"),
		ONE("<Job/>"),
		ONE("<Job id=\"\"/>"),
		ONE("<Job id=\"a b\"/>"),
		ONE("<Job id=\"1\" name=\"x\"/>"),
		ONE("<Job id=\"1\"/><Job id=\"1\"/>"),
		ONE("<Job id=\"1\">text</Job>"),
		ONE("<Job id=\"1\"><Color>red</Color></Job>"),
		ONE("<Job id=\"1\"><Name>a</Name><Name>b</Name></Job>"),
		ONE("<Job id=\"1\"><Name/><Name/></Job>"),
		ONE("<Job id=\"1\"><Name a=\"b\"/></Job>"),
		ONE("<Job id=\"1\"><Name><b>x</b></Name></Job>"),
		ONE("<Job id=\"1\"><Bytes>-1</Bytes></Job>"),
		ONE("<Job id=\"1\"><Bytes>1 KB</Bytes></Job>"),
		ONE("<Job id=\"1\"><Bytes> 1</Bytes></Job>"),
		ONE("<Job id=\"1\"><Bytes>9223372036854775808</Bytes></Job>"),
		ONE("<Job id=\"1\"><Pages>many</Pages></Job>"),
		ONE("<Job id=\"1\"><Time>yesterday</Time></Job>"),
		ONE("<Job id=\"1\"><Time>2026-02-30T00:00:00Z</Time></Job>"),
		ONE("<Job id=\"1\"><Type>pdf</Type></Job>"),
		ONE("<Job id=\"1\"><Type>a/</Type></Job>"),
		ONE("<Job id=\"1\"><Type>a/b; c=d</Type></Job>"),
		ONE("<Job id=\"1\"><Type>a/b\n</Type></Job>"),
		ONE("<Job id=\"1\"><Name>\xff</Name></Job>"),
		ONE("<Job id=\"1\"><Name>&undefined;</Name></Job>"),
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_refused(wrong[i], strlen(wrong[i]), ERR_INVALID);
	}
	assert_refused(HEAD "\0" TAIL, sizeof(HEAD "\0" TAIL) - 1, ERR_INVALID);
}

/* A number between the two, again and again. */
static void repeat(struct buf *xml, const char *before, const char *after,
		   int times)
{
	for (int i = 0; i < times; i++) {
		buf_printf(xml, "%s%d%s", before, i, after);
	}
}

static void too_many_are_refused(void **state)
{
	(void)state;
	struct buf xml = BUF_INIT;
	struct job_list list = JOB_LIST_INIT;
	buf_put_str(&xml, HEAD "<Source>");
	repeat(&xml, "<Job id=\"", "\"/>", JOB_LIST_MAX);
	buf_put_str(&xml, "</Source>" TAIL);
	assert_true(job_list_read(buf_str(&xml), xml.len, &list, NULL));
	assert_int_equal(list.of[0].count, JOB_LIST_MAX);
	job_list_clear(&list);
	buf_reset(&xml);
	buf_put_str(&xml, HEAD "<Source>");
	repeat(&xml, "<Job id=\"", "\"/>", JOB_LIST_MAX + 1);
	buf_put_str(&xml, "</Source>" TAIL);
	assert_refused(buf_str(&xml), xml.len, ERR_LIMIT);
	buf_reset(&xml);
	buf_put_str(&xml, HEAD);
	repeat(&xml, "<Source name=\"", "\"/>", JOB_LIST_SOURCES_MAX + 1);
	buf_put_str(&xml, TAIL);
	assert_refused(buf_str(&xml), xml.len, ERR_LIMIT);
	buf_reset(&xml);
	buf_put_str(&xml, HEAD);
	repeat(&xml, "<!-- ", " -->", JOB_LIST_BYTES_MAX / 10);
	buf_put_str(&xml, TAIL);
	assert_refused(buf_str(&xml), xml.len, ERR_LIMIT);
	buf_clear(&xml);
}

static void a_name_of_many_bytes_is_cut(void **state)
{
	(void)state;
	struct buf xml = BUF_INIT;
	struct job_list list = JOB_LIST_INIT;
	buf_put_str(&xml, HEAD "<Source><Job id=\"1\"><Name>");
	repeat(&xml, "", "\xe2\x80\xae\n", 3000);
	buf_put_str(&xml, "</Name></Job></Source>" TAIL);
	assert_true(job_list_read(buf_str(&xml), xml.len, &list, NULL));
	size_t len = strlen(list.of[0].jobs[0].name);
	assert_in_range(len, JOB_NAME_MAX - 3, JOB_NAME_MAX);
	assert_null(strchr(list.of[0].jobs[0].name, '\n'));
	job_list_clear(&list);
	buf_clear(&xml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_prints_little),
		cmocka_unit_test(what_is_left_out_is_unknown),
		cmocka_unit_test(faults_refuse_the_whole),
		cmocka_unit_test(too_many_are_refused),
		cmocka_unit_test(a_name_of_many_bytes_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
