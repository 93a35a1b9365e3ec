/*
 * Texts of the files that "sluice init" makes. The comments in sluice.conf
 * are those of the table of settings, so a first file explains every key.
 */
#include "cli/init_files.h"

#include <string.h>

#include "base/embedded.h"
#include "base/placeholders.h"
#include "base/text.h"
#include "cli/templates.h"
#include "domain/device_config.h"

static void put_programs(const char *kind, const struct init_programs *all,
			 struct buf *out)
{
	for (size_t i = 0; i < all->count; i++) {
		buf_printf(out, "\n[%s:%s]\nprogram = %s\n", kind,
			   all->of[i].name, all->of[i].program);
		if (all->of[i].arguments[0] != '\0') {
			buf_printf(out, "arguments = %s\n",
				   all->of[i].arguments);
		}
	}
}

void init_put_conf(const struct init_plan *plan, struct buf *out)
{
	const struct config_first values[] = {
		{ "device", "id", plan->id, 0 },
		{ "device", "title", plan->title, 0 },
		{ "device", "serial", plan->serial, 0 },
		{ "server", "name", plan->server_name, 0 },
		{ "server", "address", plan->server_address, 0 },
		{ "server", "port", NULL, plan->server_port },
		{ "pages", "port", NULL, plan->port },
		{ "pages", "user", plan->pages_user, 0 },
		{ NULL, NULL, NULL, 0 },
	};
	buf_put_str(out, "# Sluice on this device; sluice.conf(5) explains "
			 "every key.\n");
	config_put_first(out, device_config_settings, values);
	put_programs("collector", &plan->collectors, out);
	put_programs("jobs", &plan->job_sources, out);
}

void init_put_lighttpd(const struct init_plan *plan, struct buf *out)
{
	struct buf port = BUF_INIT, user_line = BUF_INIT;
	const struct embedded *file =
		embedded_find(cli_templates, "device.conf.in");
	buf_printf(&port, "%d", plan->port);
	if (plan->pages_user[0] != '\0') {
		buf_printf(&user_line, "server.username = \"%s\"",
			   plan->pages_user);
	}
	const struct placeholder values[] = {
		{ "LISTEN", plan->listen },
		{ "FOLDER", plan->folder },
		{ "CONF", plan->conf },
		{ "STATIC", plan->static_folder },
		{ "PORT", buf_str(&port) },
		{ "USER_LINE", buf_str(&user_line) },
		{ NULL, NULL },
	};
	placeholders_fill(out, file == NULL ? "" : file->text, values);
	buf_clear(&port);
	buf_clear(&user_line);
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
