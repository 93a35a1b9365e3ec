/*
 * The list of devices, those that are overdue or silent first, and of these
 * the longest first. One device is device.c.
 */
#include "base/mem.h"
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "cgi/server/phrases.h"
#include "cgi/people/marks.h"
#include "web/view.h"

static void put_device(json_t *list, const struct fleet_device *device,
		       int64_t now)
{
	json_t *item = view_item(list);
	view_text(item, "id", device->id);
	view_text(item, "title", phrases_device_title(device));
	view_flag(item, "titled", device->title[0] != '\0');
	view_text(item, "model", device->make_and_model);
	view_text(item, "serial", device->serial_number);
	view_time(item, "seen", fleet_contact_at(device));
	view_time(item, "next", device->checkin_expected);
	phrases_device_tag(item, "tag", device, now);
	if (device->revoked_at == 0) {
		phrases_countdown_tag(item, "certificate",
				      device->certificate_until, now);
	}
	phrases_services(item, "services", device->services);
	view_number(item, "count", (uint64_t)device->transmissions);
}

static void put_state(json_t *view, size_t count, size_t silent)
{
	json_t *state = view_object(view, "state");
	bool fine = silent == 0;
	view_text(state, "tone", count == 0 ? "" : fine ? "ok" : "warn");
	marks_tag(state, "tag",
		  count == 0 ? ""
		  : fine     ? "ok"
			     : "warn",
		  count == 0 ? "idle"
		  : fine     ? "ok"
			     : "wait",
		  count == 0 ? "None yet"
		  : fine     ? "All seen"
			     : "Silent");
	view_count(state, "count", count, "device", "devices");
	view_count(state, "silent", silent, "device", "devices");
	view_flag(state, "any_silent", silent > 0);
	view_flag(state, "any", count > 0);
}

bool console_devices_show(struct visit *visit, struct err *err)
{
	int64_t now = visit->request->now;
	struct fleet_device *devices = NULL;
	size_t count = 0;
	size_t silent = 0;
	if (!fleet_list(console_of(visit)->db, &devices, &count, err)) {
		return false;
	}
	json_t *list = view_array(visit->view, "devices");
	for (size_t i = 0; i < count; i++) {
		if (phrases_is_silent(&devices[i], now)) {
			put_device(list, &devices[i], now);
			silent++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (!phrases_is_silent(&devices[i], now)) {
			put_device(list, &devices[i], now);
		}
	}
	put_state(visit->view, count, silent);
	mem_free(devices);
	return true;
}
