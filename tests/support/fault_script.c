/*
 * Reads the script of fault_proxy. Text to structs, nothing else: what the
 * words do is fault_proxy.c's.
 */
#include "tests/support/fault_script.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MS_MAX 600000

static bool take_delay(struct fault_way *way, const char *value)
{
	return text_parse_i64(value, 0, MS_MAX, &way->delay_ms);
}

static bool take_end(struct fault_way *way, const char *value,
		     enum fault_end end)
{
	way->end = end;
	return text_parse_u64(value, 0, INT64_MAX, &way->at);
}

static bool take_stall(struct fault_way *way, const char *value)
{
	return take_end(way, value, FAULT_STALL);
}

static bool take_cut(struct fault_way *way, const char *value)
{
	return take_end(way, value, FAULT_CUT);
}

static bool take_reset(struct fault_way *way, const char *value)
{
	return take_end(way, value, FAULT_RESET);
}

/* "FIRST:SECOND"; without the colon second stays as it is. */
static bool take_pair(const char *value, uint64_t *first, uint64_t *second)
{
	char text[FAULT_STEP_SIZE];
	const char *colon = strchrnul(value, ':');
	(void)snprintf(text, sizeof(text), "%.*s", (int)(colon - value), value);
	return text_parse_u64(text, 1, INT32_MAX, first) &&
	       (*colon == '\0' ||
		text_parse_u64(colon + 1, 0, INT64_MAX, second));
}

static bool take_record(struct fault_way *way, const char *value)
{
	way->end = FAULT_RECORD;
	return strchr(value, ':') != NULL &&
	       take_pair(value, &way->record, &way->at);
}

static bool take_flip(struct fault_way *way, const char *value)
{
	way->flips = true;
	return text_parse_u64(value, 0, INT64_MAX, &way->flip);
}

static bool take_trickle(struct fault_way *way, const char *value)
{
	return take_pair(value, &way->trickle, &way->trickle_from);
}

static const struct {
	const char *name;
	bool (*take)(struct fault_way *way, const char *value);
} way_words[] = {
	{ "delay", take_delay },     { "stall", take_stall },
	{ "cut", take_cut },         { "reset", take_reset },
	{ "record", take_record },   { "flip", take_flip },
	{ "trickle", take_trickle },
};

static const struct {
	const char *name;
	enum fault_answer answer;
} answer_words[] = {
	{ "pass", FAULT_TARGET },
	{ "refuse", FAULT_REFUSE },
	{ "hang-up", FAULT_HANG_UP },
	{ "portal", FAULT_PORTAL },
	{ "garbage", FAULT_GARBAGE },
	{ "portal-redirect", FAULT_PORTAL_REDIRECT },
};

/* Which directions does "cut-up" name? 0 = it is not that word at all. */
static unsigned ways_of(const char *word, const char *name)
{
	size_t len = strlen(name);
	if (strncmp(word, name, len) != 0) {
		return 0;
	}
	if (word[len] == '\0') {
		return 1u << FAULT_UP | 1u << FAULT_DOWN;
	}
	if (strcmp(word + len, "-up") == 0) {
		return 1u << FAULT_UP;
	}
	return strcmp(word + len, "-down") == 0 ? 1u << FAULT_DOWN : 0;
}

static bool take_way_word(struct fault_step *step, const char *word,
			  const char *value)
{
	for (size_t i = 0; i < sizeof(way_words) / sizeof(way_words[0]); i++) {
		unsigned ways = ways_of(word, way_words[i].name);
		for (int way = 0; way < FAULT_WAYS; way++) {
			if ((ways & 1u << way) != 0 &&
			    !way_words[i].take(&step->ways[way], value)) {
				return false;
			}
		}
		if (ways != 0) {
			return true;
		}
	}
	return strcmp(word, "case") == 0;
}

static bool take_word(struct fault_step *step, char *word)
{
	char *value = strchr(word, '=');
	if (value != NULL) {
		*value = '\0';
		return take_way_word(step, word, value + 1);
	}
	for (size_t i = 0; i < sizeof(answer_words) / sizeof(answer_words[0]);
	     i++) {
		if (strcmp(word, answer_words[i].name) == 0) {
			step->answer = answer_words[i].answer;
			return true;
		}
	}
	return false;
}

/* "cut-up=5 delay=3*2"; the text is written into. */
static bool take_step(char *text, struct fault_step *step,
		      char wrong[FAULT_STEP_SIZE])
{
	char *rest = NULL;
	char *star = strchr(text, '*');
	memset(step, 0, sizeof(*step));
	step->times = 1;
	(void)snprintf(step->text, sizeof(step->text), "%s", text);
	(void)snprintf(wrong, FAULT_STEP_SIZE, "%s", text);
	if (star != NULL) {
		*star = '\0';
		if (!text_parse_u64(star + 1, 1, INT32_MAX, &step->times)) {
			return false;
		}
	}
	char *word = strtok_r(text, " \t\n", &rest);
	if (word == NULL) {
		return false;
	}
	for (; word != NULL; word = strtok_r(NULL, " \t\n", &rest)) {
		char own[FAULT_STEP_SIZE];
		if (!text_copy(own, sizeof(own), word)) {
			return false;
		}
		(void)snprintf(wrong, FAULT_STEP_SIZE, "%s", word);
		if (!take_word(step, own)) {
			return false;
		}
	}
	return true;
}

static char *trimmed(char *text)
{
	text += strspn(text, " \t\n");
	size_t len = strlen(text);
	while (len > 0 && strchr(" \t\n", text[len - 1]) != NULL) {
		text[--len] = '\0';
	}
	return text;
}

bool fault_script_read(const char *text, struct fault_script *script,
		       char wrong[FAULT_STEP_SIZE])
{
	char own[FAULT_SCRIPT_MAX];
	char *rest = NULL;
	memset(script, 0, sizeof(*script));
	(void)snprintf(wrong, FAULT_STEP_SIZE, "%s", "(nothing)");
	if (!text_copy(own, sizeof(own), text)) {
		return false;
	}
	for (char *step = strtok_r(own, ";", &rest); step != NULL;
	     step = strtok_r(NULL, ";", &rest)) {
		step = trimmed(step);
		if (script->again || script->count == FAULT_STEPS_MAX) {
			return false;
		}
		if (strcmp(step, "again") == 0) {
			script->again = true;
		} else if (!take_step(step, &script->steps[script->count++],
				      wrong)) {
			return false;
		}
	}
	return script->count > 0;
}

const struct fault_step *fault_script_step(const struct fault_script *script,
					   uint64_t number)
{
	uint64_t whole = 0;
	for (size_t i = 0; i < script->count; i++) {
		whole += script->steps[i].times;
	}
	if (script->again) {
		number %= whole;
	}
	for (size_t i = 0; i < script->count; i++) {
		if (number < script->steps[i].times) {
			return &script->steps[i];
		}
		number -= script->steps[i].times;
	}
	return &script->steps[script->count - 1];
}
