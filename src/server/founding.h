#ifndef SLUICE_SERVER_FOUNDING_H
#define SLUICE_SERVER_FOUNDING_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/setup.h"

#define FOUNDING_CODE_S (7 * 24 * 60 * 60) /* life of a set-up code */

/* What a new server is to be. Texts are borrowed, "" = preset or none. */
struct founding {
	const char *conf;   /* path of server.conf; its folder gets the rest */
	const char *name;   /* DNS name */
	const char *listen; /* address of both ports */
	const char *user;   /* of the workers */
	const char *web_user;      /* of lighttpd */
	const char *static_folder; /* of the style sheet and its kind */
	int api_port;
	int console_port;
};

/*
 * Makes a server: folders, keys and both certificate authorities, database,
 * first ledger entry and checkpoint, set-up code, lighttpd.conf; the
 * configuration comes into its place last, so that a server which has one is
 * whole. Never overwrites anything.
 * Errors: INVALID (a value), DENIED (there is one already, or the rest of
 * one), NOT_FOUND (no such user), IO.
 */
MUST_USE bool founding_make(const struct founding *plan, const char *actor,
			    int64_t now, char code[SETUP_CODE_SIZE],
			    struct err *err);

/* The texts, for founding_make() and its tests. */
void founding_put_conf(const struct founding *plan, struct buf *out);
void founding_put_lighttpd(const struct founding *plan, const char *folder,
			   struct buf *out);

#endif
