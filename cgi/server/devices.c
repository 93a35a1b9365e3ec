/*
 * The list of devices: those that are overdue, silent, or have another log than
 * the one that is kept stand first, and of these the longest unseen. One device
 * is device.c.
 */
#include "base/mem.h"
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "cgi/server/phrases.h"
#include "cgi/people/marks.h"
#include "server/witness.h"
#include "web/view.h"

/* What is wrong with a device, as far as staff can do something about it. */
struct trouble {
	bool silent, conflict;
};

static struct trouble find_trouble(const struct fleet_device *device,
				   int64_t now)
{
	return (struct trouble){
		.silent = phrases_is_silent(device, now),
		.conflict = device->revoked_at == 0 &&
			    witness_conflict_stands(&device->log),
	};
}

static void put_device(json_t *list, const struct fleet_device *device,
		       const struct trouble *trouble, int64_t now)
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
	if (trouble->conflict) {
		marks_tag(item, "log", "bad", "warn", "Does not fit");
	}
	phrases_services(item, "services", device->services);
	view_number(item, "count", (uint64_t)device->transmissions);
}

static void put_state(json_t *view, size_t count, size_t silent,
		      size_t conflicts)
{
	static const struct {
		const char *tone, *icon, *text;
	} stands[] = {
		{ "", "idle", "None yet" },
		{ "ok", "ok", "All seen" },
		{ "warn", "warn", "Log conflict" },
		{ "warn", "wait", "Silent" },
	};
	json_t *state = view_object(view, "state");
	size_t at = count == 0 ? 0 : silent > 0 ? 3 : conflicts > 0 ? 2 : 1;
	view_text(state, "tone", stands[at].tone);
	marks_tag(state, "tag", stands[at].tone, stands[at].icon,
		  stands[at].text);
	view_count(state, "count", count, "device", "devices");
	view_count(state, "silent", silent, "device", "devices");
	view_flag(state, "any_silent", silent > 0);
	view_count(state, "conflicts", conflicts, "device", "devices");
	view_flag(state, "any_conflict", conflicts > 0);
	view_flag(state, "any", count > 0);
}

/* Both groups in the order of the fleet: troubled ones, then the others. */
static void put_devices(json_t *view, const struct fleet_device *devices,
			const struct trouble *troubles, size_t count,
			int64_t now)
{
	json_t *list = view_array(view, "devices");
	size_t silent = 0, conflicts = 0;
	for (int first = 1; first >= 0; first--) {
		for (size_t i = 0; i < count; i++) {
			const struct trouble *t = &troubles[i];
			if ((t->silent || t->conflict) == (first == 1)) {
				put_device(list, &devices[i], t, now);
				silent += t->silent;
				conflicts += t->conflict;
			}
		}
	}
	put_state(view, count, silent, conflicts);
}

bool console_devices_show(struct visit *visit, struct err *err)
{
	int64_t now = visit->request->now;
	struct fleet_device *devices = NULL;
	size_t count = 0;
	if (!fleet_list(console_of(visit)->db, &devices, &count, err)) {
		return false;
	}
	struct trouble *troubles = mem_array(count, sizeof(*troubles));
	for (size_t i = 0; i < count; i++) {
		troubles[i] = find_trouble(&devices[i], now);
	}
	put_devices(visit->view, devices, troubles, count, now);
	mem_free(troubles);
	mem_free(devices);
	return true;
}
