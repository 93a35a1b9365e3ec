#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/view.h"

static const char *text_of(const json_t *view, const char *name)
{
	return json_string_value(json_object_get(view, name));
}

static void texts_are_always_texts(void **state)
{
	json_t *view = json_object();

	(void)state;
	view_text(view, "a", NULL);
	view_text(view, "b", "x\xff");
	view_text(view, "c", "\xc3\xa9");
	assert_string_equal(text_of(view, "a"), "");
	assert_string_equal(text_of(view, "b"), "x\xef\xbf\xbd");
	assert_string_equal(text_of(view, "c"), "\xc3\xa9");
	json_decref(view);
}

static void sentences_begin_and_end_as_sentences(void **state)
{
	static const char *const cases[][2] = {
		{ "the server is away", "The server is away." },
		{ "Done.", "Done." },
		{ "why?", "Why?" },
		{ "", "" },
		{ "9 lives", "9 lives." },
		{ "comms.example is away", "comms.example is away." },
		{ "sluice.conf", "sluice.conf." },
		{ "gone. for good", "Gone. for good." },
		{ "e", "E." },
		{ "until 2026-11-23T14:02:07Z",
		  "Until 23 November 2026, 14:02:07 UTC." },
	};
	json_t *view = json_object();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		view_sentence(view, "s", cases[i][0]);
		assert_string_equal(text_of(view, "s"), cases[i][1]);
	}
	json_decref(view);
}

static void numbers_and_counts_read_well(void **state)
{
	json_t *view = json_object();

	(void)state;
	view_number(view, "n", 1234567);
	view_count(view, "one", 1, "entry", "entries");
	view_count(view, "many", 1204, "entry", "entries");
	view_count(view, "none", 0, "entry", "entries");
	view_flag(view, "flag", true);
	assert_string_equal(text_of(view, "n"), "1,234,567");
	assert_string_equal(text_of(view, "one"), "1 entry");
	assert_string_equal(text_of(view, "many"), "1,204 entries");
	assert_string_equal(text_of(view, "none"), "0 entries");
	assert_true(json_is_true(json_object_get(view, "flag")));
	json_decref(view);
}

static void times_are_written_out_in_utc(void **state)
{
	json_t *view = json_object();
	char date[VIEW_TIME_SIZE];

	(void)state;
	view_time(view, "t", 1795442527);
	view_time(view, "never", 0);
	view_format_date(date, 1795442527);
	assert_string_equal(text_of(view, "t"),
			    "23 November 2026, 14:02:07 UTC");
	assert_string_equal(text_of(view, "never"), "");
	assert_string_equal(date, "23 November 2026");
	view_prose(view, "prose", "from 2026-11-23T14:02:07Z\xff");
	view_prose(view, "none", NULL);
	assert_string_equal(text_of(view, "prose"),
			    "from 23 November 2026, 14:02:07 UTC\xef\xbf\xbd");
	assert_string_equal(text_of(view, "none"), "");
	json_decref(view);
}

static void lists_and_objects_grow(void **state)
{
	json_t *view = json_object();
	json_t *list = view_array(view, "list");
	json_t *object = view_object(view, "object");

	(void)state;
	view_text(view_item(list), "a", "1");
	view_item_text(list, "plain");
	view_text(object, "b", "2");
	assert_int_equal(json_array_size(json_object_get(view, "list")), 2);
	assert_string_equal(text_of(json_array_get(list, 0), "a"), "1");
	assert_string_equal(json_string_value(json_array_get(list, 1)),
			    "plain");
	assert_string_equal(text_of(json_object_get(view, "object"), "b"), "2");
	json_decref(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_always_texts),
		cmocka_unit_test(sentences_begin_and_end_as_sentences),
		cmocka_unit_test(numbers_and_counts_read_well),
		cmocka_unit_test(times_are_written_out_in_utc),
		cmocka_unit_test(lists_and_objects_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
