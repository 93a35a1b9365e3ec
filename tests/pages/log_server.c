/*
 * The log and the server: how much is countersigned, a conflict, and the
 * owner's word on it, which needs the role, the tick and a conflict.
 */
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/pages/support.h"

#include "domain/continuation.h"
#include "domain/settings.h"
#include "domain/witnessed.h"
#include "tests/unit/store/temporary_db.h"

#define PAGE "/log/server"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void conflict(void)
{
	assert_true(witnessed_keep(pages.db, 1, "a head\n", pages.now, NULL));
	assert_true(witnessed_told(pages.db, 4711, "conflict", pages.now,
				   pages.now, NULL));
}

/* What no head of the server stands against, nobody can acknowledge. */
static void without_a_head_there_nothing_is_acknowledged(void **state)
{
	(void)state;
	assert_true(witnessed_told(pages.db, 0, "conflict", pages.now,
				   pages.now, NULL));
	struct answer answer = pages_get(&pages, &pages.admin, PAGE);
	expect_status(&answer, 200);
	expect_no_text(&answer, "Acknowledge the conflict");
	answer_clear(&answer);
}

static void before_the_first_check_in_nothing_is_countersigned(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, PAGE);

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "countersigned nothing of this log yet");
	expect_text(&answer, "<dt>Countersigned here</dt>"
			     "<dd>nothing yet</dd>");
	expect_text(&answer, "<dt>The server keeps</dt><dd>nothing yet</dd>");
	expect_no_text(&answer, "Acknowledge the conflict");
	answer_clear(&answer);
	expect_get(&pages, &pages.operator, PAGE, 403);
	/* There is no conflict to speak of. */
	expect_post(&pages, &pages.admin, PAGE, "sure=1", 404);
	assert_int_equal(pages_ledger_count(&pages, "continued", "loss"), 0);
}

static void what_the_server_witnessed_is_shown(void **state)
{
	struct answer answer;

	(void)state;
	assert_true(witnessed_keep(pages.db, 3, "a head\n", pages.now, NULL));
	assert_true(
		witnessed_told(pages.db, 3, "", pages.now, pages.now, NULL));
	answer = pages_get(&pages, &pages.customer, PAGE);
	expect_text(&answer, "Only grew");
	expect_text(&answer, "3 entries, at");
	expect_text(&answer, "a head of 3 entries");
	answer_clear(&answer);
}

static void write_key(char *path, const char *text)
{
	char *dir = mem_strdup(path);

	*strrchr(dir, '/') = '\0';
	assert_true(files_make_dir(dir, 0755, NULL));
	assert_true(files_write(path, text, strlen(text), 0644, NULL));
	mem_free(dir);
	mem_free(path);
}

/* What a third party needs, byte by byte as it was kept. */
static void the_countersigned_head_is_a_file(void **state)
{
	static const char note[] =
		"sluice/ex7-004211\n3\nCsUYapGGPo4dkMgIAUqom/"
		"Xajj7h2fB2MPA3j2jxq2I=\n\n\xe2\x80\x94 sluice/ex7-004211 "
		"Az3grlgt\n\xe2\x80\x94 comms.example/receipts WUmSFQ==\n";
	struct answer answer;

	(void)state;
	expect_get(&pages, &pages.auditor, "/log/head", 404);
	answer = pages_get(&pages, &pages.auditor, PAGE);
	expect_no_text(&answer, "/log/head");
	answer_clear(&answer);
	assert_true(
		witnessed_keep(pages.db, 2, "an older one\n", pages.now, NULL));
	assert_true(witnessed_keep(pages.db, 3, note, pages.now, NULL));
	answer = pages_get(&pages, &pages.auditor, "/log/head");
	expect_status(&answer, 200);
	assert_string_equal(answer.body, note);
	assert_non_null(strstr(answer.head, "attachment"));
	assert_non_null(strstr(answer.head, "sluice-head-3.txt"));
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, PAGE);
	expect_text(&answer, "href=\"/log/head\"");
	expect_no_text(&answer, "Key of this log");
	answer_clear(&answer);
	write_key(device_config_key_path(&pages.config, "ledger.verifier"),
		  "sluice/ex7-004211+00000001+<own>\n");
	write_key(mem_strdup(pages.config.receipt_verifier),
		  "comms.example/receipts+00000002+AQ==\n");
	answer = pages_get(&pages, &pages.auditor, PAGE);
	expect_text(&answer, "<dt>Key of this log</dt><dd class=\"hash\">"
			     "sluice/ex7-004211+00000001+&lt;own&gt;</dd>");
	expect_text(&answer, "<dt>Key of the server</dt><dd class=\"hash\">"
			     "comms.example/receipts+00000002+AQ==</dd>");
	answer_clear(&answer);
	expect_get(&pages, &pages.operator, "/log/head", 403);
	answer = pages_post(&pages, &pages.admin, "/log/head", "");
	expect_status(&answer, 405);
	answer_clear(&answer);
}

static void a_conflict_is_told_here_and_on_home(void **state)
{
	struct answer answer;

	(void)state;
	conflict();
	answer = pages_get(&pages, &pages.auditor, PAGE);
	expect_text(&answer, "The server keeps entries of this log");
	expect_text(&answer, "a head of 4,711 entries");
	expect_text(&answer, "If you do not know why, do not");
	expect_text(&answer, "Only an account with the role admin or customer");
	expect_no_text(&answer, "<button>Acknowledge");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, "/");
	expect_text(&answer, "See the conflict");
	answer_clear(&answer);
	expect_post(&pages, &pages.auditor, PAGE, "sure=1", 403);
	assert_int_equal(pages_ledger_count(&pages, "continued", "loss"), 0);
}

static void the_owners_word_needs_the_tick_and_the_token(void **state)
{
	const struct call forged = { .method = "POST",
				     .path = PAGE,
				     .who = &pages.admin,
				     .form = "sure=1",
				     .csrf = "" };
	struct answer answer;

	(void)state;
	conflict();
	answer = pages_post(&pages, &pages.admin, PAGE, "");
	expect_status(&answer, 400);
	expect_text(&answer, "Tick the box first");
	expect_text(&answer, "<button>Acknowledge");
	answer_clear(&answer);
	answer = pages_call(&pages, &forged);
	expect_status(&answer, 403);
	answer_clear(&answer);
	assert_int_equal(pages_ledger_count(&pages, "continued", "loss"), 0);
}

static void it_is_an_entry_and_waits_for_the_vendor(void **state)
{
	struct continuation said;
	struct answer answer;

	(void)state;
	conflict();
	expect_post(&pages, &pages.customer, PAGE, "sure=1", 303);
	assert_int_equal(pages_ledger_count(&pages, "continued",
					    "acknowledged by frontdesk"),
			 1);
	answer = pages_get(&pages, &pages.customer, PAGE "?done=continued");
	expect_text(&answer, "The conflict is acknowledged.");
	expect_text(&answer, "by frontdesk");
	expect_text(&answer, "The vendor has to accept it.");
	expect_no_text(&answer, "<button>Acknowledge");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/");
	expect_no_text(&answer, "See the conflict");
	answer_clear(&answer);
	/* Not twice. */
	expect_post(&pages, &pages.admin, PAGE, "sure=1", 403);
	/* Accepted: it is told all the same. */
	assert_true(continuation_last(pages.db, &said, NULL));
	assert_true(witnessed_told(pages.db, said.size, NULL, pages.now,
				   pages.now, NULL));
	answer = pages_get(&pages, &pages.auditor, PAGE);
	expect_text(&answer, "Log conflict acknowledged on");
	expect_text(&answer, "The server accepted it on");
	answer_clear(&answer);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(before_the_first_check_in_nothing_is_countersigned),
		TEST(what_the_server_witnessed_is_shown),
		TEST(without_a_head_there_nothing_is_acknowledged),
		TEST(the_countersigned_head_is_a_file),
		TEST(a_conflict_is_told_here_and_on_home),
		TEST(the_owners_word_needs_the_tick_and_the_token),
		TEST(it_is_an_entry_and_waits_for_the_vendor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
