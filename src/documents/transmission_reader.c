/*
 * Reads a transmission piece by piece: the envelope here, each document in
 * document_reader.c. What writes it is transmission.c, with the byte layout.
 * Beyond form it holds the envelope's promise: each document belongs to a
 * service that a named grant covers, except in a sample.
 */
#include "documents/transmission.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/document_reader.h"
#include "documents/envelope.h"
#include "formats/xml_reader.h"

static const struct xml_limits limits = {
	.bytes = TRANSMISSION_MAX,
	.depth = 3 + FIELD_DEPTH_MAX,
	.attributes = 8,
	.text = 4096,
	/* More than the shortest elements (<Values>) that fit into the bytes */
	.elements = 50000,
};

enum place {
	PLACE_OUTSIDE = 0,
	PLACE_ENVELOPE,
	PLACE_MACHINE,
	PLACE_MACHINE_FIELD,
	PLACE_GRANTS,
	PLACE_GRANT,
	PLACE_DOCUMENT
};

/* The parts of an envelope in order: 0, Machine, Grants, documents. */
enum { PART_NONE, PART_MACHINE, PART_GRANTS, PART_DOCUMENTS };

struct transmission_reader {
	struct xml_reader *xml;
	struct transmission_seen seen;
	struct document_reader body;
	enum place place;
	int part;              /* the last part that was begun */
	size_t machine_fields; /* of Machine, begun so far */
	size_t last_document;  /* its place in the list, from 1; 0 = none */
	unsigned documents;
	unsigned covered; /* documents that the grants cover */
	struct transmission_head head;
	char *make_and_model;
	char *serial_number;
	char reason[16];
};

static const char *const machine_names[] = { "Id", "MakeAndModel",
					     "SerialNumber" };
#define MACHINE_FIELDS (sizeof(machine_names) / sizeof(machine_names[0]))

/* Are these the attributes, all of them and no other? */
static bool attrs_are(const char *const *attrs, const char *const *names)
{
	size_t wanted = 0;

	for (; names[wanted] != NULL; wanted++) {
		if (xml_attr_get(attrs, names[wanted]) == NULL) {
			return false;
		}
	}
	size_t have = 0;
	while (attrs[have] != NULL) {
		have += 2;
	}
	return have == 2 * wanted;
}

static bool start_envelope(struct transmission_reader *r, const char *name,
			   const char *const *attrs, struct err *err)
{
	static const char *const names[] = { "transaction", "machine",
					     "reason",      "collectedAt",
					     "catalogue",   NULL };
	uint8_t hash[32];

	if (strcmp(name, "Transmission") != 0) {
		return err_set(err, ERR_INVALID,
			       "the first element is not Transmission");
	}
	if (!attrs_are(attrs, names)) {
		return err_set(err, ERR_INVALID,
			       "Transmission lacks an attribute or has an "
			       "unknown one");
	}
	struct transmission_head *h = &r->head;
	const char *catalogue = xml_attr_get(attrs, "catalogue");
	bool fine = text_copy(h->transaction, sizeof(h->transaction),
			      xml_attr_get(attrs, "transaction")) &&
		    text_copy(h->machine_id, sizeof(h->machine_id),
			      xml_attr_get(attrs, "machine")) &&
		    text_copy(r->reason, sizeof(r->reason),
			      xml_attr_get(attrs, "reason")) &&
		    clock_parse(xml_attr_get(attrs, "collectedAt"),
				&h->collected_at) &&
		    hex_decode(hash, sizeof(hash), catalogue) &&
		    strpbrk(catalogue, "ABCDEF") == NULL;
	h->reason = r->reason;
	if (!fine) {
		return err_set(err, ERR_INVALID,
			       "an attribute of Transmission is malformed");
	}
	r->place = PLACE_ENVELOPE;
	return envelope_check(h, err);
}

static bool start_document(struct transmission_reader *r, const char *name,
			   const char *const *attrs, struct err *err)
{
	size_t nth = 0;
	const struct document *d = document_at(0);

	while (d != NULL && strcmp(d->name, name) != 0) {
		d = document_at(++nth);
	}
	if (d == NULL || attrs[0] != NULL) {
		return err_set(err, ERR_INVALID,
			       "Transmission holds an unknown element");
	}
	if (nth + 1 <= r->last_document) {
		return err_set(err, ERR_INVALID,
			       "%s is out of order or repeated", d->name);
	}
	bool sample = strcmp(r->head.reason, "sample") == 0;
	if (!sample && (r->covered & (1u << d->kind)) == 0) {
		return err_set(err, ERR_INVALID,
			       "%s is of no service that a grant covers",
			       d->name);
	}
	r->body.personal = r->body.personal || sample;
	r->last_document = nth + 1;
	r->documents |= 1u << d->kind;
	document_reader_begin(&r->body, d);
	r->part = PART_DOCUMENTS;
	r->place = PLACE_DOCUMENT;
	return true;
}

static bool start_part(struct transmission_reader *r, const char *name,
		       const char *const *attrs, struct err *err)
{
	if (r->part == PART_NONE) {
		if (strcmp(name, "Machine") != 0 || attrs[0] != NULL) {
			return err_set(err, ERR_INVALID,
				       "Transmission does not begin with "
				       "Machine");
		}
		r->part = PART_MACHINE;
		r->place = PLACE_MACHINE;
		return true;
	}
	if (r->part == PART_MACHINE) {
		if (strcmp(name, "Grants") != 0 || attrs[0] != NULL) {
			return err_set(err, ERR_INVALID,
				       "Grants do not follow Machine");
		}
		r->part = PART_GRANTS;
		r->place = PLACE_GRANTS;
		return true;
	}
	return start_document(r, name, attrs, err);
}

static bool start_machine_field(struct transmission_reader *r, const char *name,
				const char *const *attrs, struct err *err)
{
	if (r->machine_fields >= MACHINE_FIELDS || attrs[0] != NULL ||
	    strcmp(name, machine_names[r->machine_fields]) != 0) {
		return err_set(err, ERR_INVALID,
			       "Machine is not Id, MakeAndModel, "
			       "SerialNumber");
	}
	r->machine_fields++;
	r->place = PLACE_MACHINE_FIELD;
	return true;
}

static bool start_grant(struct transmission_reader *r, const char *name,
			const char *const *attrs, struct err *err)
{
	static const char *const names[] = { "service", "id", NULL };
	struct transmission_head *h = &r->head;

	if (strcmp(name, "Grant") != 0 || !attrs_are(attrs, names)) {
		return err_set(err, ERR_INVALID,
			       "Grants holds something else than Grant with "
			       "service and id");
	}
	if (h->grants_count == TRANSMISSION_GRANTS_MAX) {
		return err_set(err, ERR_LIMIT, "there are too many grants");
	}
	const struct service *service =
		service_by_name(xml_attr_get(attrs, "service"));
	struct transmission_grant *grant = &h->grants[h->grants_count];
	if (service == NULL || !text_copy(grant->id, sizeof(grant->id),
					  xml_attr_get(attrs, "id"))) {
		return err_set(err, ERR_INVALID,
			       "a grant names no service or no id");
	}
	grant->service = service->id;
	h->grants_count++;
	for (const enum document_kind *k = service->documents;
	     *k != DOCUMENT_UNSET; k++) {
		r->covered |= 1u << *k;
	}
	if (service->id == GATE_PERSONAL) {
		r->body.personal = true;
	}
	r->place = PLACE_GRANT;
	return envelope_check(h, err);
}

static bool on_start(void *ctx, const char *name, const char *const *attrs,
		     struct err *err)
{
	struct transmission_reader *r = ctx;

	switch (r->place) {
	case PLACE_OUTSIDE:
		return start_envelope(r, name, attrs, err);
	case PLACE_ENVELOPE:
		return start_part(r, name, attrs, err);
	case PLACE_MACHINE:
		return start_machine_field(r, name, attrs, err);
	case PLACE_GRANTS:
		return start_grant(r, name, attrs, err);
	case PLACE_DOCUMENT:
		return document_reader_start(&r->body, name, attrs, err);
	case PLACE_MACHINE_FIELD:
	case PLACE_GRANT:
		break;
	}
	return err_set(err, ERR_INVALID, "an element stands where none may");
}

static bool machine_text(struct transmission_reader *r, const char *text,
			 struct err *err)
{
	if (!field_is_line(text, FIELD_TOKEN_MAX)) {
		return err_set(err, ERR_INVALID,
			       "%s is not one line of 1 to 255 bytes",
			       machine_names[r->machine_fields - 1]);
	}
	switch (r->machine_fields) {
	case 1:
		if (strcmp(text, r->head.machine_id) != 0) {
			return err_set(err, ERR_INVALID,
				       "Id is not the machine attribute");
		}
		return true;
	case 2:
		mem_free(r->make_and_model);
		r->make_and_model = mem_strdup(text);
		return true;
	default:
		mem_free(r->serial_number);
		r->serial_number = mem_strdup(text);
		return true;
	}
}

static bool on_text(void *ctx, const char *text, size_t len, struct err *err)
{
	struct transmission_reader *r = ctx;

	if (r->place == PLACE_DOCUMENT) {
		/* White space alone is the indent of an empty element. */
		return text[strspn(text, " \t\r\n")] == '\0' ||
		       document_reader_text(&r->body, text, err);
	}
	if (r->place == PLACE_MACHINE_FIELD && strlen(text) == len) {
		return machine_text(r, text, err);
	}
	if (text[strspn(text, " \t\r\n")] == '\0') {
		return true;
	}
	return err_set(err, ERR_INVALID, "text stands where none may");
}

static bool end_machine_field(struct transmission_reader *r, struct err *err)
{
	bool fine = r->machine_fields == 1 ||
		    (r->machine_fields == 2 && r->make_and_model != NULL) ||
		    (r->machine_fields == 3 && r->serial_number != NULL);
	if (!fine) {
		return err_set(err, ERR_INVALID, "%s is empty",
			       machine_names[r->machine_fields - 1]);
	}
	r->place = PLACE_MACHINE;
	return true;
}

static bool end_grants(struct transmission_reader *r, struct err *err)
{
	if (r->head.grants_count == 0 &&
	    strcmp(r->head.reason, "sample") != 0) {
		return err_set(err, ERR_INVALID, "there is no grant");
	}
	r->place = PLACE_ENVELOPE;
	return true;
}

static bool end_envelope(struct transmission_reader *r, struct err *err)
{
	if (r->documents == 0) {
		return err_set(err, ERR_INVALID, "there is no document");
	}
	r->place = PLACE_OUTSIDE;
	return true;
}

static bool on_end(void *ctx, const char *name, struct err *err)
{
	struct transmission_reader *r = ctx;

	(void)name;
	switch (r->place) {
	case PLACE_OUTSIDE:
		break;
	case PLACE_ENVELOPE:
		return end_envelope(r, err);
	case PLACE_MACHINE:
		if (r->machine_fields != MACHINE_FIELDS) {
			return err_set(err, ERR_INVALID,
				       "Machine is not complete");
		}
		r->place = PLACE_ENVELOPE;
		return true;
	case PLACE_MACHINE_FIELD:
		return end_machine_field(r, err);
	case PLACE_GRANTS:
		return end_grants(r, err);
	case PLACE_GRANT:
		r->place = PLACE_GRANTS;
		return true;
	case PLACE_DOCUMENT:
		if (!document_reader_end(&r->body, err)) {
			return false;
		}
		if (r->body.document == NULL) {
			r->place = PLACE_ENVELOPE;
		}
		return true;
	}
	return err_set(err, ERR_BUG, "an element ends that did not begin");
}

struct transmission_reader *
transmission_reader_new(const struct transmission_seen *seen)
{
	static const struct xml_callbacks callbacks = {
		.start = on_start,
		.text = on_text,
		.end = on_end,
	};
	struct transmission_reader *r = mem_zalloc(sizeof(*r));

	if (seen != NULL) {
		r->seen = *seen;
		r->body.seen = &r->seen;
	}
	r->xml = xml_reader_new(TRANSMISSION_NAMESPACE, &limits, &callbacks, r);
	return r;
}

bool transmission_reader_feed(struct transmission_reader *r, const void *data,
			      size_t len, struct err *err)
{
	return xml_reader_feed(r->xml, data, len, err);
}

bool transmission_reader_finish(struct transmission_reader *r,
				struct transmission_head *head,
				unsigned *documents, struct err *err)
{
	if (!xml_reader_finish(r->xml, err)) {
		return false;
	}
	r->head.make_and_model = r->make_and_model;
	r->head.serial_number = r->serial_number;
	*head = r->head;
	*documents = r->documents;
	return true;
}

void transmission_reader_free(struct transmission_reader *r)
{
	if (r != NULL) {
		document_reader_clear(&r->body);
		xml_reader_free(r->xml);
		mem_free(r->make_and_model);
		mem_free(r->serial_number);
		mem_free(r);
	}
}
