/*
 * Writes the one XML transmission that is previewed, hashed, logged and
 * sent. Layout, two spaces of indent a level, LF, no byte more:
 *
 *	<?xml version="1.0" encoding="UTF-8"?>
 *	<Transmission xmlns="urn:sluice:transmission:1"
 *	    transaction="<UUID v7>" machine="<device id>" reason="button"
 *	    collectedAt="2026-11-23T14:02:07Z" catalogue="<64 hex digits>">
 *	  <Machine>
 *	    <Id>..</Id> <MakeAndModel>..</MakeAndModel>
 *	    <SerialNumber>..</SerialNumber>
 *	  </Machine>
 *	  <Grants> <Grant service="metering" id="<UUID v7>"/> .. </Grants>
 *	  the documents, in the order of document.c, fields in table order
 *	</Transmission>
 *
 * (the start tag of Transmission stands on one line). What may stand in the
 * documents is decided by redact.c alone; the reader is
 * transmission_reader.c; the schema is written by catalogue_xsd.c.
 */
#include "documents/transmission.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/mem.h"
#include "documents/catalogue.h"
#include "documents/envelope.h"
#include "documents/redact.h"
#include "formats/xml_writer.h"

static void write_items(struct xml_writer *w, const struct item *first)
{
	for (const struct item *i = first; i != NULL; i = i->next) {
		xml_start(w, field_name(i->field));
		if (i->unit != NULL) {
			xml_attr(w, "unit", i->unit);
		}
		if (i->source != NULL) {
			xml_attr(w, "source", i->source);
		}
		xml_text(w, i->text);
		write_items(w, i->children);
		xml_end(w);
	}
}

static const char *token_or_unknown(const char *text)
{
	return text != NULL && field_is_line(text, FIELD_TOKEN_MAX) ? text
								    : "unknown";
}

static void write_envelope(struct xml_writer *w,
			   const struct transmission_head *head)
{
	uint8_t hash[32];
	char hex[65], time[CLOCK_TEXT_SIZE];

	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	clock_format(time, head->collected_at);
	xml_declaration(w);
	xml_start(w, "Transmission");
	xml_attr(w, "xmlns", TRANSMISSION_NAMESPACE);
	xml_attr(w, "transaction", head->transaction);
	xml_attr(w, "machine", head->machine_id);
	xml_attr(w, "reason", head->reason);
	xml_attr(w, "collectedAt", time);
	xml_attr(w, "catalogue", hex);
	xml_start(w, "Machine");
	xml_element(w, "Id", head->machine_id);
	xml_element(w, "MakeAndModel", token_or_unknown(head->make_and_model));
	xml_element(w, "SerialNumber", token_or_unknown(head->serial_number));
	xml_end(w);
	xml_start(w, "Grants");
	for (size_t i = 0; i < head->grants_count; i++) {
		const struct transmission_grant *grant = &head->grants[i];
		xml_start(w, "Grant");
		xml_attr(w, "service", service_of(grant->service)->name);
		xml_attr(w, "id", grant->id);
		xml_end(w);
	}
	xml_end(w);
}

/* A grant for each service, except in a sample; no grant for anything else. */
static bool grants_cover(const struct transmission_head *head,
			 const struct redact_rules *rules, struct err *err)
{
	unsigned granted = 0;

	for (size_t i = 0; i < head->grants_count; i++) {
		granted |= SERVICE_BIT(head->grants[i].service);
	}
	unsigned gate = SERVICE_BIT(GATE_PERSONAL);
	unsigned wanted =
		(rules->services & ~gate) | (rules->personal ? gate : 0);
	bool sample =
		head->grants_count == 0 && strcmp(head->reason, "sample") == 0;
	if (!sample && granted != wanted) {
		return err_set(err, ERR_DENIED,
			       "the grants are not those for what is to be "
			       "sent");
	}
	return true;
}

static bool nothing_found(const struct redact_rules *rules, struct err *err)
{
	struct buf names = BUF_INIT;
	const struct service *s;

	for (size_t n = 0; (s = service_at(n)) != NULL; n++) {
		if ((rules->services & SERVICE_BIT(s->id)) != 0) {
			buf_put_str(&names, names.len > 0 ? ", " : "");
			buf_put_str(&names, s->title);
		}
	}
	err_set(err, ERR_NOT_FOUND,
		"Nothing that may be sent was collected for: %s",
		names.len > 0 ? buf_str(&names) : "no service");
	buf_clear(&names);
	return false;
}

static bool write_all(const struct transmission_head *head,
		      struct item *const documents[DOCUMENT_KINDS],
		      struct buf *bytes, struct err *err)
{
	struct xml_writer w;
	const struct document *d;

	xml_writer_init(&w, bytes);
	write_envelope(&w, head);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		if (documents[d->kind] != NULL) {
			xml_start(&w, d->name);
			write_items(&w, documents[d->kind]->children);
			xml_end(&w);
		}
	}
	xml_end(&w);
	if (bytes->overflow) {
		return err_set(err, ERR_LIMIT,
			       "the transmission is longer than %u bytes",
			       TRANSMISSION_MAX);
	}
	return true;
}

bool transmission_write(const struct transmission_head *head,
			const struct collected *collected,
			const struct redact_rules *rules, struct buf *out,
			struct withheld_list *withheld, struct err *err)
{
	struct item *documents[DOCUMENT_KINDS] = { NULL };
	struct withheld_list left = { .at = NULL };
	struct buf bytes = BUF_INIT;
	bool done = false;
	bool any = false;

	bytes.max = TRANSMISSION_MAX;
	if (!envelope_check(head, err) || !grants_cover(head, rules, err)) {
		goto out;
	}
	redact(collected, rules, documents, &left);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		any = any || documents[i] != NULL;
	}
	if (!any) {
		nothing_found(rules, err);
		goto out;
	}
	if (!write_all(head, documents, &bytes, err)) {
		goto out;
	}
	buf_put(out, bytes.data, bytes.len);
	withheld_clear(withheld);
	*withheld = left;
	left = (struct withheld_list){ .at = NULL };
	done = true;
out:
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		item_free(documents[i]);
	}
	withheld_clear(&left);
	buf_clear(&bytes);
	return done;
}
