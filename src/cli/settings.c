/*
 * "sluice settings": what is decided about automatic sends, what waits and job
 * data, and changing it. What a value means is the module's that each group
 * comes from; that anything may be sent at all is decided by
 * "sluice allow".
 */
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/zone.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "domain/automatic.h"
#include "domain/checkins.h"
#include "domain/job_settings.h"
#include "domain/queue.h"
#include "domain/requests.h"
#include "domain/setting_rows.h"

static const char *const state_names[] = {
	[AUTOMATIC_UNSET] = "not allowed",
	[AUTOMATIC_NOT_ALLOWED] = "not allowed",
	[AUTOMATIC_GRACE] = "waits",
	[AUTOMATIC_RUNS] = "by itself",
	[AUTOMATIC_CANCELLED] = "by hand only",
};

struct shown {
	struct consents consents;
	struct automatic automatic;
	struct buf next;
	int64_t now;
};

static bool read_all(const struct cli_device *device, struct shown *s,
		     struct err *err)
{
	const struct automatic_place place = {
		.device_id = device->config.id,
		.host = device->config.server_name,
		.offset = zone_offset,
	};
	s->now = clock_utc_now();
	return consent_read(device->db, s->now, &s->consents, err) &&
	       automatic_read(device->db, &s->consents, s->now, &s->automatic,
			      err) &&
	       automatic_put_next(device->db, &s->consents, &place, s->now,
				  &s->next, err);
}

static void put_service(const struct automatic_service *s, int64_t now,
			FILE *out)
{
	struct buf text = BUF_INIT;
	if (s->state == AUTOMATIC_GRACE) {
		buf_put_str(&text, " until ");
		automatic_put_when(&text, s->begins_at, now, zone_offset);
	}
	print_line(out, "%s: %s%s", s->service->name, state_names[s->state],
		   buf_str(&text));
	buf_clear(&text);
}

/* The settings of each part of the product, in the order in which it is told. */
static const struct group {
	const struct setting *(*at)(size_t n);
	bool (*value)(struct db *db, const char *name, struct buf *value,
		      struct err *err);
	bool (*set)(struct db *db, const char *actor, const char *name,
		    const char *value, int64_t now, struct err *err);
} groups[] = {
	{ automatic_setting_at, automatic_get, automatic_set },
	{ queue_setting_at, queue_setting_value, queue_setting_set },
	{ checkin_setting_at, checkin_setting_value, checkin_setting_set },
	{ job_setting_at, job_setting_value, job_setting_set },
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

/* The n-th of all and its group; NULL ends them. */
static const struct setting *nth_setting(size_t n, const struct group **group)
{
	const struct setting *setting;
	for (size_t g = 0; g < GROUPS; g++) {
		for (size_t i = 0; (setting = groups[g].at(i)) != NULL; i++) {
			if (n-- == 0) {
				*group = &groups[g];
				return setting;
			}
		}
	}
	return NULL;
}

/* The first group says that there is no such setting. */
static const struct group *group_of(const char *name)
{
	const struct setting *setting;
	const struct group *group;
	for (size_t i = 0; (setting = nth_setting(i, &group)) != NULL; i++) {
		if (text_equal(setting->name, name)) {
			return group;
		}
	}
	return &groups[0];
}

static bool put_text(const struct cli_device *device, const struct shown *s,
		     FILE *out, struct err *err)
{
	const struct automatic *a = &s->automatic;
	const struct setting *setting;
	char zone[ZONE_NAME_SIZE];
	const struct group *group;
	for (size_t i = 0; (setting = nth_setting(i, &group)) != NULL; i++) {
		struct buf value = BUF_INIT;
		if (!group->value(device->db, setting->name, &value, err)) {
			return false;
		}
		print_line(out, "%s: %s", setting->name, buf_str(&value));
		buf_clear(&value);
	}
	for (size_t i = 0; i < a->count; i++) {
		if (a->services[i].service->documents[0] != DOCUMENT_UNSET) {
			put_service(&a->services[i], s->now, out);
		}
	}
	print_line(out, "Times are in %s.",
		   zone_name(zone, zone_offset(s->now)));
	if (s->next.len > 0) {
		print_line(out, "%s", buf_str(&s->next));
	}
	return true;
}

static json_t *service_json(const struct automatic_service *s)
{
	char at[CLOCK_TEXT_SIZE];
	clock_format(at, s->begins_at);
	return json_pack("{s:s, s:s, s:s?}", "name", s->service->name, "state",
			 state_names[s->state], "begins_at",
			 s->begins_at != 0 ? at : NULL);
}

static bool put_json(const struct cli_device *device, const struct shown *s,
		     FILE *out, struct err *err)
{
	const struct automatic *a = &s->automatic;
	const struct setting *setting;
	json_t *all = json_object(), *services = json_array();
	const struct group *group;
	bool ok = true;
	for (size_t i = 0; ok && (setting = nth_setting(i, &group)) != NULL;
	     i++) {
		struct buf value = BUF_INIT;
		ok = group->value(device->db, setting->name, &value, err);
		json_object_set_new(all, setting->name,
				    json_string(buf_str(&value)));
		buf_clear(&value);
	}
	for (size_t i = 0; i < a->count; i++) {
		if (a->services[i].service->documents[0] != DOCUMENT_UNSET) {
			json_array_append_new(services,
					      service_json(&a->services[i]));
		}
	}
	json_object_set_new(all, "services", services);
	json_object_set_new(all, "utc_offset_s",
			    json_integer((json_int_t)zone_offset(s->now)));
	json_object_set_new(all, "next", json_string(buf_str(&s->next)));
	if (ok) {
		print_json_block(out, all);
	} else {
		json_decref(all);
	}
	return ok;
}

int settings_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct shown shown = { .next = BUF_INIT };
	if (cli_device_open(args->conf, &device, err) &&
	    read_all(&device, &shown, err)) {
		(void)!(cli_flag(args, "--json")
				? put_json(&device, &shown, cli->out, err)
				: put_text(&device, &shown, cli->out, err));
	}
	buf_clear(&shown.next);
	cli_device_close(&device);
	return CLI_DONE;
}

/* "now" or "never" for a service. */
static bool choose(const struct cli *cli, const struct cli_device *device,
		   const struct service *service, const char *value,
		   struct err *err)
{
	enum automatic_choice choice = text_equal(value, "now") ? AUTOMATIC_NOW
				       : text_equal(value, "never")
					       ? AUTOMATIC_NEVER
					       : AUTOMATIC_CHOICE_UNSET;
	if (choice == AUTOMATIC_CHOICE_UNSET) {
		return err_set(err, ERR_INVALID,
			       "%s: write now, to send it by itself, or never.",
			       service->title);
	}
	return automatic_choose(device->db, cli->actor, service->id, choice,
				clock_utc_now(), err);
}

int settings_set_run(struct cli *cli, const struct cli_args *args,
		     struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	const char *name = args->at[0], *value = args->at[1];
	const struct service *service = service_by_name(name);
	int code = CLI_FAILED;
	if (!cli_device_open(args->conf, &device, err)) {
		goto out;
	}
	if ((service != NULL
		     ? choose(cli, &device, service, value, err)
		     : group_of(name)->set(device.db, cli->actor, name, value,
					   clock_utc_now(), err))) {
		print_line(cli->out, "Set: %s %s.", name, value);
		requests_wake(device.config.state);
		code = CLI_DONE;
	} else {
		/* Their names are the program's own. */
		code = err->kind == ERR_NOT_FOUND ? CLI_USAGE
						  : cli_exit_of_words(err);
	}
out:
	cli_device_close(&device);
	return code;
}
