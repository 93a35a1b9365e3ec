/*
 * Small builders for the JSON objects that templates render, with numbers and
 * times in the words that people read.
 */
#include "web/view.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

static json_t *clean_string(const char *text)
{
	json_t *value = json_string(text != NULL ? text : "");

	if (value == NULL) {
		struct buf clean = BUF_INIT;

		text_put_clean(&clean, text, strlen(text));
		value = json_string(buf_str(&clean));
		buf_clear(&clean);
	}
	assert(value != NULL);
	return value;
}

static void put(json_t *object, const char *name, json_t *value)
{
	int failed = json_object_set_new_nocheck(object, name, value);

	assert(failed == 0);
	(void)failed;
}

void view_text(json_t *object, const char *name, const char *text)
{
	put(object, name, clean_string(text));
}

void view_prose(json_t *object, const char *name, const char *text)
{
	struct buf prose = BUF_INIT;

	clock_put_words(&prose, text != NULL ? text : "");
	view_text(object, name, buf_str(&prose));
	buf_clear(&prose);
}

void view_sentence(json_t *object, const char *name, const char *text)
{
	struct buf sentence = BUF_INIT;

	clock_put_words(&sentence, text != NULL ? text : "");
	if (sentence.len > 0) {
		char *first = (char *)sentence.data;
		size_t dot = strcspn(first, " .");
		/* "comms.example answered": a name stays as it is */
		bool is_name = first[dot] == '.' && first[dot + 1] != ' ' &&
			       first[dot + 1] != '\0';

		if (!is_name && *first >= 'a' && *first <= 'z') {
			*first = (char)(*first - 'a' + 'A');
		}
		if (strchr(".!?:", sentence.data[sentence.len - 1]) == NULL) {
			buf_put_char(&sentence, '.');
		}
	}
	view_text(object, name, buf_str(&sentence));
	buf_clear(&sentence);
}

void view_flag(json_t *object, const char *name, bool value)
{
	put(object, name, json_boolean(value));
}

void view_number(json_t *object, const char *name, uint64_t value)
{
	char text[28];

	view_text(object, name, text_thousands(text, sizeof(text), value));
}

void view_size(json_t *object, const char *name, uint64_t bytes)
{
	char text[TEXT_SIZE_SIZE];

	view_text(object, name, text_size(text, bytes));
}

void view_count(json_t *object, const char *name, uint64_t count,
		const char *one, const char *many)
{
	char number[28];
	char text[128];

	snprintf(text, sizeof(text), "%s %s",
		 text_thousands(number, sizeof(number), count),
		 count == 1 ? one : many);
	view_text(object, name, text);
}

void view_time(json_t *object, const char *name, int64_t utc)
{
	char text[VIEW_TIME_SIZE];

	view_format_time(text, utc);
	view_text(object, name, utc != 0 ? text : "");
}

json_t *view_object(json_t *object, const char *name)
{
	json_t *value = json_object();

	put(object, name, value);
	return value;
}

json_t *view_array(json_t *object, const char *name)
{
	json_t *value = json_array();

	put(object, name, value);
	return value;
}

json_t *view_item(json_t *array)
{
	json_t *value = json_object();
	int failed = json_array_append_new(array, value);

	assert(failed == 0);
	(void)failed;
	return value;
}

void view_item_text(json_t *array, const char *text)
{
	int failed = json_array_append_new(array, clean_string(text));

	assert(failed == 0);
	(void)failed;
}

void view_format_date(char dst[VIEW_TIME_SIZE], int64_t utc)
{
	char day[CLOCK_WORDS_SIZE];

	clock_day(day, utc);
	snprintf(dst, VIEW_TIME_SIZE, "%s", day);
}

void view_format_time(char dst[VIEW_TIME_SIZE], int64_t utc)
{
	char words[CLOCK_WORDS_SIZE];

	clock_second(words, utc);
	snprintf(dst, VIEW_TIME_SIZE, "%s", words);
}
