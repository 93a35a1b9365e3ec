/*
 * From what the collectors found to a transmission that waits for a person:
 * grants first, so that everything in it was collected while they stood;
 * then collecting; then redacting and writing (documents/); then one database
 * transaction (outbox_stage()), which looks at the grants once more. What is
 * stored there is what the preview shows and what deliver.c sends.
 */
#include "client/stage.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "client/collect.h"
#include "crypto/sha256.h"
#include "documents/transmission.h"
#include "domain/consent.h"
#include "domain/line.h"
#include "domain/machines.h"
#include "domain/outbox.h"
#include "domain/time_known.h"

#define PERSONAL SERVICE_BIT(GATE_PERSONAL)
/* Collected longer ago than this it is not what was asked for just now. */
#define JUST_NOW_S (15 * 60)

/* One transmission while it is made. */
struct staging {
	struct client *client;
	const struct stage_order *order;
	struct transmission_head head;
	struct redact_rules rules;
	unsigned services; /* what the item is for, the gate with it */
	int64_t since;     /* the last of its grants stands from then on */
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * While the clock is known to be off, nothing that carries a time of its own
 * leaves: it cannot be told whether it happened before the grants.
 */
static bool distrust_times(struct staging *s, struct err *err)
{
	struct time_known known;
	if (!time_known_read(s->client->db, s->client->now(), &known, err)) {
		return false;
	}
	size_t count = sizeof(s->rules.since) / sizeof(s->rules.since[0]);
	for (size_t i = 0; known.clock_ahead_s != 0 && i < count; i++) {
		s->rules.since[i] = INT64_MAX;
	}
	if (known.clock_ahead_s != 0) {
		s->rules.personal_since = INT64_MAX;
	}
	return true;
}

/* From when on what happens is covered by the grants of these services. */
static void read_since(struct staging *s, const struct consents *all)
{
	int64_t remote = all->remote.since;
	s->since = remote;
	for (size_t i = 0; i < all->count; i++) {
		const struct consent *c = &all->services[i];
		if ((s->services & SERVICE_BIT(c->service->id)) != 0) {
			s->rules.since[c->service->id] =
				later(c->since, remote);
			s->since = later(s->since, c->since);
		}
	}
	if (s->rules.personal) {
		int64_t personal = consent_of(all, GATE_PERSONAL)->since;
		s->rules.personal_since = later(personal, remote);
		s->since = later(s->since, personal);
	}
}

/* Grants when all that is ordered is allowed; none for a sample. */
static bool read_grants(struct staging *s, struct err *err)
{
	struct client *client = s->client;
	struct consents all;
	if (!consent_read(client->db, client->now(), &all, err)) {
		return false;
	}
	unsigned effective = all.effective | all.effective_gates;
	s->services = s->order->services | (effective & PERSONAL);
	s->rules.services = s->services & ~PERSONAL;
	s->rules.personal = (s->services & PERSONAL) != 0;
	s->rules.pseudonym_key = client->pseudonym_key;
	if ((s->services & ~effective) != 0) {
		s->head.reason = "sample";
		return true;
	}
	s->head.reason = s->order->reason;
	read_since(s, &all);
	if (!distrust_times(s, err)) {
		return false;
	}
	struct err why = { .kind = ERR_NONE };
	return consent_grants(client->db, s->services, client->now(), &s->head,
			      &why) ||
	       err_set(err, why.kind == ERR_DENIED ? ERR_RETRY : why.kind, "%s",
		       why.text);
}

static void tell_failures(struct client *client,
			  const struct collect_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		if (report->of[i].why.kind != ERR_NONE) {
			log_warn(client->log, "%s", report->of[i].why.text);
		}
	}
}

/* What the collectors say of the machine, for the envelope and the pages. */
static bool learn_machine(struct client *client,
			  const struct collected *collected,
			  struct machine *machine, struct err *err)
{
	const struct item *configuration =
		collected->documents[DOCUMENT_CONFIGURATION];
	const char *model = configuration == NULL
				    ? NULL
				    : item_text(configuration, "MakeAndModel");
	const char *serial = configuration == NULL
				     ? NULL
				     : item_text(configuration, "SerialNumber");
	memset(machine, 0, sizeof(*machine));
	struct err why = { .kind = ERR_NONE };
	if (!machines_get(client->db, machine, &why) &&
	    why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	line_copy(machine->id, sizeof(machine->id), client->config->id);
	if (model != NULL) {
		line_copy(machine->make_and_model,
			  sizeof(machine->make_and_model), model);
	}
	if (serial == NULL && machine->serial_number[0] == '\0') {
		serial = client->config->serial;
	}
	if (serial != NULL) {
		line_copy(machine->serial_number,
			  sizeof(machine->serial_number), serial);
	}
	machine->collected_at = collected->at;
	return machines_save(client->db, machine, err);
}

bool stage_collect(struct client *client, struct collected *collected,
		   bool *whole, struct err *err)
{
	struct collect_report report;
	struct machine machine;
	bool ok = collect_all(client->launcher, client->config, client->stop_fd,
			      collected, &report, err);
	tell_failures(client, &report);
	if (ok && whole != NULL) {
		*whole = report.good == report.count;
	}
	return ok && learn_machine(client, collected, &machine, err);
}

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void make_item(const struct staging *s, const struct buf *body,
		      struct outbox_item *item)
{
	const struct transmission_head *head = &s->head;
	uint8_t hash[SHA256_SIZE];
	memset(item, 0, sizeof(*item));
	line_copy(item->transaction, sizeof(item->transaction),
		  head->transaction);
	item->state = head->grants_count > 0 ? OUTBOX_STAGED : OUTBOX_SAMPLE;
	item->services = s->services;
	for (size_t i = 0; i < head->grants_count; i++) {
		size_t used = strlen(item->grants);
		(void)snprintf(item->grants + used, sizeof(item->grants) - used,
			       "%s%s", i > 0 ? " " : "", head->grants[i].id);
	}
	sha256_bytes(body->data, body->len, hash);
	hex_encode(item->sha256, hash, sizeof(hash));
	item->bytes = body->len;
	item->created_at = s->client->now();
	line_copy(item->created_by, sizeof(item->created_by), s->order->actor);
}

/* Writes the transmission and stores it. */
static bool write_and_store(struct staging *s,
			    const struct collected *collected, struct err *err)
{
	struct buf body = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };
	struct outbox_item item;
	bool ok = transmission_write(&s->head, collected, &s->rules, &body,
				     &withheld, err);
	if (ok) {
		make_item(s, &body, &item);
		ok = outbox_stage(s->client->db, &item, body.data, body.len,
				  &withheld, err);
	}
	withheld_clear(&withheld);
	buf_clear(&body);
	return ok;
}

/*
 * Was it told before the grants? A clock that stands before them has
 * forgotten the time, or ran ahead when they were given: then it is covered
 * if it was collected just now. What carries a date of its own is for
 * redact.c.
 */
static bool is_older(const struct staging *s, const struct collected *collected)
{
	int64_t now = s->client->now();
	return now < s->since ? collected->at < now - JUST_NOW_S ||
					collected->at > now + JUST_NOW_S
			      : collected->at < s->since;
}

static bool stage(struct staging *s, const struct collected *collected,
		  struct err *err)
{
	struct machine machine;
	if (is_older(s, collected)) {
		return err_set(err, ERR_RETRY,
			       "What the collectors told is older than the "
			       "permission to send it; it was left out. Check "
			       "the machine's clock and try again.");
	}
	if (!machines_get(s->client->db, &machine, err)) {
		return false;
	}
	uuid_v7(s->head.transaction, s->client->now() * 1000);
	line_copy(s->head.machine_id, sizeof(s->head.machine_id),
		  s->client->config->id);
	s->head.make_and_model = or_null(machine.make_and_model);
	s->head.serial_number = or_null(machine.serial_number);
	s->head.collected_at = collected->at;
	struct err why = { .kind = ERR_NONE };
	if (write_and_store(s, collected, &why)) {
		log_info(s->client->log, "staged %s (%s)", s->head.transaction,
			 s->head.reason);
		return true;
	}
	/* A grant that ended meanwhile: a new preview will show it. */
	return err_set(err, why.kind == ERR_DENIED ? ERR_RETRY : why.kind, "%s",
		       why.text);
}

static bool check_order(const struct stage_order *order, struct err *err)
{
	unsigned services = order->services & ~PERSONAL;
	return (services != 0 && (services & ~consent_services_known()) == 0) ||
	       err_set(err, ERR_INVALID,
		       "Choose at least one service that exists and sends "
		       "data.");
}

bool stage_collected(struct client *client, const struct stage_order *order,
		     const struct collected *collected,
		     char transaction[UUID_TEXT_SIZE], struct err *err)
{
	struct staging s = { .client = client, .order = order };
	if (!check_order(order, err) || !read_grants(&s, err) ||
	    !stage(&s, collected, err)) {
		return false;
	}
	memcpy(transaction, s.head.transaction, UUID_TEXT_SIZE);
	return true;
}

bool stage_preview(struct client *client, const char *actor, unsigned services,
		   char transaction[UUID_TEXT_SIZE], struct err *err)
{
	const struct stage_order order = { actor, "button", services };
	struct staging s = { .client = client, .order = &order };
	struct collected collected;
	memset(&collected, 0, sizeof(collected));
	bool ok = check_order(&order, err) && read_grants(&s, err) &&
		  stage_collect(client, &collected, NULL, err) &&
		  stage(&s, &collected, err);
	collected_clear(&collected);
	if (ok) {
		memcpy(transaction, s.head.transaction, UUID_TEXT_SIZE);
	}
	return ok;
}
