/*
 * What the device says when it checks in: outcomes of instructions once, a
 * range of its log without names, nothing else; and that a check-in that is
 * cut off anywhere costs nothing but itself.
 */
#include "tests/unit/client/checkin_scene.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/consent.h"
#include "domain/continuation.h"
#include "formats/checkin.h"
#include "tests/support/word.h"
#include "tests/unit/domain/instructions_fixture.h"

static struct checkin_request *last_request(struct checkin_scene *scene)
{
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	struct buf request = BUF_INIT, answer = BUF_INIT;
	assert_done(checkins_bytes(scene->device.db,
				   checkin_scene_last(scene).number, &request,
				   &answer, err));
	assert_done(checkin_request_read(request.data, request.len, r, err));
	buf_clear(&request);
	buf_clear(&answer);
	return r;
}

/* ---- what it says ---- */

static void the_request_tells_how_the_device_is(void **state)
{
	struct checkin_scene *scene = *state;
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	struct checkin_request *r = last_request(scene);
	assert_string_equal(r->device, PKI_DEVICE);
	assert_string_equal(r->version, PACKAGE_VERSION);
	assert_int_equal(r->clock, device_time());
	assert_int_equal(r->interval_s, CHECKIN_PRESET_S);
	assert_int_equal(r->least_s, 900);
	assert_int_equal(r->most_s, 86400);
	assert_true(r->next_s > 0 && r->next_s <= 3780);
	assert_true(text_ends_with(r->checkpoint, "\n"));
	mem_free(r);
}

static void every_question_has_its_own_nonce(void **state)
{
	struct checkin_scene *scene = *state;
	checkin_scene_server(scene, "tus:");
	checkin_scene_ask_well(scene);
	struct checkin_request *one = last_request(scene);
	checkin_scene_ask_well(scene);
	struct checkin_request *two = last_request(scene);
	assert_string_not_equal(one->nonce, two->nonce);
	/* The log's key is told once for a certificate, its head each time. */
	assert_non_null(strstr(one->ledger_key, PKI_DEVICE));
	assert_string_equal(two->ledger_key, "");
	assert_true(text_ends_with(one->checkpoint, "\n"));
	mem_free(one);
	mem_free(two);
}

/* Of a log that gives no proof any more nothing is said, but all the rest. */
static void a_damaged_log_is_no_reason_to_fall_silent(void **state)
{
	struct checkin_scene *scene = *state;
	struct db *db = scene->device.db;
	checkin_scene_server(scene, "tus:witnessed=1");
	checkin_scene_ask_well(scene);
	checkin_scene_ask_well(scene);
	assert_true(temporary_db_number(db, "SELECT count(*) FROM ledger") > 4);
	temporary_db_drop_triggers(db);
	temporary_db_run(db, "CREATE TEMP TABLE kept AS SELECT * FROM "
			     "ledger_nodes WHERE level = 0 AND place = 1");
	temporary_db_run(db, "DELETE FROM ledger_nodes WHERE level = 0 AND "
			     "place = 1");
	device_set_time(device_time() + DAY_S);
	checkin_scene_ask_well(scene);
	struct checkin_request *r = last_request(scene);
	assert_string_equal(r->checkpoint, "");
	assert_int_equal(r->old_size, 0);
	assert_int_equal(r->proof.count, 0);
	assert_string_equal(r->device, PKI_DEVICE);
	mem_free(r);
	temporary_db_run(db, "INSERT INTO ledger_nodes SELECT * FROM kept");
}

/* After a loss: signed once, told until the server keeps it, and no names. */
static void what_was_acknowledged_is_told_until_it_is_accepted(void **state)
{
	struct checkin_scene *scene = *state;
	struct db *db = scene->device.db;
	const struct client *client = &scene->device.client;
	struct checkin_continuation c;
	struct note_verifier log;
	struct continuation last;
	char mode[64];
	checkin_scene_server(scene, "tus:head=conflict,witnessed=4711");
	(void)checkin_scene_round(scene);
	struct checkin_request *r = last_request(scene);
	assert_string_equal(r->continuation, "");
	mem_free(r);
	assert_done(
		continuation_acknowledge(db, "frontdesk", device_time(), err));
	checkin_scene_ask_well(scene);
	r = last_request(scene);
	assert_null(strstr(r->continuation, "frontdesk"));
	assert_done(note_verifier_of(client->ledger_name,
				     client->ledger_key.public_key, &log, err));
	assert_done(checkin_continuation_read(
		r->continuation, strlen(r->continuation), &log, &c, err));
	assert_string_equal(c.device, PKI_DEVICE);
	assert_true(c.had == 4711);
	assert_done(continuation_last(db, &last, err));
	assert_true(c.size == last.size);
	checkin_scene_ask_well(scene);
	struct checkin_request *again = last_request(scene);
	assert_string_equal(again->continuation, r->continuation);
	mem_free(again);
	mem_free(r);
	/* The server keeps it now. */
	(void)snprintf(mode, sizeof(mode), "tus:witnessed=%llu",
		       (unsigned long long)last.size);
	checkin_scene_server(scene, mode);
	checkin_scene_ask_well(scene);
	assert_done(continuation_last(db, &last, err));
	assert_true(last.accepted_at > 0);
	checkin_scene_ask_well(scene);
	r = last_request(scene);
	assert_string_equal(r->continuation, "");
	mem_free(r);
}

static void take(struct checkin_scene *scene, uint64_t number,
		 enum instruction_kind kind)
{
	struct instruction is = instruction_of(number, kind);
	is.issued_at = device_time();
	is.expires_at = device_time() + WEEK_S;
	if (kind == INSTRUCTION_LEDGER) {
		is.from = 0;
		is.to = 1;
	}
	(void)take_instruction(scene->device.db, &is, device_time());
}

static void outcomes_are_reported_at_once_and_once(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	checkin_scene_hear(scene, line);
	take(scene, 1, INSTRUCTION_SEND); /* waits for a person */
	int64_t next = checkin_scene_round(scene);
	checkin_scene_hear(scene, line);
	assert_true(text_starts_with(line, "outcomes=1 "));
	assert_int_equal(checkin_scene_last(scene).reason, CHECKIN_OUTCOME);
	struct checkin_request *r = last_request(scene);
	assert_int_equal(r->instruction, 1);
	assert_int_equal(r->outcomes[0].number, 1);
	assert_string_equal(r->outcomes[0].result, "waiting");
	mem_free(r);
	/* Told: nothing is due before the next slot. */
	assert_true(checkin_scene_round(scene) == next);
	assert_done(instructions_decide(scene->device.db, "carla", 1, false,
					device_time(), err));
	(void)checkin_scene_round(scene);
	r = last_request(scene);
	assert_string_equal(r->outcomes[0].result, "person");
	assert_null(strstr(r->outcomes[0].text, "carla"));
	mem_free(r);
}

/* They wait with the check-in that failed, and are not lost. */
static void outcomes_that_did_not_arrive_are_told_again(void **state)
{
	struct checkin_scene *scene = *state;
	checkin_scene_server(scene, "tus:lose");
	take(scene, 1, INSTRUCTION_SEND);
	int64_t next = checkin_scene_round(scene);
	assert_int_equal(checkin_scene_state(scene).failures, 1);
	assert_true(next >= device_time() + 30);
	checkin_scene_server(scene, "tus:");
	device_set_time(next);
	(void)checkin_scene_round(scene);
	struct checkin_request *r = last_request(scene);
	assert_int_equal(r->outcomes_count, 1);
	mem_free(r);
	assert_true(instruction_now(scene->device.db, 1).reported);
}

static void a_range_of_the_log_goes_without_names_and_texts(void **state)
{
	struct checkin_scene *scene = *state;
	struct ledger_entry entry;
	struct buf text = BUF_INIT, canonical = BUF_INIT;
	uint8_t leaf[MERKLE_HASH_SIZE];
	take(scene, 1, INSTRUCTION_LEDGER);
	assert_done(instructions_decide(scene->device.db, "carla", 1, true,
					device_time(), err));
	assert_done(instructions_finish(scene->device.db, 1,
					INSTRUCTION_REFUSAL_NONE, "Reported.",
					device_time(), err));
	struct instruction_row row = instruction_now(scene->device.db, 1);
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	struct checkin_request *r = last_request(scene);
	assert_int_equal(r->outcomes_count, 1);
	assert_int_equal(r->rows_count, 2);
	assert_int_equal(r->rows[0].sequence, row.is.from);
	assert_done(ledger_get(scene->device.db, (int64_t)row.is.from, &entry,
			       &text, err));
	ledger_entry_put(&canonical, &entry);
	merkle_leaf_hash(canonical.data, canonical.len, leaf);
	char first[3];
	(void)snprintf(first, sizeof(first), "%02x", leaf[0]);
	assert_memory_equal(r->rows[0].leaf, first, 2);
	assert_string_equal(r->rows[0].kind, ledger_kind_name(entry.kind));
	buf_clear(&canonical);
	buf_clear(&text);
	mem_free(r);
	struct buf request = BUF_INIT, answer = BUF_INIT;
	assert_done(
		checkins_bytes(scene->device.db, 1, &request, &answer, err));
	assert_false(word_in(buf_str(&request), "carla"));
	buf_clear(&request);
	buf_clear(&answer);
}

/* ---- cut off ---- */

static pid_t round_in_child(struct checkin_scene *scene)
{
	device_close(&scene->device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err why = { .kind = ERR_NONE };
		int64_t next;
		device_open(&scene->device);
		_exit(checkin_round(&scene->device.client, NULL, &next, &why)
			      ? 0
			      : 1);
	}
	return pid;
}

static void one_that_is_killed_is_made_again(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	int status;
	checkin_scene_server(scene, "tus:hold-reply,times=1");
	pid_t pid = round_in_child(scene);
	fault_expect(&scene->server, "held", line, sizeof(line));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	device_open(&scene->device);
	assert_string_equal(checkin_scene_last(scene).result, "begun");
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	assert_int_equal(checkin_scene_last(scene).number, 2);
	assert_string_equal(checkin_scene_last(scene).result, "ok");
	/* Begun twice, and once told that it was cut. */
	assert_true(entries(scene->device.db, LEDGER_CHECK_IN) >= 3);
}

static void withdrawn_before_the_first_byte_nothing_leaves(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	int status;
	checkin_scene_server(scene, "tus:hold-hello,times=1");
	pid_t pid = round_in_child(scene);
	fault_expect(&scene->server, "held", line, sizeof(line));
	device_open(&scene->device);
	assert_done(consent_withdraw(scene->device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, err));
	fault_go_on(&scene->server);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_string_equal(line, "end"); /* no request */
	assert_int_equal(checkin_scene_last(scene).number, 0);
	assert_int_equal(entries(scene->device.db, LEDGER_CHECK_IN), 0);
}

/* The owner withdraws at the moment of this look at the time; 0 = not. */
static unsigned looks_left;
static struct db *withdraws_in;

static int64_t withdrawing_clock(void)
{
	if (looks_left > 0 && --looks_left == 0) {
		assert_done(consent_withdraw(withdraws_in, "carla",
					     SERVICE_UNSET, device_time(), NULL,
					     err));
	}
	return device_time();
}

static void assert_stopped(struct checkin_scene *scene, int64_t last_before,
			   unsigned failures_before)
{
	struct checkin_done last = checkin_scene_last(scene);
	bool begun = last.number != last_before;
	assert_int_equal(checkin_scene_state(scene).failures,
			 failures_before + (begun ? 1 : 0));
	if (begun) {
		assert_string_equal(last.result, "failed");
		assert_non_null(strstr(last.problem, "are not allowed"));
	}
}

#define LOOKS_MAX 60

/* Told as what it is, and the server has then not got the whole of it. */
static void withdrawn_at_any_look_it_is_denied_or_whole(void **state)
{
	struct checkin_scene *scene = *state;
	struct err why;
	char line[256];
	unsigned denied = 0, cut = 0;
	checkin_scene_server(scene, "tus:");
	withdraws_in = scene->device.db;
	scene->device.client.now = withdrawing_clock;
	for (unsigned n = 1, left = 0; left == 0; n++) {
		assert_true(n < LOOKS_MAX);
		device_allow(&scene->device);
		int64_t before = checkin_scene_last(scene).number;
		unsigned failures = checkin_scene_state(scene).failures;
		looks_left = n;
		checkin_scene_ask(scene, &why);
		left = looks_left;
		looks_left = 0;
		if (why.kind == ERR_NONE) {
			checkin_scene_hear(scene, line);
			continue;
		}
		assert_string_equal(err_kind_name(why.kind), "denied");
		assert_stopped(scene, before, failures);
		denied++;
		cut += checkin_scene_last(scene).number != before;
	}
	assert_true(cut > 0 && denied > cut);
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_string_equal(line, "end");
	assert_true(fault_is_quiet(&scene->server));
}

static void one_that_is_told_to_stop_is_no_failure(void **state)
{
	struct checkin_scene *scene = *state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	checkin_scene_server(scene, "tus:");
	scene->device.client.stop_fd = ends[0];
	(void)checkin_scene_round(scene);
	scene->device.client.stop_fd = -1;
	(void)close(ends[0]);
	(void)close(ends[1]);
	assert_int_equal(checkin_scene_state(scene).failures, 0);
	(void)checkin_scene_round(scene);
	assert_string_equal(checkin_scene_last(scene).result, "ok");
}

static void a_full_disk_sends_nothing(void **state)
{
	struct checkin_scene *scene = *state;
	struct err why = { .kind = ERR_NONE };
	char line[256];
	int64_t next;
	checkin_scene_server(scene, "tus:");
	checkin_scene_ask_well(scene);
	checkin_scene_hear(scene, line);
	fault_expect(&scene->server, "end", line, sizeof(line));
	device_set_time(checkin_scene_state(scene).next_at);
	temporary_db_fill(scene->device.db, true);
	bool ok = true;
	/* The file has some room left at first. */
	for (int i = 0; ok && i < 100; i++) {
		ok = checkin_round(&scene->device.client, "otto", &next, &why);
	}
	assert_false(ok);
	assert_int_equal(why.kind, ERR_IO);
	temporary_db_fill(scene->device.db, false);
	checkin_scene_ask_well(scene);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, checkin_scene_begin, \
					checkin_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(the_request_tells_how_the_device_is),
		TEST(every_question_has_its_own_nonce),
		TEST(a_damaged_log_is_no_reason_to_fall_silent),
		TEST(what_was_acknowledged_is_told_until_it_is_accepted),
		TEST(outcomes_are_reported_at_once_and_once),
		TEST(outcomes_that_did_not_arrive_are_told_again),
		TEST(a_range_of_the_log_goes_without_names_and_texts),
		TEST(one_that_is_killed_is_made_again),
		TEST(withdrawn_before_the_first_byte_nothing_leaves),
		TEST(withdrawn_at_any_look_it_is_denied_or_whole),
		TEST(one_that_is_told_to_stop_is_no_failure),
		TEST(a_full_disk_sends_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
