/*
 * The test of the connection against servers that are right, wrong, or none:
 * which step fails, what it saw, and that those after it are not tested.
 */
#include "tests/unit/client/doctor_scene.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/identity.h"
#include "domain/consent.h"
#include "domain/queue.h"
#include "domain/time_known.h"
#include "tests/support/fault.h"

static int make_device(void **state)
{
	*state = &device;
	device_make(&device);
	device_allow(&device);
	return 0;
}

/* Tests the connection to a server in this mode. */
static void run_against(const char *mode, const char *cert,
			const char *client_ca)
{
	struct fault fault;
	fault_start(&fault, &device.pki, mode, cert, client_ca);
	device.config.server_port = fault.port;
	doctor_scene_run();
	fault_stop(&fault);
}

static void assert_remedy(const char *name, const char *words)
{
	if (strstr(doctor_scene_step(name)->remedy, words) == NULL) {
		fail_msg("%s: \"%s\"", name, doctor_scene_step(name)->remedy);
	}
}

/*
 * This one failed, those before it are well, those after it not tested; the
 * time is only with an answer to compare it with, or a doubt.
 */
static void assert_fails_at(const char *name, const char *words,
			    const char *remedy)
{
	static const char *const order[] = { "dns", "tcp", "tls", "sign-in",
					     "echo" };
	bool before = true;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		bool here = strcmp(order[i], name) == 0;
		before = before && !here;
		if (!here) {
			assert_step(order[i],
				    before ? CONNECTION_OK : CONNECTION_SKIPPED,
				    "");
		}
	}
	assert_step(name, CONNECTION_FAILED, words);
	assert_remedy(name, remedy);
}

static void every_step_is_well_with_the_right_server(void **state)
{
	(void)state;
	run_against("est:", NULL, NULL);
	assert_step("permission", CONNECTION_OK, "");
	assert_step("dns", CONNECTION_OK, "127.0.0.1");
	assert_step("tcp", CONNECTION_OK, "127.0.0.1 port ");
	assert_step("tls", CONNECTION_OK, "issued by \"CN=");
	assert_step("tls", CONNECTION_OK, "SHA-256 ");
	assert_step("tls", CONNECTION_OK, "TLS 1.2, ECDHE-ECDSA-");
	assert_step("sign-in", CONNECTION_OK, "");
	assert_step("echo", CONNECTION_OK, "signature is good");
	assert_step("time", CONNECTION_OK, "The server's signed time is ");
}

static void a_name_that_does_not_resolve_is_told(void **state)
{
	(void)state;
	device.config.server_address = "no-such-host.invalid";
	doctor_scene_run();
	assert_fails_at("dns", "no-such-host.invalid", "name servers");
}

static void a_port_without_a_server_is_told(void **state)
{
	(void)state;
	struct fault fault;
	fault_start(&fault, &device.pki, "est:", NULL, NULL);
	device.config.server_port = fault.port;
	fault_stop(&fault);
	doctor_scene_run();
	assert_fails_at("tcp", "refused", "firewall");
}

/* A server that nobody can recognise gets no handshake. */
static void without_a_root_there_is_no_handshake(void **state)
{
	(void)state;
	assert_int_equal(truncate(device.config.server_anchor, 0), 0);
	run_against("est:", NULL, NULL);
	assert_fails_at("tls", "root certificate", "provision this device");
}

/* A month that is used up has room for no test either. */
static void a_month_that_is_used_up_is_told(void **state)
{
	(void)state;
	assert_true(queue_setting_set(device.db, "admin", "month_limit", "1",
				      device_time(), NULL));
	assert_true(queue_settle(device.db, 0, 1000000, device_time(), NULL));
	run_against("est:", NULL, NULL);
	assert_fails_at("tls", "month_limit", "the month leaves room");
}

static void a_portal_is_told_from_tls(void **state)
{
	(void)state;
	run_against("plain", NULL, NULL);
	assert_fails_at("tls", "plain HTTP", "Sign in at the portal");
	run_against("close-at-once", NULL, NULL);
	assert_fails_at("tls", "", "address and port");
}

static void an_inspecting_proxy_is_named_by_its_issuer(void **state)
{
	(void)state;
	run_against("est:", "impostor.pem", NULL);
	assert_fails_at("tls", "issued by \"CN=Inspecting Proxy Root\"",
			"untouched");
	assert_step("tls", CONNECTION_FAILED, "SHA-256 ");
}

static void certificates_out_of_their_time_are_told(void **state)
{
	(void)state;
	run_against("est:", "expired.pem", NULL);
	assert_fails_at("tls", "has expired", "");
	run_against("est:", "future.pem", NULL);
	assert_fails_at("tls", "not yet valid", "");
	run_against("est:", "misnamed.pem", NULL);
	assert_fails_at("tls", "other.test", "");
}

static void a_server_that_refuses_our_certificate_is_told(void **state)
{
	(void)state;
	run_against("ok", NULL, "other-device-ca.pem");
	assert_fails_at("sign-in", "refused the connection", "registered");
}

static void a_device_without_certificate_sees_the_server(void **state)
{
	(void)state;
	char *path = device_config_key_path(&device.config,
					    IDENTITY_CERTIFICATE_FILE);
	assert_int_equal(unlink(path), 0);
	mem_free(path);
	run_against("ok", NULL, NULL);
	assert_step("certificate", CONNECTION_FAILED, "no certificate");
	assert_fails_at("sign-in", "", "sluice enrol");
}

static void an_echo_that_is_wrong_is_no_answer(void **state)
{
	(void)state;
	static const char *const modes[] = { "est:echo=nonce",
					     "est:echo=device",
					     "est:echo=signature" };
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		run_against(modes[i], NULL, NULL);
		assert_step("sign-in", CONNECTION_OK, "");
		assert_fails_at("echo", "", "receipt key");
		assert_step("time", CONNECTION_SKIPPED, "");
	}
}

/* The console, say: the certificate is the server's, the question is not. */
static void who_does_not_know_the_question_is_at_another_port(void **state)
{
	(void)state;
	run_against("est:status=400,on=echo", NULL, NULL);
	assert_fails_at("echo", "400", "[server] port");
	run_against("est:status=404,on=echo", NULL, NULL);
	assert_fails_at("echo", "404", "[server] port");
	run_against("est:status=500,on=echo", NULL, NULL);
	assert_fails_at("echo", "500", "tell the vendor");
}

static void a_revoked_device_fails_to_sign_in(void **state)
{
	(void)state;
	run_against("est:status=403,on=echo", NULL, NULL);
	assert_step("sign-in", CONNECTION_FAILED, "403");
	assert_step("echo", CONNECTION_SKIPPED, "");
	run_against("est:status=503,on=echo", NULL, NULL);
	assert_step("sign-in", CONNECTION_OK, "");
	assert_step("echo", CONNECTION_FAILED, "503");
}

static void a_clock_that_is_off_is_told(void **state)
{
	(void)state;
	device_set_time(0);
	run_against("est:", NULL, NULL);
	assert_step("time", CONNECTION_WARNING, " behind it");
	assert_non_null(
		strstr(doctor_scene_step("time")->remedy, "Set this device's"));
	/* It was only looked at: what is known is the same. */
	struct time_known known;
	assert_true(time_known_read(device.db, 0, &known, NULL));
	assert_int_equal(known.within_s, -1);
}

static void a_certificate_over_by_what_is_known_is_told(void **state)
{
	(void)state;
	int64_t ahead = device.pki.now + 3 * PKI_DAY_S;
	/* Whatever the clock says: the server itself signed a later time. */
	assert_true(time_known_learn(device.db, TIME_SOURCE_RECEIPT, ahead, 0,
				     device.pki.now, NULL, NULL));
	run_against("est:", NULL, NULL);
	assert_fails_at("tls", "has expired", "");
	/* The clock says otherwise, and may be right. */
	assert_step("time", CONNECTION_WARNING, "If the clock is right");
	assert_remedy("time", "sluice time lower");
}

static void
an_old_certificate_with_a_clock_that_agrees_is_no_doubt(void **state)
{
	(void)state;
	int64_t ahead = device.pki.now + 3 * PKI_DAY_S;
	assert_true(time_known_learn(device.db, TIME_SOURCE_RECEIPT, ahead, 0,
				     device.pki.now, NULL, NULL));
	device_set_time(ahead);
	run_against("est:", NULL, NULL);
	assert_fails_at("tls", "has expired", "");
	assert_step("time", CONNECTION_SKIPPED, "");
}

/* The certificate is good by then, so that there is an answer. */
static void an_answer_from_before_the_floor_names_the_command(void **state)
{
	(void)state;
	int64_t ahead = device.pki.now + PKI_DAY_S + PKI_DAY_S / 2;
	assert_true(time_known_learn(device.db, TIME_SOURCE_RECEIPT, ahead, 0,
				     device.pki.now, NULL, NULL));
	run_against("est:", "future.pem", NULL);
	assert_step("time", CONNECTION_FAILED, "signed time is");
	assert_remedy("time", "tell the vendor");
	assert_remedy("time", "sluice time lower");
}

static void a_withdrawal_ends_it(void **state)
{
	(void)state;
	assert_true(consent_withdraw(device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, NULL));
	doctor_scene_run();
	assert_step("permission", CONNECTION_FAILED, "not allowed");
	assert_step("dns", CONNECTION_SKIPPED, "");
}

/* After a wait for the server, too, before anything more leaves. */
static void a_withdrawal_ends_a_wait(void **state)
{
	(void)state;
	struct fault fault;
	char line[256];
	int status = 0;
	fault_start(&fault, &device.pki, "tus:hold-hello,times=1", NULL, NULL);
	device.config.server_port = fault.port;
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		device_open(&device);
		_exit(doctor_test(&device.client, "ada", NULL) ? 0 : 1);
	}
	fault_expect(&fault, "held", line, sizeof(line));
	fault_await_client(pid);
	device_open(&device);
	assert_true(consent_withdraw(device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, NULL));
	fault_go_on(&fault);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fault_stop(&fault);
	assert_true(connection_test_read(device.db, &test, NULL));
	assert_fails_at("tls", "withdrawn meanwhile", "");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_step_is_well_with_the_right_server),
		TEST(a_name_that_does_not_resolve_is_told),
		TEST(a_port_without_a_server_is_told),
		TEST(without_a_root_there_is_no_handshake),
		TEST(a_month_that_is_used_up_is_told),
		TEST(a_portal_is_told_from_tls),
		TEST(an_inspecting_proxy_is_named_by_its_issuer),
		TEST(certificates_out_of_their_time_are_told),
		TEST(a_server_that_refuses_our_certificate_is_told),
		TEST(a_device_without_certificate_sees_the_server),
		TEST(an_echo_that_is_wrong_is_no_answer),
		TEST(who_does_not_know_the_question_is_at_another_port),
		TEST(a_revoked_device_fails_to_sign_in),
		TEST(a_clock_that_is_off_is_told),
		TEST(a_certificate_over_by_what_is_known_is_told),
		TEST(an_old_certificate_with_a_clock_that_agrees_is_no_doubt),
		TEST(an_answer_from_before_the_floor_names_the_command),
		TEST(a_withdrawal_ends_it),
		TEST(a_withdrawal_ends_a_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
