/*
 * The steps of the test of the connection that make packets: interfaces (no
 * packet, but only of use with those that follow), name, TCP, TLS, sign-in,
 * signed answer, time. Before each, and in each wait, it is asked whether
 * remote services are still allowed. The server is judged as always
 * (net/tls_peer.c); here is told what was seen of one that is refused.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "client/doctor_parts.h"
#include "client/echo.h"
#include "client/meter.h"
#include "domain/checkins.h"
#include "domain/time_known.h"
#include "net/ask.h"
#include "net/probe.h"
#include "net/upload_parts.h"

#define WAIT_MS 20000      /* of each step */
#define LEAVES_BYTES 16384 /* at most, for the month */

static const char ask_vendor[] = "Ask the vendor whether this device is "
				 "still registered.";

/* The network's part of a test. */
struct outing {
	struct doctor *d;
	struct deadline_check check;
	const char *host; /* to connect to */
	struct tcp_addresses addresses;
	struct meter meter;
	struct tls_client *tls;
};

static bool still_allowed(void *ctx, struct err *err)
{
	const struct outing *o = ctx;
	bool allowed = false;
	if (!doctor_allowed(o->d, &allowed, err)) {
		return false;
	}
	return allowed || err_set(err, ERR_DENIED,
				  "Remote services were withdrawn meanwhile.");
}

static struct deadline deadline_of(const struct outing *o)
{
	struct deadline deadline = deadline_in(WAIT_MS, o->d->client->stop_fd);
	deadline.check = &o->check;
	return deadline;
}

/* false, with the step set. */
static bool failed(struct outing *o, enum doctor_step step, const char *remedy,
		   const struct err *why)
{
	doctor_say(o->d, step, CONNECTION_FAILED, remedy, "%s", why->text);
	return false;
}

/*
 * The same for what needs a network, where the device seems to have none: to
 * look at sluice.conf first would be in vain. A server on the same machine
 * needs none.
 */
static bool failed_outside(struct outing *o, enum doctor_step step,
			   const char *remedy, const struct err *why)
{
	const struct connection_step *steps = o->d->test->steps;
	char text[sizeof(steps->remedy)];
	bool alone = steps[DOCTOR_LINK].remedy[0] != '\0' ||
		     steps[DOCTOR_ADDRESS].remedy[0] != '\0';
	(void)snprintf(text, sizeof(text), "%s%s",
		       alone ? "First mend this device's own network, as the "
			       "warning before this says. "
			     : "",
		       remedy);
	return failed(o, step, text, why);
}

static void look_at_interfaces(struct doctor *d)
{
	struct buf names = BUF_INIT, addresses = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	static const char plug[] = "Plug in the cable or join the wireless "
				   "network, unless the server is on this "
				   "machine.";
	static const char ask[] = "Check DHCP or the address that was set for "
				  "this device.";
	if (!probe_interfaces(&names, &addresses, &why)) {
		doctor_say(d, DOCTOR_LINK, CONNECTION_WARNING, "", "%s",
			   why.text);
	} else if (names.len == 0) {
		doctor_say(d, DOCTOR_LINK, CONNECTION_WARNING, plug,
			   "No interface is up but the one of the machine "
			   "itself.");
	} else {
		doctor_say(d, DOCTOR_LINK, CONNECTION_OK, "", "Up: %s.",
			   buf_str(&names));
		doctor_say(d, DOCTOR_ADDRESS,
			   addresses.len > 0 ? CONNECTION_OK
					     : CONNECTION_WARNING,
			   addresses.len > 0 ? "" : ask, "%s.",
			   addresses.len > 0 ? buf_str(&addresses)
					     : "No interface has an address");
	}
	buf_clear(&addresses);
	buf_clear(&names);
}

static bool look_up(struct outing *o)
{
	const struct device_config *config = o->d->client->config;
	struct deadline deadline = deadline_of(o);
	struct buf found = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	if (!still_allowed(o, &why) ||
	    !tcp_resolve(o->host, config->server_port, &deadline, &o->addresses,
			 &why)) {
		return failed_outside(o, DOCTOR_DNS,
				      "Check [server] name and address in "
				      "sluice.conf, and this device's name "
				      "servers.",
				      &why);
	}
	probe_put_addresses(&found, &o->addresses);
	if (text_equal(o->host, buf_str(&found))) {
		doctor_say(o->d, DOCTOR_DNS, CONNECTION_OK, "",
			   "sluice.conf has its address, %s; no name is looked "
			   "up.",
			   o->host);
	} else {
		doctor_say(o->d, DOCTOR_DNS, CONNECTION_OK, "", "%s: %s.",
			   o->host, buf_str(&found));
	}
	buf_clear(&found);
	return true;
}

static bool connect_to(struct outing *o, int *fd)
{
	int port = o->d->client->config->server_port;
	struct deadline deadline = deadline_of(o);
	struct buf peer = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	if (!still_allowed(o, &why) ||
	    !tcp_connect(&o->addresses, o->host, port, &deadline, fd, &why)) {
		return failed_outside(o, DOCTOR_TCP,
				      "Check [server] address and port in "
				      "sluice.conf, and let the firewall pass "
				      "it.",
				      &why);
	}
	probe_put_peer(&peer, *fd);
	doctor_say(o->d, DOCTOR_TCP, CONNECTION_OK, "", "Connected to %s.",
		   buf_str(&peer));
	buf_clear(&peer);
	return true;
}

/* What it is, for a person to compare: SHA-256 in hex, who, by whom, when. */
static void put_certificate(struct buf *out, const struct tls_seen *seen)
{
	char hash[2 * SHA256_SIZE + 1];
	char from[CLOCK_WORDS_SIZE], until[CLOCK_WORDS_SIZE];
	hex_encode(hash, seen->hash, SHA256_SIZE);
	clock_day(from, seen->not_before);
	clock_day(until, seen->not_after);
	buf_printf(out,
		   "Certificate of \"%.80s\", issued by \"%.80s\", valid from "
		   "%s until %s, SHA-256 %s.",
		   seen->subject, seen->issuer, from, until, hash);
}

/* The other side is not who it should be, or speaks no TLS. */
static void say_wrong_server(struct outing *o, const struct tls_seen *seen,
			     const struct err *why)
{
	struct buf text = BUF_INIT;
	const char *remedy = "Check the server's address and port in "
			     "sluice.conf.";
	if (seen->http) {
		buf_put_str(&text, "It answered in plain HTTP, not in TLS: a "
				   "portal that wants a sign-in, or another "
				   "service.");
		remedy = "Sign in at the portal of this network with a "
			 "browser, or check the server's port.";
	} else if (seen->shown) {
		put_certificate(&text, seen);
		buf_printf(&text, " %s", why->text); /* may be cut */
		remedy = "Check [server] name in sluice.conf. If it is a proxy "
			 "that inspects traffic, have it let this server pass "
			 "untouched.";
	} else {
		buf_put_str(&text, why->text);
	}
	doctor_say(o->d, DOCTOR_TLS, CONNECTION_FAILED, remedy, "%s",
		   buf_str(&text));
	buf_clear(&text);
}

static void say_right_server(struct outing *o, const struct tls_seen *seen)
{
	struct buf text = BUF_INIT;
	put_certificate(&text, seen);
	if (seen->suite != NULL) {
		buf_printf(&text, " TLS 1.2, %s.", seen->suite);
	}
	doctor_say(o->d, DOCTOR_TLS, CONNECTION_OK, "", "%s", buf_str(&text));
	buf_clear(&text);
}

/* Sorts whose fault it is that no connection was made. */
static bool say_no_tls(struct outing *o, const struct tls_seen *seen,
		       const struct err *why)
{
	if (!seen->trusted) {
		say_wrong_server(o, seen, why);
		return false;
	}
	say_right_server(o, seen);
	if (o->d->link.trust == NULL) {
		doctor_say(o->d, DOCTOR_SIGN_IN, CONNECTION_FAILED,
			   link_certificate_remedy(o->d->client->config), "%s",
			   why->text);
		return false;
	}
	return failed(o, DOCTOR_SIGN_IN, ask_vendor, why);
}

static bool shake_hands(struct outing *o, int fd)
{
	static const char again[] = "Test again once remote services are "
				    "allowed and the month leaves room.";
	struct client *client = o->d->client;
	const struct trust *trust =
		o->d->link.trust != NULL ? o->d->link.trust : o->d->anonymous;
	struct deadline deadline = deadline_of(o);
	struct tls_seen seen = { .shown = false };
	struct err why = { .kind = ERR_NONE };
	bool may = still_allowed(o, &why);
	if (may && trust == NULL) {
		may = err_set(&why, ERR_RETRY,
			      "Without the server's root certificate nobody "
			      "can be recognised.");
	}
	if (!may || !meter_book(&o->meter, LEAVES_BYTES, &why)) {
		(void)close(fd);
		return failed(o, DOCTOR_TLS,
			      trust == NULL
				      ? "Put the file right, or provision this "
					"device again."
			      : why.kind == ERR_IO
				      ? "Nothing leaves that cannot be counted "
					"on the disk: mend that first."
				      : again,
			      &why);
	}
	bool open = tls_client_open_seen(fd, trust, client->config->server_name,
					 link_time(client), &deadline,
					 &o->meter.left, &seen, &o->tls, &why);
	struct err gone = { .kind = ERR_NONE };
	if (!still_allowed(o, &gone)) {
		/* whatever it came to: it is no fault of the server's */
		return failed(o, DOCTOR_TLS, again, &gone);
	}
	if (!open) {
		return say_no_tls(o, &seen, &why);
	}
	say_right_server(o, &seen);
	if (o->d->link.trust == NULL) {
		doctor_say(o->d, DOCTOR_SIGN_IN, CONNECTION_FAILED,
			   link_certificate_remedy(client->config),
			   "The server was reached, but nobody can sign in "
			   "without a certificate.");
		return false;
	}
	doctor_say(o->d, DOCTOR_SIGN_IN, CONNECTION_OK, "",
		   "The server took this device's certificate.");
	return true;
}

/* Asks and checks the answer; true: echo is what the server signed. */
static bool exchange(struct outing *o, struct ask_way *way,
		     struct checkin_echo *echo, int *status, struct err *why)
{
	bool ok = echo_ask(way, &o->d->link.verifier, o->d->client->config->id,
			   echo, status, why);
	if (*status == 401 || *status == 403) {
		failed(o, DOCTOR_SIGN_IN, ask_vendor, why);
	}
	return ok;
}

/* What no server says that knows the question: somebody else answers there. */
static const char *echo_remedy(int status)
{
	return status >= 300 && status < 500
		       ? "Check [server] port in sluice.conf: it must be the "
			 "one for devices, not that of the server's console."
	       : status >= 500
		       ? "The server has a trouble of its own. Test again "
			 "later; if it stays, tell the vendor."
		       : "Ask the vendor whether the server's receipt key is "
			 "another one now, and whether it works.";
}

static void say_echo(struct outing *o, bool ok, int status,
		     const struct err *why, int64_t took_ms)
{
	if (ok) {
		doctor_say(o->d, DOCTOR_ECHO, CONNECTION_OK, "",
			   "The server signed our question in %" PRId64
			   " ms; the signature is good.",
			   took_ms);
	} else if (o->d->test->steps[DOCTOR_SIGN_IN].result == CONNECTION_OK) {
		failed(o, DOCTOR_ECHO, echo_remedy(status), why);
	}
}

static void put_compared(struct buf *out, int64_t signed_at, int64_t off)
{
	char at[CLOCK_WORDS_SIZE];
	clock_minute(at, signed_at);
	buf_printf(out,
		   "The server's signed time is %s; this device's "
		   "clock is ",
		   at);
	if (off != 0) {
		checkin_put_span(out, off < 0 ? -off : off);
	}
	buf_put_str(out, off < 0   ? " behind it. "
			 : off > 0 ? " ahead of it. "
				   : "the same. ");
}

/* Compares the signed time with the clock and with what is known. */
static void say_time(struct outing *o, int64_t signed_at)
{
	struct client *client = o->d->client;
	int64_t now = client->now(), off = now - signed_at;
	struct time_known known;
	struct buf text = BUF_INIT;
	if (!time_known_read(client->db, now, &known, NULL)) {
		return;
	}
	put_compared(&text, signed_at, off);
	time_known_put(&text, &known);
	bool early = signed_at < known.floor - TIME_CLOCK_TOLERANCE_S;
	bool apart =
		off > TIME_CLOCK_TOLERANCE_S || off < -TIME_CLOCK_TOLERANCE_S;
	doctor_say(o->d, DOCTOR_TIME,
		   early   ? CONNECTION_FAILED
		   : apart ? CONNECTION_WARNING
			   : CONNECTION_OK,
		   early   ? "If the server's time is wrong, tell the vendor. "
			     "If it is right, it was wrong before: the owner "
			     "lowers what is known of the time with \"sluice "
			     "time lower\"."
		   : apart ? "Set this device's clock; if it is right, tell "
			     "the vendor that the server's is not."
			   : "",
		   "%s", buf_str(&text));
	buf_clear(&text);
}

static void ask_echo(struct outing *o)
{
	struct client *client = o->d->client;
	const struct upload_watch watch = { .ctx = o,
					    .stop_fd = client->stop_fd,
					    .going = still_allowed,
					    .count = &o->meter.left };
	struct ask_way way;
	struct checkin_echo echo = { .time = 0 };
	struct err why = { .kind = ERR_NONE };
	ask_begin(&way, &o->d->link.server, &watch, link_time(client));
	way.tls = o->tls;
	o->tls = NULL;
	int64_t began = clock_monotonic_ms();
	int status = 0;
	bool ok = exchange(o, &way, &echo, &status, &why);
	say_echo(o, ok, status, &why, clock_monotonic_ms() - began);
	if (ok) {
		say_time(o, echo.time);
	}
	ask_end(&way);
}

void doctor_look_out(struct doctor *d)
{
	const struct device_config *config = d->client->config;
	struct outing o = {
		.d = d,
		.host = config->server_address[0] != '\0'
				? config->server_address
				: config->server_name,
		.meter = METER_INIT(d->client),
	};
	struct err why = { .kind = ERR_NONE };
	int fd = -1;
	o.check = (struct deadline_check){ still_allowed, &o };
	look_at_interfaces(d);
	if (look_up(&o) && connect_to(&o, &fd) && shake_hands(&o, fd)) {
		ask_echo(&o);
	}
	tls_client_close(o.tls);
	if (!meter_settle(&o.meter, &why)) {
		log_warn(d->client->log, "%s", why.text);
	}
}
