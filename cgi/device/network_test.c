/*
 * The connection test: its button, and the steps of the last one with what
 * was seen and what to do. client/doctor.c makes the test; it may be made
 * without permission for remote services, and then nothing leaves.
 */
#include <stdio.h>
#include <string.h>

#include "cgi/device/app.h"
#include "cgi/device/network.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "web/view.h"

const struct asked network_asked_test = {
	.kind = REQUEST_TEST,
	.path = "/network/test",
	.waiting = "Testing, step by step. This can take a minute.",
	.refused = "The test could not be made.",
};

static size_t count_of(const struct connection_test *test,
		       enum connection_result result)
{
	size_t count = 0;

	for (size_t i = 0; i < test->count; i++) {
		count += test->steps[i].result == result;
	}
	return count;
}

static const struct connection_step *
first_of(const struct connection_test *test, enum connection_result result)
{
	for (size_t i = 0; i < test->count; i++) {
		if (test->steps[i].result == result) {
			return &test->steps[i];
		}
	}
	return NULL;
}

void network_put_test(struct buf *out, const struct connection_test *test)
{
	const struct connection_step *failed =
		first_of(test, CONNECTION_FAILED);
	const struct connection_step *warning =
		first_of(test, CONNECTION_WARNING);
	size_t skipped = count_of(test, CONNECTION_SKIPPED);

	if (test->at == 0) {
		buf_put_str(out, "There was no test yet.");
	} else if (failed != NULL) {
		buf_printf(out, "it ends at \xe2\x80\x9c%s\xe2\x80\x9d.",
			   failed->title);
	} else if (warning != NULL) {
		buf_printf(out, "look at \xe2\x80\x9c%s\xe2\x80\x9d.",
			   warning->title);
	} else if (skipped > 0) {
		buf_printf(out, "%zu of %zu steps were left out.", skipped,
			   test->count);
	} else {
		buf_printf(out, "%zu steps, all good.", test->count);
	}
}

void network_test_tag(json_t *object, const char *name,
		      const struct connection_test *test)
{
	if (test->at == 0) {
		marks_tag(object, name, "", "idle", "Not tested");
	} else if (first_of(test, CONNECTION_FAILED) != NULL) {
		marks_tag(object, name, "bad", "bad", "Failed");
	} else if (first_of(test, CONNECTION_WARNING) != NULL) {
		marks_tag(object, name, "warn", "warn", "Look");
	} else if (first_of(test, CONNECTION_SKIPPED) != NULL) {
		marks_tag(object, name, "", "off", "In part");
	} else {
		marks_tag(object, name, "ok", "ok", "All good");
	}
}

static void step_tag(json_t *item, enum connection_result result)
{
	static const struct {
		const char *tone, *icon, *text;
	} marks[] = {
		[CONNECTION_UNSET] = { "", "idle", "Unknown" },
		[CONNECTION_OK] = { "ok", "ok", "Good" },
		[CONNECTION_FAILED] = { "bad", "bad", "Failed" },
		[CONNECTION_WARNING] = { "warn", "warn", "Look" },
		[CONNECTION_SKIPPED] = { "", "off", "Left out" },
	};
	size_t n = (size_t)result;

	n = n < sizeof(marks) / sizeof(marks[0]) ? n : CONNECTION_UNSET;
	marks_tag(item, "tag", marks[n].tone, marks[n].icon, marks[n].text);
}

static void fill_steps(struct visit *visit, const struct connection_test *test)
{
	json_t *steps = view_array(visit->view, "steps");

	for (size_t i = 0; i < test->count; i++) {
		const struct connection_step *step = &test->steps[i];
		json_t *item = view_item(steps);

		view_text(item, "title", step->title);
		view_prose(item, "text", step->text);
		view_text(item, "remedy", step->remedy);
		step_tag(item, step->result);
	}
}

bool network_test_show(struct visit *visit, struct err *err)
{
	struct connection_test test;
	struct contact contact;
	struct buf sum = BUF_INIT;
	enum asked_state asked;

	if (!asked_show(visit, &network_asked_test, &asked, err)) {
		return false;
	}
	if (asked == ASKED_ANSWERED) {
		return true;
	}
	if (!network_fill(visit, &contact, err) ||
	    !connection_test_read(app_of(visit)->db, &test, err)) {
		return false;
	}
	network_put_test(&sum, &test);
	view_sentence(visit->view, "sum", buf_str(&sum));
	network_test_tag(visit->view, "tag", &test);
	view_time(visit->view, "at", test.at);
	fill_steps(visit, &test);
	buf_clear(&sum);
	return true;
}

bool network_test_act(struct visit *visit, struct err *err)
{
	if (strcmp(request_form(visit->request, "do"), "now") != 0) {
		return visit_fail(visit, 400, err,
				  "The form has an unknown button.");
	}
	return asked_leave(visit, &network_asked_test, err);
}
