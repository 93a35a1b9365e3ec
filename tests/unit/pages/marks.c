/* Marks and messages (cgi/people/marks.c). */
#include "cgi/people/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_text(const json_t *object, const char *name,
			const char *expected)
{
	assert_string_equal(expected,
			    json_string_value(json_object_get(object, name)));
}

static void a_mark_has_tone_icon_and_word(void **state)
{
	json_t *view = json_object();

	(void)state;
	marks_tag(view, "mark", "warn", "wait", "Sending");

	const json_t *mark = json_object_get(view, "mark");

	assert_text(mark, "tone", "warn");
	assert_text(mark, "icon", "wait");
	assert_text(mark, "text", "Sending");
	json_decref(view);
}

static void a_message_carries_a_mark_of_its_tone(void **state)
{
	json_t *view = json_object();

	(void)state;
	marks_message(view, "ok", "ok", "Done", "It is done.", "");

	const json_t *message = json_object_get(view, "message");

	assert_text(message, "tone", "ok");
	assert_text(message, "headline", "It is done.");
	assert_text(message, "text", "");
	assert_text(json_object_get(message, "tag"), "tone", "ok");
	assert_text(json_object_get(message, "tag"), "text", "Done");
	json_decref(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_has_tone_icon_and_word),
		cmocka_unit_test(a_message_carries_a_mark_of_its_tone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
