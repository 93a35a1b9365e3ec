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
#include "crypto/hmac.h"
#include "domain/line.h"

/* For each purpose a key of its own; the ledger key signs and nothing else. */
static void derive_pseudonym_key(struct client *c)
{
	static const char purpose[] = "sluice.pseudonym-key/v1";
	hmac_sha256(c->ledger_key.seed, sizeof(c->ledger_key.seed), purpose,
		    sizeof(purpose) - 1, c->pseudonym_key);
}

bool client_open(struct client *client, const struct device_config *config,
		 struct db *db, const struct log *log, struct err *err)
{
	struct client c = { .config = config,
			    .db = db,
			    .log = log,
			    .now = clock_utc_now,
			    .stop_fd = -1,
			    .yield_fd = -1 };
	char *path = device_config_key_path(config, IDENTITY_LEDGER_KEY_FILE);
	bool ok = keyfile_read_ed25519(path, c.ledger_name, &c.ledger_key, err);
	if (ok) {
		derive_pseudonym_key(&c);
		*client = c;
	} else {
		err_prefix(err, "The device's ledger key");
	}
	mem_burn(&c, sizeof(c));
	mem_free(path);
	return ok;
}

bool client_is_stopped(const struct client *client)
{
	struct pollfd fd = { .fd = client->stop_fd, .events = POLLIN };
	return poll(&fd, 1, 0) > 0;
}

void client_moved(const struct client *client)
{
	if (client->moved != NULL) {
		client->moved(client->moved_ctx);
	}
}

void client_lost(struct client *client, const char *why, int64_t until)
{
	client->lost_until = until;
	line_copy(client->lost_why, sizeof(client->lost_why), why);
}

void client_close(struct client *client)
{
	mem_burn(client, sizeof(*client));
	client->stop_fd = -1;
	client->yield_fd = -1;
}
