/*
 * Carrying out: each kind does what its sentence says and no more, grants and
 * policy are looked at again at that moment, and whatever breaks it off it is
 * done once.
 */
#include "tests/unit/client/instructions_scene.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "client/client.h"
#include "client/enrol.h"
#include "domain/consent.h"
#include "domain/enrolment.h"

static void allow_kind(struct instructions_scene *scene,
		       enum instruction_kind kind)
{
	assert_done(instruction_rule_set(scene->device.db, "carla", kind,
					 INSTRUCTION_ALLOW, 0, device_time(),
					 err));
}

/* One of the kind, allowed by policy, and a round. */
static struct instruction_row carry_out(struct instructions_scene *scene,
					const struct instruction *is)
{
	allow_kind(scene, is->kind);
	assert_int_equal(scene_take(scene, is), INSTRUCTION_APPROVED);
	assert_int_equal(scene_round(scene), 1);
	return scene_row(scene, is->number);
}

static void assert_refused(const struct instruction_row *row,
			   enum instruction_refusal refusal)
{
	assert_int_equal(row->state, INSTRUCTION_REFUSED);
	if (row->refusal != refusal) {
		fail_msg("%s: %s", instruction_refusal_name(row->refusal),
			 row->outcome);
	}
	assert_true(row->outcome[0] != '\0');
}

/* ---- send ---- */

static void a_person_says_yes_and_it_is_queued(void **state)
{
	struct instructions_scene *scene = *state;
	struct db *db = scene->device.db;
	struct outbox_item item;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	assert_int_equal(scene_take(scene, &is), INSTRUCTION_ASKED);
	assert_int_equal(scene_round(scene), 0);
	assert_int_equal(scene_items(scene, NULL), 0);
	assert_done(
		instructions_decide(db, "carla", 1, true, device_time(), err));
	assert_int_equal(scene_round(scene), 1);
	assert_int_equal(scene_items(scene, &item), 1);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_int_equal(item.services, METERING);
	assert_string_equal(item.created_by, "instruction");
	assert_string_equal(item.approved_by, "instruction");
	struct instruction_row row = scene_row(scene, 1);
	assert_int_equal(row.state, INSTRUCTION_DONE);
	assert_non_null(strstr(row.outcome, item.transaction));
	assert_int_equal(
		temporary_db_number(db, "SELECT count(*) FROM ledger WHERE "
					"kind = 'approved' AND text LIKE "
					"'%instruction 1 of the server'"),
		1);
	/* Once. */
	assert_int_equal(scene_round(scene), 0);
	assert_int_equal(scene_items(scene, NULL), 1);
}

static void the_bytes_say_that_an_instruction_asked(void **state)
{
	struct instructions_scene *scene = *state;
	struct outbox_item item;
	struct buf body = BUF_INIT;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	(void)carry_out(scene, &is);
	assert_int_equal(scene_items(scene, &item), 1);
	assert_done(
		outbox_body(scene->device.db, item.transaction, &body, err));
	assert_non_null(strstr(buf_str(&body), "reason=\"instruction\""));
	buf_clear(&body);
}

static void a_no_sends_nothing(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	(void)scene_take(scene, &is);
	assert_done(instructions_decide(scene->device.db, "carla", 1, false,
					device_time(), err));
	assert_int_equal(scene_round(scene), 0);
	assert_int_equal(scene_items(scene, NULL), 0);
}

static void a_grant_that_ended_meanwhile_counts(void **state)
{
	static const enum service_id ended[] = { SERVICE_METERING,
						 SERVICE_UNSET };
	struct instructions_scene *scene = *state;
	allow_kind(scene, INSTRUCTION_SEND);
	for (uint64_t n = 1; n <= 2; n++) {
		const struct instruction is =
			scene_instruction(n, INSTRUCTION_SEND);
		device_allow(&scene->device);
		(void)scene_take(scene, &is);
		assert_done(consent_withdraw(scene->device.db, "carla",
					     ended[n - 1], device_time(), NULL,
					     err));
		assert_int_equal(scene_round(scene), 1);
		struct instruction_row row = scene_row(scene, n);
		assert_refused(&row, INSTRUCTION_REFUSAL_NOT_ALLOWED);
	}
	assert_int_equal(scene_items(scene, NULL), 0);
}

static void one_service_that_is_not_allowed_stops_all_of_it(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	strcpy(is.services, "metering supplies");
	struct instruction_row row = carry_out(scene, &is);
	assert_refused(&row, INSTRUCTION_REFUSAL_NOT_ALLOWED);
	assert_int_equal(scene_items(scene, NULL), 0);
}

/* The server is told, so collectors have no word in it. */
static void a_machine_that_cannot_be_read_is_an_outcome(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	scene_collector(scene, "echo printer-7.corp.example is off >&2; "
			       "exit 1");
	struct instruction_row row = carry_out(scene, &is);
	assert_refused(&row, INSTRUCTION_REFUSAL_FAILED);
	assert_null(strstr(row.outcome, "corp"));
	assert_null(strstr(row.outcome, scene->device.dir));
	assert_int_equal(scene_items(scene, NULL), 0);
}

static void a_machine_that_tells_nothing_of_it_is_an_outcome(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	assert_done(consent_allow(scene->device.db, "carla", SERVICE_SUPPLIES,
				  device_time(), err));
	strcpy(is.services, "supplies");
	struct instruction_row row = carry_out(scene, &is);
	assert_refused(&row, INSTRUCTION_REFUSAL_FAILED);
	assert_non_null(strstr(row.outcome, "nothing that these services"));
	/* Undone and ended for good: the next start knows it. */
	device_close(&scene->device);
	device_open(&scene->device);
	row = scene_row(scene, 1);
	assert_refused(&row, INSTRUCTION_REFUSAL_FAILED);
	assert_int_equal(scene_items(scene, NULL), 0);
}

/* ---- the others ---- */

static void an_interval_within_the_limits_is_kept(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is =
		scene_instruction(1, INSTRUCTION_INTERVAL);
	struct instruction_row row = carry_out(scene, &is);
	assert_int_equal(row.state, INSTRUCTION_DONE);
	assert_non_null(strstr(row.outcome, "30 minutes"));
}

static void an_interval_outside_the_limits_is_refused(void **state)
{
	static const int64_t bad[] = { 1, 60, 8 * 86400, INT32_MAX };
	struct instructions_scene *scene = *state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct instruction is =
			scene_instruction(i + 1, INSTRUCTION_INTERVAL);
		is.interval_s = bad[i];
		struct instruction_row row = carry_out(scene, &is);
		assert_refused(&row, INSTRUCTION_REFUSAL_LIMITS);
	}
	/* Undone whole: no wish stays behind. */
	assert_int_equal(
		temporary_db_number(scene->device.db,
				    "SELECT count(*) FROM settings WHERE name "
				    "= 'checkin_wished' AND value <> '0'"),
		0);
}

static void a_package_is_shown_and_nothing_else(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_PACKAGE);
	struct instruction_row row = carry_out(scene, &is);
	assert_int_equal(row.state, INSTRUCTION_DONE);
	assert_string_equal(row.outcome,
			    "A new package is available: engine-2.4.1. "
			    "Packages are taken only by hand here.");
}

static void a_message_is_shown_until_it_is_read(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction_row *list = NULL;
	size_t count = 0;
	const struct instruction is = scene_instruction(1, INSTRUCTION_MESSAGE);
	(void)carry_out(scene, &is);
	assert_done(
		instructions_unseen(scene->device.db, 9, &list, &count, err));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].is.message, "We call tomorrow at nine.");
	mem_free(list);
}

static void entries_that_are_there_can_be_reported(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(1, INSTRUCTION_LEDGER);
	is.to = 1;
	struct instruction_row row = carry_out(scene, &is);
	assert_int_equal(row.state, INSTRUCTION_DONE);
	is = scene_instruction(2, INSTRUCTION_LEDGER);
	is.from = is.to = 5000;
	row = carry_out(scene, &is);
	assert_refused(&row, INSTRUCTION_REFUSAL_LIMITS);
}

/* Nobody answers at port 1. */
static void a_renewal_that_does_not_work_is_an_outcome(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_RENEW);
	struct instruction_row row = carry_out(scene, &is);
	assert_refused(&row, INSTRUCTION_REFUSAL_FAILED);
}

static void a_renewal_that_works_is_an_outcome(void **state)
{
	struct instructions_scene *scene = *state;
	struct enrolment before, after;
	const struct instruction is = scene_instruction(1, INSTRUCTION_RENEW);
	assert_done(enrol_recover(&scene->device.client, err));
	assert_done(enrolment_read(scene->device.db, &before, err));
	device_serve(&scene->device, &scene->server, "est:");
	struct instruction_row row = carry_out(scene, &is);
	assert_string_equal(row.outcome, "The certificate was renewed.");
	assert_int_equal(row.state, INSTRUCTION_DONE);
	assert_done(enrolment_read(scene->device.db, &after, err));
	assert_string_not_equal(after.sha256, before.sha256);
}

/* A process renewed and died before it could say so. */
static void a_renewal_is_done_once(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_RENEW);
	(void)scene_take(scene, &is);
	assert_done(instructions_begin(scene->device.db, 1,
				       "The renewal of 00ff began.", err));
	assert_int_equal(scene_round(scene), 1);
	struct instruction_row row = scene_row(scene, 1);
	assert_int_equal(row.state, INSTRUCTION_DONE);
	assert_string_equal(row.outcome, "The certificate was renewed.");
}

static void without_remote_services_only_showing_is_left(void **state)
{
	struct instructions_scene *scene = *state;
	for (unsigned k = 1; k < INSTRUCTION_KINDS; k++) {
		const struct instruction is =
			scene_instruction(k, (enum instruction_kind)k);
		allow_kind(scene, is.kind);
		(void)scene_take(scene, &is);
	}
	assert_done(consent_withdraw(scene->device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, err));
	assert_int_equal(scene_round(scene), INSTRUCTION_KINDS - 1);
	for (unsigned k = 1; k < INSTRUCTION_KINDS; k++) {
		struct instruction_row row = scene_row(scene, k);
		if (k == INSTRUCTION_MESSAGE || k == INSTRUCTION_PACKAGE) {
			assert_int_equal(row.state, INSTRUCTION_DONE);
		} else {
			assert_refused(&row, INSTRUCTION_REFUSAL_NOT_ALLOWED);
		}
	}
}

/* ---- policy at that moment ---- */

static void a_policy_that_ended_asks_again(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	assert_done(instruction_rule_set(
		scene->device.db, "carla", INSTRUCTION_SEND, INSTRUCTION_ALLOW,
		device_time() + 10, device_time(), err));
	assert_int_equal(scene_take(scene, &is), INSTRUCTION_APPROVED);
	device_set_time(device_time() + 10);
	assert_int_equal(scene_round(scene), 0);
	assert_int_equal(scene_row(scene, 1).state, INSTRUCTION_ASKED);
	assert_int_equal(scene_items(scene, NULL), 0);
	/* What comes now waits too. */
	const struct instruction next = scene_instruction(2, INSTRUCTION_SEND);
	assert_int_equal(scene_take(scene, &next), INSTRUCTION_ASKED);
}

static void never_stops_what_was_approved(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	allow_kind(scene, INSTRUCTION_SEND);
	(void)scene_take(scene, &is);
	assert_done(instruction_rule_set(scene->device.db, "carla",
					 INSTRUCTION_SEND, INSTRUCTION_NEVER, 0,
					 device_time(), err));
	assert_int_equal(scene_round(scene), 0);
	struct instruction_row row = scene_row(scene, 1);
	assert_refused(&row, INSTRUCTION_REFUSAL_POLICY);
	assert_int_equal(scene_items(scene, NULL), 0);
}

static void what_is_over_by_then_is_not_done(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	allow_kind(scene, INSTRUCTION_SEND);
	(void)scene_take(scene, &is);
	device_set_time(is.expires_at);
	(void)scene_round(scene);
	struct instruction_row row = scene_row(scene, 1);
	assert_refused(&row, INSTRUCTION_REFUSAL_EXPIRED);
	assert_int_equal(scene_items(scene, NULL), 0);
}

/* ---- what breaks it off ---- */

static void told_to_stop_it_stays_for_the_next_start(void **state)
{
	struct instructions_scene *scene = *state;
	int ends[2];
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	allow_kind(scene, INSTRUCTION_SEND);
	(void)scene_take(scene, &is);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	scene->device.client.stop_fd = ends[0];
	assert_int_equal(scene_round(scene), 0);
	assert_int_equal(scene_row(scene, 1).state, INSTRUCTION_APPROVED);
	scene->device.client.stop_fd = -1;
	assert_int_equal(scene_round(scene), 1);
	assert_int_equal(scene_row(scene, 1).state, INSTRUCTION_DONE);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* Kills this process when it looks at the time so often. */
static unsigned looks_left;

static int64_t deadly_clock(void)
{
	if (--looks_left == 0) {
		(void)raise(SIGKILL);
	}
	return device_time();
}

/* A round in a process that is killed at its nth look; was it? */
static bool killed_at(struct instructions_scene *scene, unsigned nth)
{
	int status = 0;
	device_close(&scene->device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err err = { .kind = ERR_NONE };
		device_open(&scene->device);
		looks_left = nth;
		scene->device.client.now = deadly_clock;
		bool ok = instructions_round(&scene->device.client, NULL, &err);
		_exit(ok ? 0 : 1); /* without closing anything */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	device_open(&scene->device);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

#define LOOKS_MAX 60

static void killed_at_any_look_it_is_done_once(void **state)
{
	struct instructions_scene *scene = *state;
	unsigned n = 1;
	allow_kind(scene, INSTRUCTION_SEND);
	for (bool killed = true; killed; n++) {
		assert_true(n < LOOKS_MAX);
		const struct instruction is =
			scene_instruction(n, INSTRUCTION_SEND);
		(void)scene_take(scene, &is);
		killed = killed_at(scene, n);
		enum instruction_state now = scene_row(scene, n).state;
		assert_int_equal(scene_items(scene, NULL),
				 now == INSTRUCTION_DONE ? n : n - 1);
		(void)scene_round(scene);
		assert_int_equal(scene_row(scene, n).state, INSTRUCTION_DONE);
		assert_int_equal(scene_items(scene, NULL), n);
	}
	/* It did look a few times. */
	assert_true(n > 4);
}

/* The deed and its outcome are one: what cannot be written was not done. */
static void nothing_is_done_by_halves(void **state)
{
	struct instructions_scene *scene = *state;
	struct err why = { .kind = ERR_NONE };
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	allow_kind(scene, INSTRUCTION_SEND);
	(void)scene_take(scene, &is);
	temporary_db_refuse(scene->device.db, "UPDATE ON instructions");
	assert_false(instructions_round(&scene->device.client, NULL, &why));
	temporary_db_refuse(scene->device.db, NULL);
	assert_int_equal(scene_row(scene, 1).state, INSTRUCTION_APPROVED);
	assert_int_equal(scene_items(scene, NULL), 0);
	assert_int_equal(scene_round(scene), 1);
	assert_int_equal(scene_items(scene, NULL), 1);
}

/* What the customer says counts at that moment, however it came to stand. */
static void never_counts_when_it_is_carried_out(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_MESSAGE);
	assert_int_equal(scene_take(scene, &is), INSTRUCTION_APPROVED);
	temporary_db_run(scene->device.db,
			 "INSERT INTO instruction_policies VALUES ('message', "
			 "'never', 0, 'carla', 1)");
	assert_int_equal(scene_round(scene), 1);
	struct instruction_row row = scene_row(scene, 1);
	assert_refused(&row, INSTRUCTION_REFUSAL_POLICY);
}

static void what_cannot_be_read_any_more_is_refused(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_MESSAGE);
	(void)scene_take(scene, &is);
	temporary_db_drop_triggers(scene->device.db);
	temporary_db_run(scene->device.db,
			 "UPDATE instructions SET note = 'x'");
	assert_int_equal(scene_round(scene), 1);
	struct instruction_row row = scene_row(scene, 1);
	assert_refused(&row, INSTRUCTION_REFUSAL_FORM);
}

static int stop_end;

/* Tells the client to stop when it looks at the time so often. */
static int64_t stopping_clock(void)
{
	if (--looks_left == 0) {
		assert_int_equal(write(stop_end, "x", 1), 1);
	}
	return device_time();
}

/* Told while documents are collected: the next start has it. */
static void told_to_stop_in_between_it_is_left(void **state)
{
	struct instructions_scene *scene = *state;
	bool left = false;
	allow_kind(scene, INSTRUCTION_SEND);
	for (unsigned n = 1; n <= 8; n++) {
		int ends[2];
		const struct instruction is =
			scene_instruction(n, INSTRUCTION_SEND);
		(void)scene_take(scene, &is);
		assert_int_equal(pipe(ends), 0);
		stop_end = ends[1];
		looks_left = n;
		scene->device.client.stop_fd = ends[0];
		scene->device.client.now = stopping_clock;
		(void)scene_round(scene);
		enum instruction_state now = scene_row(scene, n).state;
		left = left || now == INSTRUCTION_APPROVED;
		assert_true(now == INSTRUCTION_APPROVED ||
			    now == INSTRUCTION_DONE);
		assert_int_equal(scene_items(scene, NULL),
				 now == INSTRUCTION_DONE ? n : n - 1);
		scene->device.client.stop_fd = -1;
		scene->device.client.now = device_time;
		(void)scene_round(scene);
		assert_int_equal(scene_row(scene, n).state, INSTRUCTION_DONE);
		assert_int_equal(scene_items(scene, NULL), n);
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	assert_true(left);
}

/* A round that cannot write ends with the fault, and nothing is lost. */
static void a_database_that_does_not_write_ends_the_round(void **state)
{
	static const enum instruction_kind kinds[] = { INSTRUCTION_INTERVAL,
						       INSTRUCTION_MESSAGE,
						       INSTRUCTION_LEDGER };
	struct instructions_scene *scene = *state;
	struct db *db = scene->device.db;
	for (uint64_t n = 1; n <= 3; n++) {
		struct instruction is = scene_instruction(n, kinds[n - 1]);
		struct err why = { .kind = ERR_NONE };
		is.to = is.from;
		allow_kind(scene, is.kind);
		(void)scene_take(scene, &is);
		temporary_db_refuse(db, n == 1 ? "INSERT ON settings"
					       : "INSERT ON ledger");
		assert_false(
			instructions_round(&scene->device.client, NULL, &why));
		assert_int_equal(why.kind, ERR_INVALID);
		temporary_db_refuse(db, NULL);
		assert_int_equal(scene_row(scene, n).state,
				 INSTRUCTION_APPROVED);
		assert_int_equal(scene_round(scene), 1);
		assert_int_equal(scene_row(scene, n).state, INSTRUCTION_DONE);
	}
}

int main(void)
{
#define TEST(name)                                                      \
	cmocka_unit_test_setup_teardown(name, instructions_scene_begin, \
					instructions_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(a_person_says_yes_and_it_is_queued),
		TEST(the_bytes_say_that_an_instruction_asked),
		TEST(a_no_sends_nothing),
		TEST(a_grant_that_ended_meanwhile_counts),
		TEST(one_service_that_is_not_allowed_stops_all_of_it),
		TEST(a_machine_that_cannot_be_read_is_an_outcome),
		TEST(a_machine_that_tells_nothing_of_it_is_an_outcome),
		TEST(an_interval_within_the_limits_is_kept),
		TEST(an_interval_outside_the_limits_is_refused),
		TEST(a_package_is_shown_and_nothing_else),
		TEST(a_message_is_shown_until_it_is_read),
		TEST(entries_that_are_there_can_be_reported),
		TEST(a_renewal_that_does_not_work_is_an_outcome),
		TEST(a_renewal_that_works_is_an_outcome),
		TEST(a_renewal_is_done_once),
		TEST(without_remote_services_only_showing_is_left),
		TEST(a_policy_that_ended_asks_again),
		TEST(never_stops_what_was_approved),
		TEST(what_is_over_by_then_is_not_done),
		TEST(told_to_stop_it_stays_for_the_next_start),
		TEST(killed_at_any_look_it_is_done_once),
		TEST(nothing_is_done_by_halves),
		TEST(never_counts_when_it_is_carried_out),
		TEST(what_cannot_be_read_any_more_is_refused),
		TEST(told_to_stop_in_between_it_is_left),
		TEST(a_database_that_does_not_write_ends_the_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
