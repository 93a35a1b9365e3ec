/*
 * Texts of the files that "sluice init" makes. The comments in sluice.conf
 * are those of the table of settings, so a first file explains every key.
 */
#include "cli/init_files.h"

#include <string.h>

#include "base/embedded.h"
#include "base/text.h"
#include "cli/templates.h"
#include "domain/device_config.h"

/* The value that a plan gives a setting; NULL = leave it to the preset. */
static const char *planned(const struct init_plan *plan,
			   const struct config_setting *s, char number[16])
{
	const struct {
		const char *section, *key, *value;
		int number;
	} row[] = {
		{ "device", "id", plan->id, 0 },
		{ "device", "title", plan->title, 0 },
		{ "device", "serial", plan->serial, 0 },
		{ "server", "name", plan->server_name, 0 },
		{ "server", "address", plan->server_address, 0 },
		{ "server", "port", NULL, plan->server_port },
		{ "pages", "port", NULL, plan->port },
		{ "pages", "user", plan->pages_user, 0 },
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

static void put_collectors(const struct init_plan *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->collectors_count; i++) {
		buf_printf(out, "\n[collector:%s]\nprogram = %s\n",
			   plan->collectors[i].name,
			   plan->collectors[i].program);
		if (plan->collectors[i].arguments[0] != '\0') {
			buf_printf(out, "arguments = %s\n",
				   plan->collectors[i].arguments);
		}
	}
}

void init_put_conf(const struct init_plan *plan, struct buf *out)
{
	const char *section = "";
	buf_put_str(out, "# Sluice on this device; sluice.conf(5) explains "
			 "every key.\n");
	for (const struct config_setting *s = device_config_settings;
	     s->section != NULL; s++) {
		if (text_ends_with(s->section, ":")) {
			continue;
		}
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
	put_collectors(plan, out);
}

static void put_placeholder(const struct init_plan *plan, const char *name,
			    size_t len, struct buf *out)
{
	const struct {
		const char *name, *value;
	} row[] = {
		{ "LISTEN", plan->listen },
		{ "FOLDER", plan->folder },
		{ "CONF", plan->conf },
		{ "STATIC", plan->static_folder },
	};
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (strlen(row[i].name) == len &&
		    memcmp(row[i].name, name, len) == 0) {
			buf_put_str(out, row[i].value);
			return;
		}
	}
	if (len == 4 && memcmp(name, "PORT", len) == 0) {
		buf_printf(out, "%d", plan->port);
	} else if (len == 9 && memcmp(name, "USER_LINE", len) == 0 &&
		   plan->pages_user[0] != '\0') {
		buf_printf(out, "server.username = \"%s\"", plan->pages_user);
	}
}

void init_put_lighttpd(const struct init_plan *plan, struct buf *out)
{
	const struct embedded *file =
		embedded_find(cli_templates, "device.conf.in");
	const char *at = file == NULL ? "" : file->text;
	const char *start;
	while ((start = strchr(at, '@')) != NULL) {
		size_t len = strspn(start + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		buf_put(out, at, (size_t)(start - at));
		if (len > 0 && start[1 + len] == '@') {
			put_placeholder(plan, start + 1, len, out);
			at = start + len + 2;
		} else {
			buf_put_char(out, '@');
			at = start + 1;
		}
	}
	buf_put_str(out, at);
}

/* Is this line "key = ..." or the comment "#key =..." that init writes? */
static bool is_key(const char *line, size_t len, const char *key)
{
	size_t key_len = strlen(key);
	if (len > 0 && line[0] == '#') {
		line++;
		len--;
	}
	if (len < key_len || memcmp(line, key, key_len) != 0) {
		return false;
	}
	while (key_len < len && line[key_len] == ' ') {
		key_len++;
	}
	return key_len < len && line[key_len] == '=';
}

/* The values that are still to be written; each once. */
struct server_values {
	const char *name; /* NULL = written */
	int port;         /* 0 = written */
};

static void put_rest(struct server_values *values, struct buf *out)
{
	if (values->name != NULL) {
		buf_printf(out, "name = %s\n", values->name);
	}
	if (values->port != 0) {
		buf_printf(out, "port = %d\n", values->port);
	}
	*values = (struct server_values){ NULL, 0 };
}

/* Writes the new value in place of an old line of [server]. */
static bool replace_line(const char *line, size_t len,
			 struct server_values *values, struct buf *out)
{
	struct server_values rest = { NULL, 0 };
	if (is_key(line, len, "name")) {
		rest.name = values->name;
		values->name = NULL;
	} else if (is_key(line, len, "port")) {
		rest.port = values->port;
		values->port = 0;
	} else {
		return false;
	}
	put_rest(&rest, out);
	return true;
}

void init_set_server(const char *text, const char *name, int port,
		     struct buf *out)
{
	struct server_values values = { name, port };
	bool in_server = false;
	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		if (len > 0 && line[0] == '[') {
			if (in_server) {
				put_rest(&values, out);
			}
			in_server = text_starts_with(line, "[server]");
		}
		if (!in_server || !replace_line(line, len, &values, out)) {
			buf_put(out, line, len);
			buf_put_char(out, '\n');
		}
		line += len + (line[len] == '\n' ? 1 : 0);
	}
	if (!in_server && values.name != NULL) {
		buf_put_str(out, "\n[server]\n");
	}
	put_rest(&values, out);
}
