/*
 * Lists of recipients: one text a list, and anything else is refused whole.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/recipients.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/vendor.h"

#define NOW 1764000000

#define KEY_1 "age1pygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj7"
#define KEY_2 "age19qhnv02yfdf9jcr8de6hequ2jxvflf4dkjau9jws6l0wtm8nlgqsnyrfa0"

#define HEAD                            \
	"sluice.recipients/v1\n"        \
	"vendor Example Printers\n"     \
	"number 7\n"                    \
	"issued 2025-11-24T15:00:00Z\n" \
	"until 2025-12-24T16:00:00Z\n"
#define GROUP(key, kind, name, role) \
	"recipient " key "\n"        \
	"kind " kind "\n"            \
	"name " name "\n"            \
	"role " role "\n"            \
	"valid_until 2025-12-14T16:00:00Z\n"
#define DESK GROUP(KEY_1, "desk", "Colour desk", "image quality")
#define PERSON GROUP(KEY_2, "person", "Test Person", "support")

static bool read_note(const struct buf *note, struct recipients *list,
		      struct err *err)
{
	struct note_verifier vendor;

	vendor_verifier(&vendor);
	return recipients_read(buf_str(note), note->len, &vendor, list, err);
}

static void what_is_written_is_read_again(void **state)
{
	struct recipients list, found;
	struct buf note = BUF_INIT;

	(void)state;
	vendor_list(&list, 7, NOW);
	vendor_sign(&list, &note);
	assert_true(text_starts_with(buf_str(&note), HEAD));
	assert_true(read_note(&note, &found, NULL));
	assert_string_equal(found.vendor, "Example Printers");
	assert_int_equal(found.number, 7);
	assert_int_equal(found.issued, list.issued);
	assert_int_equal(found.until, list.until);
	assert_int_equal(found.count, 2);
	assert_true(found.of[0].is_desk);
	assert_false(found.of[1].is_desk);
	assert_string_equal(found.of[0].key, KEY_1);
	assert_string_equal(found.of[0].name, "Colour desk");
	assert_string_equal(found.of[1].role, "second level support");
	assert_int_equal(found.of[1].until, list.of[1].until);
	buf_clear(&note);
}

/* Refused with this kind; the error says these words; nothing was written. */
static void refuse_text(const char *text, enum err_kind kind, const char *words)
{
	struct recipients list = { .count = 99 };
	struct err err = { .kind = ERR_NONE };

	if (recipients_parse(text, strlen(text), &list, &err)) {
		fail_msg("accepted: %s", text);
	}
	if (err.kind != kind || strstr(err.text, words) == NULL) {
		fail_msg("\"%s\" instead of \"%s\": %s", err.text, words, text);
	}
	assert_int_equal(list.count, 99);
}

static void a_fine_text_is_read_without_signature(void **state)
{
	struct recipients list;

	(void)state;
	assert_true(recipients_parse(HEAD DESK PERSON, strlen(HEAD DESK PERSON),
				     &list, NULL));
	assert_int_equal(list.count, 2);
}

static void lines_stand_in_one_order(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "", "line 1: " },
		{ "sluice.recipients/v2\n", "line 1: " },
		{ "sluice.recipients/v1", "line 1: " },
		{ "sluice.recipients/v1\r\n", "line 1: " },
		{ HEAD, "line 6: \"recipient\"" },
		{ HEAD DESK "\n", "line 11: \"recipient\"" },
		{ HEAD DESK "comment x\n", "line 11: \"recipient\"" },
		{ HEAD DESK "kind desk\n", "line 11: \"recipient\"" },
		{ HEAD "recipient " KEY_1 "\nname a\nkind desk\n",
		  "line 7: \"kind\"" },
		{ HEAD "recipient " KEY_1 "\nkind desk\nkind desk\n",
		  "line 8: \"name\"" },
		{ HEAD "recipient " KEY_1 "\nkind desk\nname a\n",
		  "line 9: \"role\"" },
		{ HEAD "recipient " KEY_1 "\nkind desk\nname a\nrole b\n",
		  "line 10: \"valid_until\"" },
		{ HEAD "recipient " KEY_1 "\nkind desk\nname a\nrole b\n"
		       "valid_until 2025-12-14T16:00:00Z",
		  "line 10: \"valid_until\"" },
		{ "sluice.recipients/v1\nnumber 7\nvendor a\n",
		  "line 2: \"vendor\"" },
		{ "sluice.recipients/v1\nvendor a\nvendor a\n",
		  "line 3: \"number\"" },
		{ "sluice.recipients/v1\nVendor a\n", "line 2: \"vendor\"" },
		{ "sluice.recipients/v1\nvendor\ta\n", "line 2: \"vendor\"" },
		{ "sluice.recipients/v1\nvendor\n", "line 2: \"vendor\"" },
		{ "sluice.recipients/v1\nvendor \n", "line 2: vendor: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse_text(bad[i].text, ERR_INVALID, bad[i].words);
	}
}

static void numbers_and_times_have_one_form(void **state)
{
	static const char *const numbers[] = {
		"0",   "07",  "-1",
		"+1",  "1.0", "1 ",
		"one", "0x7", "9223372036854775808"
	};
	static const char *const times[] = { "2025-11-24",
					     "2025-11-24T15:00:00",
					     "2025-11-24 15:00:00Z",
					     "2025-11-24T15:00:00+01:00",
					     "2025-02-30T15:00:00Z",
					     "2025-11-24T15:00:00.5Z",
					     "2025-11-24t15:00:00z",
					     "2025-11-24T24:00:00Z",
					     "soon",
					     "0000-00-00T00:00:00Z" };
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(text, sizeof(text),
			 "sluice.recipients/v1\nvendor a\nnumber %s\n",
			 numbers[i]);
		refuse_text(text, ERR_INVALID,
			    "line 3: number: must be a whole number");
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		snprintf(text, sizeof(text),
			 "sluice.recipients/v1\nvendor a\nnumber 1\n"
			 "issued %s\n",
			 times[i]);
		refuse_text(text, ERR_INVALID,
			    "line 4: issued: must be a time like");
	}
	refuse_text("sluice.recipients/v1\nvendor a\nnumber 1\n"
		    "issued 2025-11-24T15:00:00Z\n"
		    "until 2025-11-24T15:00:00Z\n" DESK,
		    ERR_INVALID, "until must be later than issued");
}

static void a_key_must_be_one_of_age(void **state)
{
	static const char *const bad[] = {
		"", /* the next ones: checksum, cut, longer, other kind */
		"age1pygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj8",
		"age1pygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj",
		"age1pygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj77",
		"eqe1pygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj7",
		/* mixed case, capitals, a letter that bech32 has not */
		"age1Pygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj7",
		"AGE1PYGPW8399SEN5S2GFAT96ERTWFUCPPUWJKW28243HZLUDNW5M03QPQ9LJ7",
		"age1bygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj7",
		/* points of low order: 0, 1 */
		"age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
		"age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
	};
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), HEAD "recipient %s\nkind desk\n",
			 bad[i]);
		refuse_text(text, ERR_INVALID, "line 6: recipient: ");
	}
	refuse_text(HEAD GROUP(KEY_1, "robot", "a", "b"), ERR_INVALID,
		    "line 7: kind: must be desk or person");
}

static void texts_cannot_deceive(void **state)
{
	static const char *const bad[] = {
		"a\tb",
		"a\rb",
		"a\x1b[2Jb",
		"a\x7f",
		"a\xc2\x85",
		"\xff",
		"a\xc0\x80",
		"a\xd8\x9c",
		"a\xe2\x80\x8b",
		"a\xe2\x80\x8e",
		"a\xe2\x80\x8f",
		"a\xe2\x80\xa8",
		"a\xe2\x80\xaa",
		"a\xe2\x80\xae",
		"a\xe2\x81\xa0",
		"a\xe2\x81\xa6",
		"a\xe2\x81\xa9",
		"\xef\xbb\xbf!",
		" a",
		"a ",
		" ",
	};
	static const char *const fine[] = {
		"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", /* Hebrew needs no marks */
		"B\xc3\xbcro 2",
		"\xe8\x89\xb2\xe5\xbd\xa9",
		"<b>&\"'",
	};
	struct recipients list, found;
	struct buf out = BUF_INIT;
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text),
			 HEAD "recipient " KEY_1 "\nkind desk\nname %s\n",
			 bad[i]);
		refuse_text(text, ERR_INVALID, "line 8: name: ");
		vendor_list(&list, 1, NOW);
		(void)!text_copy(list.of[1].role, sizeof(list.of[1].role),
				 bad[i]);
		assert_false(recipients_put(&out, &list, NULL));
		assert_int_equal(out.len, 0);
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		vendor_list(&list, 1, NOW);
		(void)!text_copy(list.of[1].name, sizeof(list.of[1].name),
				 fine[i]);
		buf_reset(&out);
		assert_true(recipients_put(&out, &list, NULL));
		assert_true(
			recipients_parse(buf_str(&out), out.len, &found, NULL));
		assert_string_equal(found.of[1].name, fine[i]);
	}
	buf_clear(&out);
}

static void texts_have_a_length(void **state)
{
	char text[600], name[RECIPIENTS_TEXT_SIZE + 1];
	struct recipients list;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[RECIPIENTS_TEXT_SIZE] = '\0';
	snprintf(text, sizeof(text),
		 HEAD "recipient " KEY_1 "\nkind desk\nname %s\n", name);
	refuse_text(text, ERR_INVALID, "must have 1 to 100 bytes");
	name[RECIPIENTS_TEXT_SIZE - 1] = '\0';
	snprintf(text, sizeof(text),
		 HEAD "recipient " KEY_1 "\nkind desk\nname %s\nrole b\n"
		      "valid_until 2025-12-14T16:00:00Z\n",
		 name);
	assert_true(recipients_parse(text, strlen(text), &list, NULL));
	assert_string_equal(list.of[0].name, name);
	assert_false(recipients_parse("sluice.recipients/v1\nvendor a\0b\n",
				      sizeof("sluice.recipients/v1\nvendor "
					     "a\0b\n") -
					      1,
				      &list, NULL));
}

static void nobody_is_on_it_twice(void **state)
{
	(void)state;
	refuse_text(HEAD DESK GROUP(KEY_1, "desk", "Other desk", "x"),
		    ERR_INVALID, "recipient 2 has the key of recipient 1");
	refuse_text(HEAD PERSON GROUP(KEY_1, "desk", "TEST person", "x"),
		    ERR_INVALID, "recipient 2 has the name of recipient 1");
}

/* Valid keys without end: small numbers from 2 on, none of low order. */
static void fill_many(struct recipients *list, size_t count)
{
	vendor_list(list, 1, NOW);
	list->count = count;
	for (size_t i = 0; i < count; i++) {
		struct age_recipient key = { { 0 } };
		struct recipient *r = &list->of[i];
		key.key[0] = (uint8_t)(i + 2);
		age_recipient_format(&key, r->key);
		snprintf(r->name, sizeof(r->name), "Person %zu", i);
		snprintf(r->role, sizeof(r->role), "role");
		r->until = NOW;
	}
}

static void sixty_four_are_enough(void **state)
{
	struct recipients list, found;
	struct buf text = BUF_INIT, note = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	fill_many(&list, RECIPIENTS_MAX);
	assert_true(recipients_put(&text, &list, &err));
	vendor_sign(&list, &note);
	assert_true(read_note(&note, &found, &err));
	assert_int_equal(found.count, RECIPIENTS_MAX);
	assert_string_equal(found.of[63].name, "Person 63");
	buf_put_str(&text, DESK);
	refuse_text(buf_str(&text), ERR_LIMIT, "at most 64 recipients");
	list.count = RECIPIENTS_MAX + 1;
	assert_false(recipients_put(&text, &list, &err));
	list.count = 0;
	assert_false(recipients_put(&text, &list, &err));
	buf_clear(&text);
	buf_clear(&note);
}

static void what_is_too_long_is_refused_at_once(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	buf_put_str(&text, HEAD DESK);
	while (text.len <= NOTE_MAX_BYTES) {
		buf_put_str(&text, "more of it\n");
	}
	refuse_text(buf_str(&text), ERR_LIMIT, "at most 65536 bytes");
	buf_clear(&text);
}

static void what_cannot_be_read_again_is_not_written(void **state)
{
	struct recipients list;
	struct buf out = BUF_INIT;

	(void)state;
	vendor_list(&list, 1, NOW);
	(void)!text_copy(list.of[0].name, sizeof(list.of[0].name), "a\nrole b");
	assert_false(recipients_put(&out, &list, NULL));
	vendor_list(&list, 0, NOW);
	assert_false(recipients_put(&out, &list, NULL));
	vendor_list(&list, 1, NOW);
	list.until = INT64_MAX;
	assert_false(recipients_put(&out, &list, NULL));
	vendor_list(&list, 1, NOW);
	list.of[0].key[5] = 'b';
	assert_false(recipients_put(&out, &list, NULL));
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

static void assert_denied(const struct buf *note, enum err_kind kind)
{
	struct recipients found = { .count = 99 };
	struct err err = { .kind = ERR_NONE };

	assert_false(read_note(note, &found, &err));
	assert_int_equal(err.kind, kind);
	assert_non_null(strstr(err.text, "list of recipients: "));
	assert_int_equal(found.count, 99);
}

static void only_the_vendor_signs(void **state)
{
	struct recipients list;
	struct buf note = BUF_INIT;

	(void)state;
	vendor_list(&list, 1, NOW);
	assert_true(recipients_put(&note, &list, NULL));
	assert_denied(&note, ERR_INVALID); /* no signature at all */
	buf_reset(&note);
	vendor_other_sign(&list, &note);
	assert_denied(&note, ERR_DENIED);
	buf_reset(&note);
	vendor_sign_text("sluice.receipt/v1\ndevice a\n", &note);
	assert_denied(&note, ERR_INVALID);
	buf_clear(&note);
}

static void one_changed_byte_is_enough(void **state)
{
	struct recipients list, found;
	struct buf note = BUF_INIT;

	(void)state;
	vendor_list(&list, 1, NOW);
	vendor_sign(&list, &note);
	for (size_t i = 0; i < note.len; i++) {
		note.data[i] ^= 1;
		assert_false(read_note(&note, &found, NULL));
		note.data[i] ^= 1;
	}
	for (size_t len = 0; len < note.len; len++) {
		struct buf cut = { .data = note.data, .len = len };
		assert_false(read_note(&cut, &found, NULL));
	}
	assert_true(read_note(&note, &found, NULL));
	buf_clear(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(a_fine_text_is_read_without_signature),
		cmocka_unit_test(lines_stand_in_one_order),
		cmocka_unit_test(numbers_and_times_have_one_form),
		cmocka_unit_test(a_key_must_be_one_of_age),
		cmocka_unit_test(texts_cannot_deceive),
		cmocka_unit_test(texts_have_a_length),
		cmocka_unit_test(nobody_is_on_it_twice),
		cmocka_unit_test(sixty_four_are_enough),
		cmocka_unit_test(what_is_too_long_is_refused_at_once),
		cmocka_unit_test(what_cannot_be_read_again_is_not_written),
		cmocka_unit_test(only_the_vendor_signs),
		cmocka_unit_test(one_changed_byte_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
