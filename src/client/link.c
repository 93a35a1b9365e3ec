/*
 * Certificates, keys and times of exchanges with the Communication Server,
 * for all that talks to it: deliver.c, jobs.c, job_notices.c.
 */
#include "client/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "client/identity.h"
#include "client/receipt.h"
#include "domain/settings.h"

#define FLOOR_STEP_S ((int64_t)30 * 86400)

bool link_load(struct client *client, struct link *link, struct err *err)
{
	const struct device_config *config = client->config;
	memset(link, 0, sizeof(*link));
	if (!identity_is_provisioned(config)) {
		return err_set(err, ERR_RETRY,
			       "This device has no certificate for the server "
			       "yet. Hand its request to the vendor and take "
			       "the answer in with \"sluice init "
			       "--provision\".");
	}
	char *chain = device_config_key_path(config, IDENTITY_CERTIFICATE_FILE);
	char *key = device_config_key_path(config, IDENTITY_KEY_FILE);
	bool ok = trust_load(config->server_anchor, chain, key, &link->trust,
			     err) &&
		  receipt_verifier_load(config->receipt_verifier,
					&link->verifier, err);
	mem_free(key);
	mem_free(chain);
	if (!ok) {
		link_clear(link);
		return false;
	}
	link->server = (struct upload_server){
		.name = config->server_name,
		.address = config->server_address,
		.port = config->server_port,
		.trust = link->trust,
	};
	return true;
}

void link_clear(struct link *link)
{
	trust_free(link->trust);
	memset(link, 0, sizeof(*link));
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t link_time(struct client *client)
{
	struct buf text = BUF_INIT;
	int64_t now = client->now(), floor = 0;
	if (settings_get(client->db, "time_floor", &text, NULL) &&
	    text_parse_i64(buf_str(&text), 0, INT64_MAX, &floor)) {
		now = later(now, floor);
	}
	buf_clear(&text);
	return now;
}

static bool keep_number(struct client *client, const char *name, int64_t value,
			struct err *err)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	return settings_set(client->db, name, text, err);
}

bool link_keep_times(struct client *client, const struct link *link,
		     int64_t received_at, struct err *err)
{
	struct buf text = BUF_INIT;
	int64_t floor = 0;
	int64_t known = later(link_time(client), link->trust->time_floor);
	bool ok = keep_number(client, "last_contact_at", client->now(), err) &&
		  settings_get(client->db, "time_floor", &text, err);
	bool higher = !text_parse_i64(buf_str(&text), 0, INT64_MAX, &floor) ||
		      received_at > floor;
	buf_clear(&text);
	return ok && (!higher || received_at > known + FLOOR_STEP_S ||
		      keep_number(client, "time_floor", received_at, err));
}
