/*
 * server.conf into a struct. The one table of settings stands here; reading
 * the file itself is base/config. "sluice-server init" (founding.c) writes the
 * first file. Checks here are those that hold whatever program reads it.
 */
#include "server/server_config.h"

#include <string.h>

#include "base/files.h"

#define NAME_MAX_BYTES 64 /* of a common name, RFC 5280 ub-common-name */
#define LABEL_MAX_BYTES 63

const struct config_setting server_config_settings[] = {
	{ "server", "name", CONFIG_TEXT, NULL, 0, 0,
	  "DNS name of this server; devices find it in its certificate" },
	{ "server", "state", CONFIG_PATH, "state", 0, 0,
	  "folder of the database and of the workers' sockets" },
	{ "server", "keys", CONFIG_PATH, "keys", 0, 0,
	  "folder of keys and certificates" },
	{ "server", "user", CONFIG_TEXT, NULL, 0, 0,
	  "user of the workers when started as root; empty = as started" },
	{ "web", "listen", CONFIG_TEXT, NULL, 0, 0,
	  "address that both ports listen on; empty = all" },
	{ "web", "user", CONFIG_TEXT, NULL, 0, 0,
	  "user of lighttpd when started as root; empty = as started" },
	{ "api", "port", CONFIG_NUMBER, "8443", 1, 65535,
	  "port for devices (TLS with client certificate)" },
	{ "api", "workers", CONFIG_NUMBER, "4", 1, 64,
	  "processes that take uploads" },
	{ "api", "body_s", CONFIG_NUMBER, "60", 1, 3600,
	  "most seconds that one upload of machine data may take" },
	{ "checkin", "interval_s", CONFIG_NUMBER, "3600", 300, 604800,
	  "seconds between check-ins that devices are asked for" },
	{ "enrol", "workers", CONFIG_NUMBER, "1", 0, 64,
	  "workers that issue certificates to devices; 0 = none" },
	{ "api", "piece_s", CONFIG_NUMBER, "600", 10, 86400,
	  "most seconds of one request that brings a piece of sealed job data" },
	{ "console", "port", CONFIG_NUMBER, "8444", 1, 65535,
	  "port for staff (HTTPS)" },
	{ "console", "workers", CONFIG_NUMBER, "2", 1, 64,
	  "processes that serve pages" },
	{ "devices", "certificate_days", CONFIG_NUMBER, "730", 1, 3650,
	  "days that a new device certificate is good for" },
	{ "devices", "day_bytes", CONFIG_NUMBER, "34359738368", 1048576,
	  INT64_MAX,
	  "most bytes that are stored of one device in a day (UTC)" },
	{ "jobs", "vendor_verifier", CONFIG_PATH, "vendor.verifier", 0, 0,
	  "file with the vendor's key that signs lists of recipients" },
	{ "jobs", "max_bytes", CONFIG_NUMBER, "17179869184", 1024, INT64_MAX,
	  "most bytes of one sealed file" },
	{ "jobs", "keep_days", CONFIG_NUMBER, "90", 1, 3650,
	  "days that sealed job data is kept, then it is deleted" },
	{ "jobs", "piece_hours", CONFIG_NUMBER, "48", 1, 8760,
	  "hours that an upload may rest before its pieces are deleted" },
	{ NULL, NULL, CONFIG_UNSET, NULL, 0, 0, NULL }
};

static bool label_is_valid(const char *label, size_t len)
{
	return len >= 1 && len <= LABEL_MAX_BYTES && label[0] != '-' &&
	       label[len - 1] != '-';
}

bool server_name_is_valid(const char *name)
{
	size_t len = strlen(name);
	if (len < 1 || len > NAME_MAX_BYTES ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != len ||
	    strspn(name, "0123456789.") == len) {
		return false;
	}
	for (const char *label = name;;) {
		size_t label_len = strcspn(label, ".");
		if (!label_is_valid(label, label_len)) {
			return false;
		}
		if (label[label_len] == '\0') {
			return true;
		}
		label += label_len + 1;
	}
}

static void fill(struct server_config *c)
{
	c->name = config_text(c->file, "server", "name");
	c->state = config_text(c->file, "server", "state");
	c->keys = config_text(c->file, "server", "keys");
	c->user = config_text(c->file, "server", "user");
	c->listen = config_text(c->file, "web", "listen");
	c->web_user = config_text(c->file, "web", "user");
	c->api_port = (int)config_number(c->file, "api", "port");
	c->api_workers = (int)config_number(c->file, "api", "workers");
	c->api_body_s = (int)config_number(c->file, "api", "body_s");
	c->api_piece_s = (int)config_number(c->file, "api", "piece_s");
	c->checkin_interval_s = config_number(c->file, "checkin", "interval_s");
	c->enrol_workers = (int)config_number(c->file, "enrol", "workers");
	c->console_port = (int)config_number(c->file, "console", "port");
	c->console_workers = (int)config_number(c->file, "console", "workers");
	c->certificate_days =
		(int)config_number(c->file, "devices", "certificate_days");
	c->day_bytes = (uint64_t)config_number(c->file, "devices", "day_bytes");
	c->vendor_verifier = config_text(c->file, "jobs", "vendor_verifier");
	c->jobs_max_bytes =
		(uint64_t)config_number(c->file, "jobs", "max_bytes");
	c->jobs_keep_days = (int)config_number(c->file, "jobs", "keep_days");
	c->jobs_piece_hours =
		(int)config_number(c->file, "jobs", "piece_hours");
}

bool server_config_load(const char *path, struct server_config *config,
			struct err *err)
{
	struct server_config c = { 0 };
	if (!config_load(path, server_config_settings, &c.file, err)) {
		return false;
	}
	fill(&c);
	if (!server_name_is_valid(c.name)) {
		err_set(err, ERR_INVALID,
			"%s: [server] name must be a DNS name in small "
			"letters, such as comms.example.",
			path);
		goto out;
	}
	if (c.api_port == c.console_port) {
		err_set(err, ERR_INVALID,
			"%s: [api] port and [console] port must differ.", path);
		goto out;
	}
	*config = c;
	return true;
out:
	server_config_clear(&c);
	return false;
}

uint64_t server_config_sealed_max(const struct server_config *config)
{
	return config->jobs_max_bytes < config->day_bytes
		       ? config->jobs_max_bytes
		       : config->day_bytes;
}

void server_config_clear(struct server_config *config)
{
	config_free(config->file);
	memset(config, 0, sizeof(*config));
}

char *server_config_state_path(const struct server_config *config,
			       const char *name)
{
	return files_join(config->state, name);
}

char *server_config_key_path(const struct server_config *config,
			     const char *name)
{
	return files_join(config->keys, name);
}
