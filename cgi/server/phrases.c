/*
 * Words and marks that several pages share, so that a state looks and reads
 * the same everywhere. Sentences of one page stand in that page or its
 * template.
 */
#include "cgi/server/phrases.h"

#include <stdio.h>
#include <string.h>

#include "cgi/people/marks.h"
#include "documents/service.h"
#include "server/checkins.h"
#include "web/view.h"

#define DAY_S (24 * 60 * 60)

bool phrases_is_silent(const struct fleet_device *device, int64_t now)
{
	if (device->revoked_at != 0) {
		return false;
	}
	return device->checkin_interval != 0
		       ? checkins_missed(device, now) >= CHECKINS_MISSED
		       : now - fleet_contact_at(device) > PHRASES_SILENT_S;
}

void phrases_device_tag(json_t *object, const char *name,
			const struct fleet_device *device, int64_t now)
{
	char text[48];
	int64_t contact = fleet_contact_at(device);
	if (device->revoked_at != 0) {
		marks_tag(object, name, "", "off", "Revoked");
	} else if (contact == 0) {
		marks_tag(object, name, "warn", "idle", "Never seen");
	} else if (!phrases_is_silent(device, now)) {
		marks_tag(object, name, "ok", "ok", "Seen");
	} else if (device->checkin_interval != 0) {
		snprintf(text, sizeof(text), "Overdue: %lld check-ins missing",
			 (long long)checkins_missed(device, now));
		marks_tag(object, name, "warn", "wait", text);
	} else {
		snprintf(text, sizeof(text), "Silent for %lld days",
			 (long long)((now - contact) / DAY_S));
		marks_tag(object, name, "warn", "wait", text);
	}
}

/* The steps of the countdown, certificates_step(). */
static const struct {
	int step;
	const char *tone, *icon, *text;
} steps[] = {
	{ -1, "bad", "bad", "Run out" },
	{ 7, "bad", "warn", "Ends within 7 days" },
	{ 30, "warn", "warn", "Ends within 30 days" },
	{ 90, "warn", "wait", "Ends within 90 days" },
	{ 180, "", "wait", "Ends within 180 days" },
};

void phrases_countdown_tag(json_t *object, const char *name, int64_t not_after,
			   int64_t now)
{
	int step = certificates_step(not_after, now);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].step == step) {
			marks_tag(object, name, steps[i].tone, steps[i].icon,
				  steps[i].text);
		}
	}
}

static const struct {
	const char *origin, *text;
} origins[] = {
	{ "added", "a request that staff took in" },
	{ "enrolled", "a one-time code" },
	{ "renewed", "renewal" },
};

void phrases_certificate(json_t *object, const struct certificate_row *row,
			 int64_t now)
{
	char start[17];
	snprintf(start, sizeof(start), "%.16s", row->sha256);
	view_text(object, "sha256", row->sha256);
	view_text(object, "short", start);
	view_text(object, "device", row->device);
	view_time(object, "issued", row->issued_at);
	view_time(object, "until", row->not_after);
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		if (strcmp(origins[i].origin, row->origin) == 0) {
			view_text(object, "origin", origins[i].text);
		}
	}
	if (!row->device_stands) {
		marks_tag(object, "tag", "", "off", "Device revoked");
	} else if (row->revoked_at != 0) {
		marks_tag(object, "tag", "bad", "off", "Revoked");
	} else if (certificates_step(row->not_after, now) != 0) {
		phrases_countdown_tag(object, "tag", row->not_after, now);
	} else {
		marks_tag(object, "tag", "ok", "ok", "Good");
	}
}

bool phrases_has(const char *names, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = names; *at != '\0';) {
		size_t step = strcspn(at, " ");
		if (step == len && memcmp(at, word, len) == 0) {
			return true;
		}
		at += step + (at[step] == ' ' ? 1 : 0);
	}
	return false;
}

void phrases_services(json_t *object, const char *name, const char *names)
{
	struct buf text = BUF_INIT;
	const struct service *service;
	for (size_t n = 0; (service = service_at(n)) != NULL; n++) {
		if (phrases_has(names, service->name)) {
			buf_printf(&text, "%s%s", text.len == 0 ? "" : ", ",
				   service->title);
		}
	}
	view_text(object, name, buf_str(&text));
	buf_clear(&text);
}

void phrases_documents(json_t *object, const char *name, unsigned documents)
{
	struct buf text = BUF_INIT;
	const struct document *document;
	for (size_t n = 0; (document = document_at(n)) != NULL; n++) {
		if ((documents & (1u << document->kind)) != 0) {
			buf_printf(&text, "%s%s", text.len == 0 ? "" : ", ",
				   document->title);
		}
	}
	view_text(object, name, buf_str(&text));
	buf_clear(&text);
}

const char *phrases_device_title(const struct fleet_device *device)
{
	return device->title[0] != '\0' ? device->title : device->id;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

void phrases_put_field(struct buf *out, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = name[i];
		bool next_lower = i + 1 < len && is_lower(name[i + 1]);
		bool starts_word = i > 0 && is_upper(c) &&
				   (!is_upper(name[i - 1]) || next_lower);
		if (starts_word && name[i - 1] != '/') {
			buf_put_char(out, ' ');
			c = next_lower ? (char)(c - 'A' + 'a') : c;
		}
		if (c == '[') {
			buf_put_char(out, ' ');
		} else if (c == '/') {
			buf_put_str(out, ", ");
		} else if (c != ']') {
			buf_put_char(out, c);
		}
	}
}
