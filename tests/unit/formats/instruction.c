/*
 * What a server may ask: one text for one instruction; whatever is not in the
 * list or not in its place is refused, each with the reason that both sides
 * show. None can ask for job data.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/instruction.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/vendor.h"

/* The key of tests/support/vendor.c stands for the server's here. */
#define AT 1795676400 /* 2026-11-26T07:00:00Z */
#define DAY_S 86400

#define HEAD(number, kind)              \
	"sluice.instruction/v1\n"       \
	"device ex7-004211\n"           \
	"number " number "\n"           \
	"kind " kind "\n"               \
	"issued 2026-11-26T07:00:00Z\n" \
	"expires 2026-12-03T07:00:00Z\n"
#define WHO         \
	"by desk\n" \
	"reason A fault was reported by telephone.\n"
#define ASKS(kind) HEAD("7", kind) WHO

static void make(struct instruction *is, enum instruction_kind kind)
{
	memset(is, 0, sizeof(*is));
	is->kind = kind;
	is->number = 7;
	is->issued_at = AT;
	is->expires_at = AT + 7 * DAY_S;
	strcpy(is->device, "ex7-004211");
	strcpy(is->by, "desk");
	strcpy(is->reason, "A fault was reported by telephone.");
	if (kind == INSTRUCTION_SEND) {
		strcpy(is->services, "maintenance supplies");
	} else if (kind == INSTRUCTION_INTERVAL) {
		is->interval_s = 1800;
	} else if (kind == INSTRUCTION_PACKAGE) {
		strcpy(is->package, "engine-2.4.1");
	} else if (kind == INSTRUCTION_MESSAGE) {
		strcpy(is->message, "We call tomorrow at nine.");
	} else if (kind == INSTRUCTION_LEDGER) {
		is->from = 0;
		is->to = INSTRUCTION_LEDGER_MAX - 1;
	}
}

static void assert_same(const struct instruction *a,
			const struct instruction *b)
{
	assert_string_equal(a->device, b->device);
	assert_true(a->number == b->number);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->issued_at, b->issued_at);
	assert_int_equal(a->expires_at, b->expires_at);
	assert_string_equal(a->by, b->by);
	assert_string_equal(a->reason, b->reason);
	assert_string_equal(a->services, b->services);
	assert_int_equal(a->interval_s, b->interval_s);
	assert_string_equal(a->package, b->package);
	assert_string_equal(a->message, b->message);
	assert_true(a->from == b->from && a->to == b->to);
}

static bool read_note(const struct buf *note, struct instruction *is,
		      enum instruction_refusal *refusal, struct err *err)
{
	struct note_verifier server;
	vendor_verifier(&server);
	return instruction_read(buf_str(note), note->len, &server, is, refusal,
				err);
}

static void goes_both_ways(const struct instruction *made)
{
	struct instruction found;
	enum instruction_refusal refusal = INSTRUCTION_REFUSAL_FORM;
	struct buf text = BUF_INIT, note = BUF_INIT;
	assert_true(instruction_put(&text, made, NULL));
	vendor_sign_text(buf_str(&text), &note);
	assert_true(read_note(&note, &found, &refusal, NULL));
	assert_int_equal(refusal, INSTRUCTION_REFUSAL_NONE);
	assert_same(made, &found);
	memset(&found, 0, sizeof(found));
	assert_true(instruction_read_kept(buf_str(&note), note.len, &found,
					  &refusal, NULL));
	assert_same(made, &found);
	buf_clear(&note);
	buf_clear(&text);
}

static void what_is_written_is_read_again(void **state)
{
	struct instruction made;
	(void)state;
	for (unsigned k = 1; k < INSTRUCTION_KINDS; k++) {
		make(&made, (enum instruction_kind)k);
		goes_both_ways(&made);
	}
	make(&made, INSTRUCTION_MESSAGE);
	memset(made.message, 'm', INSTRUCTION_MESSAGE_SIZE - 1);
	memset(made.reason, 'r', INSTRUCTION_REASON_SIZE - 1);
	memset(made.by, 'b', sizeof(made.by) - 1);
	memset(made.device, 'd', sizeof(made.device) - 1);
	made.number = INT64_MAX;
	made.expires_at = AT + INSTRUCTION_LIFE_MAX_S;
	goes_both_ways(&made);
	make(&made, INSTRUCTION_LEDGER);
	made.from = INT64_MAX - (INSTRUCTION_LEDGER_MAX - 1);
	made.to = INT64_MAX;
	goes_both_ways(&made);
}

static void the_text_is_the_one_that_the_header_has(void **state)
{
	struct instruction made;
	struct buf text = BUF_INIT;
	(void)state;
	make(&made, INSTRUCTION_SEND);
	buf_put_str(&text, "before ");
	assert_true(instruction_put(&text, &made, NULL));
	assert_string_equal(
		buf_str(&text),
		"before " ASKS("send") "services maintenance supplies\n");
	buf_clear(&text);
}

static void refuse_to_put(const struct instruction *is)
{
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	assert_false(instruction_put(&text, is, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(text.len, 0);
	buf_clear(&text);
}

static void what_no_device_takes_is_not_written(void **state)
{
	static const char *const services[] = { "",
						"job-data",
						"metering job-data",
						"personal",
						"metering personal",
						"jobs",
						" metering",
						"metering  supplies",
						"Metering",
						"metering\nby x" };
	struct instruction is;
	(void)state;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		make(&is, INSTRUCTION_SEND);
		strcpy(is.services, services[i]);
		refuse_to_put(&is);
	}
}

static void a_value_that_is_none_is_not_written(void **state)
{
	struct instruction is;
	(void)state;
	make(&is, INSTRUCTION_UNSET);
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	strcpy(is.services, "metering");
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.to = 1;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.number = 0;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.expires_at = is.issued_at;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.expires_at = is.issued_at + INSTRUCTION_LIFE_MAX_S + 1;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.issued_at = -5;
	is.expires_at = 5;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.by[0] = '\0';
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.reason[0] = '\0';
	refuse_to_put(&is);
	make(&is, INSTRUCTION_MESSAGE);
	strcpy(is.message, "one\ntwo");
	refuse_to_put(&is);
	make(&is, INSTRUCTION_MESSAGE);
	strcpy(is.message, "turned \xe2\x80\xae over");
	refuse_to_put(&is);
	make(&is, INSTRUCTION_INTERVAL);
	is.interval_s = -60;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_LEDGER);
	is.to = INSTRUCTION_LEDGER_MAX;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_LEDGER);
	is.from = 5;
	is.to = 4;
	refuse_to_put(&is);
	make(&is, INSTRUCTION_RENEW);
	is.issued_at = 253402300799; /* the last second of the year 9999 */
	is.expires_at = is.issued_at + 1;
	refuse_to_put(&is);
}

/* Refused for this; *is stays unless what was read is told. */
static void refuse_note(const struct buf *note, struct instruction *is,
			enum instruction_refusal expected, enum err_kind kind)
{
	enum instruction_refusal refusal = INSTRUCTION_REFUSAL_NONE;
	struct err err = { .kind = ERR_NONE };
	memset(is, 0, sizeof(*is));
	is->number = 99;
	if (read_note(note, is, &refusal, &err)) {
		fail_msg("accepted: %s", buf_str(note));
	}
	if (refusal != expected || err.kind != kind || err.text[0] == '\0') {
		fail_msg("\"%s\" (%s): %s", err.text,
			 instruction_refusal_name(refusal), buf_str(note));
	}
}

static void refuse_text(const char *text, struct instruction *is,
			enum instruction_refusal expected, enum err_kind kind)
{
	struct buf note = BUF_INIT;
	vendor_sign_text(text, &note);
	refuse_note(&note, is, expected, kind);
	buf_clear(&note);
}

static void a_form_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = {
		"sluice.instruction/v2\n",
		"sluice.receipt/v1\ndevice ex7-004211\n",
		"\n",
		HEAD("7", "renew"),
		HEAD("7", "renew") "by desk\n",
		HEAD("7", "renew") "reason x\nby desk\n",
		HEAD("0", "renew") WHO,
		HEAD("07", "renew") WHO,
		HEAD("-7", "renew") WHO,
		HEAD("9223372036854775808", "renew") WHO,
		ASKS("renew") "services metering\n",
		ASKS("renew") "\n",
		ASKS("renew") "run reboot\n",
		ASKS("send"),
		ASKS("send") "services metering\nservices metering\n",
		ASKS("send") "services metering\nmessage hello\n",
		ASKS("send") "services metering,supplies\n",
		ASKS("send") "services metering \n",
		ASKS("send") "services ../metering\n",
		ASKS("interval"),
		ASKS("interval") "interval 0\n",
		ASKS("interval") "interval 015\n",
		ASKS("interval") "interval 1h\n",
		ASKS("interval") "interval 2147483648\n",
		ASKS("interval") "interval 99999999999999999999999999\n",
		ASKS("message"),
		ASKS("message") "message \n",
		ASKS("message") "message  hello\n",
		ASKS("message") "message a\xe2\x80\x8b"
				"b\n",
		ASKS("package") "message hello\n",
		ASKS("ledger") "from 1\n",
		ASKS("ledger") "to 1\n",
		ASKS("ledger") "to 1\nfrom 0\n",
		ASKS("ledger") "from 2\nto 1\n",
		ASKS("ledger") "from x\nto 1\n",
		ASKS("ledger") "from 150\nto 250\n",
		ASKS("ledger") "from 0\nto 100\n",
		ASKS("ledger") "from 0\nto 18446744073709551615\n",
		"sluice.instruction/v1\ndevice a\nnumber 1\nkind renew\n"
		"issued 2026-11-26T07:00:00Z\nexpires 2026-11-26T07:00:00Z\n"
		"by a\nreason a\n",
		"sluice.instruction/v1\ndevice a\nnumber 1\nkind renew\n"
		"issued 2026-11-26T07:00:00Z\nexpires 2027-02-24T07:00:01Z\n"
		"by a\nreason a\n",
		"sluice.instruction/v1\ndevice a\nnumber 1\nkind renew\n"
		"issued today\nexpires 2026-12-03T07:00:00Z\n"
		"by a\nreason a\n",
	};
	struct instruction is;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i], &is, INSTRUCTION_REFUSAL_FORM, ERR_INVALID);
		assert_true(is.number == 99);
	}
}

static void values_that_are_too_long_are_refused(void **state)
{
	static const struct {
		const char *before, *after;
		size_t size; /* one less than that fits */
	} bad[] = {
		{ "sluice.instruction/v1\ndevice ",
		  "\nnumber 1\nkind renew\nissued 2026-11-26T07:00:00Z\n"
		  "expires 2026-12-03T07:00:00Z\nby a\nreason a\n",
		  65 },
		{ HEAD("7", "renew") "by ", "\nreason a\n", 65 },
		{ HEAD("7", "renew") "by a\nreason ", "\n",
		  INSTRUCTION_REASON_SIZE },
		{ ASKS("send") "services ", "\n", INSTRUCTION_SERVICES_SIZE },
		{ ASKS("message") "message ", "\n", INSTRUCTION_MESSAGE_SIZE },
		{ ASKS("package") "package ", "\n", INSTRUCTION_PACKAGE_SIZE },
	};
	struct instruction is;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf text = BUF_INIT;
		buf_put_str(&text, bad[i].before);
		for (size_t n = 0; n < bad[i].size; n++) {
			buf_put_char(&text, 'a');
		}
		buf_put_str(&text, bad[i].after);
		refuse_text(buf_str(&text), &is, INSTRUCTION_REFUSAL_FORM,
			    ERR_INVALID);
		buf_clear(&text);
	}
}

static void a_note_that_is_too_long_is_not_even_opened(void **state)
{
	struct instruction is;
	enum instruction_refusal refusal = INSTRUCTION_REFUSAL_NONE;
	struct err err = { .kind = ERR_NONE };
	struct buf text = BUF_INIT, note = BUF_INIT;
	(void)state;
	buf_put_str(&text, ASKS("message") "message ");
	while (text.len < INSTRUCTION_MAX_BYTES) {
		buf_put_char(&text, 'x');
	}
	buf_put_char(&text, '\n');
	vendor_sign_text(buf_str(&text), &note);
	refuse_note(&note, &is, INSTRUCTION_REFUSAL_FORM, ERR_LIMIT);
	/* A good one does not get better by lines of others under it. */
	buf_reset(&note);
	vendor_sign_text(ASKS("renew"), &note);
	while (note.len <= INSTRUCTION_MAX_BYTES) {
		assert_true(instruction_read_kept(buf_str(&note), note.len, &is,
						  &refusal, NULL));
		buf_put_str(&note,
			    "\xe2\x80\x94 other.example/key "
			    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	}
	refuse_note(&note, &is, INSTRUCTION_REFUSAL_FORM, ERR_LIMIT);
	assert_false(instruction_read_kept(buf_str(&note), note.len, &is,
					   &refusal, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(refusal, INSTRUCTION_REFUSAL_FORM);
	buf_clear(&text);
	buf_clear(&note);
}

static void only_the_known_key_counts(void **state)
{
	struct instruction is;
	struct note_verifier other;
	enum instruction_refusal refusal = INSTRUCTION_REFUSAL_NONE;
	struct buf note = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	vendor_sign_text(ASKS("renew"), &note);
	vendor_other_verifier(&other);
	assert_false(instruction_read(buf_str(&note), note.len, &other, &is,
				      &refusal, &err));
	assert_int_equal(refusal, INSTRUCTION_REFUSAL_SIGNATURE);
	assert_int_equal(err.kind, ERR_DENIED);
	char *kind = strstr((char *)note.data, "desk");
	assert_non_null(kind);
	kind[0] = 't';
	refuse_note(&note, &is, INSTRUCTION_REFUSAL_SIGNATURE, ERR_DENIED);
	buf_reset(&note);
	buf_put_str(&note, ASKS("renew"));
	refuse_note(&note, &is, INSTRUCTION_REFUSAL_FORM, ERR_INVALID);
	buf_clear(&note);
}

static void a_kind_that_is_not_in_the_list_is_unknown(void **state)
{
	static const char *const unknown[] = {
		ASKS("reboot"),
		ASKS("run") "script rm -rf /\n",
		ASKS("Send") "services metering\n",
		ASKS("job-data") "job 12\n",
		ASKS("sendx") "services metering\n",
	};
	struct instruction is;
	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		refuse_text(unknown[i], &is, INSTRUCTION_REFUSAL_UNKNOWN,
			    ERR_INVALID);
		assert_int_equal(is.kind, INSTRUCTION_UNSET);
		assert_true(is.number == 7);
		assert_string_equal(is.by, "desk");
	}
}

static void job_data_can_never_be_asked_for(void **state)
{
	static const char *const bad[] = {
		ASKS("send") "services job-data\n",
		ASKS("send") "services metering job-data\n",
		ASKS("send") "services metering job-data supplies\n",
		ASKS("send") "services jobs\n",
		ASKS("send") "services personal\n",
		ASKS("send") "services supplies personal\n",
	};
	struct instruction is;
	struct buf note = BUF_INIT;
	enum instruction_refusal refusal;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i], &is, INSTRUCTION_REFUSAL_JOB_DATA,
			    ERR_DENIED);
		assert_string_equal(is.by, "desk");
		assert_int_equal(is.kind, INSTRUCTION_SEND);
		buf_reset(&note);
		vendor_sign_text(bad[i], &note);
		assert_false(instruction_read_kept(buf_str(&note), note.len,
						   &is, &refusal, NULL));
		assert_int_equal(refusal, INSTRUCTION_REFUSAL_JOB_DATA);
	}
	buf_clear(&note);
}

static void every_name_leads_back(void **state)
{
	(void)state;
	for (unsigned k = 1; k < INSTRUCTION_KINDS; k++) {
		const char *name =
			instruction_kind_name((enum instruction_kind)k);
		assert_int_equal(instruction_kind_by_name(name), k);
		assert_true(
			instruction_kind_title((enum instruction_kind)k)[0]);
	}
	for (unsigned r = 1; r < INSTRUCTION_REFUSALS; r++) {
		enum instruction_refusal refusal = (enum instruction_refusal)r;
		const char *name = instruction_refusal_name(refusal);
		assert_true(strlen(name) > 0 && strlen(name) < 16);
		assert_int_equal(instruction_refusal_by_name(name), r);
		assert_true(text_ends_with(instruction_refusal_title(refusal),
					   "."));
	}
	assert_int_equal(instruction_kind_by_name(""), INSTRUCTION_UNSET);
	assert_int_equal(instruction_refusal_by_name("done"),
			 INSTRUCTION_REFUSAL_NONE);
	assert_string_equal(instruction_kind_name(INSTRUCTION_KINDS), "");
	assert_string_equal(instruction_kind_title(INSTRUCTION_KINDS), "");
	assert_string_equal(instruction_refusal_name(INSTRUCTION_REFUSALS), "");
	assert_string_equal(instruction_refusal_title(INSTRUCTION_REFUSALS),
			    "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(the_text_is_the_one_that_the_header_has),
		cmocka_unit_test(what_no_device_takes_is_not_written),
		cmocka_unit_test(a_value_that_is_none_is_not_written),
		cmocka_unit_test(a_form_that_is_none_is_refused),
		cmocka_unit_test(values_that_are_too_long_are_refused),
		cmocka_unit_test(a_note_that_is_too_long_is_not_even_opened),
		cmocka_unit_test(only_the_known_key_counts),
		cmocka_unit_test(a_kind_that_is_not_in_the_list_is_unknown),
		cmocka_unit_test(job_data_can_never_be_asked_for),
		cmocka_unit_test(every_name_leads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
