#ifndef SLUICE_COLLECTORS_SNMP_TARGET_H
#define SLUICE_COLLECTORS_SNMP_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Which agent is asked, and how it is asked: what the command line says. */
enum snmp_level {
	SNMP_LEVEL_COMMUNITY = 0, /* version 2c */
	SNMP_LEVEL_NO_AUTH,       /* version 3: noAuthNoPriv */
	SNMP_LEVEL_AUTH,          /* authNoPriv */
	SNMP_LEVEL_PRIV           /* authPriv */
};

enum snmp_auth {
	SNMP_AUTH_SHA = 0,
	SNMP_AUTH_SHA224,
	SNMP_AUTH_SHA256,
	SNMP_AUTH_SHA384,
	SNMP_AUTH_SHA512,
	SNMP_AUTH_COUNT /* one more than the last */
};

enum snmp_priv {
	SNMP_PRIV_AES = 0, /* with a key of 128 bits, RFC 3826 */
	SNMP_PRIV_AES192,
	SNMP_PRIV_AES256,
	SNMP_PRIV_COUNT /* one more than the last */
};

/* Options as they stand; NULL = not given. */
struct snmp_options {
	const char *host, *timeout, *retries;
	const char *community_file;
	const char *user, *level, *context;
	const char *auth_file, *auth_protocol;
	const char *priv_file, *priv_protocol;
};

#define SNMP_TIMEOUT_PRESET "30"
#define SNMP_RETRIES_PRESET "3"
#define SNMP_AUTH_PRESET "SHA"
#define SNMP_PRIV_PRESET "AES"
#define SNMP_LEVEL_PRESET "authPriv"
#define SNMP_SECRET_MAX 255 /* bytes */
#define SNMP_SECRET_MIN 8   /* of a password; RFC 3414, section 11.2 */

struct snmp_target {
	char host[256]; /* name or address, without [ ] */
	bool is_v6;     /* it was an IPv6 address in [ ] */
	uint16_t port;
	uint64_t timeout_s; /* of the whole */
	uint64_t retries;   /* of one question */
	enum snmp_level level;
	struct buf community;
	const char *user, *context; /* borrowed; "" = none */
	enum snmp_auth auth;
	enum snmp_priv priv;
	struct buf auth_secret, priv_secret;
};

/*
 * Reads the options, and the secrets from their files: one line each, its end
 * not counted. A file that everybody may read is refused. Without any the
 * community is "public", which is no secret.
 *
 * target  zeroed; release with snmp_target_clear() whatever happens
 *
 * Errors: INVALID; NOT_FOUND, LIMIT, IO (a file).
 */
MUST_USE bool snmp_target_read(struct snmp_target *target,
			       const struct snmp_options *options,
			       struct err *err);

/* Burns the secrets. */
void snmp_target_clear(struct snmp_target *target);

#endif
