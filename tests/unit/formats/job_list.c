/* Lists as they are made and read again, and lists that nobody should print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/job_list.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define BAD "\xef\xbf\xbd"

static void ids_are_short_words(void **state)
{
	(void)state;
	char longest[JOB_ID_SIZE + 1];
	memset(longest, 'a', sizeof(longest));
	longest[JOB_ID_SIZE] = '\0';
	assert_false(job_id_valid(longest));
	longest[JOB_ID_SIZE - 1] = '\0';
	assert_true(job_id_valid(longest));
	assert_true(job_id_valid("12.1-a_B"));
	static const char *const wrong[] = { "",         "a b", "a/b",
					     "\xc3\xa4", "a\n", "a;b",
					     "'a'",      "$a",  "a\x01" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(job_id_valid(wrong[i]));
	}
}

static struct job example(const char *id, char *name, char *owner)
{
	struct job job = { .name = name,
			   .owner = owner,
			   .type = "application/pdf",
			   .bytes = 48213,
			   .pages = 12,
			   .time = 1795615327 };
	snprintf(job.id, sizeof(job.id), "%s", id);
	return job;
}

static void fill(struct job_list *list)
{
	char name[] = "Invoice <12> & \"more\"";
	char hostile[] = "a\nb\xe2\x80\xae\xff";
	char owner[] = "operator";
	assert_non_null(job_list_source(list, "spool", "Spool & folder"));
	struct job job = example("1", name, owner);
	assert_true(job_list_add(list, &job));
	job = (struct job){ .id = "2",
			    .name = hostile,
			    .type = "no type",
			    .bytes = -1,
			    .time = INT64_MAX };
	job.pages = -1;
	assert_true(job_list_add(list, &job));
	struct job_source_list *second = job_list_source(list, "cups", NULL);
	job_source_set_problem(second, "The queue is\ngone");
}

static void a_list_is_read_as_it_was_put(void **state)
{
	(void)state;
	struct job_list list = JOB_LIST_INIT, again = JOB_LIST_INIT;
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	fill(&list);
	job_list_put(&one, &list);
	if (!job_list_read(buf_str(&one), one.len, &again, &err)) {
		fail_msg("%s\n%s", err.text, buf_str(&one));
	}
	job_list_put(&two, &again);
	assert_string_equal(buf_str(&one), buf_str(&two));
	assert_int_equal(again.count, 2);
	assert_string_equal(again.of[0].title, "Spool & folder");
	assert_string_equal(again.of[0].problem, "");
	assert_string_equal(again.of[1].problem, "The queue is" BAD "gone");
	const struct job *job = job_list_find(&again, "spool", "1");
	assert_non_null(job);
	assert_string_equal(job->name, "Invoice <12> & \"more\"");
	assert_string_equal(job->owner, "operator");
	assert_string_equal(job->type, "application/pdf");
	assert_int_equal(job->bytes, 48213);
	assert_int_equal(job->pages, 12);
	assert_int_equal(job->time, 1795615327);
	job = job_list_find(&again, "spool", "2");
	assert_string_equal(job->name, "a" BAD "b" BAD BAD);
	assert_string_equal(job->owner, "");
	assert_int_equal(job->bytes, -1);
	assert_int_equal(job->pages, -1);
	assert_int_equal(job->time, 0);
	assert_string_equal(job->type, "");
	assert_null(job_list_find(&again, "cups", "1"));
	assert_null(job_list_find(&again, "spool", "3"));
	buf_clear(&one);
	buf_clear(&two);
	job_list_clear(&list);
	job_list_clear(&again);
	assert_int_equal(again.count, 0);
}

static void more_than_fits_is_not_taken(void **state)
{
	(void)state;
	struct job_list list = JOB_LIST_INIT, again = JOB_LIST_INIT;
	struct buf out = BUF_INIT;
	char name[JOB_NAME_MAX + 100], plain[] = "a name of usual length";
	for (int i = 0; i < JOB_LIST_SOURCES_MAX; i++) {
		char id[8];
		snprintf(id, sizeof(id), "s%d", i);
		assert_non_null(job_list_source(&list, id, id));
	}
	assert_null(job_list_source(&list, "more", NULL));
	for (int i = 0; i <= JOB_LIST_MAX; i++) {
		struct job job = example("", plain, plain);
		snprintf(job.id, sizeof(job.id), "%064d", i);
		assert_int_equal(job_list_add(&list, &job), i < JOB_LIST_MAX);
	}
	job_list_clear(&list);
	/* The longest names: fewer of them, and what is put is read again. */
	memset(name, '"', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_non_null(job_list_source(&list, "spool", NULL));
	for (int i = 0; i < JOB_LIST_MAX; i++) {
		struct job job = example("", name, plain);
		snprintf(job.id, sizeof(job.id), "%064d", i);
		if (!job_list_add(&list, &job)) {
			break;
		}
	}
	assert_in_range(list.of[0].count, 30, 60);
	assert_int_equal(strlen(list.of[0].jobs[0].name), JOB_NAME_MAX);
	job_list_put(&out, &list);
	assert_true(out.len <= JOB_LIST_BYTES_MAX);
	assert_true(job_list_read(buf_str(&out), out.len, &again, NULL));
	buf_clear(&out);
	job_list_clear(&again);
	job_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_short_words),
		cmocka_unit_test(a_list_is_read_as_it_was_put),
		cmocka_unit_test(more_than_fits_is_not_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
