/*
 * The check-in's request: one text for the same values, every value at its
 * limits, and what is unknown, twice, missing or misplaced refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/checkin.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/vendor.h"

#define ID "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define NONCE "00112233445566778899aabbccddeeff"
#define AT 1764140400 /* 2025-11-26T07:00:00Z */
#define CHECKPOINT "sluice/ex7-004211\n7\nroot\n\n\xe2\x80\x94 a AAAA\n"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NUMBERS "instruction=\"0\" notices=\"0\" recipients=\"0\""
#define HEAD ROOT_OF("CheckIn")
#define ROOT_OF(name)                                                     \
	"<" name " xmlns=\"urn:sluice:checkin:1\" device=\"ex7-004211\" " \
	"nonce=\"" NONCE "\" version=\"0.5\" "                            \
	"clock=\"2025-11-26T07:00:00Z\" interval=\"3600\" least=\"900\" " \
	"most=\"86400\" next=\"3700\" " NUMBERS
#define EMPTY DECLARATION HEAD "/>\n"
#define WITH(parts) DECLARATION HEAD ">" parts "</CheckIn>\n"
#define OUTCOME                                  \
	"<Outcome number=\"7\" result=\"done\" " \
	"at=\"2025-11-26T07:00:00Z\">Sent.</Outcome>"
#define PROOF "<Proof>CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=</Proof>"
#define KEY                                 \
	"<LedgerKey>PeterNeumann+c74f20a3+" \
	"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW</LedgerKey>"
#define HEAD_OF_LOG "<Checkpoint oldSize=\"5\">" CHECKPOINT "</Checkpoint>"
#define ROW "<Row sequence=\"0\" leaf=\"" HEX64 "\" kind=\"grant\"/>"

static struct checkin_request *new_request(void)
{
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	strcpy(r->device, "ex7-004211");
	strcpy(r->nonce, NONCE);
	strcpy(r->version, "0.5");
	r->clock = AT;
	r->interval_s = 3600;
	r->least_s = 900;
	r->most_s = 86400;
	r->next_s = 3700;
	return r;
}

static void add_outcome(struct checkin_request *r, const char *text)
{
	struct checkin_outcome *o = &r->outcomes[r->outcomes_count++];
	o->number = r->outcomes_count;
	o->at = AT;
	strcpy(o->result, "not_allowed");
	strcpy(o->text, text);
}

static void add_row(struct checkin_request *r, bool whole)
{
	struct checkin_row *row = &r->rows[r->rows_count++];
	row->sequence = r->rows_count - 1;
	strcpy(row->leaf, HEX64);
	strcpy(row->kind, "received");
	if (whole) {
		strcpy(row->transaction, ID);
		row->bytes = 3912;
		strcpy(row->sha256, HEX64);
		strcpy(row->result, "ok");
	}
}

static void add_ledger(struct checkin_request *r, size_t hashes)
{
	struct note_verifier verifier;
	struct buf key = BUF_INIT;
	vendor_verifier(&verifier);
	note_verifier_put(&key, &verifier);
	strcpy(r->ledger_key, buf_str(&key));
	buf_clear(&key);
	strcpy(r->checkpoint, CHECKPOINT);
	r->old_size = hashes > 0 ? 5 : 0;
	r->proof.count = hashes;
	for (size_t i = 0; i < hashes; i++) {
		memset(r->proof.hash[i], (int)i, MERKLE_HASH_SIZE);
	}
}

/* Written, read, and every byte of it the same. */
static void assert_same(const struct checkin_request *made)
{
	struct checkin_request *found = mem_zalloc(sizeof(*found));
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	if (!checkin_request_put(&text, made, &err) ||
	    !checkin_request_read(text.data, text.len, found, &err)) {
		fail_msg("%s: %s", err.text, buf_str(&text));
	}
	assert_memory_equal(found, made, sizeof(*made));
	buf_clear(&text);
	mem_free(found);
}

static void what_is_written_is_read_again(void **state)
{
	struct checkin_request *r = new_request();
	(void)state;
	assert_same(r);
	add_outcome(r, "Sent <4> \"documents\" & more.");
	add_outcome(r, "");
	assert_same(r);
	add_ledger(r, 0);
	assert_same(r);
	add_ledger(r, CHECKIN_PROOF_MAX);
	strcpy(r->continuation, "a statement\n\nsigned\n");
	assert_same(r);
	add_row(r, true);
	add_row(r, false);
	assert_same(r);
	r->rows[0].bytes = 256; /* whose first byte is 0 */
	assert_same(r);
	mem_free(r);
	/* A statement needs no head beside it. */
	r = new_request();
	strcpy(r->continuation, "a statement\n\nsigned\n");
	assert_same(r);
	mem_free(r);
}

static void limits_are_reached(void **state)
{
	struct checkin_request *r = new_request();
	char text[CHECKIN_TEXT_SIZE];
	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memset(r->device, 'd', sizeof(r->device) - 1);
	memset(r->version, '9', sizeof(r->version) - 1);
	r->clock = 0;
	r->interval_s = r->most_s = r->next_s = CHECKIN_INTERVAL_MAX_S;
	r->least_s = 1;
	assert_same(r);
	r->interval_s = r->most_s = r->next_s = 1;
	assert_same(r);
	r->interval_s = r->most_s = r->next_s = CHECKIN_INTERVAL_MAX_S;
	r->instruction = r->notices = r->recipients = INT64_MAX;
	while (r->outcomes_count < CHECKIN_OUTCOMES_MAX) {
		add_outcome(r, text);
	}
	while (r->rows_count < CHECKIN_ROWS_MAX) {
		add_row(r, true);
	}
	add_ledger(r, CHECKIN_PROOF_MAX);
	memset(r->checkpoint, 'c', sizeof(r->checkpoint) - 2);
	r->checkpoint[sizeof(r->checkpoint) - 2] = '\n';
	memset(r->continuation, 'd', sizeof(r->continuation) - 2);
	r->continuation[sizeof(r->continuation) - 2] = '\n';
	assert_same(r);
	mem_free(r);
}

static void the_text_is_the_documented_one(void **state)
{
	struct checkin_request *r = new_request();
	struct buf text = BUF_INIT;
	(void)state;
	buf_put_str(&text, "before ");
	assert_true(checkin_request_put(&text, r, NULL));
	assert_string_equal(buf_str(&text), "before " EMPTY);
	buf_clear(&text);
	mem_free(r);
}

/* One change that makes it a request that nobody would take; false = none. */
static bool spoil_text(struct checkin_request *r, int n)
{
	static const struct {
		size_t at;
		const char *value;
	} bad[] = {
		{ offsetof(struct checkin_request, device), "" },
		{ offsetof(struct checkin_request, device), "a\nb" },
		{ offsetof(struct checkin_request, device), "\xff" },
		{ offsetof(struct checkin_request, nonce), "0011" },
		{ offsetof(struct checkin_request, nonce),
		  "A0112233445566778899aabbccddeeff" },
		{ offsetof(struct checkin_request, version), "" },
		{ offsetof(struct checkin_request, ledger_key), "key" },
		{ offsetof(struct checkin_request, checkpoint), "no line" },
		{ offsetof(struct checkin_request, checkpoint), "a\tb\n" },
		{ offsetof(struct checkin_request, continuation), "no line" },
		{ offsetof(struct checkin_request, continuation), "a\tb\n" },
		{ offsetof(struct checkin_request, version),
		  "0.5\xe2\x80\xae" },
		{ offsetof(struct checkin_request, outcomes[0].text), "a\tb" },
		{ offsetof(struct checkin_request, outcomes[0].text),
		  "no\xe2\x80\xae" },
		{ offsetof(struct checkin_request, outcomes[0].result), "" },
		{ offsetof(struct checkin_request, outcomes[0].result), "-a" },
		{ offsetof(struct checkin_request, rows[0].leaf), "0011" },
		{ offsetof(struct checkin_request, rows[0].kind), "a b" },
		{ offsetof(struct checkin_request, rows[0].transaction), "x" },
		{ offsetof(struct checkin_request, rows[0].sha256), "0011" },
	};
	if (n >= (int)(sizeof(bad) / sizeof(bad[0]))) {
		return false;
	}
	strcpy((char *)r + bad[n].at, bad[n].value);
	return true;
}

static bool spoil_number(struct checkin_request *r, int n)
{
	static const struct {
		size_t at;
		int64_t value;
	} bad[] = {
		{ offsetof(struct checkin_request, clock), -1 },
		{ offsetof(struct checkin_request, clock), INT64_MAX },
		{ offsetof(struct checkin_request, interval_s), 0 },
		{ offsetof(struct checkin_request, least_s), -1 },
		{ offsetof(struct checkin_request, least_s), 86401 },
		{ offsetof(struct checkin_request, most_s),
		  CHECKIN_INTERVAL_MAX_S + 1 },
		{ offsetof(struct checkin_request, next_s), 0 },
		{ offsetof(struct checkin_request, instruction), INT64_MIN },
		{ offsetof(struct checkin_request, outcomes[0].number), 0 },
		{ offsetof(struct checkin_request, old_size), 0 },
		{ offsetof(struct checkin_request, old_size), INT64_MIN },
	};
	if (n >= (int)(sizeof(bad) / sizeof(bad[0]))) {
		return false;
	}
	memcpy((char *)r + bad[n].at, &bad[n].value, sizeof(bad[n].value));
	return true;
}

/* false = there is no such case any more. */
static bool refuse_to_put(bool (*spoil)(struct checkin_request *r, int n),
			  int n)
{
	struct checkin_request *r = new_request();
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	add_outcome(r, "Sent.");
	add_ledger(r, 3);
	add_row(r, true);
	bool more = spoil(r, n);
	if (more && (checkin_request_put(&text, r, &err) ||
		     err.kind != ERR_INVALID || text.len != 0)) {
		fail_msg("case %d: %s", n, buf_str(&text));
	}
	buf_clear(&text);
	mem_free(r);
	return more;
}

static void what_no_reader_takes_is_not_written(void **state)
{
	struct checkin_request *r = new_request();
	struct buf text = BUF_INIT;
	(void)state;
	for (int n = 0; refuse_to_put(spoil_text, n); n++) {
	}
	for (int n = 0; refuse_to_put(spoil_number, n); n++) {
	}
	r->old_size = 5; /* without a head */
	assert_false(checkin_request_put(&text, r, NULL));
	r->old_size = 0;
	r->proof.count = 1;
	assert_false(checkin_request_put(&text, r, NULL));
	assert_int_equal(text.len, 0);
	mem_free(r);
}

static void more_than_fits_is_a_limit(void **state)
{
	struct checkin_request *r = new_request();
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	char quotes[CHECKIN_TEXT_SIZE];
	(void)state;
	r->proof.count = CHECKIN_PROOF_MAX + 1;
	assert_false(checkin_request_put(&text, r, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	r->proof.count = 0;
	err_reset(&err);
	r->outcomes_count = CHECKIN_OUTCOMES_MAX + 1;
	assert_false(checkin_request_put(&text, r, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	r->outcomes_count = 0;
	err_reset(&err);
	r->rows_count = CHECKIN_ROWS_MAX + 1;
	assert_false(checkin_request_put(&text, r, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	mem_free(r);
	/* Each of these characters takes five bytes or more. */
	r = new_request();
	err_reset(&err);
	memset(quotes, '&', sizeof(quotes));
	quotes[sizeof(quotes) - 1] = '\0';
	while (r->outcomes_count < CHECKIN_OUTCOMES_MAX) {
		add_outcome(r, quotes);
	}
	while (r->rows_count < CHECKIN_ROWS_MAX) {
		add_row(r, true);
	}
	assert_false(checkin_request_put(&text, r, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(text.len, 0);
	buf_clear(&text);
	mem_free(r);
}

static void refuse(const char *text, enum err_kind kind)
{
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	struct err err = { .kind = ERR_NONE };
	r->clock = 99;
	if (checkin_request_read(text, strlen(text), r, &err) ||
	    err.kind != kind) {
		fail_msg("%s (%s): %s", err_kind_name(err.kind), err.text,
			 text);
	}
	assert_int_equal(r->clock, 99);
	mem_free(r);
}

static void a_continuation_out_of_place_is_refused(void **state)
{
	static const char *const bad[] = {
		WITH("<Continuation/>"),
		WITH("<Continuation>no line</Continuation>"),
		WITH("<Continuation by=\"anna\">a\n</Continuation>"),
		WITH("<Continuation>a\n</Continuation>"
		     "<Continuation>a\n</Continuation>"),
		WITH("<Continuation>a\n</Continuation>" HEAD_OF_LOG),
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse(bad[i], ERR_INVALID);
	}
}

static void what_is_out_of_place_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"<CheckIn/>",
		DECLARATION "<Check xmlns=\"urn:sluice:checkin:1\"/>",
		DECLARATION ROOT_OF("Check") "/>",
		WITH("<Other/>"),
		WITH("words"),
		WITH("<CheckIn/>"),
		WITH("<LedgerKey/>"),
		WITH("<LedgerKey/>" ROW),
		WITH("<Continuation/>" ROW),
		WITH(KEY KEY),
		WITH(KEY "<Checkpoint oldSize=\"0\"/>"),
		WITH("<Checkpoint oldSize=\"0\"/>"),
		WITH(HEAD_OF_LOG "<Proof/>"),
		WITH(OUTCOME "words"),
		WITH("<Outcome number=\"7\" result=\"done\" "
		     "at=\"2025-11-26T07:00:00Z\">" HEAD "/></Outcome>"),
		WITH("<LedgerKey>key</LedgerKey>"),
		WITH("<Proof/>"),
		WITH(PROOF),
		WITH("<Checkpoint oldSize=\"0\">" CHECKPOINT
		     "</Checkpoint>" PROOF),
		WITH("<Checkpoint oldSize=\"5\"/>"),
		WITH("<Checkpoint>" CHECKPOINT "</Checkpoint>"),
		WITH("<Checkpoint oldSize=\"05\">" CHECKPOINT "</Checkpoint>"),
		WITH("<Checkpoint oldSize=\"5\">no line</Checkpoint>"),
		WITH("<Checkpoint oldSize=\"5\">a line\nx</Checkpoint>"),
		WITH(HEAD_OF_LOG HEAD_OF_LOG),
		WITH(HEAD_OF_LOG "<Proof>AAAA</Proof>"),
		WITH(HEAD_OF_LOG PROOF OUTCOME),
		WITH(ROW PROOF),
		WITH(ROW HEAD_OF_LOG),
		WITH("<Row sequence=\"0\" leaf=\"" HEX64 "\"/>"),
		WITH("<Row sequence=\"0\" leaf=\"" HEX64
		     "\" kind=\"grant\">text</Row>"),
		WITH("<Row sequence=\"0\" leaf=\"" HEX64
		     "\" kind=\"grant\" actor=\"mona\"/>"),
		WITH("<Outcome number=\"7\" result=\"done\">Sent.</Outcome>"),
		WITH("<Outcome number=\"0\" result=\"done\" "
		     "at=\"2025-11-26T07:00:00Z\"/>"),
		WITH("<Outcome number=\"7\" result=\"done\" "
		     "at=\"2025-11-26T07:00:00Z\"><b/></Outcome>"),
		WITH("<Outcome number=\"7\" result=\"done\" "
		     "at=\"2025-11-26T07:00:00Z\">a\nb</Outcome>"),
		WITH("<Outcome number=\"7\" result=\"done\" "
		     "at=\"2025-11-26T07:00:00Z\">a&#x202E;b</Outcome>"),
		WITH("<Outcome number=\"7\" result=\"Done\" "
		     "at=\"2025-11-26T07:00:00Z\"/>"),
		DECLARATION HEAD " more=\"1\"/>",
		DECLARATION HEAD "/><CheckIn/>",
		"<!DOCTYPE a><CheckIn/>",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse(bad[i], ERR_INVALID);
	}
}

/* The head with each attribute missing, and with wrong values. */
static void each_value_must_be_there_and_right(void **state)
{
	static const char *const wrong[][2] = {
		{ "device=\"ex7-004211\" ", "" },
		{ "device=\"ex7-004211\" ", "device=\"\" " },
		{ "nonce=\"" NONCE "\" ", "" },
		{ "nonce=\"" NONCE "\" ", "nonce=\"" NONCE "0\" " },
		{ "version=\"0.5\" ", "" },
		{ "clock=\"2025-11-26T07:00:00Z\" ", "" },
		{ "2025-11-26T07:00:00Z", "2025-11-26" },
		{ "2025-11-26T07:00:00Z", "2025-13-26T07:00:00Z" },
		{ "interval=\"3600\"", "interval=\"0\"" },
		{ "interval=\"3600\"", "interval=\"03600\"" },
		{ "interval=\"3600\"", "interval=\"31622401\"" },
		{ "least=\"900\"", "least=\"86401\"" },
		{ "most=\"86400\" ", "" },
		{ "next=\"3700\" ", "" },
		{ "notices=\"0\"", "notices=\"-1\"" },
		{ "notices=\"0\"", "notices=\"9223372036854775808\"" },
		{ " recipients=\"0\"", "" },
	};
	static const char good[] = EMPTY;
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf text = BUF_INIT;
		const char *at = strstr(good, wrong[i][0]);
		assert_non_null(at);
		buf_put(&text, good, (size_t)(at - good));
		buf_put_str(&text, wrong[i][1]);
		buf_put_str(&text, at + strlen(wrong[i][0]));
		refuse(buf_str(&text), ERR_INVALID);
		buf_clear(&text);
	}
}

static void space_between_the_elements_says_nothing(void **state)
{
	static const char text[] =
		DECLARATION HEAD ">\n  " OUTCOME "\r\n\t" KEY " " HEAD_OF_LOG
				 "\n" PROOF "\n" ROW "\n</CheckIn>\n";
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	struct err err = { .kind = ERR_NONE };
	(void)state;
	if (!checkin_request_read(text, strlen(text), r, &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(r->outcomes_count, 1);
	assert_string_equal(r->outcomes[0].text, "Sent.");
	assert_string_equal(r->checkpoint, CHECKPOINT);
	assert_int_equal(r->proof.count, 1);
	assert_int_equal(r->rows_count, 1);
	mem_free(r);
}

static void refuse_many(const char *before, const char *part, size_t count)
{
	struct buf text = BUF_INIT;
	buf_put_str(&text, DECLARATION HEAD ">");
	buf_put_str(&text, before);
	for (size_t i = 0; i < count; i++) {
		buf_put_str(&text, part);
	}
	buf_put_str(&text, "</CheckIn>");
	refuse(buf_str(&text), ERR_LIMIT);
	buf_clear(&text);
}

static void too_many_of_anything_is_a_limit(void **state)
{
	char *big = mem_zalloc(CHECKIN_REQUEST_MAX + 2);
	(void)state;
	refuse_many("", OUTCOME, CHECKIN_OUTCOMES_MAX + 1);
	refuse_many(HEAD_OF_LOG, PROOF, CHECKIN_PROOF_MAX + 1);
	refuse_many("", ROW, CHECKIN_ROWS_MAX + 1);
	memset(big, ' ', CHECKIN_REQUEST_MAX + 1);
	memcpy(big, EMPTY, strlen(EMPTY));
	refuse(big, ERR_LIMIT);
	mem_free(big);
}

/* One character more than fits, everywhere. */
static void long_values_are_refused(void **state)
{
	static const struct {
		const char *before, *after;
		size_t size;
	} bad[] = {
		{ "><Outcome number=\"7\" result=\"done\" "
		  "at=\"2025-11-26T07:00:00Z\">",
		  "</Outcome></CheckIn>", CHECKIN_TEXT_SIZE },
		{ "><Outcome number=\"7\" at=\"2025-11-26T07:00:00Z\" "
		  "result=\"",
		  "\"/></CheckIn>",
		  sizeof(((struct checkin_outcome *)0)->result) },
		{ "><Row sequence=\"0\" leaf=\"" HEX64 "\" kind=\"",
		  "\"/></CheckIn>", sizeof(((struct checkin_row *)0)->kind) },
		{ "><Checkpoint oldSize=\"0\">\n", "</Checkpoint></CheckIn>",
		  CHECKIN_NOTE_MAX - 1 },
		{ "><Checkpoint oldSize=\"0\">", "\n</Checkpoint></CheckIn>",
		  CHECKIN_NOTE_MAX - 1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf text = BUF_INIT;
		buf_put_str(&text, DECLARATION HEAD);
		buf_put_str(&text, bad[i].before);
		for (size_t n = 0; n < bad[i].size; n++) {
			buf_put_char(&text, 'x');
		}
		buf_put_str(&text, bad[i].after);
		refuse(buf_str(&text), ERR_INVALID);
		buf_clear(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(limits_are_reached),
		cmocka_unit_test(the_text_is_the_documented_one),
		cmocka_unit_test(what_no_reader_takes_is_not_written),
		cmocka_unit_test(more_than_fits_is_a_limit),
		cmocka_unit_test(a_continuation_out_of_place_is_refused),
		cmocka_unit_test(what_is_out_of_place_is_refused),
		cmocka_unit_test(each_value_must_be_there_and_right),
		cmocka_unit_test(space_between_the_elements_says_nothing),
		cmocka_unit_test(too_many_of_anything_is_a_limit),
		cmocka_unit_test(long_values_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
