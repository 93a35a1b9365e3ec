/*
 * Words and marks that several pages share, so that a state looks and reads
 * the same everywhere. Sentences of one page stand in that page or its
 * template.
 */
#include "cgi/device/words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/people/marks.h"
#include "web/view.h"

void words_outbox_tag(json_t *object, const char *name,
		      const struct outbox_item *item)
{
	static const struct {
		const char *tone, *icon, *text;
	} marks[] = {
		[OUTBOX_UNSET] = { "", "idle", "Unknown" },
		[OUTBOX_SAMPLE] = { "warn", "note", "Sample, never sent" },
		[OUTBOX_STAGED] = { "", "idle", "Ready, not sent" },
		[OUTBOX_QUEUED] = { "warn", "wait", "Waiting to be sent" },
		[OUTBOX_SENDING] = { "warn", "wait", "Sending" },
		[OUTBOX_SENT] = { "ok", "ok", "Sent, server confirmed" },
		[OUTBOX_FAILED] = { "bad", "bad", "Failed" },
		[OUTBOX_CANCELLED] = { "", "off", "Cancelled, not sent" },
	};
	unsigned state = (unsigned)item->state;

	if (state >= sizeof(marks) / sizeof(marks[0])) {
		state = OUTBOX_UNSET;
	}
	marks_tag(object, name, marks[state].tone, marks[state].icon,
		  marks[state].text);
}

void words_consent_tag(json_t *object, const char *name,
		       enum consent_state state)
{
	switch (state) {
	case CONSENT_ALLOWED:
		marks_tag(object, name, "ok", "ok", "Allowed");
		break;
	case CONSENT_SUSPENDED:
		marks_tag(object, name, "warn", "warn", "Confirm the change");
		break;
	case CONSENT_EXPIRED:
		marks_tag(object, name, "warn", "warn", "Ended by its date");
		break;
	default:
		marks_tag(object, name, "", "off", "Not allowed");
		break;
	}
}

void words_class_tag(json_t *object, const char *name, enum field_class class)
{
	static const struct {
		const char *tone, *icon, *text;
	} marks[] = {
		[CLASS_UNSET] = { "warn", "warn", "Not in the catalogue" },
		[CLASS_MACHINE] = { "", "machine", "Machine" },
		[CLASS_NETWORK] = { "net", "network", "Network" },
		[CLASS_PERSONAL] = { "pii", "personal", "Personal" },
		[CLASS_JOB] = { "bad", "note", "Job" },
		[CLASS_SECRET] = { "bad", "secret", "Secret" },
	};
	unsigned n = (unsigned)class;

	n = n < sizeof(marks) / sizeof(marks[0]) ? n : CLASS_UNSET;
	marks_tag(object, name, marks[n].tone, marks[n].icon, marks[n].text);
}

void words_result_tag(json_t *object, const char *name, const char *result)
{
	static const struct {
		const char *result, *tone, *icon, *text;
	} marks[] = {
		{ "ok", "ok", "ok", "Done" },
		{ "refused", "bad", "bad", "Refused" },
		{ "failed", "bad", "bad", "Failed" },
		{ "waiting", "warn", "wait", "Waiting" },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (text_equal(marks[i].result, result)) {
			marks_tag(object, name, marks[i].tone, marks[i].icon,
				  marks[i].text);
			return;
		}
	}
	marks_tag(object, name, "", "idle",
		  result != NULL && result[0] != '\0' ? result : "Recorded");
}

void words_services_put(struct buf *out, unsigned services)
{
	const struct service *service;
	bool first = true;

	for (size_t i = 0; (service = control_at(i)) != NULL; i++) {
		if ((services & SERVICE_BIT(service->id)) != 0) {
			buf_put_str(out, first ? "" : ", ");
			buf_put_str(out, service->title);
			first = false;
		}
	}
}

void words_services(json_t *object, const char *name, unsigned services)
{
	struct buf text = BUF_INIT;

	words_services_put(&text, services);
	view_text(object, name, buf_str(&text));
	buf_clear(&text);
}

void words_service_names(json_t *object, const char *name, const char *names)
{
	const struct service *service;
	unsigned services = 0;

	for (size_t i = 0; (service = control_at(i)) != NULL; i++) {
		if (names != NULL && field_word_in(names, service->name)) {
			services |= SERVICE_BIT(service->id);
		}
	}
	words_services(object, name, services);
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

void words_put_field(struct buf *out, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = name[i];
		bool starts_word = i > 0 && is_upper(c) &&
				   (!is_upper(name[i - 1]) ||
				    (i + 1 < len && is_lower(name[i + 1])));

		if (starts_word && name[i - 1] != '/') {
			buf_put_char(out, ' ');
		}
		if (starts_word && i + 1 < len && is_lower(name[i + 1])) {
			buf_put_char(out, (char)(c - 'A' + 'a'));
		} else if (c == '[') {
			buf_put_char(out, ' ');
		} else if (c == '/') {
			buf_put_str(out, ", ");
		} else if (c != ']') {
			buf_put_char(out, c);
		}
	}
}

void words_last_sent(json_t *object, const char *name, int64_t at)
{
	char time[VIEW_TIME_SIZE];
	char text[VIEW_TIME_SIZE + 16];

	if (at == 0) {
		view_text(object, name, "never sent");
		return;
	}
	view_format_time(time, at);
	snprintf(text, sizeof(text), "last sent %s", time);
	view_text(object, name, text);
}
