/*
 * The steps of the test of the connection that look at the device itself:
 * daemon, sandbox, space, keys, certificate, and what speaks against the time
 * that is known. No socket is made here.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/files.h"
#include "client/doctor_parts.h"
#include "client/identity.h"
#include "domain/time_known.h"
#include "formats/certs.h"

#define DAY_S ((int64_t)86400)
#define DAYS_WARN 30                            /* of the certificate's rest */
#define SPACE_LEAST ((uint64_t)4 * 1024 * 1024) /* nothing can be queued */
#define SPACE_WARN ((uint64_t)32 * 1024 * 1024)

/* In the daemon there is a descriptor that ends it. */
static bool is_daemon(const struct client *client)
{
	return client->stop_fd >= 0;
}

static void look_at_daemon(struct doctor *d)
{
	if (is_daemon(d->client)) {
		doctor_say(d, DOCTOR_DAEMON, CONNECTION_OK, "",
			   "It runs, and made this test.");
	} else {
		doctor_say(d, DOCTOR_DAEMON, CONNECTION_WARNING,
			   "Start the service \"sluice\"; without it nothing "
			   "is sent by itself.",
			   "It does not run: the command made this test.");
	}
}

static void look_at_sandbox(struct doctor *d)
{
	const struct sandbox_result *held = &d->client->sandbox;
	if (!is_daemon(d->client)) {
		doctor_say(d, DOCTOR_SANDBOX, CONNECTION_SKIPPED, "",
			   "Only the daemon enters it.");
		return;
	}
	bool whole = held->landlock_abi > 0 && held->seccomp;
	doctor_say(d, DOCTOR_SANDBOX,
		   whole ? CONNECTION_OK : CONNECTION_WARNING,
		   whole ? "" : "A newer kernel would hold more.",
		   "Files (Landlock): %s. System calls (seccomp): %s. Memory "
		   "dumps and new privileges: held.",
		   held->landlock_abi > 0 ? "held" : "not in this kernel",
		   held->seccomp ? "held" : "not in this kernel");
}

void doctor_look_at_space(struct doctor *d)
{
	struct statvfs about;
	const char *state = d->client->config->state;
	static const char remedy[] = "Make room where the folder lies; what "
				     "waits to be sent is kept there.";
	if (statvfs(state, &about) != 0) {
		doctor_say(d, DOCTOR_SPACE, CONNECTION_WARNING, "",
			   "%s cannot be looked at: %s.", state,
			   strerror(errno));
		return;
	}
	uint64_t left = (uint64_t)about.f_bavail * about.f_frsize;
	enum connection_result result = left < SPACE_LEAST  ? CONNECTION_FAILED
					: left < SPACE_WARN ? CONNECTION_WARNING
							    : CONNECTION_OK;
	doctor_say(d, DOCTOR_SPACE, result,
		   result == CONNECTION_OK ? "" : remedy,
		   "%" PRIu64 " MB are free in %s.", left / 1000000, state);
}

/* Roots alone, so that the server can be looked at before enrolment. */
static void load_roots(struct doctor *d)
{
	struct buf anchor = BUF_INIT;
	if (!files_read(d->client->config->server_anchor, TRUST_FILE_MAX,
			&anchor, NULL) ||
	    !trust_new_anonymous(anchor.data, anchor.len, &d->anonymous,
				 NULL) ||
	    !link_tell_time(d->client, d->anonymous, NULL)) {
		trust_free(d->anonymous);
		d->anonymous = NULL;
	}
	buf_clear(&anchor);
}

static void say_missing(struct doctor *d, const struct err *why)
{
	bool yet = why->kind == ERR_RETRY; /* not provisioned */
	const char *what =
		!yet ? why->text
		: identity_knows_server(d->client->config)
			? "This device has no certificate for the server yet."
			: "What this device trusts of the server, its root "
			  "and the key of its receipts, is not there.";
	doctor_say(d, yet ? DOCTOR_CERTIFICATE : DOCTOR_KEYS, CONNECTION_FAILED,
		   yet ? link_certificate_remedy(d->client->config)
		       : "Put the file right, or provision this device "
			 "again.",
		   "%s", what);
	if (yet) {
		doctor_say(d, DOCTOR_KEYS, CONNECTION_OK, "",
			   "The key of the log can be read.");
	}
}

static void look_at_certificate(struct doctor *d)
{
	static const char renew[] = "Ask the vendor for a new code and type "
				    "it on the page Network, or run "
				    "\"sluice enrol\".";
	const br_x509_certificate *own = &d->link.trust->chain[0];
	int64_t not_before = 0, not_after = 0, now = link_time(d->client);
	char until[CLOCK_WORDS_SIZE];
	struct err why = { .kind = ERR_NONE };
	if (!certs_validity(own->data, own->data_len, &not_before, &not_after,
			    &why)) {
		doctor_say(d, DOCTOR_CERTIFICATE, CONNECTION_FAILED, renew,
			   "%s", why.text);
		return;
	}
	int64_t days = (not_after - now) / DAY_S;
	clock_minute(until, not_after);
	if (now > not_after) {
		doctor_say(d, DOCTOR_CERTIFICATE, CONNECTION_FAILED, renew,
			   "It ran out on %s.", until);
	} else {
		bool soon = days < DAYS_WARN;
		doctor_say(d, DOCTOR_CERTIFICATE,
			   soon ? CONNECTION_WARNING : CONNECTION_OK,
			   soon ? "It is renewed by itself if the server "
				  "lets it; if not, ask the vendor for a code."
				: "",
			   "It is good for another %" PRId64 " days, until %s.",
			   days, until);
	}
}

/*
 * Without an answer to compare it with: the clock may say that what is known
 * of the time was led ahead, which ends permissions and leaves no certificate
 * of the server that is good.
 */
static void look_at_time(struct doctor *d)
{
	int64_t now = d->client->now();
	struct time_known known;
	struct buf text = BUF_INIT;
	if (!time_known_read(d->client->db, now, &known, NULL) ||
	    known.doubt == TIME_DOUBT_UNSET) {
		return;
	}
	time_known_put(&text, &known);
	buf_put_char(&text, ' ');
	time_known_put_doubt(&text, &known, now);
	doctor_say(d, DOCTOR_TIME, CONNECTION_WARNING,
		   "Set the clock if it is wrong. If it is right: \"sluice "
		   "time\", then \"sluice time lower\".",
		   "%s", buf_str(&text));
	buf_clear(&text);
}

void doctor_look_here(struct doctor *d)
{
	struct err why = { .kind = ERR_NONE };
	look_at_daemon(d);
	look_at_sandbox(d);
	doctor_look_at_space(d);
	look_at_time(d);
	if (link_load(d->client, &d->link, &why)) {
		doctor_say(d, DOCTOR_KEYS, CONNECTION_OK, "",
			   "All can be read, and belong together.");
		look_at_certificate(d);
	} else {
		say_missing(d, &why);
		load_roots(d);
	}
}
