/* Network: the rows, the server as it is configured, the time. */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/enrolment.h"
#include "domain/settings.h"
#include "formats/certs.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static struct answer page(const struct person *who)
{
	struct answer answer = pages_get(&pages, who, "/network");

	expect_status(&answer, 200);
	return answer;
}

static void everybody_reads_it_and_administrators_have_the_buttons(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	answer = page(&pages.admin);
	expect_text(&answer, ">Test connection</button>");
	expect_no_text(&answer, ">Check in now</button>"); /* no certificate */
	answer_clear(&answer);
	network_certificate(&pages, -30, 335);
	answer = page(&pages.admin);
	expect_text(&answer, ">Check in now</button>");
	expect_no_text(&answer, "You can read this page.");
	answer_clear(&answer);
	answer = page(&pages.auditor);
	expect_text(&answer, "Only an account with the role admin");
	expect_no_text(&answer, "</button>\n</form>\n<p><a");
	expect_text(&answer, "href=\"/network/certificate\"");
	expect_text(&answer, "href=\"/network/checkins\"");
	expect_text(&answer, "href=\"/network/limits\"");
	expect_text(&answer, "href=\"/instructions\"");
	answer_clear(&answer);
}

static void without_permission_there_is_no_button_that_sends(void **state)
{
	struct answer answer = page(&pages.admin);

	(void)state;
	expect_no_text(&answer, "Check in now");
	expect_text(&answer, "looks only at the device itself; nothing is "
			     "sent.");
	answer_clear(&answer);
}

static void the_server_is_named_and_no_form_changes_it(void **state)
{
	struct answer answer = page(&pages.admin);

	(void)state;
	expect_text(&answer, "<dd>comms.example</dd>");
	expect_text(&answer, "<dd>127.0.0.1</dd>");
	expect_text(&answer, "Set in the file sluice.conf.");
	expect_text(&answer, "there is no trust anchor here");
	expect_no_text(&answer, "<input type=\"text\"");
	answer_clear(&answer);
}

/* An authority in the place that sluice.conf names. */
static void write_anchor(const void *text, size_t len)
{
	char *dir = mem_strdup(pages.config.server_anchor);

	*strrchr(dir, '/') = '\0';
	assert_true(files_make_dir(dir, 0755, NULL));
	assert_true(
		files_write(pages.config.server_anchor, text, len, 0644, NULL));
	mem_free(dir);
}

static void what_is_trusted_is_named_with_its_end(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct buf pem = BUF_INIT;
	struct answer answer;

	(void)state;
	p256_generate(&key);
	assert_true(certs_authority(&key, "Root & example", 0,
				    INT64_C(1795651200), &der, NULL));
	certs_pem_put(&pem, "CERTIFICATE", der.data, der.len);
	write_anchor(pem.data, pem.len);
	answer = page(&pages.auditor);
	expect_text(&answer, "CN=Root &amp; example");
	expect_text(&answer, "until 26 November 2026");
	answer_clear(&answer);
	write_anchor("no certificate", 14);
	answer = page(&pages.auditor);
	expect_text(&answer, "the file holds no certificate");
	answer_clear(&answer);
	write_anchor("-----BEGIN CERTIFICATE-----\nAAAA\n", 33);
	answer = page(&pages.auditor);
	expect_text(&answer, "cannot be read");
	answer_clear(&answer);
	buf_clear(&der);
	buf_clear(&pem);
}

static void a_clock_that_is_off_is_told(void **state)
{
	struct answer answer = page(&pages.auditor);
	char later[24];

	(void)state;
	expect_no_text(&answer, "The clock of this device is wrong");
	answer_clear(&answer);
	snprintf(later, sizeof(later), "%lld",
		 (long long)pages.now + 10 * 86400);
	assert_true(settings_set(pages.db, "time_floor", later, NULL));
	answer = page(&pages.auditor);
	expect_text(&answer, "The clock of this device is wrong");
	expect_text(&answer, "Clock behind");
	expect_text(&answer, "Certificates are still checked");
	answer_clear(&answer);
}

/* A floor that may have been led ahead: what speaks against it, and the way. */
static void a_floor_that_seems_wrong_is_told_with_the_remedy(void **state)
{
	struct answer answer = page(&pages.auditor);
	char number[24];

	(void)state;
	expect_no_text(&answer, "sluice time lower");
	answer_clear(&answer);
	snprintf(number, sizeof(number), "%lld",
		 (long long)pages.now + 4000LL * 86400);
	assert_true(settings_set(pages.db, "time_floor", number, NULL));
	answer = page(&pages.auditor);
	expect_text(&answer, "The clock of this device is wrong, or what is "
			     "known of the time is.");
	expect_text(&answer, "If the clock is right, what is known of the "
			     "time was led ahead");
	expect_text(&answer, "sluice time lower");
	answer_clear(&answer);
	snprintf(number, sizeof(number), "%lld", (long long)pages.now);
	assert_true(settings_set(pages.db, "time_early", number, NULL));
	answer = page(&pages.auditor);
	expect_text(&answer, "The server&#39;s last signed answer says");
	expect_text(&answer, "Server disagrees");
	expect_text(&answer, "sluice time lower");
	answer_clear(&answer);
}

static void each_row_says_how_it_stands(void **state)
{
	struct answer answer = page(&pages.auditor);

	(void)state;
	expect_text(&answer, "There was no test yet.");
	expect_text(&answer, "None waits");
	expect_text(&answer, "Nothing waits now.");
	answer_clear(&answer);
	network_test(&pages, CONNECTION_FAILED);
	network_certificate(&pages, -30, 335);
	network_instruction(&pages, 1, INSTRUCTION_SEND);
	answer = page(&pages.auditor);
	expect_words(&answer, "it ends at \xe2\x80\x9c"
			      "Certificate of the server\xe2\x80\x9d.");
	expect_text(&answer, "335 days left");
	expect_text(&answer, "1 waits for you");
	answer_clear(&answer);
	assert_true(enrolment_tried(pages.db, ENROLMENT_ENROLLED, "daemon",
				    "nobody answers", pages.now + 60, pages.now,
				    NULL));
	answer = page(&pages.auditor);
	expect_text(&answer, "The last renewal did not work: nobody answers");
	answer_clear(&answer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(everybody_reads_it_and_administrators_have_the_buttons),
		TEST(without_permission_there_is_no_button_that_sends),
		TEST(the_server_is_named_and_no_form_changes_it),
		TEST(what_is_trusted_is_named_with_its_end),
		TEST(a_clock_that_is_off_is_told),
		TEST(a_floor_that_seems_wrong_is_told_with_the_remedy),
		TEST(each_row_says_how_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
