/* Jobs in IPP answers that are made here, good ones and others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collectors/job_ipp.h"

#include <stdio.h>
#include <string.h>

#define NOW 1795615327

static void put_number(ipp_t *ipp, const char *name, int value)
{
	ippAddInteger(ipp, IPP_TAG_JOB, IPP_TAG_INTEGER, name, value);
}

static void put_text(ipp_t *ipp, ipp_tag_t tag, const char *name,
		     const char *value)
{
	ippAddString(ipp, IPP_TAG_JOB, tag, name, NULL, value);
}

/* A job in an answer that may have more of them. */
static void put_job(ipp_t *ipp, int id, int documents)
{
	if (ippFindAttribute(ipp, "job-id", IPP_TAG_INTEGER) != NULL) {
		ippAddSeparator(ipp);
	}
	put_number(ipp, "job-id", id);
	put_number(ipp, "number-of-documents", documents);
	put_number(ipp, "job-k-octets", 12);
	put_number(ipp, "job-impressions-completed", 0);
	put_number(ipp, "job-media-sheets", 7);
	put_number(ipp, "time-at-creation", 100);
	put_number(ipp, "job-printer-up-time", 160);
	put_text(ipp, IPP_TAG_NAME, "job-name", "a\nb\xe2\x80\xae");
	put_text(ipp, IPP_TAG_NAME, "job-originating-user-name", "operator");
	put_text(ipp, IPP_TAG_MIMETYPE, "document-format", "application/pdf");
	put_text(ipp, IPP_TAG_URI, "job-uuid", "urn:uuid:1-2-3");
	ippAddInteger(ipp, IPP_TAG_JOB, IPP_TAG_ENUM, "job-state",
		      IPP_JSTATE_HELD);
}

static ipp_t *new_answer(void)
{
	ipp_t *ipp = ippNew();
	ippAddString(ipp, IPP_TAG_OPERATION, IPP_TAG_CHARSET,
		     "attributes-charset", NULL, "utf-8");
	return ipp;
}

/* The jobs of an answer, which it deletes. */
static void read_jobs(ipp_t *ipp, struct job_list *list, bool fits)
{
	memset(list, 0, sizeof(*list));
	(void)job_list_source(list, NULL, NULL);
	assert_int_equal(job_ipp_add(ipp, NOW, list), fits);
	ippDelete(ipp);
}

static void a_job_is_a_job(void **state)
{
	(void)state;
	struct job_list list;
	ipp_t *ipp = new_answer();
	put_job(ipp, 12, 1);
	put_job(ipp, 13, 1);
	read_jobs(ipp, &list, true);
	assert_int_equal(list.of[0].count, 2);
	const struct job *job = &list.of[0].jobs[0];
	assert_string_equal(job->name, "a\xef\xbf\xbd"
				       "b\xef\xbf\xbd");
	assert_string_equal(job->owner, "operator");
	assert_string_equal(job->type, "application/pdf");
	assert_int_equal(job->bytes, 12 * 1024);
	assert_int_equal(job->pages, 7);
	assert_int_equal(job->time, NOW - 60);
	assert_true(job_id_valid(job->id));
	assert_memory_equal(job->id, "12-", 3);
	assert_memory_equal(list.of[0].jobs[1].id, "13-", 3);
	assert_string_not_equal(job->id + 3, list.of[0].jobs[1].id + 3);
	job_list_clear(&list);
}

static void each_document_is_one_of_ours(void **state)
{
	(void)state;
	struct job_list list;
	ipp_t *ipp = new_answer();
	put_job(ipp, 12, 3);
	read_jobs(ipp, &list, true);
	assert_int_equal(list.of[0].count, 3);
	assert_memory_equal(list.of[0].jobs[0].id, "12.1-", 5);
	assert_memory_equal(list.of[0].jobs[2].id, "12.3-", 5);
	assert_non_null(strstr(list.of[0].jobs[2].name, "(3 of 3)"));
	/* Of one document alone the size is not known. */
	assert_int_equal(list.of[0].jobs[0].bytes, -1);
	job_list_clear(&list);
}

static ipp_t *ended(bool kept_told, char kept)
{
	ipp_t *ipp = new_answer();
	put_number(ipp, "job-id", 12);
	ippAddInteger(ipp, IPP_TAG_JOB, IPP_TAG_ENUM, "job-state",
		      IPP_JSTATE_COMPLETED);
	if (kept_told) {
		ippAddBoolean(ipp, IPP_TAG_JOB, "job-preserved", kept);
	}
	return ipp;
}

static void ended_jobs_need_their_documents(void **state)
{
	(void)state;
	struct job_list list;
	read_jobs(ended(false, 0), &list, true);
	assert_int_equal(list.of[0].count, 0);
	job_list_clear(&list);
	read_jobs(ended(true, 0), &list, true);
	assert_int_equal(list.of[0].count, 0);
	job_list_clear(&list);
	read_jobs(ended(true, 1), &list, true);
	assert_int_equal(list.of[0].count, 1);
	assert_int_equal(list.of[0].jobs[0].bytes, -1);
	assert_int_equal(list.of[0].jobs[0].pages, -1);
	assert_int_equal(list.of[0].jobs[0].time, 0);
	assert_string_equal(list.of[0].jobs[0].name, "");
	job_list_clear(&list);
	/* One that was only made has none yet. */
	ipp_t *ipp = new_answer();
	put_job(ipp, 12, 0);
	read_jobs(ipp, &list, true);
	assert_int_equal(list.of[0].count, 0);
	job_list_clear(&list);
}

static void strange_values_are_none(void **state)
{
	(void)state;
	struct job_list list;
	ipp_t *ipp = new_answer();
	put_job(ipp, 12, 1);
	ippAddSeparator(ipp);
	put_text(ipp, IPP_TAG_NAME, "job-id", "12");
	ippAddSeparator(ipp);
	put_number(ipp, "job-id", -5);
	ippAddSeparator(ipp);
	put_number(ipp, "job-id", 15);
	put_number(ipp, "job-name", 15);
	put_number(ipp, "document-format", 15);
	put_text(ipp, IPP_TAG_NAME, "document-format-supplied", "no type");
	put_text(ipp, IPP_TAG_NAME, "date-time-at-creation", "today");
	put_number(ipp, "number-of-documents", -1);
	ippAddSeparator(ipp);
	put_number(ipp, "job-id", 16);
	put_number(ipp, "number-of-documents", INT32_MAX);
	put_number(ipp, "job-k-octets", INT32_MAX);
	read_jobs(ipp, &list, true);
	assert_int_equal(list.of[0].count, 1 + 100);
	job_list_clear(&list);
	ipp = new_answer();
	for (int i = 1; i <= 6; i++) {
		put_job(ipp, i, 100);
	}
	read_jobs(ipp, &list, false);
	assert_int_equal(list.of[0].count, JOB_LIST_MAX);
	job_list_clear(&list);
}

static void an_id_means_this_job_and_document(void **state)
{
	(void)state;
	struct job_list list;
	char id[JOB_ID_SIZE];
	int64_t kib = -1;
	ipp_t *ipp = new_answer();
	put_job(ipp, 12, 1);
	read_jobs(ipp, &list, true);
	memcpy(id, list.of[0].jobs[0].id, sizeof(id));
	job_list_clear(&list);
	ipp = new_answer();
	put_job(ipp, 12, 1);
	assert_true(job_ipp_is(ipp, id, &kib));
	assert_int_equal(kib, 12);
	static const char *const wrong[] = { "12",   "12-",   "12-00", "13-00",
					     "x",    "12.2-", "0-1",   "012-1",
					     "-1-1", "" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(job_ipp_is(ipp, wrong[i], &kib));
	}
	/* Another document came, or the number was given again. */
	ippSetInteger(ipp,
		      &(ipp_attribute_t *){ ippFindAttribute(
			      ipp, "job-k-octets", IPP_TAG_INTEGER) },
		      0, 13);
	assert_false(job_ipp_is(ipp, id, &kib));
	ippDelete(ipp);
	ipp = new_answer();
	put_job(ipp, 12, 2);
	assert_false(job_ipp_is(ipp, id, &kib));
	ippDelete(ipp);
	ipp = new_answer();
	assert_false(job_ipp_is(ipp, id, &kib));
	ippDelete(ipp);
}

static void numbers_are_read_from_an_id(void **state)
{
	(void)state;
	int job = 0, document = 0;
	assert_true(job_ipp_numbers("12-ab", &job, &document));
	assert_int_equal(job, 12);
	assert_int_equal(document, 1);
	assert_true(job_ipp_numbers("2147483647.3-", &job, &document));
	assert_int_equal(job, INT32_MAX);
	assert_int_equal(document, 3);
	static const char *const wrong[] = {
		"2147483648-", "99999999999-", "1.-", "1.0-",
		"1.x-",        "1 -",          "-",   "1",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(job_ipp_numbers(wrong[i], &job, &document));
	}
}

static void the_way_to_documents_is_chosen(void **state)
{
	(void)state;
	ipp_op_t operation = IPP_OP_PRINT_JOB;
	ipp_t *ipp = ippNew();
	assert_false(job_ipp_operation(ipp, &operation));
	const int first[] = { IPP_OP_PRINT_JOB, IPP_OP_GET_JOBS };
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM,
		       "operations-supported", 2, first);
	assert_false(job_ipp_operation(ipp, &operation));
	ippDelete(ipp);
	ipp = ippNew();
	const int second[] = { IPP_OP_PRINT_JOB, IPP_OP_FETCH_DOCUMENT };
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM,
		       "operations-supported", 2, second);
	assert_true(job_ipp_operation(ipp, &operation));
	assert_int_equal(operation, IPP_OP_FETCH_DOCUMENT);
	ippDelete(ipp);
	ipp = ippNew();
	const int third[] = { IPP_OP_FETCH_DOCUMENT, IPP_OP_CUPS_GET_DOCUMENT };
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM,
		       "operations-supported", 2, third);
	assert_true(job_ipp_operation(ipp, &operation));
	assert_int_equal(operation, IPP_OP_CUPS_GET_DOCUMENT);
	ippDelete(ipp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_a_job),
		cmocka_unit_test(each_document_is_one_of_ours),
		cmocka_unit_test(ended_jobs_need_their_documents),
		cmocka_unit_test(strange_values_are_none),
		cmocka_unit_test(an_id_means_this_job_and_document),
		cmocka_unit_test(numbers_are_read_from_an_id),
		cmocka_unit_test(the_way_to_documents_is_chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
