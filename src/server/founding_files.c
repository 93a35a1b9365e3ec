/*
 * Texts of the files of a new server. The comments in server.conf are those
 * of the table of settings, so a first file explains every key. lighttpd.conf
 * comes from www/lighttpd/server.conf.in.
 */
#include "server/founding.h"

#include <string.h>

#include "base/embedded.h"
#include "base/placeholders.h"
#include "server/server_config.h"
#include "server/web_template.h"

void founding_put_conf(const struct founding *plan, struct buf *out)
{
	const struct config_first values[] = {
		{ "server", "name", plan->name, 0 },
		{ "server", "user", plan->user, 0 },
		{ "web", "listen", plan->listen, 0 },
		{ "web", "user", plan->web_user, 0 },
		{ "api", "port", NULL, plan->api_port },
		{ "console", "port", NULL, plan->console_port },
		{ NULL, NULL, NULL, 0 },
	};
	buf_put_str(out, "# The Communication Server of Sluice; "
			 "sluice-server(1) explains every key.\n");
	config_put_first(out, server_config_settings, values);
}

/* An address with a colon is IPv6 and stands in brackets. */
static void put_address(const char *address, struct buf *out)
{
	bool bare_v6 = strchr(address, ':') != NULL && address[0] != '[';
	buf_printf(out, "%s%s%s", bare_v6 ? "[" : "", address,
		   bare_v6 ? "]" : "");
}

/* The values that are made of others. */
struct parts {
	struct buf keys, state, api_port, listen, console_socket, user_line;
};

static void parts_fill(const struct founding *plan, const char *folder,
		       struct parts *parts)
{
	buf_printf(&parts->keys, "%s/keys", folder);
	buf_printf(&parts->state, "%s/state", folder);
	buf_printf(&parts->api_port, "%d", plan->api_port);
	put_address(plan->listen, &parts->listen);
	put_address(plan->listen, &parts->console_socket);
	buf_printf(&parts->console_socket, ":%d", plan->console_port);
	if (plan->web_user[0] != '\0') {
		buf_printf(&parts->user_line, "server.username = \"%s\"",
			   plan->web_user);
	}
}

static void parts_clear(struct parts *parts)
{
	buf_clear(&parts->keys);
	buf_clear(&parts->state);
	buf_clear(&parts->api_port);
	buf_clear(&parts->listen);
	buf_clear(&parts->console_socket);
	buf_clear(&parts->user_line);
}

void founding_put_lighttpd(const struct founding *plan, const char *folder,
			   struct buf *out)
{
	struct parts parts = { BUF_INIT, BUF_INIT, BUF_INIT,
			       BUF_INIT, BUF_INIT, BUF_INIT };
	const struct embedded *file =
		embedded_find(server_web_template, "server.conf.in");
	parts_fill(plan, folder, &parts);
	const struct placeholder values[] = {
		{ "FOLDER", folder },
		{ "KEYS", buf_str(&parts.keys) },
		{ "STATE", buf_str(&parts.state) },
		{ "STATIC", plan->static_folder },
		{ "API_PORT", buf_str(&parts.api_port) },
		{ "LISTEN", buf_str(&parts.listen) },
		{ "CONSOLE_SOCKET", buf_str(&parts.console_socket) },
		{ "USER_LINE", buf_str(&parts.user_line) },
		{ NULL, NULL },
	};
	placeholders_fill(out, file == NULL ? "" : file->text, values);
	parts_clear(&parts);
}
