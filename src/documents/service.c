/*
 * The services and the words that a customer reads before he decides. A
 * changed word or field changes a hash, and a grant holds only for the
 * hashes it was given for: change them with care. Customer Info belongs to
 * every service and passes redact.c only with the personal gate.
 */
#include "documents/service.h"

#include <string.h>

#include "base/buf.h"
#include "crypto/sha256.h"
#include "documents/catalogue.h"
#include "documents/item.h"

static const enum document_kind metering_documents[] = {
	DOCUMENT_BILLING,
	DOCUMENT_CUSTOMER_INFO,
	DOCUMENT_UNSET,
};

static const enum document_kind supplies_documents[] = {
	DOCUMENT_SUPPLIES_USAGE,
	DOCUMENT_CUSTOMER_INFO,
	DOCUMENT_UNSET,
};

static const enum document_kind parts_documents[] = {
	DOCUMENT_CONFIGURATION,
	DOCUMENT_SUPPLIES_USAGE,
	DOCUMENT_CUSTOMER_INFO,
	DOCUMENT_UNSET,
};

static const enum document_kind maintenance_documents[] = {
	DOCUMENT_STATUS,
	DOCUMENT_CONFIGURATION,
	DOCUMENT_CUSTOMER_INFO,
	DOCUMENT_UNSET,
};

/* What a customer changes himself, and is neither toner nor paper. */
#define REPLACEABLE_UNITS                                                    \
	"wasteToner wasteInk opc developer wasteWax fuser coronaWire "       \
	"fuserOilWick cleanerUnit fuserCleaningPad transferUnit fuserOiler " \
	"wasteWater wastePaper"

static bool parts_keeps(enum document_kind kind, const struct item *group)
{
	if (kind != DOCUMENT_SUPPLIES_USAGE) {
		return true;
	}
	const char *type = item_text(group, "Type");
	return type != NULL && field_word_in(REPLACEABLE_UNITS, type);
}

#define NEVER                                                                  \
	"documents, print jobs, who printed what; names, contacts or network " \
	"addresses"

static const struct service list[] = {
	{
		.id = SERVICE_METERING,
		.name = "metering",
		.title = "Metering",
		.purpose = "Reads the page counters so that the bill is right "
			   "without anybody walking to the printer.",
		.sends = "page, sheet, colour, scan and fax counters, model "
			 "and serial number",
		.never_sends = NEVER,
		.when = "when an operator presses Send, about 4 kB",
		.if_off = "you read and report the counters yourself",
		.documents = metering_documents,
	},
	{
		.id = SERVICE_SUPPLIES,
		.name = "supplies",
		.title = "Supplies",
		.purpose = "Lets the maker ship toner before it runs out.",
		.sends = "toner and ink levels, waste containers, part "
			 "numbers, model and serial number",
		.never_sends = NEVER,
		.when = "when an operator presses Send, about 6 kB",
		.if_off = "you order supplies yourself",
		.documents = supplies_documents,
	},
	{
		.id = SERVICE_PARTS,
		.name = "parts",
		.title = "Parts",
		.purpose = "Lets the maker send drums, fusers and other parts "
			   "that you can change yourself before they are "
			   "worn.",
		.sends = "wear of the parts that you can change, trays, "
			 "software versions, model and serial number",
		.never_sends = NEVER,
		.when = "when an operator presses Send, about 5 kB",
		.if_off = "you order parts when the printer asks for them",
		.documents = parts_documents,
		.keeps = parts_keeps,
	},
	{
		.id = SERVICE_MAINTENANCE,
		.name = "maintenance",
		.title = "Maintenance",
		.purpose = "Shows the service engineer the state of the "
			   "printer before the visit.",
		.sends = "state, complaints of the engine, trays, software "
			 "versions, model and serial number",
		.never_sends = NEVER,
		.when = "when an operator presses Send, about 4 kB",
		.if_off = "the engineer sees the printer when he arrives",
		.documents = maintenance_documents,
	},
};

#define COUNT (sizeof(list) / sizeof(list[0]))

const struct service *service_at(size_t n)
{
	return n < COUNT ? &list[n] : NULL;
}

const struct service *service_of(enum service_id id)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (list[i].id == id) {
			return &list[i];
		}
	}
	return NULL;
}

const struct service *service_by_name(const char *name)
{
	for (size_t i = 0; name != NULL && i < COUNT; i++) {
		if (strcmp(list[i].name, name) == 0) {
			return &list[i];
		}
	}
	return NULL;
}

static void put_line(struct buf *out, const char *what, const char *text)
{
	buf_printf(out, "%s %s\n", what, text);
}

void service_text_hash(const struct service *service, uint8_t hash[32])
{
	struct buf text = BUF_INIT;

	put_line(&text, "text", "sluice.service/v1");
	put_line(&text, "name", service->name);
	put_line(&text, "title", service->title);
	put_line(&text, "purpose", service->purpose);
	put_line(&text, "sends", service->sends);
	put_line(&text, "never", service->never_sends);
	put_line(&text, "when", service->when);
	put_line(&text, "off", service->if_off);
	sha256_bytes(text.data, text.len, hash);
	buf_clear(&text);
}

void service_catalogue_hash(const struct service *service, uint8_t hash[32])
{
	struct buf rows = BUF_INIT;

	put_line(&rows, "service", service->name);
	for (const enum document_kind *k = service->documents;
	     *k != DOCUMENT_UNSET; k++) {
		catalogue_put_rows(&rows, document_of(*k));
	}
	sha256_bytes(rows.data, rows.len, hash);
	buf_clear(&rows);
}
