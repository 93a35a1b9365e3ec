/*
 * Customer Info: who owns the machine, where it stands, whom to call. All of
 * it is personal and leaves only through the personal gate.
 */
#include "documents/document.h"

static const struct field fields[] = {
	{ .path = "PrinterOrganization", .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL, .repeats = true,
	  .source = "printer-organization",
	  .purpose = "Who owns the machine" },
	{ .path = "PrinterOrganizationalUnit", .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL, .repeats = true,
	  .source = "printer-organizational-unit",
	  .purpose = "Which department" },
	{ .path = "PrinterLocation", .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL, .source = "printer-location, sysLocation",
	  .purpose = "Where it stands, so that the engineer finds it" },
	{ .path = "PrinterGeoLocation", .type = TYPE_TOKEN,
	  .class = CLASS_PERSONAL, .source = "printer-geo-location",
	  .purpose = "Where it stands on the map" },
	{ .path = "PrinterContact", .type = TYPE_GROUP,
	  .class = CLASS_PERSONAL, .repeats = true,
	  .source = "printer-contact-col, sysContact",
	  .purpose = "Whom to call about the machine" },
	{ .path = "PrinterContact/ContactName", .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL,
	  .source = "printer-contact-col/contact-name",
	  .purpose = "Name" },
	{ .path = "PrinterContact/ContactUri", .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL,
	  .source = "printer-contact-col/contact-uri",
	  .purpose = "Mail address or telephone number" },
	{ .path = "PrinterContact/ContactVcard", .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL, .repeats = true,
	  .source = "printer-contact-col/contact-vcard",
	  .purpose = "Address card, line by line" },
	{ .path = NULL },
};

const struct document document_customer_info = {
	.kind = DOCUMENT_CUSTOMER_INFO,
	.name = "CustomerInfo",
	.title = "Customer Info",
	.purpose = "Owner, place and contact; personal data.",
	.fields = fields,
};
