/*
 * Deliveries to a server that does what it should, and to one that does not:
 * what the outbox holds afterwards, and that without a grant there is no
 * socket at all.
 */
#include "tests/unit/client/deliver_scene.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/daemon.h"
#include "client/schedule.h"
#include "domain/consent.h"
#include "tests/support/no_sockets.h"

static void a_delivery_ends_with_the_servers_receipt(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	struct deliver_report report = deliver_to("ok", NULL);
	assert_int_equal(report.sent, 1);
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_SENT);
	assert_int_equal(item.stage, STAGE_RECEIPT_CHECKED);
	assert_int_equal(item.attempts, 1);
	assert_int_equal(strlen(item.peer), 64);
	assert_true(item.received_at >= device.pki.now);
	struct buf note = BUF_INIT;
	assert_true(outbox_receipt(device.db, transaction, &note, NULL));
	assert_non_null(strstr(buf_str(&note), item.sha256));
	buf_clear(&note);
	assert_int_equal(entries(LEDGER_SENT, transaction), 1);
	assert_int_equal(entries(LEDGER_RECEIVED, transaction), 1);
}

static void
a_receipt_keeps_the_servers_time_for_a_clock_that_forgets(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
	assert_int_equal(setting("last_contact_at"), device_time());
	assert_true(setting("time_floor") >= device.pki.now);
}

static void a_server_far_ahead_of_time_does_not_lock_itself_out(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("receipt-next-year", NULL).sent, 1);
	assert_int_equal(setting("time_floor"), 0);
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
}

static void nothing_due_makes_no_connection(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("close-at-once", NULL).waiting, 1);
	struct fault fault;
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	struct deliver_report report = deliver();
	assert_int_equal(report.sent + report.waiting, 0);
	assert_true(fault_is_quiet(&fault));
	fault_stop(&fault);
}

static void what_waits_goes_out_when_the_server_is_back(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("close-at-once", NULL).waiting, 1);
	device_set_time(device_item(&device, transaction).next_try_at);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_SENT);
	assert_string_equal(item.problem, "");
	assert_int_equal(entries(LEDGER_RECEIVED, transaction), 1);
}

static void an_answer_that_was_lost_brings_the_same_bytes_again(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE], first[160], second[160];
	device_queue(&device, transaction);
	struct fault fault;
	fault_start(&fault, &device.pki, "lose-first-answer", NULL, NULL);
	device.config.server_port = fault.port;
	assert_int_equal(deliver().waiting, 1);
	fault_expect(&fault, "upload", first, sizeof(first));
	device_set_time(device_item(&device, transaction).next_try_at);
	assert_int_equal(deliver().sent, 1);
	fault_expect(&fault, "upload", second, sizeof(second));
	assert_string_equal(first, second);
	assert_non_null(strstr(first, transaction));
	fault_stop(&fault);
}

static void a_device_that_is_not_provisioned_tries_nothing(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	char *path = device_config_key_path(&device.config, "identity.pem");
	assert_int_equal(unlink(path), 0);
	mem_free(path);
	device_queue(&device, transaction);
	struct deliver_report report = deliver();
	assert_int_equal(report.sent + report.waiting, 0);
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_int_equal(item.attempts, 0);
	assert_hold(transaction, QUEUE_HOLD_IDENTITY);
}

static void a_withdrawal_stops_what_is_queued(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_true(consent_withdraw(device.db, "customer", SERVICE_METERING,
				     device_time(), NULL, NULL));
	struct fault fault;
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	struct deliver_report report = deliver();
	assert_int_equal(report.sent, 0);
	assert_true(fault_is_quiet(&fault));
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_CANCELLED);
	fault_stop(&fault);
}

static void bytes_that_were_changed_on_disk_do_not_leave(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	struct stmt q;
	assert_true(db_query(device.db, &q,
			     "UPDATE bodies SET body = "
			     "CAST(replace(CAST(body AS TEXT), '1204', "
			     "'9204') AS BLOB)",
			     NULL));
	assert_true(db_run(&q, NULL));
	struct fault fault;
	char line[128];
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	assert_int_equal(deliver().failed, 1);
	fault_expect(&fault, "no upload", line, sizeof(line));
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_FAILED);
	fault_stop(&fault);
}

static void a_withdrawal_while_connecting_lets_nothing_out(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE], line[128];
	device_queue(&device, transaction);
	struct fault fault;
	fault_start(&fault, &device.pki, "hold-handshake", NULL, NULL);
	device.config.server_port = fault.port;
	pid_t pid = work_elsewhere(true);
	fault_expect(&fault, "connection", line, sizeof(line));
	assert_true(consent_withdraw(device.db, "customer", SERVICE_METERING,
				     device_time(), NULL, NULL));
	fault_go_on(&fault);
	fault_expect(&fault, "no upload", line, sizeof(line));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_CANCELLED);
	fault_stop(&fault);
}

/* More than is taken unread (fault_server.c): it goes out in pieces. */
#define BIG_BYTES 1000000

static void queue_big(char transaction[UUID_TEXT_SIZE])
{
	struct outbox_item small, item = { .state = OUTBOX_STAGED };
	char *body = mem_zalloc(BIG_BYTES);
	device_queue(&device, transaction);
	small = device_item(&device, transaction);
	assert_true(outbox_cancel(device.db, "operator", transaction, "test",
				  device_time(), NULL));
	memset(body, 'x', BIG_BYTES);
	uuid_v7(item.transaction, device_time() * 1000);
	item.services = small.services;
	memcpy(item.grants, small.grants, sizeof(item.grants));
	item.created_at = device_time();
	strcpy(item.created_by, "operator");
	assert_true(
		outbox_stage(device.db, &item, body, BIG_BYTES, NULL, NULL));
	memcpy(transaction, item.transaction, UUID_TEXT_SIZE);
	item = device_item(&device, transaction);
	assert_true(outbox_approve(device.db, "operator", transaction,
				   item.sha256, device_time(), NULL));
	mem_free(body);
}

static void withdraw(enum service_id service)
{
	assert_true(consent_withdraw(device.db, "customer", service,
				     device_time(), NULL, NULL));
}

/*
 * Withdraws while the server holds there, and allows again. Gives the state
 * that it ended in.
 */
static enum outbox_state withdraw_at(const char *mode, const char *where,
				     enum service_id service, const char *told,
				     char transaction[UUID_TEXT_SIZE])
{
	char line[160];
	struct fault fault;
	device_allow(&device);
	queue_big(transaction);
	fault_start(&fault, &device.pki, mode, NULL, NULL);
	device.config.server_port = fault.port;
	pid_t pid = work_elsewhere(true);
	fault_expect(&fault, where, line, sizeof(line));
	withdraw(service);
	fault_go_on(&fault);
	if (told != NULL) {
		fault_expect(&fault, told, line, sizeof(line));
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	fault_stop(&fault);
	return device_item(&device, transaction).state;
}

static void a_withdrawal_on_the_way_stops_it_before_the_last_byte(void **state)
{
	static const enum service_id each[] = { SERVICE_METERING,
						SERVICE_UNSET };
	char transaction[UUID_TEXT_SIZE];
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(withdraw_at("hold-handshake", "hello", each[i],
					     NULL, transaction),
				 OUTBOX_CANCELLED);
		assert_int_equal(entries(LEDGER_SENT, transaction), 0);
		assert_int_equal(withdraw_at("hold-body", "part", each[i],
					     "no upload", transaction),
				 OUTBOX_CANCELLED);
		assert_int_equal(entries(LEDGER_SENT, transaction), 1);
		assert_int_equal(entries(LEDGER_CANCELLED, transaction), 1);
		assert_int_equal(entries(LEDGER_RECEIVED, transaction), 0);
		assert_non_null(
			strstr(device_item(&device, transaction).problem,
			       "before the last byte"));
	}
}

static void a_new_grant_on_the_way_does_not_cover_the_old_bytes(void **state)
{
	char transaction[UUID_TEXT_SIZE], line[160];
	struct fault fault;
	(void)state;
	queue_big(transaction);
	fault_start(&fault, &device.pki, "hold-body", NULL, NULL);
	device.config.server_port = fault.port;
	pid_t pid = work_elsewhere(true);
	fault_expect(&fault, "part", line, sizeof(line));
	withdraw(SERVICE_METERING);
	device_allow(&device);
	fault_go_on(&fault);
	fault_expect(&fault, "no upload", line, sizeof(line));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_CANCELLED);
	fault_stop(&fault);
}

static void closing_the_personal_gate_stops_what_holds_it(void **state)
{
	char transaction[UUID_TEXT_SIZE];
	(void)state;
	assert_true(consent_allow(device.db, "customer", GATE_PERSONAL,
				  device_time(), NULL));
	assert_int_equal(withdraw_at("hold-body", "part", GATE_PERSONAL,
				     "no upload", transaction),
			 OUTBOX_CANCELLED);
}

static void what_left_under_a_grant_that_stood_is_received(void **state)
{
	char transaction[UUID_TEXT_SIZE];
	(void)state;
	assert_int_equal(withdraw_at("hold-answer", "whole", SERVICE_METERING,
				     NULL, transaction),
			 OUTBOX_SENT);
	assert_int_equal(entries(LEDGER_RECEIVED, transaction), 1);
}

/* Kills the process when the server tells this, then works on. */
static void assert_survives(const char *mode, const char *told,
			    unsigned expected_sent)
{
	char transaction[UUID_TEXT_SIZE], line[160], again[160];
	device_queue(&device, transaction);
	struct fault fault;
	fault_start(&fault, &device.pki, mode, NULL, NULL);
	device.config.server_port = fault.port;
	pid_t pid = work_elsewhere(true);
	fault_expect(&fault, told, line, sizeof(line));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	fault_stop(&fault);
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	struct client_done done;
	assert_true(client_work(&device.client, true, &done, NULL));
	assert_int_equal(done.deliver.sent, 1);
	fault_expect(&fault, "upload", again, sizeof(again));
	assert_non_null(strstr(again, transaction));
	if (strcmp(told, "upload") == 0) {
		assert_string_equal(line, again);
	}
	fault_stop(&fault);
	assert_int_equal(device_item(&device, transaction).state, OUTBOX_SENT);
	assert_int_equal(entries(LEDGER_SENT, transaction), expected_sent);
	assert_int_equal(entries(LEDGER_RECEIVED, transaction), 1);
}

static void a_kill_at_any_step_neither_loses_nor_doubles(void **state)
{
	(void)state;
	assert_survives("no-handshake", "connection", 1);
	assert_survives("silent", "upload", 2);
	assert_survives("stalled-answer", "half an answer", 2);
}

/* One round of client_work() without sockets; gives the wait status. */
static int work_without_sockets(void)
{
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct client_done done;
		if (!no_sockets()) {
			_exit(77);
		}
		device_open(&device);
		bool ok = client_work(&device.client, true, &done, NULL);
		device_close(&device);
		_exit(ok ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	device_open(&device);
	return status;
}

static void without_a_grant_there_is_no_socket(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	/* The same round does make one while the grant stands. */
	int status = work_without_sockets();
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("this kernel has no seccomp filters\n");
		return;
	}
	assert_true(WIFSIGNALED(status));
	assert_true(consent_withdraw(device.db, "customer", SERVICE_UNSET,
				     device_time(), NULL, NULL));
	status = work_without_sockets();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_delivery_ends_with_the_servers_receipt),
		TEST(a_receipt_keeps_the_servers_time_for_a_clock_that_forgets),
		TEST(a_server_far_ahead_of_time_does_not_lock_itself_out),
		TEST(nothing_due_makes_no_connection),
		TEST(what_waits_goes_out_when_the_server_is_back),
		TEST(an_answer_that_was_lost_brings_the_same_bytes_again),
		TEST(a_device_that_is_not_provisioned_tries_nothing),
		TEST(a_withdrawal_stops_what_is_queued),
		TEST(bytes_that_were_changed_on_disk_do_not_leave),
		TEST(a_withdrawal_while_connecting_lets_nothing_out),
		TEST(a_withdrawal_on_the_way_stops_it_before_the_last_byte),
		TEST(a_new_grant_on_the_way_does_not_cover_the_old_bytes),
		TEST(closing_the_personal_gate_stops_what_holds_it),
		TEST(what_left_under_a_grant_that_stood_is_received),
		TEST(a_kill_at_any_step_neither_loses_nor_doubles),
		TEST(without_a_grant_there_is_no_socket),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
