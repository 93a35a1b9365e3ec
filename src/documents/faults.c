/*
 * Faults: what stops the printer or will soon, in the words of the Printer
 * MIB's alert table (RFC 3805, codes of the IANA printer MIB). An alert row
 * without a time is one that stands now; one with a time from before the
 * grant stays (redact.c). The description is text of the printer in the
 * language of its panel, where people's names turn up, and is therefore
 * personal.
 */
#include "documents/document.h"

#define ALERT_GROUPS                                                      \
	"other hostResourcesMIBStorageTable hostResourcesMIBDeviceTable " \
	"generalPrinter cover localization input output marker "          \
	"markerSupplies markerColorant mediaPath channel interpreter "    \
	"consoleDisplayBuffer consoleLights alert finDevice finSupply "   \
	"finSupplyMediaInput finAttribute"

static const struct field fields[] = {
	{ .path = "Fault",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "printer-alert, prtAlertTable",
	  .purpose = "Each fault that stands, or of which the printer kept a "
		     "record" },
	{ .path = "Fault/Index",
	  .type = TYPE_COUNTER,
	  .class = CLASS_MACHINE,
	  .source = "prtAlertIndex",
	  .purpose = "Which one" },
	{ .path = "Fault/SeverityLevel",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = "other critical warning warningBinaryChangeEvent",
	  .source = "prtAlertSeverityLevel",
	  .purpose = "Whether it stops the printer" },
	{ .path = "Fault/TrainingLevel",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "other unknown untrained trained fieldService management "
		     "noInterventionRequired",
	  .source = "prtAlertTrainingLevel",
	  .purpose = "Who can mend it" },
	{ .path = "Fault/Group",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = ALERT_GROUPS,
	  .source = "prtAlertGroup",
	  .purpose = "Which part of the printer" },
	{ .path = "Fault/GroupIndex",
	  .type = TYPE_INTEGER,
	  .class = CLASS_MACHINE,
	  .source = "prtAlertGroupIndex",
	  .purpose = "Which one of these parts" },
	{ .path = "Fault/Location",
	  .type = TYPE_INTEGER,
	  .class = CLASS_MACHINE,
	  .source = "prtAlertLocation",
	  .purpose = "Where in it" },
	{ .path = "Fault/Code",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .source = "prtAlertCode",
	  .purpose = "What is wrong, in standard words: jam, coverOpen" },
	{ .path = "Fault/Description",
	  .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL,
	  .source = "printer-alert-description, prtAlertDescription",
	  .purpose = "The same as free text, which may name a person" },
	{ .path = "Fault/Time",
	  .type = TYPE_TIME,
	  .class = CLASS_MACHINE,
	  .moment = true,
	  .source = "printer-alert, prtAlertTime",
	  .purpose = "When it began" },
	{ .path = "Fault/OccurrenceCount",
	  .type = TYPE_COUNTER,
	  .class = CLASS_MACHINE,
	  .unit = "times",
	  .source = "collector",
	  .purpose = "How often it happened" },
	{ .path = "Fault/ImpressionsAtFault",
	  .type = TYPE_COUNTER,
	  .class = CLASS_MACHINE,
	  .unit = "impressions",
	  .source = "collector",
	  .purpose = "The meter when it happened" },
	{ .path = NULL },
};

const struct document document_faults = {
	.kind = DOCUMENT_FAULTS,
	.name = "Faults",
	.title = "Faults",
	.purpose = "What stops the printer, and how often it did.",
	.fields = fields,
};
