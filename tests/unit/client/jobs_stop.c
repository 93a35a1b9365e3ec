/*
 * Job data that is stopped on its way: at each step, by whatever may stop it,
 * the server never gets the whole, and is asked to forget its part. And what
 * only gives way to something else, or ends with the client, goes on.
 */
#include "tests/unit/client/job_scene.h"

#include "client/jobs.h"

#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

/* More than is taken unread, so that it goes out in pieces. */
#define BIG "yes | head -c 1000000"

/* ---- what stops it ---- */

static void cancel(struct job_scene *scene, struct db *db)
{
	assert_done(jobs_cancel(db, "anna", scene->order.id,
				"anna cancelled it.", device_time(), err));
}

static void sign_out(struct job_scene *scene, struct db *db)
{
	const struct session *s = &scene->people.anna.session;
	assert_done(sessions_end(db, "anna", s->account.id, s->id,
				 device_time(), err));
}

static void withdraw_job_data(struct job_scene *scene, struct db *db)
{
	(void)scene;
	assert_done(consent_withdraw(db, "carla", GATE_JOB_DATA, device_time(),
				     NULL, err));
}

static void withdraw_all(struct job_scene *scene, struct db *db)
{
	(void)scene;
	assert_done(consent_withdraw(db, "carla", SERVICE_UNSET, device_time(),
				     NULL, err));
}

/* Withdrawn and allowed again: what was confirmed is not covered. */
static void grant_anew(struct job_scene *scene, struct db *db)
{
	withdraw_job_data(scene, db);
	assert_done(
		consent_allow(db, "carla", GATE_JOB_DATA, device_time(), err));
}

static const struct cause {
	void (*stop)(struct job_scene *scene, struct db *db);
	bool forgets; /* the server may still be talked to */
} causes[] = {
	{ cancel, true },
	{ sign_out, true },
	{ withdraw_job_data, true },
	{ withdraw_all, false },
	{ grant_anew, true },
};

#define CAUSES (sizeof(causes) / sizeof(causes[0]))

/* ---- where ---- */

/*
 * Steps of this process: the client asks for the time at each of them, and
 * the first time that it does so there, another connection stops it.
 */
static struct {
	struct job_scene *scene;
	const struct cause *cause;
	bool (*is_there)(struct job_scene *scene, struct db *db);
	struct db *db;
	bool done;
} trap;

static int64_t time_of_trap(void)
{
	if (!trap.done && trap.is_there(trap.scene, trap.db)) {
		trap.done = true;
		trap.cause->stop(trap.scene, trap.db);
	}
	return device_time();
}

static bool file_exists(struct job_scene *scene, const char *ending)
{
	struct buf path = BUF_INIT;
	buf_printf(&path, "%s/sealed/%s%s", scene->device.config.state,
		   scene->item.transaction, ending);
	bool found = access(buf_str(&path), F_OK) == 0;
	buf_clear(&path);
	return found;
}

static bool is_at_start(struct job_scene *scene, struct db *db)
{
	(void)scene;
	(void)db;
	return true;
}

static bool is_sealing(struct job_scene *scene, struct db *db)
{
	(void)db;
	return file_exists(scene, ".age.part");
}

static bool has_file(struct job_scene *scene, struct db *db)
{
	(void)db;
	return file_exists(scene, ".age");
}

static bool is_sealed(struct job_scene *scene, struct db *db)
{
	struct jobs_item item;
	assert_done(jobs_item(db, scene->item.transaction, &item, err));
	return item.state == JOBS_SEALED;
}

static void assert_stopped(struct job_scene *scene)
{
	job_scene_assert(scene, JOBS_CANCELLED, "");
	assert_true(job_scene_item(scene).problem[0] != '\0');
	assert_int_equal(1, job_scene_entries(scene, LEDGER_CANCELLED));
	assert_int_equal(0, job_scene_entries(scene, LEDGER_RECEIVED));
	assert_int_equal(0, job_scene_files(scene));
	assert_order_is(&scene->people, &scene->order, JOBS_OVER);
}

/* The permissions and the session for the next one. */
static void allow_again(struct job_scene *scene)
{
	struct jobs_fixture *f = &scene->people;
	int64_t now = device_time();
	assert_done(consent_allow(f->db, "carla", SERVICE_UNSET, now, err));
	assert_done(consent_allow(f->db, "carla", GATE_JOB_DATA, now, err));
	sign_in(f, f->anna.session.account.id, now, &f->anna);
}

static void stop_where(struct job_scene *scene,
		       bool (*is_there)(struct job_scene *, struct db *))
{
	char *path =
		device_config_state_path(&scene->device.config, "sluice.db");
	job_scene_source(scene, BIG "; " BIG);
	job_scene_server(scene, "");
	for (size_t i = 0; i < CAUSES; i++) {
		allow_again(scene);
		job_scene_confirm(scene, 1);
		trap.scene = scene;
		trap.cause = &causes[i];
		trap.is_there = is_there;
		trap.done = false;
		assert_done(db_open(path, DB_READ_WRITE, &trap.db, err));
		scene->device.client.now = time_of_trap;
		(void)job_scene_round(scene);
		scene->device.client.now = device_time;
		db_close(trap.db);
		assert_true(trap.done);
		assert_stopped(scene);
		assert_int_equal(0, job_scene_entries(scene, LEDGER_SENT));
	}
	/* Nothing of any of them was even tried. */
	assert_true(fault_is_quiet(&scene->server));
	mem_free(path);
}

static void before_it_is_sealed_nothing_is_read(void **state)
{
	stop_where(*state, is_at_start);
}

static void while_the_source_runs_it_is_not_sealed(void **state)
{
	stop_where(*state, is_sealing);
}

static void when_it_is_sealed_the_file_goes(void **state)
{
	stop_where(*state, has_file);
}

static void before_it_connects_there_is_no_connection(void **state)
{
	stop_where(*state, is_sealed);
}

/* ---- with the server, in another process ---- */

static void work(struct job_scene *scene)
{
	(void)job_scene_round(scene);
}

static void stop_at(struct job_scene *scene, const char *faults,
		    const struct cause *cause)
{
	allow_again(scene);
	job_scene_server(scene, faults);
	job_scene_confirm(scene, 1);
	pid_t pid = job_scene_fork(scene, work);
	job_scene_await_hold(scene);
	cause->stop(scene, scene->device.db);
	fault_go_on(&scene->server);
	assert_int_equal(0, job_scene_wait(pid));
}

static void at_the_handshake_no_byte_leaves(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	for (size_t i = 0; i < CAUSES; i++) {
		stop_at(scene, "hold-hello", &causes[i]);
		assert_stopped(scene);
		assert_int_equal(0, job_scene_entries(scene, LEDGER_SENT));
		job_scene_hear(scene, &told);
		assert_string_equal("", told.text);
		/* Nothing is there that it could forget. */
		assert_true(fault_is_quiet(&scene->server));
	}
}

static void in_the_body_the_server_never_has_the_whole(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_source(scene, BIG);
	for (size_t i = 0; i < CAUSES; i++) {
		stop_at(scene, "slow,hold=100000,times=1", &causes[i]);
		assert_stopped(scene);
		assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
		job_scene_hear(scene, &told);
		assert_string_equal("", told.text);
		assert_int_equal(0, told.whole);
		if (causes[i].forgets) {
			job_scene_hear(scene, &told);
			assert_string_equal("DELETE ", told.text);
			assert_int_equal(1, told.deleted);
		}
		/* Without remote services not even that is asked. */
		assert_true(fault_is_quiet(&scene->server));
	}
}

/*
 * The last byte was gone: that cannot be taken back, and the log says so. It
 * stays stopped here, and what is left of it is removed.
 */
static void after_the_last_byte_the_log_tells_that_it_was_late(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_source(scene, BIG);
	stop_at(scene, "slow,hold=100000000,times=1", &causes[0]);
	job_scene_assert(scene, JOBS_CANCELLED, "anna cancelled it.");
	assert_int_equal(1, job_scene_entries(scene, LEDGER_CANCELLED));
	assert_int_equal(1, job_scene_entries(scene, LEDGER_RECEIVED));
	assert_int_equal(0, job_scene_files(scene));
	job_scene_hear(scene, &told);
	assert_int_equal(1, told.whole);
	/* A session that ends then ends nothing: the receipt is there. */
	stop_at(scene, "slow,hold=100000000,times=1", &causes[1]);
	job_scene_assert(scene, JOBS_SENT, "");
}

/* A part that was left for another round is forgotten as well. */
static void between_two_rounds_the_part_is_forgotten(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_source(scene, BIG);
	job_scene_server(scene, "on=PATCH,cut=300000,times=2");
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "");
	sign_out(scene, scene->device.db);
	(void)job_scene_round(scene);
	assert_stopped(scene);
	do {
		job_scene_hear(scene, &told);
		assert_int_equal(0, told.whole);
	} while (told.deleted == 0);
}

/* ---- what only has to wait ---- */

static int yield_ends[2];

static void work_until_wanted(struct job_scene *scene)
{
	scene->device.client.yield_fd = yield_ends[0];
	/* It wants to go on at once. */
	assert_true(job_scene_round(scene) <= device_time());
}

static void work_until_stopped(struct job_scene *scene)
{
	scene->device.client.stop_fd = yield_ends[0];
	(void)job_scene_round(scene);
}

/* Interrupted in the body by a byte, then taken up again. */
static void interrupt(struct job_scene *scene,
		      void (*run)(struct job_scene *scene))
{
	struct job_told told;
	assert_int_equal(0, pipe(yield_ends));
	job_scene_source(scene, BIG);
	job_scene_server(scene, "slow,hold=200000,times=1");
	job_scene_confirm(scene, 1);
	pid_t pid = job_scene_fork(scene, run);
	job_scene_await_hold(scene);
	assert_int_equal(1, write(yield_ends[1], "w", 1));
	fault_go_on(&scene->server);
	assert_int_equal(0, job_scene_wait(pid));
	job_scene_assert(scene, JOBS_SEALED, "");
	assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
	assert_int_equal(0, job_scene_entries(scene, LEDGER_FAILED));
	struct jobs_item item = job_scene_item(scene);
	assert_true(item.next_try_at <= device_time());
	assert_true(item.offset < item.sealed_bytes);
	job_scene_hear(scene, &told);
	assert_string_equal("", told.text);
	assert_int_equal(0, told.whole);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	job_scene_hear(scene, &told);
	/* At its offset, and once. */
	assert_string_equal("HEAD PATCH GET ", told.text);
	assert_int_equal(1, told.whole);
	assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
	assert_int_equal(1, job_scene_entries(scene, LEDGER_RECEIVED));
	(void)close(yield_ends[0]);
	(void)close(yield_ends[1]);
}

static void woken_it_gives_way_and_goes_on_at_its_offset(void **state)
{
	interrupt(*state, work_until_wanted);
}

static void a_client_that_ends_goes_on_after_its_start(void **state)
{
	interrupt(*state, work_until_stopped);
}

static void whatever_is_due_comes_first(void **state)
{
	struct job_scene *scene = *state;
	struct client *client = &scene->device.client;
	job_scene_server(scene, "");
	job_scene_confirm(scene, 1);
	client->yield_at = device_time();
	assert_true(job_scene_round(scene) <= device_time());
	job_scene_assert(scene, JOBS_WAITING, "");
	client->yield_at = device_time() + 1;
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, job_scene_begin, job_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(before_it_is_sealed_nothing_is_read),
		TEST(while_the_source_runs_it_is_not_sealed),
		TEST(when_it_is_sealed_the_file_goes),
		TEST(before_it_connects_there_is_no_connection),
		TEST(at_the_handshake_no_byte_leaves),
		TEST(in_the_body_the_server_never_has_the_whole),
		TEST(after_the_last_byte_the_log_tells_that_it_was_late),
		TEST(between_two_rounds_the_part_is_forgotten),
		TEST(woken_it_gives_way_and_goes_on_at_its_offset),
		TEST(a_client_that_ends_goes_on_after_its_start),
		TEST(whatever_is_due_comes_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
