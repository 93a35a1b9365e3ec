/*
 * Confirmed job data on its way to a server: that it arrives once and whole,
 * and what becomes of it when the source, this device or the server fails.
 * How it is stopped is jobs_stop.c's.
 */
#include "tests/unit/client/job_scene.h"

#include "client/jobs.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/job_source.h"
#include "client/schedule.h"
#include "domain/job_answer.h"
#include "domain/queue.h"
#include "domain/settings.h"
#include "tests/support/no_sockets.h"

/* More than is taken unread, so that it goes out in pieces. */
#define BIG "yes | head -c 1000000"

static void set_port_of_nobody(struct job_scene *scene)
{
	job_scene_server(scene, "");
	fault_stop(&scene->server);
	scene->server.pid = 0;
}

static void a_confirmed_job_is_sealed_sent_and_received(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	struct buf note = BUF_INIT;
	job_scene_source(scene, "printf \"%s\" \"$1 $2\"");
	job_scene_confirm(scene, 1);
	job_scene_server(scene, "");
	assert_true(job_scene_round(scene) == INT64_MAX);
	job_scene_hear(scene, &told);
	job_scene_assert(scene, JOBS_SENT, "");
	struct jobs_item item = job_scene_item(scene);
	assert_int_equal(strlen("get job-1"), item.plain_bytes);
	assert_true(item.offset == item.sealed_bytes);
	assert_int_equal(64, strlen(item.peer));
	assert_int_equal(1, told.whole);
	assert_non_null(strstr(told.whole_line, item.sealed_sha256));
	assert_non_null(strstr(told.whole_line, item.transaction));
	assert_done(
		jobs_receipt(scene->device.db, item.transaction, &note, err));
	assert_non_null(strstr(buf_str(&note), item.sealed_sha256));
	buf_clear(&note);
	assert_int_equal(1, job_scene_entries(scene, LEDGER_STAGED));
	assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
	assert_int_equal(1, job_scene_entries(scene, LEDGER_RECEIVED));
	assert_order_is(&scene->people, &scene->order, JOBS_OVER);
	assert_int_equal(0, job_scene_files(scene));
}

/* The names of what the server is told, in base64. */
static void the_server_is_told_type_purpose_and_recipients(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_confirm(scene, 1);
	job_scene_server(scene, "");
	(void)job_scene_round(scene);
	job_scene_hear(scene, &told);
	/* "application/vnd.sluice.sealed", "Streaks on page 3", "age1..." */
	assert_non_null(
		strstr(told.metadata,
		       "type YXBwbGljYXRpb24vdm5kLnNsdWljZS5zZWFsZWQ="));
	assert_non_null(
		strstr(told.metadata, "purpose U3RyZWFrcyBvbiBwYWdlIDM="));
	assert_non_null(strstr(told.metadata, "recipients YWdlM"));
	assert_null(strstr(told.metadata, "anna"));
}

static void all_jobs_of_an_order_go_one_after_the_other(void **state)
{
	struct job_scene *scene = *state;
	struct jobs_item second;
	job_scene_confirm(scene, 2);
	job_scene_server(scene, "");
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	read_item(&scene->people, &scene->order, 2, &second);
	assert_int_equal(JOBS_SENT, second.state);
	assert_order_is(&scene->people, &scene->order, JOBS_OVER);
}

/* ---- the source and this device ---- */

static void assert_fails_with(struct job_scene *scene, const char *words)
{
	/* A permission that ends with its send ends with a send alone. */
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_FAILED, words);
	assert_int_equal(1, job_scene_entries(scene, LEDGER_FAILED));
	assert_int_equal(0, job_scene_entries(scene, LEDGER_SENT));
	assert_int_equal(0, job_scene_files(scene));
	assert_order_is(&scene->people, &scene->order, JOBS_OVER);
}

static void what_a_source_cannot_give_fails_with_its_words(void **state)
{
	struct job_scene *scene = *state;
	set_port_of_nobody(scene);
	job_scene_source(scene, "echo 'The job is gone.' >&2; exit 1");
	assert_fails_with(scene, "The job is gone.");
	job_scene_source(scene, "printf content; echo 'It grew.' >&2; exit 1");
	assert_fails_with(scene, "It grew.");
	job_scene_source(scene, BIG "; echo 'It changed.' >&2; exit 1");
	assert_fails_with(scene, "It changed.");
	job_scene_source(scene, "exit 0");
	assert_fails_with(scene, "This job is empty");
	scene->device.config.jobs_max_bytes = 999999;
	job_scene_source(scene, BIG);
	assert_fails_with(scene, "larger than the 999999 bytes");
	scene->device.config.job_sources_count = 0;
	assert_fails_with(scene, "not configured any more");
}

/* The limit stands for a disk that is full; the database stays below it. */
static void seal_on_a_full_disk(struct job_scene *scene)
{
	const struct rlimit limit = { 4000000, 4000000 };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &limit));
	(void)job_scene_round(scene);
}

static void a_sealed_file_that_finds_no_room_fails_and_is_gone(void **state)
{
	struct job_scene *scene = *state;
	set_port_of_nobody(scene);
	job_scene_source(scene, "yes | head -c 9000000");
	job_scene_confirm(scene, 1);
	assert_int_equal(
		0, job_scene_wait(job_scene_fork(scene, seal_on_a_full_disk)));
	job_scene_assert(scene, JOBS_FAILED, "The sealed file cannot be");
	assert_int_equal(0, job_scene_files(scene));
}

static void a_sealed_file_that_is_gone_fails(void **state)
{
	struct job_scene *scene = *state;
	set_port_of_nobody(scene);
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "");
	job_seal_remove(scene->device.config.state, scene->item.transaction);
	device_set_time(job_scene_item(scene).next_try_at);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_FAILED, "The sealed file cannot be read");
}

/* ---- the server ---- */

static void a_server_that_is_down_is_tried_again_soon(void **state)
{
	struct job_scene *scene = *state;
	set_port_of_nobody(scene);
	job_scene_confirm(scene, 1);
	for (unsigned i = 1; i <= 8; i++) {
		int64_t next = job_scene_round(scene), now = device_time();
		struct jobs_item item = job_scene_item(scene);
		job_scene_assert(scene, JOBS_SEALED, "Cannot connect");
		assert_int_equal(i, item.attempts);
		assert_true(item.next_try_at > now);
		assert_true(item.next_try_at <= now + 120);
		/* Sessions end by themselves, so it looks earlier. */
		assert_true(next <= now + JOBS_LOOK_S);
		device_set_time(item.next_try_at);
	}
	assert_int_equal(1, job_scene_files(scene));
	job_scene_server(scene, "");
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
}

static void a_device_that_is_not_provisioned_waits(void **state)
{
	struct job_scene *scene = *state;
	char *path =
		device_config_key_path(&scene->device.config, "identity.pem");
	assert_int_equal(0, unlink(path));
	mem_free(path);
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "no certificate");
}

/* Whatever can be mended on this device is no reason to give up. */
static void a_broken_trust_anchor_waits(void **state)
{
	struct job_scene *scene = *state;
	assert_int_equal(0, truncate(scene->device.config.server_anchor, 0));
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	assert_int_equal(JOBS_SEALED, job_scene_item(scene).state);
	assert_int_equal(1, job_scene_files(scene));
}

static void the_servers_wish_for_a_pause_is_heard(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "status=503,after=300");
	job_scene_confirm(scene, 2);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "503");
	int64_t now = device_time();
	assert_true(job_scene_item(scene).next_try_at >= now + 300);
	int64_t until = 0;
	assert_done(queue_held_until(scene->device.db, now, &until, err));
	assert_int_equal(now + 300, until);
	/* The second job did not ask again. */
	struct jobs_item second;
	read_item(&scene->people, &scene->order, 2, &second);
	assert_int_equal(JOBS_SEALED, second.state);
	assert_non_null(strstr(second.problem, "asked this device to wait"));
	assert_int_equal(now + 300, second.next_try_at);
}

/* Only what it is about waits for another day; each job is asked for. */
static void a_days_quota_holds_each_job_alone(void **state)
{
	struct job_scene *scene = *state;
	struct jobs_item second;
	job_scene_server(scene, "status=429,after=7200,quota");
	job_scene_confirm(scene, 2);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "It is sent then");
	int64_t now = device_time();
	assert_true(job_scene_item(scene).next_try_at >= now + 7200);
	int64_t until = 0;
	assert_done(queue_held_until(scene->device.db, now, &until, err));
	assert_int_equal(0, until);
	read_item(&scene->people, &scene->order, 2, &second);
	assert_int_equal(JOBS_SEALED, second.state);
	assert_non_null(strstr(second.problem, "It is sent then"));
}

static int64_t tries_used(struct job_scene *scene)
{
	return temporary_db_number(scene->device.db,
				   "SELECT value FROM settings "
				   "WHERE name = 'retry_used'");
}

/* A server that is not there is one try for all of them. */
static void what_waits_behind_a_lost_connection_is_not_tried(void **state)
{
	struct job_scene *scene = *state;
	struct jobs_item second;
	set_port_of_nobody(scene);
	job_scene_confirm(scene, 2);
	(void)job_scene_round(scene);
	struct jobs_item first = job_scene_item(scene);
	assert_int_equal(1, first.attempts);
	read_item(&scene->people, &scene->order, 2, &second);
	assert_int_equal(JOBS_SEALED, second.state);
	assert_int_equal(0, second.attempts);
	assert_string_equal(first.problem, second.problem);
	/* It goes first then, or one that always breaks held it for ever. */
	assert_int_equal(first.next_try_at - 1, second.next_try_at);
	assert_int_equal(1, temporary_db_number(scene->device.db,
						"SELECT value FROM settings "
						"WHERE name = 'retry_used'"));
}

/* Nor after a transmission that found out a moment ago. */
static void what_the_delivery_found_out_is_believed(void **state)
{
	struct job_scene *scene = *state;
	int64_t next = 0, until = device_time() + 45;
	job_scene_server(scene, "");
	job_scene_confirm(scene, 1);
	client_lost(&scene->device.client, "no route", until);
	assert_done(jobs_round(&scene->device.client, &next, err));
	job_scene_assert(scene, JOBS_SEALED, "no route");
	assert_int_equal(0, job_scene_item(scene).attempts);
	assert_int_equal(until, job_scene_item(scene).next_try_at);
	assert_true(fault_is_quiet(&scene->server));
	device_set_time(until);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
}

/* Of our own turn that was just over: no trouble, and over in a moment. */
static void a_request_that_the_server_still_holds_is_soon_over(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "status=423,times=1");
	job_scene_confirm(scene, 1);
	assert_true(job_scene_round(scene) == device_time() + 1);
	job_scene_assert(scene, JOBS_SEALED, "");
	assert_int_equal(0, job_scene_entries(scene, LEDGER_FAILED));
	device_set_time(device_time() + 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	assert_true(scene->device.client.held == 0);
}

/* Of a line that broke: half a minute. It says so, and costs no try. */
static void it_waits_for_a_server_that_did_not_see_the_cut(void **state)
{
	struct job_scene *scene = *state;
	int64_t begin = device_time();
	job_scene_server(scene, "status=423,times=6");
	job_scene_confirm(scene, 1);
	for (int i = 0; i < 6; i++) {
		(void)job_scene_round(scene);
		job_scene_assert(scene, JOBS_SEALED,
				 i == 0 ? "" : "still holds the connection");
		device_set_time(job_scene_item(scene).next_try_at);
	}
	assert_in_range(device_time() - begin, 30, 60);
	assert_int_equal(0, tries_used(scene));
	assert_int_equal(0, job_scene_entries(scene, LEDGER_FAILED));
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
}

/* One that never lets go is a server that fails. */
static void a_request_that_is_held_for_ever_is_a_failure(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "status=423");
	job_scene_confirm(scene, 1);
	for (int i = 0; i < SCHEDULE_HELD_MOST; i++) {
		(void)job_scene_round(scene);
		device_set_time(job_scene_item(scene).next_try_at);
	}
	assert_int_equal(0, tries_used(scene));
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "423");
	assert_int_equal(1, tries_used(scene));
}

static void a_refusal_for_good_fails(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_server(scene, "on=POST,status=403");
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_FAILED, "The test says no");
	assert_int_equal(0, job_scene_files(scene));
	/* It is asked to forget what it may have. */
	job_scene_hear(scene, &told);
	assert_string_equal("POST ", told.text);
	job_scene_hear(scene, &told);
	assert_string_equal("DELETE ", told.text);
}

static void a_receipt_about_other_bytes_is_no_proof(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "other-hash,times=1");
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "is no proof");
	assert_int_equal(0, job_scene_entries(scene, LEDGER_RECEIVED));
	assert_int_equal(1, job_scene_files(scene));
	device_set_time(job_scene_item(scene).next_try_at);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
}

static void a_receipt_that_was_lost_is_fetched_again(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_server(scene, "on=GET,status=500,times=1");
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "500");
	job_scene_hear(scene, &told);
	assert_int_equal(1, told.whole);
	device_set_time(job_scene_item(scene).next_try_at);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	job_scene_hear(scene, &told);
	assert_string_equal("HEAD GET ", told.text);
}

/* ---- interruptions ---- */

static void a_cut_connection_goes_on_at_its_offset(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_source(scene, BIG);
	job_scene_server(scene, "on=PATCH,cut=300000,times=2");
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SEALED, "");
	struct jobs_item item = job_scene_item(scene);
	assert_true(item.offset >= 300000);
	device_set_time(item.next_try_at);
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	/* Once more within the first round, then one of its own. */
	unsigned wholes = 0, created = 0;
	for (int i = 0; i < 3; i++) {
		job_scene_hear(scene, &told);
		wholes += told.whole;
		created += told.created;
	}
	assert_int_equal(1, wholes);
	assert_int_equal(1, created);
	assert_non_null(strstr(told.whole_line, item.sealed_sha256));
	assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
}

static void work(struct job_scene *scene)
{
	(void)job_scene_round(scene);
}

static void a_kill_in_the_middle_neither_loses_nor_doubles(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_source(scene, BIG);
	job_scene_server(scene, "slow,hold=200000,times=1");
	job_scene_confirm(scene, 1);
	pid_t pid = job_scene_fork(scene, work);
	job_scene_await_hold(scene);
	assert_int_equal(0, kill(pid, SIGKILL));
	(void)job_scene_wait(pid);
	fault_go_on(&scene->server);
	job_scene_hear(scene, &told);
	assert_int_equal(0, told.whole);
	assert_int_equal(JOBS_SENDING, job_scene_item(scene).state);
	assert_done(jobs_recover(scene->device.db, device_time(), err));
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	job_scene_hear(scene, &told);
	assert_string_equal("HEAD PATCH GET ", told.text);
	assert_int_equal(1, told.whole);
	assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
	assert_int_equal(0, job_scene_files(scene));
}

/* A half sealed file is written anew. */
static void a_kill_while_sealing_seals_again(void **state)
{
	struct job_scene *scene = *state;
	char name[64];
	job_scene_confirm(scene, 1);
	(void)snprintf(name, sizeof(name), "%s.age.part",
		       scene->item.transaction);
	job_scene_put_file(scene, name);
	job_scene_server(scene, "");
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
	assert_int_equal(0, job_scene_files(scene));
}

static void one_that_was_left_on_its_way_is_taken_up(void **state)
{
	struct job_scene *scene = *state;
	set_port_of_nobody(scene);
	job_scene_confirm(scene, 1);
	(void)job_scene_round(scene);
	scene->item = job_scene_item(scene);
	begin_item(&scene->people, &scene->item, device_time());
	job_scene_server(scene, "");
	(void)job_scene_round(scene);
	job_scene_assert(scene, JOBS_SENT, "");
}

/* ---- no socket ---- */

static void work_without_sockets(struct job_scene *scene)
{
	if (!no_sockets()) {
		_exit(77);
	}
	(void)job_scene_round(scene);
}

static void nothing_that_is_due_makes_no_socket(void **state)
{
	struct job_scene *scene = *state;
	choose_jobs(&scene->people, 1, device_time(), &scene->order);
	read_item(&scene->people, &scene->order, 1, &scene->item);
	int status =
		job_scene_wait(job_scene_fork(scene, work_without_sockets));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("this kernel has no seccomp filters\n");
		return;
	}
	assert_int_equal(0, status);
	job_scene_assert(scene, JOBS_WAITING, "");
	/* The same round does make one for what was confirmed. */
	job_scene_confirm(scene, 1);
	status = job_scene_wait(job_scene_fork(scene, work_without_sockets));
	assert_true(WIFSIGNALED(status));
}

/* ---- the list ---- */

static void the_list_goes_to_the_page_that_asked(void **state)
{
	struct job_scene *scene = *state;
	const char *folder = scene->device.config.state;
	struct job_answer *answer = NULL;
	struct job_list list = JOB_LIST_INIT;
	struct buf xml = BUF_INIT;
	job_scene_source(scene,
			 "echo '<Jobs xmlns=\"urn:sluice:jobs:1\"><Source>"
			 "<Job id=\"job-1\"><Name>a</Name></Job></Source>"
			 "</Jobs>'");
	assert_done(job_answer_open(folder, "key-1", &answer, err));
	assert_done(job_source_answer(&scene->device.client, "key-1", err));
	assert_done(job_answer_wait(answer, 20000, &xml, err));
	assert_done(job_list_read(buf_str(&xml), xml.len, &list, err));
	assert_non_null(job_list_find(&list, "spool", "job-1"));
	job_list_clear(&list);
	job_answer_close(answer);
	buf_reset(&xml);
	/* Without a source the list is empty. */
	scene->device.config.job_sources_count = 0;
	assert_done(job_answer_open(folder, "key-2", &answer, err));
	assert_done(job_source_answer(&scene->device.client, "key-2", err));
	assert_done(job_answer_wait(answer, 20000, &xml, err));
	assert_done(job_list_read(buf_str(&xml), xml.len, &list, err));
	assert_int_equal(0, list.count);
	job_list_clear(&list);
	job_answer_close(answer);
	buf_clear(&xml);
}

static void a_list_without_a_key_or_a_reader(void **state)
{
	struct job_scene *scene = *state;
	struct client *client = &scene->device.client;
	assert_fails(ERR_INVALID, job_source_answer(client, "", err));
	assert_fails(ERR_INVALID, job_source_answer(client, "../wake", err));
	assert_done(job_source_answer(client, "nobody", err));
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, job_scene_begin, job_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(a_confirmed_job_is_sealed_sent_and_received),
		TEST(the_server_is_told_type_purpose_and_recipients),
		TEST(all_jobs_of_an_order_go_one_after_the_other),
		TEST(what_a_source_cannot_give_fails_with_its_words),
		TEST(a_sealed_file_that_finds_no_room_fails_and_is_gone),
		TEST(a_sealed_file_that_is_gone_fails),
		TEST(a_server_that_is_down_is_tried_again_soon),
		TEST(a_device_that_is_not_provisioned_waits),
		TEST(a_broken_trust_anchor_waits),
		TEST(the_servers_wish_for_a_pause_is_heard),
		TEST(a_days_quota_holds_each_job_alone),
		TEST(what_waits_behind_a_lost_connection_is_not_tried),
		TEST(what_the_delivery_found_out_is_believed),
		TEST(a_request_that_the_server_still_holds_is_soon_over),
		TEST(it_waits_for_a_server_that_did_not_see_the_cut),
		TEST(a_request_that_is_held_for_ever_is_a_failure),
		TEST(a_refusal_for_good_fails),
		TEST(a_receipt_about_other_bytes_is_no_proof),
		TEST(a_receipt_that_was_lost_is_fetched_again),
		TEST(a_cut_connection_goes_on_at_its_offset),
		TEST(a_kill_in_the_middle_neither_loses_nor_doubles),
		TEST(a_kill_while_sealing_seals_again),
		TEST(one_that_was_left_on_its_way_is_taken_up),
		TEST(nothing_that_is_due_makes_no_socket),
		TEST(the_list_goes_to_the_page_that_asked),
		TEST(a_list_without_a_key_or_a_reader),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
