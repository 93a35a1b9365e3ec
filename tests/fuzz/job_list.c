/*
 * Feeds what a job source printed. Whatever list is taken from it is written
 * within the bound and read again as the same list, and its texts cannot
 * break or turn a line.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/job_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok) {
		abort();
	}
}

static void expect_clean(const char *text, size_t max)
{
	size_t len = strlen(text);
	expect(len <= max && text_is_one_line(text, len));
	expect(strstr(text, "\xe2\x80\xae") == NULL);
}

static void expect_source(const struct job_list *list,
			  const struct job_source_list *source)
{
	expect_clean(source->title, sizeof(source->title) - 1);
	expect_clean(source->problem, sizeof(source->problem) - 1);
	for (size_t i = 0; i < source->count; i++) {
		const struct job *job = &source->jobs[i];
		expect(job_id_valid(job->id));
		expect(job_list_find(list, source->name, job->id) == job);
		expect_clean(job->name, JOB_NAME_MAX);
		expect_clean(job->owner, JOB_NAME_MAX);
		expect(job->bytes >= -1 && job->pages >= -1 && job->time >= 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job_list list = JOB_LIST_INIT, again = JOB_LIST_INIT;
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct err err = { .kind = ERR_NONE };

	if (!job_list_read((const char *)data, size, &list, &err)) {
		expect(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
		expect(list.count == 0);
		return 0;
	}
	for (size_t i = 0; i < list.count; i++) {
		expect_source(&list, &list.of[i]);
	}
	job_list_put(&one, &list);
	expect(one.len <= JOB_LIST_BYTES_MAX);
	expect(job_list_read(buf_str(&one), one.len, &again, NULL));
	job_list_put(&two, &again);
	expect(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	buf_clear(&one);
	buf_clear(&two);
	job_list_clear(&again);
	job_list_clear(&list);
	return 0;
}
