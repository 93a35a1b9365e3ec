#ifndef SLUICE_CLIENT_LINK_H
#define SLUICE_CLIENT_LINK_H

#include "client/client.h"
#include "formats/note.h"
#include "net/upload.h"

/* What is needed to talk to the one server, read anew for each exchange. */
struct link {
	struct trust *trust;
	struct note_verifier verifier; /* of receipts */
	struct upload_server server;   /* borrows from trust and config */
};

/* What a device without a certificate needs, for people; a constant. */
const char *link_certificate_remedy(const struct device_config *config);

/*
 * Loads certificates and keys; opens no connection. On success release with
 * link_clear(). Errors: RETRY (not provisioned yet), as trust_load(): all can
 * be mended.
 */
MUST_USE bool link_load(struct client *client, struct link *link,
			struct err *err);
/* The same with another certificate of the keys folder. */
MUST_USE bool link_load_chain(struct client *client, const char *file,
			      struct link *link, struct err *err);
/*
 * Puts what is known of the time into trust, for judging the server.
 * link_load() does. Errors: those of the database.
 */
MUST_USE bool link_tell_time(struct client *client, struct trust *trust,
			     struct err *err);
void link_clear(struct link *link); /* a zeroed one is fine */

/* What the time may be, for judging a server's certificate. */
MUST_USE bool link_tell_time(struct client *client, struct trust *trust,
			     struct err *err);

/*
 * What the time is, as well as it is known (domain/time_known.h): for
 * certificates, and for whatever has a date that must not depend on a clock
 * that stands anywhere. Pauses and records go by client->now() itself.
 */
int64_t link_time(struct client *client);

/*
 * Keeps when the server was last reached, and the time in its receipt for
 * what is known of the time. Inside the caller's transaction or its own.
 * Errors: those of the database.
 */
MUST_USE bool link_keep_times(struct client *client, const struct link *link,
			      int64_t received_at, struct err *err);

#endif
