/*
 * The server's answers to check-in and echo: the text that the documentation
 * has, under the server's key alone, and nothing unknown in it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/checkin.h"

#include <string.h>

#include "tests/support/vendor.h"

/* The key of tests/support/vendor.c stands for the server's here. */
#define NONCE "00112233445566778899aabbccddeeff"
#define AT 1764140400

#define HEAD                  \
	"sluice.checkin/v1\n" \
	"device ex7-004211\n" \
	"nonce " NONCE "\n"   \
	"time 2025-11-26T07:00:00Z\n"
#define NUMBERS           \
	"interval 3600\n" \
	"instruction 7\n" \
	"notices 4\n"     \
	"recipients 2\n"  \
	"witnessed 4711\n"
#define ECHO                  \
	"sluice.echo/v1\n"    \
	"device ex7-004211\n" \
	"nonce " NONCE "\n"   \
	"time 2025-11-26T07:00:00Z\n"

static void make(struct checkin_answer *a)
{
	memset(a, 0, sizeof(*a));
	strcpy(a->device, "ex7-004211");
	strcpy(a->nonce, NONCE);
	a->time = AT;
	a->interval_s = 3600;
	a->instruction = 7;
	a->notices = 4;
	a->recipients = 2;
	a->witnessed = 4711;
}

static bool read_note(const struct buf *note, struct checkin_answer *a,
		      struct err *err)
{
	struct note_verifier server;
	vendor_verifier(&server);
	return checkin_answer_read(buf_str(note), note->len, &server, a, err);
}

static void assert_same(const struct checkin_answer *made)
{
	struct checkin_answer found;
	struct buf text = BUF_INIT, note = BUF_INIT;
	memset(&found, 0, sizeof(found));
	assert_true(checkin_answer_put(&text, made, NULL));
	vendor_sign_text(buf_str(&text), &note);
	assert_true(read_note(&note, &found, NULL));
	assert_memory_equal(&found, made, sizeof(found));
	buf_clear(&note);
	buf_clear(&text);
}

static void what_is_written_is_read_again(void **state)
{
	struct checkin_answer a;
	(void)state;
	make(&a);
	assert_same(&a);
	strcpy(a.witness_problem, "conflict");
	assert_same(&a);
	make(&a);
	strcpy(a.witness_problem, "proof");
	a.witnessed = 0;
	assert_same(&a);
	make(&a);
	a.answered = 7;
	assert_same(&a);
	make(&a);
	memset(a.cosignature, 'A', sizeof(a.cosignature) - 1);
	memset(a.device, 'd', sizeof(a.device) - 1);
	a.interval_s = CHECKIN_INTERVAL_MAX_S;
	a.instruction = a.notices = a.recipients = a.witnessed = INT64_MAX;
	assert_same(&a);
	make(&a);
	a.interval_s = 1;
	strcpy(a.device, "d");
	memset(a.device + 1, 0, sizeof(a.device) - 1);
	assert_same(&a);
}

static void the_text_is_the_documented_one(void **state)
{
	struct checkin_answer a;
	struct buf text = BUF_INIT;
	(void)state;
	make(&a);
	assert_true(checkin_answer_put(&text, &a, NULL));
	assert_string_equal(buf_str(&text), HEAD NUMBERS);
	buf_reset(&text);
	strcpy(a.cosignature, "AAAA");
	assert_true(checkin_answer_put(&text, &a, NULL));
	assert_string_equal(buf_str(&text), HEAD NUMBERS "cosignature AAAA\n");
	buf_reset(&text);
	a.answered = 7;
	assert_true(checkin_answer_put(&text, &a, NULL));
	assert_string_equal(buf_str(&text),
			    HEAD NUMBERS "answered 7\ncosignature AAAA\n");
	buf_clear(&text);
}

static void refuse_to_put(const struct checkin_answer *a)
{
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	assert_false(checkin_answer_put(&text, a, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(text.len, 0);
	buf_clear(&text);
}

static void what_no_reader_takes_is_not_written(void **state)
{
	struct checkin_answer a;
	(void)state;
	make(&a);
	a.interval_s = 0;
	refuse_to_put(&a);
	make(&a);
	a.nonce[31] = '\0';
	refuse_to_put(&a);
	make(&a);
	a.time = -1;
	refuse_to_put(&a);
	make(&a);
	a.witnessed = UINT64_MAX;
	refuse_to_put(&a);
	make(&a);
	strcpy(a.witness_problem, "other");
	refuse_to_put(&a);
	make(&a);
	strcpy(a.cosignature, "AAAA");
	strcpy(a.witness_problem, "proof");
	refuse_to_put(&a);
	make(&a);
	strcpy(a.cosignature, "AAAA");
	a.witnessed = 0;
	refuse_to_put(&a);
	make(&a);
	a.answered = a.instruction + 1;
	refuse_to_put(&a);
	make(&a);
	strcpy(a.device, "a\nnonce b");
	refuse_to_put(&a);
}

static void refuse_text(const char *text)
{
	struct checkin_answer a = { .time = 99 };
	struct buf note = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	vendor_sign_text(text, &note);
	if (read_note(&note, &a, &err)) {
		fail_msg("accepted: %s", text);
	}
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(a.time, 99);
	buf_clear(&note);
}

static void what_is_unknown_or_out_of_place_is_refused(void **state)
{
	static const char *const bad[] = {
		"sluice.checkin/v2\n",
		ECHO,
		"sluice.receipt/v1\ndevice ex7-004211\n",
		HEAD,
		HEAD NUMBERS "more 1\n",
		HEAD NUMBERS "problem other\n",
		HEAD NUMBERS "answered 0\n",
		HEAD NUMBERS "answered 8\n",
		HEAD NUMBERS "cosignature AAAA\nanswered 7\n",
		HEAD NUMBERS "problem conflict\ncosignature AAAA\n",
		HEAD NUMBERS "cosignature AAAA\nproblem conflict\n",
		HEAD "interval 0\ninstruction 0\nnotices 0\nrecipients 0\n"
		     "witnessed 0\n",
		HEAD "interval 3600\ninstruction 07\nnotices 0\n"
		     "recipients 0\nwitnessed 0\n",
		HEAD "interval 3600\ninstruction -7\nnotices 0\n"
		     "recipients 0\nwitnessed 0\n",
		HEAD "interval 3600\nnotices 0\ninstruction 0\n"
		     "recipients 0\nwitnessed 0\n",
		HEAD "interval 31622401\ninstruction 0\nnotices 0\n"
		     "recipients 0\nwitnessed 0\n",
		"sluice.checkin/v1\ndevice ex7-004211\nnonce 00\n"
		"time 2025-11-26T07:00:00Z\n" NUMBERS,
		"sluice.checkin/v1\ndevice ex7-004211\nnonce " NONCE "\n"
		"time today\n" NUMBERS,
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i]);
	}
}

static void only_the_servers_signature_counts(void **state)
{
	struct checkin_answer a;
	struct note_verifier other;
	struct buf note = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	vendor_sign_text(HEAD NUMBERS, &note);
	vendor_other_verifier(&other);
	assert_false(checkin_answer_read(buf_str(&note), note.len, &other, &a,
					 &err));
	assert_int_equal(err.kind, ERR_DENIED);
	err_reset(&err);
	char *number = strstr((char *)note.data, "instruction 7");
	assert_non_null(number);
	number[strlen("instruction ")] = '8';
	assert_false(read_note(&note, &a, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	buf_clear(&note);
}

static void an_echo_is_read_again_and_nothing_else(void **state)
{
	struct checkin_echo echo = { .time = AT }, found = { .time = 0 };
	struct note_verifier server;
	struct buf text = BUF_INIT, note = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	vendor_verifier(&server);
	strcpy(echo.device, "ex7-004211");
	strcpy(echo.nonce, NONCE);
	assert_true(checkin_echo_put(&text, &echo, NULL));
	assert_string_equal(buf_str(&text), ECHO);
	vendor_sign_text(buf_str(&text), &note);
	assert_true(checkin_echo_read(buf_str(&note), note.len, &server, &found,
				      NULL));
	assert_string_equal(found.device, echo.device);
	assert_string_equal(found.nonce, echo.nonce);
	assert_int_equal(found.time, AT);
	/* An answer to a check-in is none to an echo. */
	buf_reset(&note);
	vendor_sign_text(HEAD NUMBERS, &note);
	assert_false(checkin_echo_read(buf_str(&note), note.len, &server,
				       &found, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	echo.nonce[0] = 'X';
	buf_reset(&text);
	assert_false(checkin_echo_put(&text, &echo, &err));
	assert_int_equal(text.len, 0);
	buf_clear(&note);
	buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(the_text_is_the_documented_one),
		cmocka_unit_test(what_no_reader_takes_is_not_written),
		cmocka_unit_test(what_is_unknown_or_out_of_place_is_refused),
		cmocka_unit_test(only_the_servers_signature_counts),
		cmocka_unit_test(an_echo_is_read_again_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
