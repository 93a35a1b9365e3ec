/*
 * Opens and closes what all of client/ works with. The identity key is not
 * here: deliver.c reads it for the moment of a delivery only.
 */
#include "client/client.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "client/identity.h"

bool client_open(struct client *client, const struct device_config *config,
		 struct db *db, const struct log *log, struct err *err)
{
	struct client c = { .config = config,
			    .db = db,
			    .log = log,
			    .now = clock_utc_now,
			    .stop_fd = -1 };
	char *path = device_config_key_path(config, IDENTITY_LEDGER_KEY_FILE);
	bool ok = keyfile_read_ed25519(path, c.ledger_name, &c.ledger_key, err);
	if (ok) {
		*client = c;
	} else {
		err_prefix(err, "The device's ledger key");
	}
	mem_burn(&c.ledger_key, sizeof(c.ledger_key));
	mem_free(path);
	return ok;
}

bool client_is_stopped(const struct client *client)
{
	struct pollfd fd = { .fd = client->stop_fd, .events = POLLIN };
	return poll(&fd, 1, 0) > 0;
}

void client_close(struct client *client)
{
	mem_burn(client, sizeof(*client));
	client->stop_fd = -1;
}
