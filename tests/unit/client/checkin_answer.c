/*
 * What an answer to a check-in changes: interval, time, what is fetched, the
 * heads of the log that the server countersigned; and what it cannot change.
 */
#include "tests/unit/client/checkin_scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/consent.h"
#include "domain/instructions.h"
#include "domain/jobs.h"
#include "domain/recipient_list.h"
#include "domain/settings.h"
#include "domain/time_known.h"
#include "domain/witnessed.h"
#include "formats/cosignature.h"
#include "formats/notices.h"
#include "tests/support/vendor.h"

/* The next one as soon as it is due. */
static void again(struct checkin_scene *scene)
{
	device_set_time(checkin_scene_state(scene).next_at);
	(void)checkin_scene_round(scene);
}

/* ---- interval and time ---- */

static void the_servers_interval_holds_within_the_limits(void **state)
{
	struct checkin_scene *scene = *state;
	checkin_scene_server(scene, "tus:interval=900");
	(void)checkin_scene_round(scene);
	struct checkin_state s = checkin_scene_state(scene);
	assert_int_equal(s.interval_s, 900);
	assert_true(s.next_at <= device_time() + 900 + 45);
	checkin_scene_server(scene, "tus:interval=60");
	again(scene);
	s = checkin_scene_state(scene);
	assert_int_equal(s.wished_s, 60);
	assert_int_equal(s.interval_s, 900); /* the customer's shortest */
	checkin_scene_server(scene, "tus:interval=604800");
	again(scene);
	s = checkin_scene_state(scene);
	assert_int_equal(s.interval_s, 86400); /* and longest */
	assert_true(s.next_at <= device_time() + 86400 * 21 / 20);
}

static void a_believed_answer_tells_the_time(void **state)
{
	struct checkin_scene *scene = *state;
	struct time_known known;
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	assert_done(
		time_known_read(scene->device.db, device_time(), &known, err));
	assert_int_equal(known.source, TIME_SOURCE_CHECKIN);
	assert_true(known.floor >= scene->device.pki.now);
}

static void an_answer_that_is_not_believed_tells_nothing(void **state)
{
	static const char *const modes[] = { "tus:other-nonce,interval=900",
					     "tus:other-device,interval=900",
					     "tus:other-key,interval=900" };
	struct checkin_scene *scene = *state;
	struct time_known known;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct err why;
		checkin_scene_server(scene, modes[i]);
		checkin_scene_ask(scene, &why);
		assert_int_equal(why.kind, ERR_RETRY);
	}
	assert_done(
		time_known_read(scene->device.db, device_time(), &known, err));
	assert_int_equal(known.source, TIME_SOURCE_BUILD);
	assert_int_equal(checkin_scene_state(scene).wished_s, 0);
	assert_int_equal(checkin_scene_state(scene).contact_at, 0);
}

/* ---- the log's head ---- */

static struct witnessed witnessed_now(struct checkin_scene *scene)
{
	struct witnessed w;
	assert_done(witnessed_read(scene->device.db, &w, err));
	return w;
}

static void append(struct checkin_scene *scene, enum ledger_kind kind)
{
	struct ledger_entry entry = { .at = device_time(),
				      .kind = kind,
				      .actor = "test",
				      .result = "ok" };
	assert_done(ledger_append(scene->device.db, &entry, err));
}

static void a_countersigned_head_is_kept_with_both_signatures(void **state)
{
	struct checkin_scene *scene = *state;
	struct client *client = &scene->device.client;
	struct note_verifier own;
	struct note_opened opened;
	struct buf note = BUF_INIT;
	char line[256];
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	checkin_scene_hear(scene, line);
	assert_true(text_starts_with(line, "outcomes=0 rows=0 key=1 old=0 "
					   "head=1"));
	assert_done(witnessed_note(scene->device.db, &note, err));
	assert_done(note_verifier_of(client->ledger_name,
				     client->ledger_key.public_key, &own, err));
	assert_done(note_open(buf_str(&note), note.len, &own, 1, &opened, err));
	/* The last line is the server's. */
	char *last = strstr((char *)note.data, "\xe2\x80\x94 " PKI_NAME);
	assert_non_null(last);
	last = strrchr(last, ' ') + 1;
	last[strcspn(last, "\n")] = '\0';
	char *base64 = mem_strdup(last);
	int64_t at = 0;
	note.len =
		(size_t)(strstr((char *)note.data, "\xe2\x80\x94 " PKI_NAME) -
			 (char *)note.data);
	assert_done(cosignature_check(buf_str(&note), note.len, base64,
				      &scene->device.pki.verifier, &at, err));
	assert_int_equal(witnessed_now(scene).at, at);
	mem_free(base64);
	buf_clear(&note);
}

static void a_head_goes_when_the_log_has_grown_and_proves_it(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256], expected[64];
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	checkin_scene_hear(scene, line);
	uint64_t size = witnessed_now(scene).size;
	assert_int_equal(witnessed_now(scene).told, size);
	again(scene); /* only check-ins since */
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "head=0"));
	append(scene, LEDGER_SENT);
	again(scene);
	checkin_scene_hear(scene, line);
	(void)snprintf(expected, sizeof(expected), "key=0 old=%d head=1",
		       (int)size);
	assert_non_null(strstr(line, expected));
	assert_true(witnessed_now(scene).size > size);
}

static void a_conflict_is_told_and_not_repeated_each_time(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	checkin_scene_server(scene, "tus:head=conflict,witnessed=4711");
	(void)checkin_scene_round(scene);
	checkin_scene_hear(scene, line);
	assert_string_equal(witnessed_now(scene).problem, "conflict");
	assert_int_equal(witnessed_now(scene).told, 4711);
	assert_int_equal(witnessed_now(scene).size, 0);
	assert_last_entry(scene->device.db, LEDGER_CHECK_IN,
			  "did not grow out of it");
	append(scene, LEDGER_SENT);
	again(scene);
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "head=0"));
	/* A day later; the server has more than we: nothing to prove. */
	device_set_time(scene->device.pki.now + WITNESSED_EVERY_S - 100);
	checkin_scene_server(scene, "tus:");
	assert_done(witnessed_told(scene->device.db, 4711, "conflict",
				   device_time(),
				   device_time() - WITNESSED_EVERY_S, err));
	checkin_scene_ask_well(scene);
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "old=0 head=1"));
	assert_string_equal(witnessed_now(scene).problem, "");
}

/* A server that lost the key with the rest: it is told again, and the head. */
static void who_asks_for_another_proof_gets_the_key_again(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "key=1"));
	append(scene, LEDGER_SENT);
	checkin_scene_server(scene, "tus:head=proof");
	again(scene);
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "key=0"));
	checkin_scene_server(scene, "tus:");
	again(scene);
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "key=1"));
	assert_non_null(strstr(line, "head=1"));
	/* And then no more. */
	append(scene, LEDGER_SENT);
	again(scene);
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "key=0"));
}

static void another_keys_countersignature_is_not_kept(void **state)
{
	struct checkin_scene *scene = *state;
	checkin_scene_server(scene, "tus:other-witness");
	(void)checkin_scene_round(scene);
	assert_string_equal(checkin_scene_last(scene).result, "ok");
	assert_int_equal(witnessed_now(scene).size, 0);
}

static void a_damaged_tree_does_not_silence_the_device(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	checkin_scene_hear(scene, line);
	append(scene, LEDGER_SENT);
	/* As if the server kept a head of a size that we never had. */
	assert_done(witnessed_told(scene->device.db, 3, NULL, device_time(),
				   device_time(), err));
	temporary_db_drop_triggers(scene->device.db);
	temporary_db_run(scene->device.db,
			 "CREATE TABLE kept AS SELECT * FROM ledger_nodes");
	temporary_db_run(scene->device.db,
			 "DELETE FROM ledger_nodes WHERE level = 0 "
			 "AND place = 2");
	again(scene);
	checkin_scene_hear(scene, line);
	assert_non_null(strstr(line, "head=0"));
	temporary_db_run(scene->device.db, "INSERT OR IGNORE INTO ledger_nodes "
					   "SELECT * FROM kept");
	temporary_db_run(scene->device.db, "DROP TABLE kept");
}

/* ---- what is newer ---- */

static void put_text(struct checkin_scene *scene, const char *name,
		     const struct buf *text)
{
	char *path = files_join(scene->device.dir, name);
	assert_done(files_write(path, text->data, text->len, 0644, err));
	mem_free(path);
}

static void give_notice(struct checkin_scene *scene)
{
	struct notices notices = { .after = 0, .count = 1 };
	struct buf text = BUF_INIT, note = BUF_INIT;
	const struct note_signer signer = { scene->device.pki.verifier.name,
					    &scene->device.pki.receipt };
	struct notice *n = &notices.of[0];
	(void)strcpy(notices.device, PKI_DEVICE);
	n->number = 1;
	n->at = device_time();
	(void)strcpy(n->kind, "expired");
	(void)strcpy(n->transaction, "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1");
	assert_done(notices_put(&text, &notices, err));
	assert_done(note_sign(buf_str(&text), &signer, 1, &note, err));
	put_text(scene, "notices?after=0", &note);
	buf_clear(&note);
	buf_clear(&text);
}

static void expect_request(struct checkin_scene *scene, const char *what)
{
	char line[256];
	fault_expect(&scene->server, "request ", line, sizeof(line));
	assert_string_equal(line + strlen("request "), what);
}

static void texts_server(struct checkin_scene *scene, const char *faults)
{
	char mode[256];
	(void)snprintf(mode, sizeof(mode), "tus:texts=%s,%s", scene->device.dir,
		       faults);
	checkin_scene_server(scene, mode);
}

static void give_instruction(struct checkin_scene *scene, uint64_t number)
{
	const struct instruction is = {
		.device = PKI_DEVICE,
		.number = number,
		.kind = INSTRUCTION_MESSAGE,
		.issued_at = device_time() - 60,
		.expires_at = device_time() + 86400,
		.by = "desk",
		.reason = "A test.",
		.message = "Good morning.",
	};
	char name[24];
	struct buf text = BUF_INIT, note = BUF_INIT;
	vendor_trust(scene->device.config.instruction_verifier);
	assert_done(instruction_put(&text, &is, err));
	vendor_sign_text(buf_str(&text), &note);
	(void)snprintf(name, sizeof(name), "%" PRIu64, number);
	put_text(scene, name, &note);
	buf_clear(&note);
	buf_clear(&text);
}

/* The database is an older copy than what the server knows of. */
static void what_was_answered_is_not_fetched_again(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	uint64_t last = 0;
	give_instruction(scene, 2);
	texts_server(scene, "instruction=3,answered=2");
	(void)checkin_scene_round(scene);
	expect_request(scene, "POST /v1/checkin");
	expect_request(scene, "GET /v1/instructions/2");
	expect_request(scene, "GET /v1/instructions/3");
	assert_done(instructions_last(scene->device.db, &last, err));
	assert_int_equal(last, 2);
	assert_int_equal(
		device_entries(&scene->device, LEDGER_INSTRUCTION, NULL), 1);
	fault_expect(&scene->server, "end", line, sizeof(line));
}

/* It could use up all numbers that there are, and has no key for any. */
static void a_server_cannot_say_that_all_was_answered(void **state)
{
	struct checkin_scene *scene = *state;
	uint64_t last = 9;
	give_instruction(scene, 1);
	texts_server(scene, "instruction=9000,answered=9000");
	(void)checkin_scene_round(scene);
	expect_request(scene, "POST /v1/checkin");
	expect_request(scene, "GET /v1/instructions/9000");
	assert_done(instructions_last(scene->device.db, &last, err));
	assert_int_equal(last, 0);
	/* It does not show it, so nothing is done that could come twice. */
	assert_int_equal(
		device_entries(&scene->device, LEDGER_INSTRUCTION, NULL), 0);
}

/* What came of it at once: one more check-in over the same connection. */
static void a_refused_instruction_is_reported_at_once(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	struct buf text = BUF_INIT;
	buf_put_str(&text, "nobody has signed this\n");
	put_text(scene, "1", &text);
	buf_clear(&text);
	texts_server(scene, "instruction=1");
	(void)checkin_scene_round(scene);
	expect_request(scene, "POST /v1/checkin");
	expect_request(scene, "GET /v1/instructions/1");
	checkin_scene_hear(scene, line);
	assert_true(text_starts_with(line, "outcomes=1 "));
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_string_equal(line, "end");
	struct checkin_done last = checkin_scene_last(scene);
	assert_int_equal(last.number, 2);
	assert_int_equal(last.reason, CHECKIN_OUTCOME);
	assert_string_equal(last.result, "ok");
	assert_int_equal(checkin_scene_state(scene).failures, 0);
}

/* It is carried out and reported before the connection ends. */
static void an_instruction_is_carried_out_at_once(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	struct instruction_row row;
	give_instruction(scene, 1);
	texts_server(scene, "instruction=1");
	(void)checkin_scene_round(scene);
	assert_done(instructions_get(scene->device.db, 1, &row, err));
	assert_int_equal(row.state, INSTRUCTION_DONE);
	assert_int_equal(checkin_scene_last(scene).reason, CHECKIN_OUTCOME);
	fault_expect(&scene->server, "connection", line, sizeof(line));
	expect_request(scene, "POST /v1/checkin");
	expect_request(scene, "GET /v1/instructions/1");
	expect_request(scene, "POST /v1/checkin");
	fault_expect(&scene->server, "check-in ", line, sizeof(line));
	assert_true(text_starts_with(line, "check-in outcomes=1 "));
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_string_equal(line, "end");
	assert_true(fault_is_quiet(&scene->server));
}

static void newer_notices_come_over_the_same_connection(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	uint64_t last = 0;
	give_notice(scene);
	texts_server(scene, "notices=1");
	(void)checkin_scene_round(scene);
	expect_request(scene, "POST /v1/checkin");
	expect_request(scene, "GET /v1/notices?after=0");
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_string_equal(line, "end");
	assert_done(jobs_notices_last(scene->device.db, &last, err));
	assert_int_equal(last, 1);
	/* Nothing newer: nothing is asked. */
	again(scene);
	expect_request(scene, "POST /v1/checkin");
	fault_expect(&scene->server, "end", line, sizeof(line));
	assert_true(fault_is_quiet(&scene->server));
}

static void give_list(struct checkin_scene *scene, uint64_t number,
		      void (*sign)(const struct recipients *, struct buf *))
{
	struct recipients list;
	struct buf note = BUF_INIT;
	vendor_list(&list, number, device_time());
	sign(&list, &note);
	put_text(scene, "recipients", &note);
	buf_clear(&note);
}

static uint64_t list_number(struct checkin_scene *scene)
{
	struct note_verifier vendor;
	uint64_t number = 0;
	vendor_verifier(&vendor);
	assert_done(
		recipient_list_number(scene->device.db, &vendor, &number, err));
	return number;
}

static void a_newer_list_of_recipients_is_taken_in(void **state)
{
	struct checkin_scene *scene = *state;
	give_list(scene, 7, vendor_sign);
	texts_server(scene, "recipients=7");
	(void)checkin_scene_round(scene);
	expect_request(scene, "POST /v1/checkin");
	expect_request(scene, "GET /v1/recipients");
	assert_int_equal(list_number(scene), 7);
}

/* Each refusal is an entry; one for a list is enough. */
static void a_bad_list_is_fetched_once(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	give_list(scene, 7, vendor_other_sign);
	texts_server(scene, "recipients=7");
	(void)checkin_scene_round(scene);
	expect_request(scene, "POST /v1/checkin");
	expect_request(scene, "GET /v1/recipients");
	fault_expect(&scene->server, "end", line, sizeof(line));
	assert_int_equal(entries(scene->device.db, LEDGER_REFUSED), 1);
	assert_string_equal(checkin_scene_last(scene).result, "ok");
	again(scene);
	expect_request(scene, "POST /v1/checkin");
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_true(text_starts_with(line, "check-in "));
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_string_equal(line, "end");
	assert_int_equal(entries(scene->device.db, LEDGER_REFUSED), 1);
}

static void what_cannot_be_fetched_leaves_the_check_in_well(void **state)
{
	struct checkin_scene *scene = *state;
	texts_server(scene, "notices=9,recipients=9,on=GET,lose");
	(void)checkin_scene_round(scene);
	assert_string_equal(checkin_scene_last(scene).result, "ok");
	assert_int_equal(checkin_scene_state(scene).failures, 0);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, checkin_scene_begin, \
					checkin_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(the_servers_interval_holds_within_the_limits),
		TEST(a_believed_answer_tells_the_time),
		TEST(an_answer_that_is_not_believed_tells_nothing),
		TEST(a_countersigned_head_is_kept_with_both_signatures),
		TEST(a_head_goes_when_the_log_has_grown_and_proves_it),
		TEST(a_conflict_is_told_and_not_repeated_each_time),
		TEST(who_asks_for_another_proof_gets_the_key_again),
		TEST(another_keys_countersignature_is_not_kept),
		TEST(a_damaged_tree_does_not_silence_the_device),
		TEST(what_was_answered_is_not_fetched_again),
		TEST(a_server_cannot_say_that_all_was_answered),
		TEST(a_refused_instruction_is_reported_at_once),
		TEST(an_instruction_is_carried_out_at_once),
		TEST(newer_notices_come_over_the_same_connection),
		TEST(a_newer_list_of_recipients_is_taken_in),
		TEST(a_bad_list_is_fetched_once),
		TEST(what_cannot_be_fetched_leaves_the_check_in_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
