/*
 * Matches a line of a log against the forms of the catalogue or, when the
 * input has a first line that is a form, against that. What stands between
 * the slots of a line that fits is the form's own text; what is sent as it
 * is can hold no name; and a line whose parts were replaced fits again.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "documents/document.h"
#include "documents/log_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok) {
		abort();
	}
}

/* The text that the form has up to its next slot, or its end. */
static const char *expect_text(const char *form, const char *from,
			       const char *to)
{
	size_t len = strcspn(form, "{");

	expect((size_t)(to - from) == len && memcmp(form, from, len) == 0);
	return form + len;
}

static void expect_slot(const char *form, const struct log_line_slot *slot)
{
	expect(slot->len > 0 && *form == '{');
	if (slot->class != CLASS_MACHINE || strncmp(form, "{one:", 5) == 0) {
		return;
	}
	expect(slot->len <= 23);
	for (size_t i = 0; i < slot->len; i++) {
		expect(slot->at[i] != '\0' &&
		       strchr("0123456789abcdefABCDEF.-:xTZ", slot->at[i]) !=
			       NULL);
	}
}

static void expect_whole(const struct log_line *line, const char *text)
{
	const char *form = line->form;
	const char *from = text;

	expect(line->count <= LOG_LINE_SLOTS_MAX);
	for (size_t i = 0; i < line->count; i++) {
		const struct log_line_slot *slot = &line->slots[i];
		form = expect_text(form, from, slot->at);
		expect_slot(form, slot);
		form += strcspn(form, "}") + 1;
		from = slot->at + slot->len;
	}
	expect(*expect_text(form, from, text + strlen(text)) == '\0');
}

/* As redact.c does when nothing of a class is allowed. */
static void expect_marks_fit(const char *const *forms,
			     const struct log_line *line)
{
	struct buf marked = BUF_INIT;
	struct log_line again;
	const char *from = line->slots[0].at;

	for (size_t i = 0; i < line->count; i++) {
		const struct log_line_slot *slot = &line->slots[i];
		buf_put(&marked, from, (size_t)(slot->at - from));
		if (slot->class == CLASS_MACHINE) {
			buf_put(&marked, slot->at, slot->len);
		} else {
			buf_put_str(&marked, log_line_mark(slot->class));
		}
		from = slot->at + slot->len;
	}
	buf_put_str(&marked, from);
	expect(log_line_match(forms, buf_str(&marked), &again));
	expect(again.form == line->form && again.count == line->count);
	for (size_t i = 0; i < again.count; i++) {
		const struct log_line_slot *slot = &again.slots[i];
		const char *mark = log_line_mark(slot->class);
		expect(slot->class == CLASS_MACHINE ||
		       (slot->len == strlen(mark) &&
			memcmp(slot->at, mark, slot->len) == 0));
	}
	buf_clear(&marked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *input = mem_strndup(size > 0 ? (const char *)data : "", size);
	char *text = strchr(input, '\n');
	struct log_line line;

	if (text != NULL) {
		*text++ = '\0';
		const char *const own[] = { input, NULL };
		bool is_form = log_line_form_ok(input);
		/* A form that is none must do no harm, either. */
		bool fits = log_line_match(own, text, &line);
		if (is_form && fits) {
			expect_whole(&line, text);
		}
	} else if (log_line_match(document_engineering.forms, input, &line)) {
		expect_whole(&line, input);
		expect_marks_fit(document_engineering.forms, &line);
	}
	mem_free(input);
	return 0;
}
