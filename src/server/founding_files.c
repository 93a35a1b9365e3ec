/*
 * Texts of the files of a new server. The comments in server.conf are those
 * of the table of settings, so a first file explains every key. lighttpd.conf
 * comes from www/lighttpd/server.conf.in.
 */
#include "server/founding.h"

#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "base/text.h"
#include "server/server_config.h"
#include "server/web_template.h"

/* The value that a plan gives a setting; NULL = leave it to the preset. */
static const char *planned(const struct founding *plan,
			   const struct config_setting *s, char number[16])
{
	const struct {
		const char *section, *key, *value;
		int number;
	} row[] = {
		{ "server", "name", plan->name, 0 },
		{ "server", "user", plan->user, 0 },
		{ "web", "listen", plan->listen, 0 },
		{ "web", "user", plan->web_user, 0 },
		{ "api", "port", NULL, plan->api_port },
		{ "console", "port", NULL, plan->console_port },
	};
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (text_equal(row[i].section, s->section) &&
		    text_equal(row[i].key, s->key)) {
			snprintf(number, 16, "%d", row[i].number);
			return row[i].value == NULL ? number : row[i].value;
		}
	}
	return NULL;
}

void founding_put_conf(const struct founding *plan, struct buf *out)
{
	const char *section = "";
	buf_put_str(out, "# The Communication Server of Sluice; "
			 "sluice-server(1) explains every key.\n");
	for (const struct config_setting *s = server_config_settings;
	     s->section != NULL; s++) {
		if (!text_equal(section, s->section)) {
			section = s->section;
			buf_printf(out, "\n[%s]\n", section);
		}
		char number[16];
		const char *value = planned(plan, s, number);
		const char *preset = s->preset == NULL ? "" : s->preset;
		buf_printf(out, "# %s\n", s->help);
		if (value == NULL || value[0] == '\0') {
			buf_printf(out, "#%s =%s%s\n", s->key,
				   preset[0] == '\0' ? "" : " ", preset);
		} else {
			buf_printf(out, "%s = %s\n", s->key, value);
		}
	}
}

/* An address with a colon is IPv6 and stands in brackets. */
static void put_address(const char *address, struct buf *out)
{
	bool bare_v6 = strchr(address, ':') != NULL && address[0] != '[';
	buf_printf(out, "%s%s%s", bare_v6 ? "[" : "", address,
		   bare_v6 ? "]" : "");
}

static void put_placeholder(const struct founding *plan, const char *folder,
			    const char *name, size_t len, struct buf *out)
{
	char what[32] = "";
	if (len < sizeof(what)) {
		memcpy(what, name, len);
		what[len] = '\0';
	}
	if (text_equal(what, "FOLDER")) {
		buf_put_str(out, folder);
	} else if (text_equal(what, "KEYS")) {
		buf_printf(out, "%s/keys", folder);
	} else if (text_equal(what, "STATE")) {
		buf_printf(out, "%s/state", folder);
	} else if (text_equal(what, "STATIC")) {
		buf_put_str(out, plan->static_folder);
	} else if (text_equal(what, "API_PORT")) {
		buf_printf(out, "%d", plan->api_port);
	} else if (text_equal(what, "LISTEN")) {
		put_address(plan->listen, out);
	} else if (text_equal(what, "CONSOLE_SOCKET")) {
		put_address(plan->listen, out);
		buf_printf(out, ":%d", plan->console_port);
	} else if (text_equal(what, "USER_LINE") && plan->web_user[0] != '\0') {
		buf_printf(out, "server.username = \"%s\"", plan->web_user);
	}
}

void founding_put_lighttpd(const struct founding *plan, const char *folder,
			   struct buf *out)
{
	const struct embedded *file =
		embedded_find(server_web_template, "server.conf.in");
	const char *at = file == NULL ? "" : file->text;
	const char *start;
	while ((start = strchr(at, '@')) != NULL) {
		size_t len = strspn(start + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		buf_put(out, at, (size_t)(start - at));
		if (len > 0 && start[1 + len] == '@') {
			put_placeholder(plan, folder, start + 1, len, out);
			at = start + len + 2;
		} else {
			buf_put_char(out, '@');
			at = start + 1;
		}
	}
	buf_put_str(out, at);
}
