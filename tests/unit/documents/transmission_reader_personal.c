/*
 * Reading a transmission: personal data and names of the network need a
 * grant of their own, data of jobs and secrets have none. Wrong inputs are
 * made from right ones by changing one place.
 */
#include "documents/transmission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

/* What the reader says; it names fields and never a value. */
static struct err said_of(const struct buf *xml)
{
	struct transmission_reader *r = transmission_reader_new(NULL);
	struct transmission_head head;
	struct err err = { 0 };
	unsigned documents;
	bool fine = transmission_reader_feed(r, xml->data, xml->len, &err) &&
		    transmission_reader_finish(r, &head, &documents, &err);

	assert_int_equal(fine, err.kind == ERR_NONE);
	assert_null(strstr(err.text, "canary"));
	assert_null(strstr(err.text, "Jane"));
	transmission_reader_free(r);
	return err;
}

static enum err_kind kind_of(const struct buf *xml)
{
	return said_of(xml).kind;
}

/* The first "from" behind "after" replaced by "to". */
static void replace(struct buf *xml, const char *after, const char *from,
		    const char *to)
{
	struct buf out = BUF_INIT;
	const char *all = buf_str(xml);
	const char *place = strstr(all, after);

	assert_non_null(place);
	const char *at = strstr(place, from);
	if (at == NULL) {
		fail_msg("no %s behind %s", from, after);
		return;
	}
	buf_put(&out, all, (size_t)(at - all));
	buf_put_str(&out, to);
	buf_put_str(&out, at + strlen(from));
	buf_clear(xml);
	*xml = out;
}

static enum err_kind changed(bool personal, const char *after, const char *from,
			     const char *to)
{
	struct buf xml = BUF_INIT;

	samples_transmission(&xml, SAMPLES_ALL, personal, NULL);
	assert_int_equal(kind_of(&xml), ERR_NONE);
	replace(&xml, after, from, to);
	enum err_kind kind = kind_of(&xml);
	buf_clear(&xml);
	return kind;
}

static void pseudonym_of(struct buf *xml, const char *element, char *token)
{
	const char *at = strstr(buf_str(xml), element);

	assert_non_null(at);
	at = strstr(at, PSEUDONYM_PREFIX);
	assert_non_null(at);
	memcpy(token, at, PSEUDONYM_SIZE - 1);
	token[PSEUDONYM_SIZE - 1] = '\0';
	assert_true(pseudonym_is(token));
}

static void personal_data_needs_the_grant_of_its_gate(void **state)
{
	struct buf xml = BUF_INIT;

	(void)state;
	samples_transmission(&xml, SAMPLES_ALL, true, NULL);
	assert_int_equal(kind_of(&xml), ERR_NONE);
	replace(&xml, "<Grants>", "service=\"personal\"",
		"service=\"updates\"");
	assert_int_equal(kind_of(&xml), ERR_INVALID);
	buf_clear(&xml);
}

/* One at a time, into a transmission that is right without. */
static void each_kind_of_personal_data_is_refused(void **state)
{
	static const struct {
		const char *after, *from, *to;
	} rows[] = {
		{ "<Fault>", "<Time", "<Description>Jane</Description><Time" },
		{ "<Event>", "<HostAddress",
		  "<UserName>Jane</UserName>"
		  "<HostAddress" },
		{ "<Procedure>", "</Procedure>",
		  "<Note>Jane</Note></Procedure>" },
		{ "<File>", "<Size", "<Name>Jane</Name><Size" },
		{ "<OwnerSetting>", "</OwnerSetting>",
		  "<Value>Jane</Value></OwnerSetting>" },
		{ "<InputTray>", "</InputTray>",
		  "<Name>Jane</Name></InputTray>" },
		{ "</Engineering>", "</Engineering>",
		  "</Engineering><CustomerInfo><PrinterContact><ContactName>"
		  "Jane</ContactName></PrinterContact></CustomerInfo>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf xml = BUF_INIT;
		samples_transmission(&xml, SAMPLES_ALL, false, NULL);
		replace(&xml, rows[i].after, rows[i].from, rows[i].to);
		const struct err said = said_of(&xml);
		if (said.kind != ERR_INVALID ||
		    strstr(said.text, "no grant covers") == NULL) {
			fail_msg("%s: %s", rows[i].to, said.text);
		}
		buf_clear(&xml);
	}
}

static void a_name_of_the_network_must_be_a_pseudonym(void **state)
{
	static const char *const elements[] = { "<HostAddress ", "<HostName ",
						"<NetworkSetting>", "<Uuid ",
						"<PrinterUri " };
	char token[PSEUDONYM_SIZE];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct buf xml = BUF_INIT;
		samples_transmission(&xml, SAMPLES_ALL, false, NULL);
		pseudonym_of(&xml, elements[i], token);
		buf_clear(&xml);
		assert_int_equal(changed(false, elements[i], token,
					 "printer.example"),
				 ERR_INVALID);
		assert_int_equal(changed(false, elements[i], token,
					 "pseudonym-jane"),
				 ERR_INVALID);
		assert_int_equal(changed(false, elements[i], token,
					 "pseudonym-0123456789abcdef01234567"),
				 ERR_NONE);
	}
	/* With the grant both may stand. */
	assert_int_equal(changed(true, "<HostName ", ">canary-network-",
				 ">printer.example-"),
			 ERR_NONE);
	assert_int_equal(changed(true, "<DnsSdName ",
				 "canary-network-Configuration-DnsSdName",
				 "pseudonym-0123456789abcdef01234567"),
			 ERR_NONE);
}

static void a_line_must_have_a_form(void **state)
{
	(void)state;
	for (int personal = 0; personal < 2; personal++) {
		bool open = personal != 0;
		assert_int_equal(changed(open, "<Line ", "engine: start",
					 "engine: begin"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "<Line ", "firmware 7.2.1",
					 "firmware 7.2.1 of Jane"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "<Line ", "2026-11-23T",
					 "yesterday-T"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "<Line ", "firmware 7.2.1",
					 "firmware 8.0"),
				 ERR_NONE);
	}
}

static void a_part_of_a_line_needs_what_its_class_needs(void **state)
{
	char token[PSEUDONYM_SIZE];
	struct buf xml = BUF_INIT;

	(void)state;
	assert_int_equal(changed(false, "panel: signed in", "[personal]",
				 "Jane Doe"),
			 ERR_INVALID);
	assert_int_equal(changed(false, "panel: signed in", "[personal]",
				 "[network]"),
			 ERR_INVALID);
	assert_int_equal(changed(true, "panel: signed in", "canary-personal",
				 "[personal]"),
			 ERR_NONE);
	samples_transmission(&xml, SAMPLES_ALL, false, NULL);
	pseudonym_of(&xml, "network: lease", token);
	buf_clear(&xml);
	assert_int_equal(changed(false, "network: lease", token, "10.0.0.7"),
			 ERR_INVALID);
	assert_int_equal(changed(false, "network: lease", token, "[network]"),
			 ERR_NONE);
	assert_int_equal(changed(false, "network: lease", token,
				 "pseudonym-0123456789abcdef01234567"),
			 ERR_NONE);
	assert_int_equal(changed(true, "network: lease",
				 "canary-network-Engineering-line", "10.0.0.7"),
			 ERR_NONE);
}

static void a_job_is_named_under_no_grant(void **state)
{
	(void)state;
	for (int personal = 0; personal < 2; personal++) {
		bool open = personal != 0;
		assert_int_equal(changed(open, "job: ", "[job]", "Salaries"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "job: ", "[job]", "[personal]"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "job: ", "[job]",
					 "pseudonym-0123456789abcdef01234567"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "<Event>", "</Event>",
					 "<JobId>4711</JobId></Event>"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "<File>", "</File>",
					 "<Content>SGk=</Content></File>"),
				 ERR_INVALID);
		assert_int_equal(changed(open, "<Grants>",
					 "service=\"metering\"",
					 "service=\"job-data\""),
				 ERR_INVALID);
	}
}

static void a_secret_has_no_place(void **state)
{
	(void)state;
	for (int personal = 0; personal < 2; personal++) {
		assert_int_equal(
			changed(personal != 0, "<Nvm>", "</Nvm>",
				"<AccessSetting><Id>wifi-passphrase</Id>"
				"</AccessSetting></Nvm>"),
			ERR_INVALID);
	}
}

static void a_sample_shows_personal_data_without_a_grant(void **state)
{
	struct buf xml = BUF_INIT;

	(void)state;
	samples_transmission(&xml, SAMPLES_ALL, true, NULL);
	replace(&xml, "reason=", "\"button\"", "\"sample\"");
	replace(&xml, "<Grants>", "service=\"personal\"",
		"service=\"updates\"");
	assert_int_equal(kind_of(&xml), ERR_NONE);
	replace(&xml, "job: ", "[job]", "Salaries");
	assert_int_equal(kind_of(&xml), ERR_INVALID);
	buf_clear(&xml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(personal_data_needs_the_grant_of_its_gate),
		cmocka_unit_test(each_kind_of_personal_data_is_refused),
		cmocka_unit_test(a_name_of_the_network_must_be_a_pseudonym),
		cmocka_unit_test(a_line_must_have_a_form),
		cmocka_unit_test(a_part_of_a_line_needs_what_its_class_needs),
		cmocka_unit_test(a_job_is_named_under_no_grant),
		cmocka_unit_test(a_secret_has_no_place),
		cmocka_unit_test(a_sample_shows_personal_data_without_a_grant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
