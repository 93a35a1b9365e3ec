/*
 * Getting and keeping a certificate: by code, by renewal, after its end; what
 * is tried again and when; what a process that died leaves behind; and that
 * the certificate in use stays until a new one is proved.
 */
#include "tests/unit/client/enrol_scene.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "client/link.h"
#include "domain/consent.h"
#include "domain/retry_budget.h"
#include "formats/certs.h"
#include "tests/support/no_sockets.h"

#define EXIT_SKIPPED 77
#define ENROLL "request POST /.well-known/est/simpleenroll"
#define REENROLL "request POST /.well-known/est/simplereenroll"
#define CACERTS "request GET /.well-known/est/cacerts"
#define ECHO "request POST /v1/echo"

static bool has_next(struct enrol_scene *s)
{
	char sha256[65];
	enrol_scene_hash(s, ENROL_NEXT_FILE, sha256);
	return sha256[0] != '\0';
}

/* The certificate that the PKI gave, known to the database. */
static void know(struct enrol_scene *s, char sha256[65])
{
	assert_true(enrol_recover(&s->device.client, NULL));
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	enrol_scene_assert_uses(s, sha256);
}

/* As late as a renewal is due. */
static void let_half_pass(struct enrol_scene *s)
{
	device_set_time(s->device.pki.now + 3600);
}

static void assert_new(struct enrol_scene *s, const char *before)
{
	char sha256[65];
	struct link link;
	struct err err = { .kind = ERR_NONE };
	struct enrolment row = enrol_scene_row(s);
	assert_int_equal(row.state, ENROLMENT_ENROLLED);
	assert_string_equal(row.problem, "");
	assert_int_equal(row.attempts, 0);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	assert_string_not_equal(sha256, before);
	enrol_scene_assert_uses(s, sha256);
	assert_false(has_next(s));
	assert_int_equal(enrolment_code(s->device.db, &(struct buf)BUF_INIT,
					NULL),
			 false);
	if (!link_load(&s->device.client, &link, &err)) {
		fail_msg("%s", err.text);
	}
	link_clear(&link);
}

/* ---- a code ---- */

static void a_code_brings_the_first_certificate(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	enrol_scene_ask(s);
	int64_t next = enrol_scene_round(s, false);
	assert_new(s, "");
	/* The next thing is the renewal, from the half of 30 days on. */
	assert_true(next > device_time() + 14 * PKI_DAY_S);
	assert_true(next < device_time() + 16 * PKI_DAY_S);
	enrol_scene_hear(s, "connection anonymous");
	enrol_scene_hear(s, ENROLL);
	enrol_scene_hear(s, "issued");
	enrol_scene_hear(s, CACERTS);
	enrol_scene_hear(s, "connection known");
	enrol_scene_hear(s, ECHO);
	enrol_scene_hear(s, "echo");
	/* asked, begun, shown, in use */
	assert_int_equal(enrol_scene_entries(s), 4);
	enrol_scene_round(s, false);
	assert_true(fault_is_quiet(&s->fault));
}

static void a_wrong_code_is_refused_once_and_for_all(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	device_set_time(s->device.pki.now - 3600); /* no renewal is due */
	enrol_scene_serve(s, "code=OTHER");
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	struct enrolment row = enrol_scene_row(s);
	assert_int_equal(row.state, ENROLMENT_REFUSED);
	assert_non_null(strstr(row.problem, "401"));
	assert_non_null(strstr(row.problem, "The test says no"));
	assert_non_null(strstr(row.problem, "Check the code"));
	enrol_scene_assert_uses(s, before);
	assert_false(has_next(s));
	enrol_scene_hear(s, "connection anonymous");
	enrol_scene_hear(s, ENROLL);
	enrol_scene_round(s, false);
	assert_true(fault_is_quiet(&s->fault));
}

/* Two windows, or a button that was pressed twice. */
static void a_code_that_is_typed_twice_changes_nothing(void **state)
{
	struct enrol_scene *s = *state;
	char sha256[65];
	enrol_scene_forget(s);
	enrol_scene_serve(s, "again,code=" ENROL_CODE);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	assert_new(s, "");
	know(s, sha256);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	struct enrolment row = enrol_scene_row(s);
	assert_int_equal(row.state, ENROLMENT_ENROLLED);
	assert_string_equal(row.problem, "");
	enrol_scene_assert_uses(s, sha256);
	assert_false(has_next(s));
	assert_int_equal(enrolment_code(s->device.db, &(struct buf)BUF_INIT,
					NULL),
			 false);
}

/* It gives again what it gave: no newer one is thrown away for that. */
static void a_code_of_long_ago_brings_no_older_certificate_back(void **state)
{
	struct enrol_scene *s = *state;
	char first[65], renewed[65];
	enrol_scene_forget(s);
	enrol_scene_serve(s, "again,code=" ENROL_CODE);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	know(s, first);
	/* openssl issues by the second */
	while (time(NULL) <= enrol_scene_row(s).not_before) {
		(void)poll(NULL, 0, 50);
	}
	/* So has the device's time gone on; else the new one were of later. */
	device_set_time(device_time() + 600);
	enrol_scene_hang_up(s);
	enrol_scene_serve(s, "");
	enrol_scene_round(s, true);
	know(s, renewed);
	assert_string_not_equal(first, renewed);
	enrol_scene_hang_up(s);
	enrol_scene_serve(s, "again,code=" ENROL_CODE);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	enrol_scene_assert_uses(s, renewed);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ENROLLED);
}

static void an_authority_that_waits_is_asked_again_when_it_says(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	enrol_scene_serve(s, "code=" ENROL_CODE ",pending=1,after=7200");
	enrol_scene_ask(s);
	int64_t next = enrol_scene_round(s, false);
	struct enrolment row = enrol_scene_row(s);
	assert_int_equal(row.state, ENROLMENT_PENDING);
	assert_int_equal(row.next_try_at, next);
	assert_in_range(next - device_time(), 7200, 7200 + 721);
	enrol_scene_hear(s, "connection anonymous");
	enrol_scene_hear(s, ENROLL);
	device_set_time(next - 1);
	assert_int_equal(enrol_scene_round(s, false), next);
	assert_true(fault_is_quiet(&s->fault));
	device_set_time(next);
	enrol_scene_round(s, false);
	assert_new(s, "");
}

static void without_a_server_the_code_waits_longer_and_longer(void **state)
{
	struct enrol_scene *s = *state;
	int64_t pause = 0;
	enrol_scene_forget(s);
	s->device.config.server_port = 1; /* nobody listens there */
	enrol_scene_ask(s);
	for (unsigned i = 1; i <= 8; i++) {
		int64_t next = enrol_scene_round(s, false);
		struct enrolment row = enrol_scene_row(s);
		assert_int_equal(row.state, ENROLMENT_ASKED);
		assert_int_equal(row.attempts, i);
		assert_true(row.problem[0] != '\0');
		assert_true(next - device_time() >= pause);
		pause = i == 1 ? 30 : pause * 2;
		assert_in_range(next - device_time(), pause, 2 * pause);
		device_set_time(next);
	}
	/* It comes back: the code still stands. */
	enrol_scene_serve(s, "code=" ENROL_CODE);
	device_set_time(s->device.pki.now + 7200);
	enrol_scene_round(s, true);
	assert_new(s, "");
}

static void a_person_need_not_wait_for_the_next_try(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	s->device.config.server_port = 1;
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	enrol_scene_round(s, false);
	assert_true(fault_is_quiet(&s->fault));
	enrol_scene_round(s, true);
	assert_new(s, "");
}

static void answers_that_are_none_leave_the_code_and_no_file(void **state)
{
	struct enrol_scene *s = *state;
	static const char *const bad[] = { "garbage", "other-key", "status=503",
					   "status=404", "type=text/html" };
	enrol_scene_forget(s);
	enrol_scene_ask(s);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enrol_scene_serve(s, bad[i]);
		enrol_scene_round(s, true);
		assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ASKED);
		assert_int_equal(enrol_scene_row(s).attempts, i + 1);
		assert_false(has_next(s));
	}
	enrol_scene_assert_uses(s, "");
}

static void a_certificate_that_has_run_out_already_is_refused(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	enrol_scene_serve(s, "code=" ENROL_CODE ",days=0");
	device_set_time(s->device.pki.now + 3600);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_REFUSED);
	assert_non_null(strstr(enrol_scene_row(s).problem, "run out already"));
	enrol_scene_assert_uses(s, before);
	assert_false(has_next(s));
}

/* ---- renewal ---- */

static void a_certificate_is_renewed_from_half_of_its_life_on(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	enrol_scene_serve(s, "");
	device_set_time(s->device.pki.now - 60);
	int64_t next = enrol_scene_round(s, false);
	assert_in_range(next, s->device.pki.now, s->device.pki.now + 3600);
	assert_true(fault_is_quiet(&s->fault));
	device_set_time(next);
	enrol_scene_round(s, false);
	assert_new(s, before);
	enrol_scene_hear(s, "connection known");
	enrol_scene_hear(s, REENROLL);
	enrol_scene_hear(s, "issued");
	enrol_scene_hear(s, CACERTS);
	enrol_scene_hear(s, "connection known");
	enrol_scene_hear(s, ECHO);
	enrol_scene_hear(s, "echo");
}

static void a_renewal_can_be_had_at_once(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	enrol_scene_serve(s, "");
	device_set_time(s->device.pki.now - 3600);
	enrol_scene_round(s, true);
	assert_new(s, before);
}

static void a_renewal_is_tried_every_hour_and_a_little_later(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	let_half_pass(s);
	static const char *const bad[] = { "status=503", "status=401",
					   "status=400", "garbage",
					   "lose",       "other-key",
					   "pending=1" };
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enrol_scene_serve(s, bad[i]);
		int64_t next = enrol_scene_round(s, false);
		struct enrolment row = enrol_scene_row(s);
		assert_in_range(next - device_time(), 3600, 3600 + 900);
		assert_int_equal(row.state, ENROLMENT_ENROLLED);
		assert_int_equal(row.attempts, i + 1);
		assert_true(row.problem[0] != '\0');
		enrol_scene_assert_uses(s, before);
		assert_false(has_next(s));
		device_set_time(next);
	}
	enrol_scene_serve(s, "");
	enrol_scene_round(s, false);
	assert_new(s, before);
}

static void a_server_can_ask_to_be_left_alone_for_longer(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	let_half_pass(s);
	enrol_scene_serve(s, "status=503,after=20000");
	int64_t next = enrol_scene_round(s, false);
	assert_int_equal(next - device_time(), 20000);
}

static void tries_in_vain_are_bounded_but_for_a_persons(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	struct retry_budget budget;
	know(s, before);
	let_half_pass(s);
	for (unsigned i = 0; i < RETRY_BUDGET_TRIES; i++) {
		assert_true(
			retry_budget_spend(s->device.db, device_time(), NULL));
	}
	assert_true(
		retry_budget_read(s->device.db, device_time(), &budget, NULL));
	assert_int_equal(budget.left, 0);
	enrol_scene_serve(s, "");
	assert_int_equal(enrol_scene_round(s, false), budget.renewed_at);
	assert_true(fault_is_quiet(&s->fault));
	enrol_scene_round(s, true);
	assert_new(s, before);
}

/* ---- the proof ---- */

static void what_is_not_proved_is_not_used(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	static const char *const bad[] = {
		"echo=nonce",
		"echo=device",
		"echo=signature",
		"status=500,on=/v1/echo",
		"status=404,on=/v1/echo",
	};
	know(s, before);
	let_half_pass(s);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enrol_scene_serve(s, bad[i]);
		enrol_scene_round(s, true);
		enrol_scene_assert_uses(s, before);
		assert_true(has_next(s));
		assert_true(enrol_scene_row(s).problem[0] != '\0');
	}
	/* It is asked for once, and shown until it is proved. */
	enrol_scene_serve(s, "");
	enrol_scene_round(s, true);
	assert_new(s, before);
	enrol_scene_hear(s, "connection known");
	enrol_scene_hear(s, ECHO);
}

static void a_renewal_that_the_server_does_not_take_begins_anew(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	let_half_pass(s);
	enrol_scene_serve(s, "status=403,on=/v1/echo");
	int64_t next = enrol_scene_round(s, false);
	assert_in_range(next - device_time(), 3600, 3600 + 900);
	enrol_scene_assert_uses(s, before);
	assert_false(has_next(s));
	enrol_scene_serve(s, "");
	enrol_scene_round(s, true);
	assert_new(s, before);
	enrol_scene_hear(s, "connection known");
	enrol_scene_hear(s, REENROLL);
}

static void what_a_code_brought_is_kept_until_the_server_takes_it(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	enrol_scene_serve(s, "code=" ENROL_CODE ",status=403,on=/v1/echo");
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ASKED);
	assert_true(has_next(s));
	enrol_scene_assert_uses(s, "");
	/* A code that would not be good a second time. */
	enrol_scene_serve(s, "code=OTHER");
	enrol_scene_round(s, true);
	assert_new(s, "");
}

static void a_renewal_that_is_never_proved_begins_anew_in_the_end(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	let_half_pass(s);
	enrol_scene_serve(s, "echo=nonce");
	enrol_scene_round(s, true);
	assert_true(has_next(s));
	for (unsigned i = 0; i < 30 && has_next(s); i++) {
		enrol_scene_round(s, true);
	}
	assert_false(has_next(s));
	enrol_scene_assert_uses(s, before);
}

/* ---- the end of a certificate ---- */

static void run_out(struct enrol_scene *s)
{
	/* As the database knows it; its file is good for a day. */
	struct buf der = BUF_INIT, pem = BUF_INIT;
	struct p256_key key = s->device.pki.device;
	const struct certs_names names = { .common_name = PKI_DEVICE };
	char *path = device_config_key_path(&s->device.config,
					    IDENTITY_CERTIFICATE_FILE);
	assert_true(certs_self_signed(
		&key, &names, s->device.pki.now - 9 * PKI_DAY_S,
		s->device.pki.now - PKI_DAY_S, &der, NULL));
	certs_pem_put(&pem, "CERTIFICATE", der.data, der.len);
	assert_true(files_write(path, pem.data, pem.len, 0644, NULL));
	mem_free(path);
	buf_clear(&pem);
	buf_clear(&der);
}

static void one_that_has_run_out_is_not_renewed_but_replaced(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	int64_t next;
	struct err err = { .kind = ERR_NONE };
	run_out(s);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	assert_int_equal(enrol_scene_round(s, false), INT64_MAX);
	assert_false(enrol_round(&s->device.client, true, &next, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "Type a code"));
	assert_true(fault_is_quiet(&s->fault));
	assert_int_equal(enrol_scene_row(s).countdown, -1);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, before);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	assert_new(s, before);
	enrol_scene_hear(s, "connection anonymous");
}

static void without_certificate_and_code_there_is_nothing_to_do(void **state)
{
	struct enrol_scene *s = *state;
	int64_t next;
	struct err err = { .kind = ERR_NONE };
	enrol_scene_forget(s);
	assert_int_equal(enrol_scene_round(s, false), INT64_MAX);
	assert_false(enrol_round(&s->device.client, true, &next, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
}

/* ---- permission ---- */

/* In a process of its own, since no_sockets() cannot be taken back. */
static int round_without_sockets(struct enrol_scene *s)
{
	int64_t next;
	struct err err = { .kind = ERR_NONE };
	if (!no_sockets()) {
		return EXIT_SKIPPED;
	}
	device_open(&s->device);
	bool silent = enrol_round(&s->device.client, false, &next, &err) &&
		      next == INT64_MAX &&
		      !enrol_round(&s->device.client, true, &next, &err) &&
		      err.kind == ERR_DENIED;
	device_close(&s->device);
	return silent ? 0 : 1;
}

static void without_permission_there_is_no_socket(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	int status;
	know(s, before);
	let_half_pass(s);
	enrol_scene_ask(s);
	assert_true(consent_withdraw(s->device.db, "customer", SERVICE_UNSET,
				     device_time(), NULL, NULL));
	device_close(&s->device);
	pid_t pid = fork();
	if (pid == 0) {
		_exit(round_without_sockets(s));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	device_open(&s->device);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == EXIT_SKIPPED) {
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	enrol_scene_assert_uses(s, before);
}

static void a_clock_that_was_set_back_waits_for_no_distant_try(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	enrol_scene_ask(s);
	assert_true(enrolment_begin(s->device.db, "ada", "asked", device_time(),
				    NULL));
	assert_true(enrolment_tried(s->device.db, ENROLMENT_ASKED, "ada", "no",
				    device_time() + 900 * PKI_DAY_S,
				    device_time(), NULL));
	enrol_scene_round(s, false);
	assert_new(s, "");
}

#define test(function)                                                \
	cmocka_unit_test_setup_teardown(function, enrol_scene_set_up, \
					enrol_scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_code_brings_the_first_certificate),
		test(a_wrong_code_is_refused_once_and_for_all),
		test(a_code_that_is_typed_twice_changes_nothing),
		test(a_code_of_long_ago_brings_no_older_certificate_back),
		test(an_authority_that_waits_is_asked_again_when_it_says),
		test(without_a_server_the_code_waits_longer_and_longer),
		test(a_person_need_not_wait_for_the_next_try),
		test(answers_that_are_none_leave_the_code_and_no_file),
		test(a_certificate_that_has_run_out_already_is_refused),
		test(a_certificate_is_renewed_from_half_of_its_life_on),
		test(a_renewal_can_be_had_at_once),
		test(a_renewal_is_tried_every_hour_and_a_little_later),
		test(a_server_can_ask_to_be_left_alone_for_longer),
		test(tries_in_vain_are_bounded_but_for_a_persons),
		test(what_is_not_proved_is_not_used),
		test(a_renewal_that_the_server_does_not_take_begins_anew),
		test(what_a_code_brought_is_kept_until_the_server_takes_it),
		test(a_renewal_that_is_never_proved_begins_anew_in_the_end),
		test(one_that_has_run_out_is_not_renewed_but_replaced),
		test(without_certificate_and_code_there_is_nothing_to_do),
		test(without_permission_there_is_no_socket),
		test(a_clock_that_was_set_back_waits_for_no_distant_try),
	};
	if (system("openssl version >/dev/null 2>&1") != 0) {
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
