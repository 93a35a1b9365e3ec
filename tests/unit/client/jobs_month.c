/*
 * Job data and the month's bytes (src/client/jobs.c): it counts, nothing is
 * begun that does not fit, and the page says why it waits.
 */
#include "tests/unit/client/job_scene.h"

#include "client/jobs.h"

#include <string.h>

#include "domain/queue.h"
#include "domain/retry_budget.h"

static struct queue_month month(const struct job_scene *scene)
{
	struct queue_month found;
	assert_done(
		queue_month_read(scene->device.db, device_time(), &found, err));
	return found;
}

static void limit(const struct job_scene *scene, const char *megabytes)
{
	assert_done(queue_setting_set(scene->device.db, "ada", "month_limit",
				      megabytes, device_time(), err));
}

static void spend_until_left(const struct job_scene *scene, uint64_t left)
{
	uint64_t now = month(scene).left;
	assert_true(now >= left);
	assert_done(queue_settle(scene->device.db, 0, now - left, device_time(),
				 err));
}

/* Sealed, and tried once in vain; the next try is due. */
static void seal(struct job_scene *scene)
{
	scene->device.config.server_port = 1;
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "Cannot connect");
	device_set_time(job_scene_item(scene).next_try_at);
	job_scene_server(scene, "");
}

static void what_leaves_is_counted(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "");
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	uint64_t bytes = job_scene_item(scene).sealed_bytes;
	assert_in_range(month(scene).used, bytes + 1000, queue_cost(bytes, 0));
}

static void a_try_in_vain_is_counted_too(void **state)
{
	struct job_scene *scene = *state;
	struct retry_budget before, after;
	job_scene_server(scene, "status=503");
	job_scene_confirm(scene, 1);
	assert_done(retry_budget_read(scene->device.db, device_time(), &before,
				      err));
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "503");
	assert_in_range(month(scene).used, 1000, 8192);
	assert_done(retry_budget_read(scene->device.db, device_time(), &after,
				      err));
	assert_int_equal(before.left - 1, after.left);
}

static void what_does_not_fit_is_not_begun_and_says_so(void **state)
{
	struct job_scene *scene = *state;
	seal(scene);
	uint64_t cost = queue_cost(job_scene_item(scene).sealed_bytes, 0);
	limit(scene, "1");
	spend_until_left(scene, cost - 1);
	for (int i = 0; i < 3; i++) {
		(void)job_scene_round(scene);
		job_scene_assert(scene, JOBS_SEALED,
				 "Not sent: this month's limit");
		struct jobs_item item = job_scene_item(scene);
		assert_int_equal(1, item.attempts);
		assert_string_equal("", item.peer);
		device_set_time(item.next_try_at);
	}
	/* Told once in the log, and nothing was asked of the server. */
	assert_int_equal(2, job_scene_entries(scene, LEDGER_FAILED));
	assert_true(fault_is_quiet(&scene->server));
	assert_int_equal(cost - 1, month(scene).left);
	/* Whoever has the right can end it. */
	assert_done(jobs_cancel(scene->device.db, "anna", scene->order.id,
				"not wanted", device_time(), err));
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_CANCELLED, "not wanted");
	assert_int_equal(0, job_scene_files(scene));
}

static void it_goes_when_the_limit_is_changed(void **state)
{
	struct job_scene *scene = *state;
	seal(scene);
	uint64_t cost = queue_cost(job_scene_item(scene).sealed_bytes, 0);
	limit(scene, "1");
	spend_until_left(scene, cost - 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "this month's limit");
	limit(scene, "none");
	device_set_time(job_scene_item(scene).next_try_at);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
}

static void what_fits_to_the_byte_goes(void **state)
{
	struct job_scene *scene = *state;
	seal(scene);
	limit(scene, "1");
	spend_until_left(scene,
			 queue_cost(job_scene_item(scene).sealed_bytes, 0));
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	assert_true(month(scene).used <= 1000000);
}

/* What was cut off does not have to fit again. */
static void what_is_left_of_it_has_to_fit(void **state)
{
	struct job_scene *scene = *state;
	job_scene_source(scene, "yes | head -c 600000");
	job_scene_server(scene, "cut=200000,times=2");
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	struct jobs_item item = job_scene_item(scene);
	assert_int_equal(JOBS_SEALED, item.state);
	/* More left than arrived: what was on its way was cut off. */
	limit(scene, "3");
	spend_until_left(scene, queue_cost(item.sealed_bytes - item.offset, 0));
	device_set_time(item.next_try_at);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	assert_true(month(scene).used <= 3000000);
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, job_scene_begin, job_scene_end)
	const struct CMUnitTest tests[] = {
		T(what_leaves_is_counted),
		T(a_try_in_vain_is_counted_too),
		T(what_does_not_fit_is_not_begun_and_says_so),
		T(it_goes_when_the_limit_is_changed),
		T(what_fits_to_the_byte_goes),
		T(what_is_left_of_it_has_to_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
