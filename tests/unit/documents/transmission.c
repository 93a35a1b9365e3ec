/*
 * Writing the one transmission: exact bytes, limits, grants.
 */
#include "documents/transmission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"
#include "documents/catalogue.h"
#include "samples.h"

static void the_bytes_are_these(void **state)
{
	struct redact_rules rules = { .services =
					      SERVICE_BIT(SERVICE_METERING) };
	struct transmission_head head;
	struct collected c;
	struct buf out = BUF_INIT, wanted = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };
	uint8_t hash[32];
	char hex[65];

	(void)state;
	samples_head(&head, rules.services);
	samples_collect_body(
		&c, "<Billing><TotalImpressions source='x.1'>7"
		    "</TotalImpressions><SizeClass><Size>a4-letter</Size>"
		    "</SizeClass></Billing>");
	assert_true(
		transmission_write(&head, &c, &rules, &out, &withheld, NULL));
	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	buf_printf(&wanted,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<Transmission xmlns=\"urn:sluice:transmission:1\" "
		   "transaction=\"%s\" machine=\"printer-7.example\" "
		   "reason=\"button\" collectedAt=\"2026-11-23T14:00:00Z\" "
		   "catalogue=\"%s\">\n"
		   "  <Machine>\n"
		   "    <Id>printer-7.example</Id>\n"
		   "    <MakeAndModel>Example Printer 7</MakeAndModel>\n"
		   "    <SerialNumber>EX7-004211</SerialNumber>\n"
		   "  </Machine>\n"
		   "  <Grants>\n"
		   "    <Grant service=\"metering\" id=\"%s\"/>\n"
		   "  </Grants>\n"
		   "  <Billing>\n"
		   "    <TotalImpressions unit=\"impressions\" source=\"x.1\">7"
		   "</TotalImpressions>\n"
		   "    <SizeClass>\n"
		   "      <Size>a4-letter</Size>\n"
		   "    </SizeClass>\n"
		   "  </Billing>\n"
		   "</Transmission>\n",
		   SAMPLES_TRANSACTION, hex, head.grants[0].id);
	assert_string_equal(buf_str(&out), buf_str(&wanted));
	assert_int_equal(withheld.count, 0);
	buf_clear(&out);
	buf_clear(&wanted);
	collected_clear(&c);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
	struct buf one = BUF_INIT, two = BUF_INIT;

	(void)state;
	samples_transmission(&one, SAMPLES_ALL, true, NULL);
	samples_transmission(&two, SAMPLES_ALL, true, NULL);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	buf_clear(&one);
	buf_clear(&two);
}

/* What stays under any rules, also as the name of an element. */
static void nothing_of_jobs_and_no_secret(const char *bytes)
{
	static const char *const never[] = {
		"canary-job",     "canary-secret", "QueuedJobCount",
		"<JobId",         "<JobName",      "<Content",
		"<AccessSetting", "password",      SAMPLES_STRAY_LINE,
	};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (strstr(bytes, never[i]) != NULL) {
			fail_msg("%s leaves", never[i]);
		}
	}
}

static void canaries_leave_by_the_rules_alone(void **state)
{
	(void)state;
	for (unsigned services = 2; services <= SAMPLES_ALL; services += 2) {
		struct buf out = BUF_INIT;
		const struct redact_rules no_key = { .services = services };
		samples_write(&out, &no_key, NULL);
		assert_null(strstr(buf_str(&out), "canary-personal"));
		assert_null(strstr(buf_str(&out), "canary-network"));
		assert_null(strstr(buf_str(&out), "pseudonym-"));
		nothing_of_jobs_and_no_secret(buf_str(&out));
		buf_reset(&out);
		samples_transmission(&out, services, false, NULL);
		assert_null(strstr(buf_str(&out), "canary-personal"));
		assert_null(strstr(buf_str(&out), "canary-network"));
		nothing_of_jobs_and_no_secret(buf_str(&out));
		buf_reset(&out);
		samples_transmission(&out, services, true, NULL);
		assert_non_null(strstr(buf_str(&out), "canary-personal"));
		assert_null(strstr(buf_str(&out), "pseudonym-"));
		nothing_of_jobs_and_no_secret(buf_str(&out));
		buf_clear(&out);
	}
}

static void a_sample_too_holds_no_job_and_no_secret(void **state)
{
	const struct redact_rules rules = { .services = SAMPLES_ALL,
					    .personal = true };
	struct withheld_list withheld = { .at = NULL };
	struct transmission_head head;
	struct collected c;
	struct buf out = BUF_INIT;

	(void)state;
	samples_collect(&c);
	samples_head(&head, 0);
	assert_true(
		transmission_write(&head, &c, &rules, &out, &withheld, NULL));
	assert_non_null(strstr(buf_str(&out), "canary-personal"));
	nothing_of_jobs_and_no_secret(buf_str(&out));
	buf_clear(&out);
	withheld_clear(&withheld);
	collected_clear(&c);
}

static void nothing_to_send_is_said_with_the_services_names(void **state)
{
	struct redact_rules rules = { .services =
					      SERVICE_BIT(SERVICE_METERING) |
					      SERVICE_BIT(SERVICE_SUPPLIES) };
	struct transmission_head head;
	struct collected c;
	struct buf out = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };
	struct err err = { 0 };

	(void)state;
	samples_head(&head, rules.services);
	samples_collect_body(
		&c, "<CustomerInfo><PrinterLocation>x</PrinterLocation>"
		    "</CustomerInfo>");
	assert_false(
		transmission_write(&head, &c, &rules, &out, &withheld, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "Metering, Supplies"));
	assert_int_equal(out.len, 0);
	assert_int_equal(withheld.count, 0);
	collected_clear(&c);
}

static enum err_kind kind_of(const struct transmission_head *head,
			     unsigned services)
{
	struct redact_rules rules = { .services = services };
	struct collected c;
	struct buf out = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };
	struct err err = { 0 };

	samples_collect(&c);
	bool done = transmission_write(head, &c, &rules, &out, &withheld, &err);
	assert_int_equal(done, err.kind == ERR_NONE);
	buf_clear(&out);
	withheld_clear(&withheld);
	collected_clear(&c);
	return err.kind;
}

static void no_service_is_sent_without_its_grant(void **state)
{
	struct transmission_head head;

	(void)state;
	samples_head(&head, SERVICE_BIT(SERVICE_METERING));
	assert_int_equal(kind_of(&head, SERVICE_BIT(SERVICE_METERING)),
			 ERR_NONE);
	assert_int_equal(kind_of(&head, SERVICE_BIT(SERVICE_METERING) |
						SERVICE_BIT(SERVICE_SUPPLIES)),
			 ERR_DENIED);
	assert_int_equal(kind_of(&head, SERVICE_BIT(SERVICE_SUPPLIES)),
			 ERR_DENIED);
	head.grants_count = 0;
	assert_int_equal(kind_of(&head, SERVICE_BIT(SERVICE_METERING)),
			 ERR_DENIED);
	head.reason = "sample";
	assert_int_equal(kind_of(&head, SERVICE_BIT(SERVICE_METERING)),
			 ERR_NONE);
}

static enum err_kind kind_under(unsigned granted, unsigned services,
				bool personal)
{
	const struct redact_rules rules = { .services = services,
					    .personal = personal };
	struct withheld_list withheld = { .at = NULL };
	struct transmission_head head;
	struct collected c;
	struct buf out = BUF_INIT;
	struct err err = { 0 };

	samples_collect(&c);
	samples_head(&head, granted);
	bool done =
		transmission_write(&head, &c, &rules, &out, &withheld, &err);
	assert_int_equal(done, err.kind == ERR_NONE);
	assert_int_equal(done, out.len > 0);
	buf_clear(&out);
	withheld_clear(&withheld);
	collected_clear(&c);
	return err.kind;
}

static void the_open_gate_needs_its_grant_and_the_shut_one_none(void **state)
{
	const unsigned metering = SERVICE_BIT(SERVICE_METERING);
	const unsigned gate = SERVICE_BIT(GATE_PERSONAL);

	(void)state;
	assert_int_equal(kind_under(metering | gate, metering, true), ERR_NONE);
	assert_int_equal(kind_under(metering, metering, true), ERR_DENIED);
	assert_int_equal(kind_under(metering | gate, metering, false),
			 ERR_DENIED);
	assert_int_equal(kind_under(metering | gate, metering | gate, false),
			 ERR_DENIED);
	assert_int_equal(kind_under(gate, 0, true), ERR_NOT_FOUND);
	assert_int_equal(kind_under(metering | SERVICE_BIT(GATE_JOB_DATA),
				    metering, false),
			 ERR_INVALID);
}

static void updates_send_nothing_by_themselves(void **state)
{
	const unsigned updates = SERVICE_BIT(SERVICE_UPDATES);
	const unsigned metering = SERVICE_BIT(SERVICE_METERING);

	(void)state;
	assert_int_equal(kind_under(updates, updates, false), ERR_NOT_FOUND);
	assert_int_equal(kind_under(updates | metering, updates | metering,
				    false),
			 ERR_NONE);
}

static void a_wrong_head_is_refused(void **state)
{
	struct transmission_head head;
	const unsigned metering = SERVICE_BIT(SERVICE_METERING);

	(void)state;
	samples_head(&head, metering);
	head.reason = "whim";
	assert_int_equal(kind_of(&head, metering), ERR_INVALID);
	samples_head(&head, metering);
	head.transaction[0] = 'x';
	assert_int_equal(kind_of(&head, metering), ERR_INVALID);
	samples_head(&head, metering);
	strcpy(head.machine_id, "Upper Case");
	assert_int_equal(kind_of(&head, metering), ERR_INVALID);
	samples_head(&head, metering);
	head.collected_at = 0;
	assert_int_equal(kind_of(&head, metering), ERR_INVALID);
	samples_head(&head, metering);
	head.grants[0].id[3] = 'x';
	assert_int_equal(kind_of(&head, metering), ERR_INVALID);
	samples_head(&head, metering);
	head.grants[0].service = (enum service_id)77;
	assert_int_equal(kind_of(&head, metering), ERR_INVALID);
	samples_head(&head, metering);
	head.grants[1] = head.grants[0];
	head.grants_count = 2;
	assert_int_equal(kind_of(&head, metering), ERR_INVALID);
	head.grants_count = TRANSMISSION_GRANTS_MAX + 1;
	assert_int_equal(kind_of(&head, metering), ERR_LIMIT);
}

static void an_unknown_machine_is_called_unknown(void **state)
{
	struct redact_rules rules = { .services =
					      SERVICE_BIT(SERVICE_METERING) };
	struct transmission_head head;
	struct collected c;
	struct buf out = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };

	(void)state;
	samples_head(&head, rules.services);
	head.make_and_model = NULL;
	head.serial_number = "two\nlines";
	samples_collect(&c);
	assert_true(
		transmission_write(&head, &c, &rules, &out, &withheld, NULL));
	assert_non_null(
		strstr(buf_str(&out), "<MakeAndModel>unknown</MakeAndModel>"));
	assert_non_null(
		strstr(buf_str(&out), "<SerialNumber>unknown</SerialNumber>"));
	buf_clear(&out);
	withheld_clear(&withheld);
	collected_clear(&c);
}

static void all_that_is_written_can_be_read(void **state)
{
	const unsigned maintenance = SERVICE_BIT(SERVICE_MAINTENANCE);
	const struct redact_rules rules = { .services = maintenance };
	struct withheld_list withheld = { .at = NULL };
	struct transmission_rows rows = { NULL, 0 };
	struct transmission_head head;
	struct collected c;
	struct buf body = BUF_INIT, out = BUF_INIT;

	/* As many elements as fit: the shortest that repeat. */
	(void)state;
	buf_put_str(&body, "<DiagnosticData><File><Kind>motor-log</Kind>"
			   "<Modified>" SAMPLES_MOMENT "</Modified>");
	for (int i = 0; i < 120; i++) {
		buf_put_str(&body, "<Series><Quantity>count</Quantity>");
		for (int k = 0; k < FIELD_REPEAT_MAX; k++) {
			buf_put_str(&body, "<Values>1</Values>");
		}
		buf_put_str(&body, "</Series>");
	}
	buf_put_str(&body, "</File></DiagnosticData>");
	samples_collect_body(&c, buf_str(&body));
	samples_head(&head, maintenance);
	struct err err = { 0 };
	if (!transmission_write(&head, &c, &rules, &out, &withheld, &err) ||
	    !transmission_rows_read(out.data, out.len, &rows, &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(rows.count, 2 + 120 * (FIELD_REPEAT_MAX + 1));
	transmission_rows_clear(&rows);
	withheld_clear(&withheld);
	collected_clear(&c);
	buf_clear(&body);
	buf_clear(&out);
}

static void more_than_a_transmission_holds_is_a_limit(void **state)
{
	struct redact_rules rules = { .services =
					      SERVICE_BIT(SERVICE_MAINTENANCE),
				      .personal = true };
	struct transmission_head head;
	struct collected c;
	struct buf body = BUF_INIT, out = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };
	struct err err = { 0 };
	char text[FIELD_TEXT_MAX + 1];

	(void)state;
	memset(text, '&', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	buf_put_str(&body, "<CustomerInfo>");
	for (int i = 0; i < FIELD_REPEAT_MAX; i++) {
		buf_printf(
			&body,
			"<PrinterOrganization><![CDATA[%s]]></PrinterOrganization>",
			text);
	}
	buf_put_str(&body, "</CustomerInfo>");
	samples_collect_body(&c, buf_str(&body));
	samples_head(&head, rules.services | SERVICE_BIT(GATE_PERSONAL));
	assert_false(
		transmission_write(&head, &c, &rules, &out, &withheld, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(out.len, 0);
	buf_clear(&body);
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_these),
		cmocka_unit_test(the_same_input_gives_the_same_bytes),
		cmocka_unit_test(canaries_leave_by_the_rules_alone),
		cmocka_unit_test(a_sample_too_holds_no_job_and_no_secret),
		cmocka_unit_test(
			nothing_to_send_is_said_with_the_services_names),
		cmocka_unit_test(no_service_is_sent_without_its_grant),
		cmocka_unit_test(a_wrong_head_is_refused),
		cmocka_unit_test(an_unknown_machine_is_called_unknown),
		cmocka_unit_test(
			the_open_gate_needs_its_grant_and_the_shut_one_none),
		cmocka_unit_test(updates_send_nothing_by_themselves),
		cmocka_unit_test(all_that_is_written_can_be_read),
		cmocka_unit_test(more_than_a_transmission_holds_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
