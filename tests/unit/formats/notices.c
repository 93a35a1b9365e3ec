/*
 * What the server tells of job data: one text for the same notices, and
 * anything that is not in its place is refused whole.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/notices.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/vendor.h"

/* The key of tests/support/vendor.c stands for the server's here. */
#define ID "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"
#define AT 1764000000

#define HEAD(after, last)     \
	"sluice.notices/v1\n" \
	"device EX7-004211\n" \
	"after " after "\n"   \
	"last " last "\n"
#define NOTICE(number, kind)   \
	"notice " number "\n"  \
	"kind " kind "\n"      \
	"transaction " ID "\n" \
	"at 2025-11-24T16:00:00Z\n"
#define WHO "who desk\n"

static void make(struct notices *notices, uint64_t after, size_t count)
{
	memset(notices, 0, sizeof(*notices));
	strcpy(notices->device, "EX7-004211");
	notices->after = after;
	notices->count = count;
	for (size_t i = 0; i < count && i < NOTICES_MAX; i++) {
		struct notice *n = &notices->of[i];
		n->number = after + i + 1;
		n->at = AT + (int64_t)i;
		strcpy(n->kind, i % 2 == 0 ? "opened" : "expired");
		strcpy(n->transaction, ID);
		strcpy(n->who, i % 2 == 0 ? "desk" : "");
	}
}

static bool read_note(const struct buf *note, struct notices *notices,
		      struct err *err)
{
	struct note_verifier server;
	vendor_verifier(&server);
	return notices_read(buf_str(note), note->len, &server, notices, err);
}

static void sign(const struct notices *notices, struct buf *note)
{
	struct buf text = BUF_INIT;
	assert_true(notices_put(&text, notices, NULL));
	vendor_sign_text(buf_str(&text), note);
	buf_clear(&text);
}

static void assert_same(const struct notices *made)
{
	struct notices found;
	struct buf note = BUF_INIT;
	sign(made, &note);
	assert_true(read_note(&note, &found, NULL));
	assert_string_equal(found.device, made->device);
	assert_true(found.after == made->after);
	assert_int_equal(found.count, made->count);
	for (size_t i = 0; i < made->count; i++) {
		const struct notice *a = &made->of[i], *b = &found.of[i];
		assert_true(a->number == b->number);
		assert_string_equal(a->kind, b->kind);
		assert_string_equal(a->transaction, b->transaction);
		assert_int_equal(a->at, b->at);
		assert_string_equal(a->who, b->who);
	}
	buf_clear(&note);
}

static void what_is_written_is_read_again(void **state)
{
	static const size_t counts[] = { 0, 1, 2, NOTICES_MAX };
	struct notices made;
	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		make(&made, 4, counts[i]);
		assert_same(&made);
		make(&made, (uint64_t)INT64_MAX - counts[i], counts[i]);
		assert_same(&made);
	}
	make(&made, 0, 1);
	strcpy(made.of[0].kind, "deleted");
	memset(made.of[0].who, 'w', NOTICES_WHO_SIZE - 1);
	memset(made.device, 'd', NOTICES_DEVICE_SIZE - 1);
	assert_same(&made);
}

static void the_text_is_the_one_that_the_header_has(void **state)
{
	struct notices made;
	struct buf text = BUF_INIT;
	(void)state;
	make(&made, 4, 2);
	made.of[1].at = AT;
	buf_put_str(&text, "before ");
	assert_true(notices_put(&text, &made, NULL));
	assert_string_equal(buf_str(&text),
			    "before " HEAD("4", "6") NOTICE("5", "opened")
				    WHO NOTICE("6", "expired"));
	buf_clear(&text);
}

static void refuse_to_put(const struct notices *notices)
{
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	assert_false(notices_put(&text, notices, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(text.len, 0);
	buf_clear(&text);
}

static void what_no_reader_takes_is_not_written(void **state)
{
	struct notices made;
	(void)state;
	make(&made, 4, NOTICES_MAX + 1);
	refuse_to_put(&made);
	make(&made, INT64_MAX, 1);
	refuse_to_put(&made);
	make(&made, 4, 2);
	made.device[0] = '\0';
	refuse_to_put(&made);
	strcpy(made.device, "a\nb");
	refuse_to_put(&made);
	make(&made, 4, 2);
	made.of[1].number = 7;
	refuse_to_put(&made);
	make(&made, 4, 2);
	strcpy(made.of[1].kind, "read");
	refuse_to_put(&made);
	make(&made, 4, 2);
	made.of[1].transaction[0] = 'x';
	refuse_to_put(&made);
	make(&made, 4, 2);
	strcpy(made.of[0].who, "desk\nnotice 6");
	refuse_to_put(&made);
	make(&made, 4, 2);
	made.of[0].at = -1;
	refuse_to_put(&made);
	make(&made, 4, 2);
	made.of[0].at = INT64_MAX;
	refuse_to_put(&made);
}

/* Refused with this kind and these words; nothing was written. */
static void refuse_note(const struct buf *note, enum err_kind kind,
			const char *words)
{
	struct notices notices = { .count = 99 };
	struct err err = { .kind = ERR_NONE };
	if (read_note(note, &notices, &err)) {
		fail_msg("accepted: %s", buf_str(note));
	}
	if (err.kind != kind || strstr(err.text, words) == NULL) {
		fail_msg("\"%s\" instead of \"%s\": %s", err.text, words,
			 buf_str(note));
	}
	assert_int_equal(notices.count, 99);
}

static void refuse_text(const char *text, const char *words)
{
	struct buf note = BUF_INIT;
	vendor_sign_text(text, &note);
	refuse_note(&note, ERR_INVALID, words);
	buf_clear(&note);
}

static void only_the_servers_signature_counts(void **state)
{
	struct notices made, found;
	struct note_verifier other;
	struct buf note = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	make(&made, 4, 2);
	sign(&made, &note);
	vendor_other_verifier(&other);
	assert_false(
		notices_read(buf_str(&note), note.len, &other, &found, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	char *who = strstr((char *)note.data, "who desk");
	assert_non_null(who);
	who[strlen("who ")] = 't';
	refuse_note(&note, ERR_DENIED, "The notices");
	buf_reset(&note);
	buf_put_str(&note, HEAD("4", "4"));
	refuse_note(&note, ERR_INVALID, "The notices");
	buf_clear(&note);
}

static void another_kind_of_note_is_none(void **state)
{
	static const char *const bad[] = {
		"sluice.notices/v2\n",
		"sluice.receipt/v1\ndevice EX7-004211\n",
		" sluice.notices/v1\n",
		"\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i], "no note of the kind");
	}
}

static void numbers_have_no_gap(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ HEAD("4", "6") NOTICE("5", "opened") NOTICE("7", "opened"),
		  "\"notice\"" },
		{ HEAD("4", "6") NOTICE("6", "opened") NOTICE("5", "opened"),
		  "\"notice\"" },
		{ HEAD("4", "6") NOTICE("5", "opened") NOTICE("5", "opened"),
		  "\"notice\"" },
		{ HEAD("4", "5") NOTICE("4", "opened"), "\"notice\"" },
		{ HEAD("4", "6") NOTICE("5", "opened"), "\"notice\"" },
		{ HEAD("4", "5") NOTICE("5", "opened") NOTICE("6", "opened"),
		  "after their end" },
		{ HEAD("4", "5") NOTICE("5", "opened") WHO WHO,
		  "after their end" },
		{ HEAD("4", "4") "comment x\n", "after their end" },
		{ HEAD("4", "4") "\n", "after their end" },
		{ HEAD("4", "3"), "\"last\"" },
		{ HEAD("4", "55"), "\"last\"" },
		{ HEAD("04", "4"), "\"after\"" },
		{ HEAD("-1", "0"), "\"after\"" },
		{ HEAD("+4", "4"), "\"after\"" },
		{ HEAD("4", "four"), "\"last\"" },
		{ HEAD("9223372036854775808", "9223372036854775808"),
		  "\"after\"" },
		{ HEAD("99999999999999999999999999", "4"), "\"after\"" },
		{ HEAD("4", "5") NOTICE("05", "opened"), "\"notice\"" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i].text, bad[i].words);
	}
}

static void lines_stand_in_one_order(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "sluice.notices/v1\n", "\"device\"" },
		{ "sluice.notices/v1\nafter 4\ndevice a\nlast 4\n",
		  "\"device\"" },
		{ "sluice.notices/v1\ndevice a\nlast 4\nafter 4\n",
		  "\"after\"" },
		{ "sluice.notices/v1\ndevice a\nafter 4\n", "\"last\"" },
		{ "sluice.notices/v1\ndevice a\ndevice a\n", "\"after\"" },
		{ "sluice.notices/v1\ndevice\n", "\"device\"" },
		{ "sluice.notices/v1\ndevice \n", "\"device\"" },
		{ "sluice.notices/v1\nDevice a\n", "\"device\"" },
		{ HEAD("4", "5") "kind opened\n", "\"notice\"" },
		{ HEAD("4", "5") "notice 5\ntransaction " ID "\n", "\"kind\"" },
		{ HEAD("4", "5") "notice 5\nkind opened\nat "
				 "2025-11-24T16:00:00Z\n",
		  "\"transaction\"" },
		{ HEAD("4", "5") "notice 5\nkind opened\ntransaction " ID
				 "\nwho desk\n",
		  "\"at\"" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i].text, bad[i].words);
	}
}

static void values_are_what_they_must_be(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ HEAD("4", "5") NOTICE("5", "read"), "\"kind\"" },
		{ HEAD("4", "5") NOTICE("5", "Opened"), "\"kind\"" },
		{ HEAD("4", "5") NOTICE("5", "opened-and-much-more"),
		  "\"kind\"" },
		{ HEAD("4", "5") "notice 5\nkind opened\n"
				 "transaction 7\nat 2025-11-24T16:00:00Z\n",
		  "\"transaction\"" },
		{ HEAD("4", "5") "notice 5\nkind opened\n"
				 "transaction " ID "0\n",
		  "\"transaction\"" },
		{ HEAD("4", "5") "notice 5\nkind opened\n"
				 "transaction " ID "\nat yesterday\n",
		  "\"at\"" },
		{ HEAD("4", "5") "notice 5\nkind opened\n"
				 "transaction " ID
				 "\nat 2025-02-30T16:00:00Z\n",
		  "\"at\"" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i].text, bad[i].words);
	}
}

/* note_sign() takes no control character, so they come without it. */
static void control_characters_and_long_values_are_refused(void **state)
{
	static const char *const bad[] = { "who a\tb\n", "who a\r\n",
					   "who a\x1b[1m\n" };
	struct buf note = BUF_INIT, text = BUF_INIT;
	char who[NOTICES_WHO_SIZE + 1] = "";
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		vendor_sign_text(HEAD("4", "5") NOTICE("5", "opened") WHO,
				 &note);
		char *end = strstr((char *)note.data, "\n\n");
		assert_non_null(end);
		buf_put_str(&text, HEAD("4", "5") NOTICE("5", "opened"));
		buf_put_str(&text, bad[i]);
		buf_put_str(&text, end + 1);
		refuse_note(&text, ERR_INVALID, "The notices");
		buf_reset(&text);
		buf_reset(&note);
	}
	/* These a note may have. */
	refuse_text(HEAD("4", "5") NOTICE("5", "opened") "who a\x7f\n",
		    "\"who\"");
	refuse_text(HEAD("4", "5") NOTICE("5", "opened") "who a\xc2\x85\n",
		    "\"who\"");
	memset(who, 'w', sizeof(who) - 1);
	buf_printf(&text, "%swho %s\n", HEAD("4", "5") NOTICE("5", "opened"),
		   who);
	refuse_text(buf_str(&text), "\"who\"");
	buf_clear(&text);
	buf_clear(&note);
}

static void a_note_that_is_too_large_is_a_limit(void **state)
{
	struct buf note = BUF_INIT;
	char *text = mem_zalloc(NOTE_MAX_BYTES + 2);
	(void)state;
	memset(text, 'x', NOTE_MAX_BYTES);
	text[NOTE_MAX_BYTES] = '\n';
	buf_put_str(&note, text);
	refuse_note(&note, ERR_LIMIT, "The notices");
	mem_free(text);
	buf_clear(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(the_text_is_the_one_that_the_header_has),
		cmocka_unit_test(what_no_reader_takes_is_not_written),
		cmocka_unit_test(only_the_servers_signature_counts),
		cmocka_unit_test(another_kind_of_note_is_none),
		cmocka_unit_test(numbers_have_no_gap),
		cmocka_unit_test(lines_stand_in_one_order),
		cmocka_unit_test(values_are_what_they_must_be),
		cmocka_unit_test(
			control_characters_and_long_values_are_refused),
		cmocka_unit_test(a_note_that_is_too_large_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
