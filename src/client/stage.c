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

/*
 * Fills the grants when all services are allowed; leaves none for a sample.
 * *since = the time from which on the last of them stands.
 */
static bool read_grants(struct client *client, unsigned services,
			struct transmission_head *head, int64_t *since,
			struct err *err)
{
	struct consents all;
	*since = 0;
	if (!consent_read(client->db, &all, err)) {
		return false;
	}
	if ((services & ~all.effective) != 0) {
		head->reason = "sample";
		return true;
	}
	head->reason = "button";
	*since = all.remote.decided_at;
	for (size_t i = 0; i < all.count; i++) {
		const struct consent *consent = &all.services[i];
		if ((services & SERVICE_BIT(consent->service->id)) != 0 &&
		    consent->decided_at > *since) {
			*since = consent->decided_at;
		}
	}
	struct err why = { .kind = ERR_NONE };
	if (!consent_grants(client->db, services, head, &why)) {
		return err_set(err,
			       why.kind == ERR_DENIED ? ERR_RETRY : why.kind,
			       "%s", why.text);
	}
	return true;
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

static bool collect(struct client *client, struct collected *collected,
		    struct err *err)
{
	struct collect_report report;
	bool ok = collect_all(client->config, client->stop_fd, collected,
			      &report, err);
	tell_failures(client, &report);
	return ok;
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

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void make_item(const struct transmission_head *head, const char *actor,
		      unsigned services, const struct buf *body, int64_t now,
		      struct outbox_item *item)
{
	uint8_t hash[SHA256_SIZE];
	memset(item, 0, sizeof(*item));
	line_copy(item->transaction, sizeof(item->transaction),
		  head->transaction);
	item->state = head->grants_count > 0 ? OUTBOX_STAGED : OUTBOX_SAMPLE;
	item->services = services;
	for (size_t i = 0; i < head->grants_count; i++) {
		size_t used = strlen(item->grants);
		(void)snprintf(item->grants + used, sizeof(item->grants) - used,
			       "%s%s", i > 0 ? " " : "", head->grants[i].id);
	}
	sha256_bytes(body->data, body->len, hash);
	hex_encode(item->sha256, hash, sizeof(hash));
	item->bytes = body->len;
	item->created_at = now;
	line_copy(item->created_by, sizeof(item->created_by), actor);
}

/* Writes the transmission and stores it. */
static bool write_and_store(struct client *client, const char *actor,
			    unsigned services,
			    const struct transmission_head *head,
			    const struct collected *collected, struct err *err)
{
	const struct redact_rules rules = { .services = services,
					    .personal = false };
	struct buf body = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };
	struct outbox_item item;
	bool ok = transmission_write(head, collected, &rules, &body, &withheld,
				     err);
	if (ok) {
		make_item(head, actor, services, &body, client->now(), &item);
		ok = outbox_stage(client->db, &item, body.data, body.len,
				  &withheld, err);
	}
	withheld_clear(&withheld);
	buf_clear(&body);
	return ok;
}

static bool stage(struct client *client, const char *actor, unsigned services,
		  struct transmission_head *head, struct collected *collected,
		  struct err *err)
{
	struct machine machine;
	int64_t since = 0;
	if (!read_grants(client, services, head, &since, err) ||
	    !collect(client, collected, err)) {
		return false;
	}
	if (collected->at < since) {
		return err_set(err, ERR_RETRY,
			       "What the collectors told is older than the "
			       "permission to send it; it was left out. Check "
			       "the machine's clock and try again.");
	}
	if (!learn_machine(client, collected, &machine, err)) {
		return false;
	}
	head->make_and_model = or_null(machine.make_and_model);
	head->serial_number = or_null(machine.serial_number);
	head->collected_at = collected->at;
	struct err why = { .kind = ERR_NONE };
	if (write_and_store(client, actor, services, head, collected, &why)) {
		return true;
	}
	/* A grant that ended meanwhile: a new preview will show it. */
	return err_set(err, why.kind == ERR_DENIED ? ERR_RETRY : why.kind, "%s",
		       why.text);
}

bool stage_preview(struct client *client, const char *actor, unsigned services,
		   char transaction[UUID_TEXT_SIZE], struct err *err)
{
	if (services == 0 || (services & ~consent_services_known()) != 0) {
		return err_set(err, ERR_INVALID,
			       "Choose at least one service that exists.");
	}
	struct transmission_head head;
	struct collected collected;
	memset(&head, 0, sizeof(head));
	memset(&collected, 0, sizeof(collected));
	uuid_v7(head.transaction, client->now() * 1000);
	line_copy(head.machine_id, sizeof(head.machine_id), client->config->id);
	bool ok = stage(client, actor, services, &head, &collected, err);
	collected_clear(&collected);
	if (ok) {
		memcpy(transaction, head.transaction, UUID_TEXT_SIZE);
		log_info(client->log, "staged %s (%s)", transaction,
			 head.reason);
	}
	return ok;
}
