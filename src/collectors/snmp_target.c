/*
 * The command line of the SNMP collector. Secrets come from files alone:
 * arguments are seen by everybody on the machine. Asking is snmp_link.c.
 */
#include "collectors/snmp_target.h"

#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/text.h"

#define PORT 161
#define HOST_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
#define V6_LETTERS HOST_LETTERS ":%"

static const char *const auth_names[SNMP_AUTH_COUNT + 1] = {
	[SNMP_AUTH_SHA] = "SHA",        [SNMP_AUTH_SHA224] = "SHA-224",
	[SNMP_AUTH_SHA256] = "SHA-256", [SNMP_AUTH_SHA384] = "SHA-384",
	[SNMP_AUTH_SHA512] = "SHA-512", [SNMP_AUTH_COUNT] = NULL,
};

static const char *const priv_names[SNMP_PRIV_COUNT + 1] = {
	[SNMP_PRIV_AES] = "AES",
	[SNMP_PRIV_AES192] = "AES-192",
	[SNMP_PRIV_AES256] = "AES-256",
	[SNMP_PRIV_COUNT] = NULL,
};

/* The first is none that --level may be. */
static const char *const level_names[] = {
	[SNMP_LEVEL_COMMUNITY] = "",
	[SNMP_LEVEL_NO_AUTH] = "noAuthNoPriv",
	[SNMP_LEVEL_AUTH] = "authNoPriv",
	[SNMP_LEVEL_PRIV] = "authPriv",
	NULL,
};

static bool read_word(const char *text, const char *const names[],
		      const char *option, unsigned *number, struct err *err)
{
	for (unsigned i = 0; names[i] != NULL; i++) {
		if (names[i][0] != '\0' && strcmp(names[i], text) == 0) {
			*number = i;
			return true;
		}
	}
	return err_set(err, ERR_INVALID,
		       "%s is none of those that --help shows", option);
}

/* HOST, HOST:PORT, [V6] or [V6]:PORT, split in two. */
static bool split_host(struct snmp_target *t, const char *text,
		       const char **port)
{
	t->is_v6 = text[0] == '[';
	const char *from = t->is_v6 ? text + 1 : text;
	size_t len = strspn(from, t->is_v6 ? V6_LETTERS : HOST_LETTERS);
	const char *rest = from + len;

	if (len == 0 || len >= sizeof(t->host) || (t->is_v6 && *rest != ']')) {
		return false;
	}
	memcpy(t->host, from, len);
	t->host[len] = '\0';
	rest += t->is_v6 ? 1 : 0;
	*port = *rest == ':' ? rest + 1 : NULL;
	return *rest == ':' || *rest == '\0';
}

static bool read_host(struct snmp_target *t, const char *text, struct err *err)
{
	const char *port = NULL;
	uint64_t number = PORT;

	if (text == NULL) {
		return err_set(err, ERR_INVALID,
			       "--host is missing, for example --host "
			       "printer.example");
	}
	if (!split_host(t, text, &port) ||
	    (port != NULL && !text_parse_u64(port, 1, UINT16_MAX, &number))) {
		return err_set(err, ERR_INVALID,
			       "--host is not HOST or HOST:PORT; an IPv6 "
			       "address stands in [ ]");
	}
	t->port = (uint16_t)number;
	return true;
}

static bool read_times(struct snmp_target *t, const struct snmp_options *o,
		       struct err *err)
{
	const char *timeout =
		o->timeout != NULL ? o->timeout : SNMP_TIMEOUT_PRESET;
	const char *retries =
		o->retries != NULL ? o->retries : SNMP_RETRIES_PRESET;

	if (!text_parse_u64(timeout, 1, 600, &t->timeout_s)) {
		return err_set(err, ERR_INVALID,
			       "--timeout wants 1 to 600 seconds");
	}
	return text_parse_u64(retries, 0, 10, &t->retries) ||
	       err_set(err, ERR_INVALID, "--retries wants 0 to 10");
}

static bool is_private(const char *path, struct err *err)
{
	struct stat about;

	return stat(path, &about) != 0 || (about.st_mode & S_IROTH) == 0 ||
	       err_set(err, ERR_DENIED,
		       "everybody may read %s, which holds a secret; take "
		       "that away with chmod o= and the name of the file",
		       path);
}

static bool read_secret(struct buf *secret, const char *path, size_t min,
			struct err *err)
{
	/* A line, its end, and one byte by which a longer one is seen. */
	if (!files_read(path, SNMP_SECRET_MAX + 3, secret, err) ||
	    !is_private(path, err)) {
		return false;
	}
	size_t len = strcspn(buf_str(secret), "\r\n");
	size_t end = strspn(buf_str(secret) + len, "\r\n");
	if (len + end != secret->len || len < min || len > SNMP_SECRET_MAX) {
		return err_set(err, ERR_INVALID,
			       "%s does not hold one line of %zu to %d bytes",
			       path, min, SNMP_SECRET_MAX);
	}
	secret->len = len;
	secret->data[len] = '\0';
	return true;
}

static bool read_community(struct snmp_target *t, const struct snmp_options *o,
			   struct err *err)
{
	if (o->level != NULL || o->context != NULL || o->auth_file != NULL ||
	    o->priv_file != NULL || o->auth_protocol != NULL ||
	    o->priv_protocol != NULL) {
		return err_set(err, ERR_INVALID,
			       "--level, --context, --auth-... and --priv-... "
			       "are of version 3 and want --v3-user");
	}
	t->level = SNMP_LEVEL_COMMUNITY;
	if (o->community_file == NULL) {
		buf_put_str(&t->community, "public");
		return true;
	}
	return read_secret(&t->community, o->community_file, 1, err);
}

/* Exactly the secrets of the level: nothing given is silently unused. */
static bool check_files(const struct snmp_target *t,
			const struct snmp_options *o, struct err *err)
{
	bool auth = t->level >= SNMP_LEVEL_AUTH;
	bool priv = t->level >= SNMP_LEVEL_PRIV;

	if ((o->auth_file != NULL) != auth) {
		return err_set(err, ERR_INVALID,
			       auth ? "this --level wants --auth-file"
				    : "--auth-file wants --level authNoPriv "
				      "or authPriv");
	}
	if ((o->priv_file != NULL) != priv) {
		return err_set(err, ERR_INVALID,
			       priv ? "this --level wants --priv-file"
				    : "--priv-file wants --level authPriv");
	}
	return true;
}

static bool read_user(struct snmp_target *t, const struct snmp_options *o,
		      struct err *err)
{
	unsigned level = 0, auth = 0, priv = 0;
	size_t len = strlen(o->user);
	size_t context_len = o->context != NULL ? strlen(o->context) : 0;

	/* Bounds of usmUserName and contextName, RFC 3414 and RFC 3411 */
	if (len == 0 || len > 32 || context_len > 255) {
		return err_set(err, ERR_INVALID,
			       "--v3-user or --context is too long or empty");
	}
	if (o->community_file != NULL) {
		return err_set(err, ERR_INVALID,
			       "--community-file is of version 2c and "
			       "--v3-user of version 3; give one of them");
	}
	if (!read_word(o->level != NULL ? o->level : SNMP_LEVEL_PRESET,
		       level_names, "--level", &level, err) ||
	    !read_word(o->auth_protocol != NULL ? o->auth_protocol
						: SNMP_AUTH_PRESET,
		       auth_names, "--auth-protocol", &auth, err) ||
	    !read_word(o->priv_protocol != NULL ? o->priv_protocol
						: SNMP_PRIV_PRESET,
		       priv_names, "--priv-protocol", &priv, err)) {
		return false;
	}
	t->user = o->user;
	t->context = o->context != NULL ? o->context : "";
	t->level = (enum snmp_level)level;
	t->auth = (enum snmp_auth)auth;
	t->priv = (enum snmp_priv)priv;
	return check_files(t, o, err) &&
	       (o->auth_file == NULL ||
		read_secret(&t->auth_secret, o->auth_file, SNMP_SECRET_MIN,
			    err)) &&
	       (o->priv_file == NULL ||
		read_secret(&t->priv_secret, o->priv_file, SNMP_SECRET_MIN,
			    err));
}

bool snmp_target_read(struct snmp_target *target,
		      const struct snmp_options *options, struct err *err)
{
	target->user = target->context = "";
	return read_host(target, options->host, err) &&
	       read_times(target, options, err) &&
	       (options->user != NULL ? read_user(target, options, err)
				      : read_community(target, options, err));
}

void snmp_target_clear(struct snmp_target *target)
{
	buf_burn(&target->community);
	buf_burn(&target->auth_secret);
	buf_burn(&target->priv_secret);
}
