/*
 * The test of the connection: which steps there are, and in which order.
 * What they look at is doctor_local.c's (on the device) and doctor_network.c's
 * (whatever makes a packet); this file sees to it that the latter is asked
 * only with permission. A step that nobody set was not reached.
 */
#include "client/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/doctor_parts.h"
#include "domain/consent.h"
#include "domain/line.h"

static const struct {
	const char *name;
	const char *title;
} steps[DOCTOR_STEPS] = {
	[DOCTOR_PERMISSION] = { "permission", "Permission" },
	[DOCTOR_DAEMON] = { "daemon", "Client daemon" },
	[DOCTOR_SANDBOX] = { "sandbox", "Sandbox" },
	[DOCTOR_SPACE] = { "space", "Free space" },
	[DOCTOR_KEYS] = { "keys", "Keys and roots" },
	[DOCTOR_CERTIFICATE] = { "certificate", "Device's certificate" },
	[DOCTOR_LINK] = { "link", "Network interface" },
	[DOCTOR_ADDRESS] = { "address", "Device's address" },
	[DOCTOR_DNS] = { "dns", "Name of the server" },
	[DOCTOR_TCP] = { "tcp", "Connection" },
	[DOCTOR_TLS] = { "tls", "Server's certificate" },
	[DOCTOR_SIGN_IN] = { "sign-in", "Sign-in at the server" },
	[DOCTOR_ECHO] = { "echo", "Signed answer" },
	[DOCTOR_TIME] = { "time", "Time" },
};

void doctor_say(struct doctor *d, enum doctor_step step,
		enum connection_result result, const char *remedy,
		const char *fmt, ...)
{
	struct connection_step *s = &d->test->steps[step];
	char text[1024];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s->result = result;
	line_copy(s->text, sizeof(s->text), text);
	line_copy(s->remedy, sizeof(s->remedy), remedy);
}

bool doctor_allowed(const struct doctor *d, bool *allowed, struct err *err)
{
	struct consent remote;
	if (!consent_read_remote(d->client->db, d->client->now(), &remote,
				 err)) {
		return false;
	}
	*allowed = remote.state == CONSENT_ALLOWED;
	return true;
}

static void begin(struct doctor *d)
{
	memset(d->test, 0, sizeof(*d->test));
	d->test->at = d->client->now();
	d->test->count = DOCTOR_STEPS;
	for (size_t i = 0; i < DOCTOR_STEPS; i++) {
		struct connection_step *s = &d->test->steps[i];
		line_copy(s->name, sizeof(s->name), steps[i].name);
		line_copy(s->title, sizeof(s->title), steps[i].title);
		doctor_say(d, (enum doctor_step)i, CONNECTION_SKIPPED, "",
			   "Not tested, because of an earlier step.");
	}
}

static void say_forbidden(struct doctor *d)
{
	doctor_say(d, DOCTOR_PERMISSION, CONNECTION_FAILED,
		   "Allow remote services on the page Services, then test "
		   "again.",
		   "Remote services are not allowed, so nothing leaves this "
		   "device: the steps on the network were not tested.");
}

bool doctor_run(struct client *client, struct connection_test *test,
		struct err *err)
{
	struct doctor d = { .client = client, .test = test };
	bool allowed = false;
	begin(&d);
	if (!doctor_allowed(&d, &allowed, err)) {
		return false;
	}
	doctor_look_here(&d);
	if (allowed) {
		doctor_say(&d, DOCTOR_PERMISSION, CONNECTION_OK, "",
			   "Remote services are allowed.");
		doctor_look_out(&d);
	} else {
		say_forbidden(&d);
	}
	trust_free(d.anonymous);
	link_clear(&d.link);
	return true;
}

void doctor_run_space(struct client *client, struct connection_test *test)
{
	struct doctor d = { .client = client, .test = test };
	begin(&d);
	doctor_look_at_space(&d);
}

bool doctor_test(struct client *client, const char *actor, struct err *err)
{
	struct connection_test test;
	return doctor_run(client, &test, err) &&
	       connection_test_write(client->db, actor, &test, err);
}
