/*
 * How long the device's certificate lasts, for people: the steps 180, 90, 30
 * and 7 days and "over" as icon and word, and what happens by itself. That it
 * is renewed from half of its lifetime on is client/enrol.c's.
 */
#include "cgi/device/certificate.h"

#include <stdio.h>

#include "cgi/people/marks.h"
#include "web/view.h"

#define DAY_S ((int64_t)86400)

static bool exists(const struct enrolment *enrolment)
{
	return enrolment->sha256[0] != '\0';
}

static int64_t renewed_from(const struct enrolment *enrolment)
{
	return enrolment->not_before +
	       (enrolment->not_after - enrolment->not_before) / 2;
}

void certificate_tag(json_t *object, const char *name,
		     const struct enrolment *enrolment, int64_t now)
{
	int days = enrolment_days_left(enrolment, now);
	char text[48];

	if (!exists(enrolment)) {
		marks_tag(object, name, "", "off", "None");
		return;
	}
	int step = enrolment_step(days);

	if (step < 0) {
		marks_tag(object, name, "bad", "bad", "Run out");
		return;
	}
	snprintf(text, sizeof(text), "%d %s left", days,
		 days == 1 ? "day" : "days");
	if (step == 0 || step >= 90) {
		marks_tag(object, name, "ok", "ok", text);
	} else {
		marks_tag(object, name, step > 7 ? "warn" : "bad", "warn",
			  text);
	}
}

void certificate_put(struct buf *out, const struct enrolment *enrolment,
		     int64_t now)
{
	char until[VIEW_TIME_SIZE], from[VIEW_TIME_SIZE];
	int days = enrolment_days_left(enrolment, now);

	if (!exists(enrolment)) {
		buf_put_str(out, "There is none yet. Without it the device "
				 "cannot connect to the server.");
		return;
	}
	view_format_date(until, enrolment->not_after);
	if (days < 0) {
		buf_printf(out,
			   "It was valid until %s. A new one-time code of the "
			   "vendor replaces it; the device, its settings and "
			   "what waits stay as they are.",
			   until);
		return;
	}
	buf_printf(out, "Valid until %s. ", until);
	if (renewed_from(enrolment) > now) {
		view_format_date(from, renewed_from(enrolment));
		buf_printf(out, "It is renewed by itself from %s on.", from);
	} else {
		buf_put_str(out, "Its renewal is due and is tried every hour "
				 "by itself.");
	}
}

bool certificate_needs_person(const struct enrolment *enrolment, int64_t now)
{
	int days = enrolment_days_left(enrolment, now);

	return exists(enrolment) &&
	       (days < 0 || (enrolment_step(days) != 0 &&
			     now > renewed_from(enrolment) + DAY_S));
}
