/*
 * The services, the gates, and the words that a customer reads before he
 * decides. A changed word or field changes a hash, and a grant holds only for
 * the hashes it was given for: change them with care. Customer Info belongs
 * to every service that sends and passes redact.c only with the personal
 * gate.
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
	DOCUMENT_STATUS,        DOCUMENT_FAULTS,
	DOCUMENT_EVENTS,        DOCUMENT_DIAGNOSTIC_LIST,
	DOCUMENT_DFE_ERRORS,    DOCUMENT_DIAGNOSTIC_DATA,
	DOCUMENT_NVM,           DOCUMENT_CONFIGURATION,
	DOCUMENT_CUSTOMER_INFO, DOCUMENT_UNSET,
};

static const enum document_kind engineering_documents[] = {
	DOCUMENT_ENGINEERING,
	DOCUMENT_CUSTOMER_INFO,
	DOCUMENT_UNSET,
};

static const enum document_kind no_documents[] = { DOCUMENT_UNSET };

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

#define NEVER                                                                \
	"documents, print jobs, who printed what. Names and contacts of "    \
	"people, and names and addresses in your network, stay here unless " \
	"you allow personal data; codes that you alone can read stand for "  \
	"those of the network"

static const struct service list[] = {
	{
		.id = SERVICE_METERING,
		.name = "metering",
		.title = "Metering",
		.purpose = "Reads the page counters so that the bill is right "
			   "without anybody walking to the printer.",
		.sends = "page and sheet counters, model and serial number",
		.never_sends = NEVER,
		.when = "once a day by itself, and when an operator presses "
			"Send; about 3 kB",
		.if_off = "you read and report the counters yourself",
		.documents = metering_documents,
	},
	{
		.id = SERVICE_SUPPLIES,
		.name = "supplies",
		.title = "Supplies",
		.purpose = "Lets the vendor ship toner before it runs out.",
		.sends = "toner and ink levels, waste containers, part "
			 "numbers, model and serial number",
		.never_sends = NEVER,
		.when = "once a day by itself, once when a level becomes low, "
			"and when an operator presses Send; about 6 kB",
		.if_off = "you order supplies yourself",
		.documents = supplies_documents,
	},
	{
		.id = SERVICE_PARTS,
		.name = "parts",
		.title = "Parts",
		.purpose = "Lets the vendor send drums, fusers and other parts "
			   "that you can change yourself before they are "
			   "worn.",
		.sends = "wear of the parts that you can change, trays, "
			 "software versions, model and serial number",
		.never_sends = NEVER,
		.when = "once a day by itself, once when a part is nearly "
			"worn, and when an operator presses Send; about 6 kB",
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
		.sends = "state, faults, events, test results, measurements, "
			 "settings for image quality, trays, software "
			 "versions, model and serial number",
		.never_sends = NEVER,
		.when = "once a day by itself, once when a fault begins, and "
			"when an operator presses Send; 10 to 25 kB",
		.if_off = "the engineer sees the printer when he arrives",
		.documents = maintenance_documents,
	},
	{
		.id = SERVICE_ENGINEERING,
		.name = "engineering",
		.title = "Engineering",
		.purpose = "Gives the vendor's engineers the log lines that "
			   "they need to find rare problems.",
		.sends = "lines of the machine's logs that have one of the "
			 "forms in the catalogue, model and serial number",
		.never_sends = NEVER ". A line in no known form is counted "
				     "and stays here",
		.when = "once a day by itself, and when an operator presses "
			"Send; 1 to 8 kB",
		.if_off = "rare problems take longer to find",
		.documents = engineering_documents,
	},
	{
		.id = SERVICE_UPDATES,
		.name = "updates",
		.title = "Software updates",
		.purpose = "Lets the vendor offer signed software for this "
			   "machine. Nothing is installed before you agree.",
		.sends = "no document: model, serial number and software "
			 "versions when the device asks what there is",
		.never_sends = NEVER,
		.when = "not yet: this version of the client does not ask for "
			"software",
		.if_off = "you bring new software to the machine yourself",
		.documents = no_documents,
	},
};

static const struct service gates[] = {
	{
		.id = GATE_PERSONAL,
		.name = "personal",
		.title = "Personal data",
		.purpose = "Adds names and contacts of people, and the names "
			   "and addresses of your network, to what the "
			   "services send.",
		.sends = "owner, place and contact of the machine, free text "
			 "that may name a person, host names, addresses, "
			 "names of queues",
		.never_sends = "documents, print jobs, who printed what; "
			       "passwords and keys",
		.when = "with the services that you allow, never by itself",
		.if_off = "the vendor can still service the machine but must "
			  "ask you whom to call",
		.documents = no_documents,
	},
	{
		.id = GATE_JOB_DATA,
		.name = "job-data",
		.title = "Job data",
		.purpose = "Lets a signed-in person send one print job, scan "
			   "or memory file to a named person at the vendor.",
		.sends = "nothing by itself: each job is chosen, confirmed "
			 "with the password and encrypted for its recipient",
		.never_sends = "anything that nobody chose; no timer, alarm "
			       "or service can start it",
		.when = "only while the person who sends it is signed in; "
			"whatever size the job has",
		.if_off = "problems that only show in your own documents must "
			  "be shown to the engineer on the spot",
		.documents = no_documents,
	},
};

/* Who allows it allows check-ins, and no service by that. */
static const struct service remote = {
	.id = SERVICE_UNSET,
	.name = "remote",
	.title = "Remote services as a whole",
	.purpose = "The main switch. It allows no service by itself, and "
		   "while it is off no service sends anything.",
	.sends = "check-ins: the id of this device, the version of its "
		 "software, what its clock says, the limits of its check-ins, "
		 "how long its log is with a hash, and what became of "
		 "instructions; requests for its certificate",
	.never_sends = "readings of the machine, names, addresses of your "
		       "network, anything of jobs",
	.when = "every hour or so, about 1 kB",
	.if_on = "the services that are allowed may send; the device gets and "
		 "renews its certificate, and hears what the vendor asks. "
		 "Every check-in is shown byte by byte on the page Network",
	.if_off = "the device opens no connection to the server at all",
	.documents = no_documents,
};

const struct service *service_remote(void)
{
	return &remote;
}

#define GATES (sizeof(gates) / sizeof(gates[0]))
#define COUNT (sizeof(list) / sizeof(list[0]))

const struct service *service_at(size_t n)
{
	return n < COUNT ? &list[n] : NULL;
}

const struct service *control_at(size_t n)
{
	if (n < COUNT) {
		return &list[n];
	}
	return n < COUNT + GATES ? &gates[n - COUNT] : NULL;
}

const struct service *service_of(enum service_id id)
{
	const struct service *s;

	for (size_t n = 0; (s = control_at(n)) != NULL; n++) {
		if (s->id == id) {
			return s;
		}
	}
	return NULL;
}

const struct service *service_by_name(const char *name)
{
	const struct service *s;

	for (size_t n = 0; name != NULL && (s = control_at(n)) != NULL; n++) {
		if (strcmp(s->name, name) == 0) {
			return s;
		}
	}
	return NULL;
}

bool service_is_gate(const struct service *service)
{
	return service->id >= GATE_PERSONAL;
}

bool service_has(const struct service *service, enum document_kind kind)
{
	for (const enum document_kind *k = service->documents;
	     *k != DOCUMENT_UNSET; k++) {
		if (*k == kind) {
			return true;
		}
	}
	return false;
}

unsigned services_with_documents(void)
{
	unsigned services = 0;

	for (size_t i = 0; i < COUNT; i++) {
		if (list[i].documents[0] != DOCUMENT_UNSET) {
			services |= SERVICE_BIT(list[i].id);
		}
	}
	return services;
}

static void put_line(struct buf *out, const char *what, const char *text)
{
	buf_printf(out, "%s %s\n", what, text);
}

void service_put_text(struct buf *out, const struct service *service)
{
	put_line(out, "text", "sluice.service/v1");
	put_line(out, "name", service->name);
	put_line(out, "title", service->title);
	put_line(out, "purpose", service->purpose);
	put_line(out, "sends", service->sends);
	put_line(out, "never", service->never_sends);
	put_line(out, "when", service->when);
	if (service->if_on != NULL) {
		put_line(out, "on", service->if_on);
	}
	put_line(out, "off", service->if_off);
}

void service_put_catalogue(struct buf *out, const struct service *service)
{
	const struct document *d;

	put_line(out, "service", service->name);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		if (service_has(service, d->kind)) {
			catalogue_put_rows(out, d);
		} else if (service->id == GATE_PERSONAL) {
			catalogue_put_rows_of(out, d,
					      1u << CLASS_PERSONAL |
						      1u << CLASS_NETWORK);
		}
	}
}

static void hash_of(const struct service *service,
		    void (*put)(struct buf *out, const struct service *service),
		    uint8_t hash[32])
{
	struct buf text = BUF_INIT;

	put(&text, service);
	sha256_bytes(text.data, text.len, hash);
	buf_clear(&text);
}

void service_text_hash(const struct service *service, uint8_t hash[32])
{
	hash_of(service, service_put_text, hash);
}

void service_catalogue_hash(const struct service *service, uint8_t hash[32])
{
	hash_of(service, service_put_catalogue, hash);
}
