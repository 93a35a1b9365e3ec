/*
 * Certificates, keys and times of exchanges with the Communication Server,
 * for all that talks to it: deliver.c, jobs.c, job_notices.c.
 */
#include "client/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "client/identity.h"
#include "client/receipt.h"
#include "domain/settings.h"
#include "domain/time_known.h"

bool link_tell_time(struct client *client, struct trust *trust, struct err *err)
{
	struct time_known known;
	if (!time_known_read(client->db, client->now(), &known, err)) {
		return false;
	}
	trust->earliest = known.earliest;
	trust->latest = known.latest;
	trust->time_from = time_known_from(&known);
	return true;
}

const char *link_certificate_remedy(const struct device_config *config)
{
	return identity_knows_server(config)
		       ? "Type the code from the vendor on the page Network, "
			 "or run \"sluice enrol\"."
		       : "Take in what the vendor gave with \"sluice init "
			 "--provision\".";
}

static bool not_provisioned(const struct device_config *config, struct err *err)
{
	return err_set(err, ERR_RETRY,
		       "This device has no certificate for the server yet. %s",
		       link_certificate_remedy(config));
}

bool link_load(struct client *client, struct link *link, struct err *err)
{
	memset(link, 0, sizeof(*link));
	return identity_is_provisioned(client->config)
		       ? link_load_chain(client, IDENTITY_CERTIFICATE_FILE,
					 link, err)
		       : not_provisioned(client->config, err);
}

bool link_load_chain(struct client *client, const char *file, struct link *link,
		     struct err *err)
{
	const struct device_config *config = client->config;
	memset(link, 0, sizeof(*link));
	char *chain = device_config_key_path(config, file);
	char *key = device_config_key_path(config, IDENTITY_KEY_FILE);
	bool ok = trust_load(config->server_anchor, chain, key, &link->trust,
			     err) &&
		  link_tell_time(client, link->trust, err) &&
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

int64_t link_time(struct client *client)
{
	struct time_known known;
	int64_t now = client->now();
	return time_known_read(client->db, now, &known, NULL) ? known.best
							      : now;
}

bool link_keep_times(struct client *client, const struct link *link,
		     int64_t received_at, struct err *err)
{
	int64_t now = client->now();
	char text[24];
	(void)link;
	(void)snprintf(text, sizeof(text), "%" PRId64, now);
	return settings_set(client->db, "last_contact_at", text, err) &&
	       time_known_learn(client->db, TIME_SOURCE_RECEIPT, received_at, 0,
				now, NULL, err);
}
