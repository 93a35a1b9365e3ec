/*
 * An IPP printer's attributes as documents: meters, state, identity and
 * owner here, faults in ipp_alerts.c, settings in ipp_settings.c, trays in
 * ipp_trays.c, supplies in ipp_supplies.c. Names and
 * places are taken too: what is withheld must be seen to be withheld.
 * Source: RFC 8011, PWG 5100.9, 5100.13, 5100.22.
 */
#include "collectors/ipp_documents.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "collectors/ipp_alerts.h"
#include "collectors/ipp_settings.h"
#include "collectors/ipp_supplies.h"
#include "collectors/ipp_trays.h"
#include "collectors/ipp_values.h"

const char *const ipp_documents_attributes[] = {
	"color-supported",
	"copies-default",
	"finishings-default",
	"marker-colors",
	"marker-high-levels",
	"marker-levels",
	"marker-low-levels",
	"marker-names",
	"marker-types",
	"media-bottom-margin-default",
	"number-up-default",
	"orientation-requested-default",
	"output-bin-default",
	"pages-per-minute",
	"pages-per-minute-color",
	"print-color-mode-default",
	"print-content-optimize-default",
	"print-quality-default",
	"print-rendering-intent-default",
	"printer-alert",
	"printer-alert-description",
	"printer-config-change-date-time",
	"printer-contact-col",
	"printer-device-id",
	"printer-dns-sd-name",
	"printer-firmware-name",
	"printer-firmware-patches",
	"printer-firmware-string-version",
	"printer-geo-location",
	"printer-impressions-completed",
	"printer-impressions-completed-col",
	"printer-info",
	"printer-input-tray",
	"printer-is-accepting-jobs",
	"printer-location",
	"printer-make-and-model",
	"printer-media-sheets-completed",
	"printer-media-sheets-completed-col",
	"printer-more-info",
	"printer-name",
	"printer-organization",
	"printer-organizational-unit",
	"printer-output-tray",
	"printer-resolution-default",
	"printer-serial-number",
	"printer-state",
	"printer-state-change-date-time",
	"printer-state-message",
	"printer-state-reasons",
	"printer-supply",
	"printer-supply-description",
	"printer-up-time",
	"printer-uri-supported",
	"printer-uuid",
	"queued-job-count",
	"sides-default",
	"sides-supported",
	NULL,
};

/* Adds members of a collection; those that are not there count nothing. */
static bool sum_members(ipp_t *col, const char *const *names, int64_t *sum)
{
	bool any = false;

	*sum = 0;
	for (size_t i = 0; names[i] != NULL; i++) {
		ipp_attribute_t *m =
			ippFindAttribute(col, names[i], IPP_TAG_INTEGER);
		int value = m != NULL ? ippGetInteger(m, 0) : -1;
		if (value >= 0) {
			*sum += value;
			any = true;
		}
	}
	return any;
}

/* One field from a collection of counters, PWG 5100.7 and 5100.22. */
struct sum_row {
	const char *name; /* field */
	const char *attr; /* collection */
	const char *unit;
	const char *source;
	const char *members[5]; /* NULL ends */
};

/* The two-sided members count what the others do not: they add up. */
#define IMPRESSIONS "printer-impressions-completed-col"
#define SHEETS "printer-media-sheets-completed-col"

static const struct sum_row sum_rows[] = {
	{ "MonochromeImpressions",
	  IMPRESSIONS,
	  "impressions",
	  IMPRESSIONS "/monochrome",
	  { "monochrome", "monochrome-two-sided", NULL } },
	{ "FullColorImpressions",
	  IMPRESSIONS,
	  "impressions",
	  IMPRESSIONS "/full-color",
	  { "full-color", "full-color-two-sided", NULL } },
	{ "HighlightColorImpressions",
	  IMPRESSIONS,
	  "impressions",
	  IMPRESSIONS "/highlight-color",
	  { "highlight-color", "highlight-color-two-sided", NULL } },
	{ "BlankImpressions",
	  IMPRESSIONS,
	  "impressions",
	  IMPRESSIONS "/blank",
	  { "blank", "blank-two-sided", NULL } },
	{ "ImpressionsTwoSided",
	  IMPRESSIONS,
	  "impressions",
	  IMPRESSIONS,
	  { "monochrome-two-sided", "full-color-two-sided",
	    "highlight-color-two-sided", "blank-two-sided", NULL } },
	{ "MonochromeSheets",
	  SHEETS,
	  "sheets",
	  SHEETS "/monochrome",
	  { "monochrome", NULL } },
	{ "FullColorSheets",
	  SHEETS,
	  "sheets",
	  SHEETS "/full-color",
	  { "full-color", NULL } },
};

static void put_sums(ipp_t *ipp, struct collected_writer *w)
{
	for (size_t i = 0; i < sizeof(sum_rows) / sizeof(sum_rows[0]); i++) {
		const struct sum_row *row = &sum_rows[i];
		ipp_attribute_t *attr = ippFindAttribute(
			ipp, row->attr, IPP_TAG_BEGIN_COLLECTION);
		int64_t sum;
		if (attr != NULL && ippGetCollection(attr, 0) != NULL &&
		    sum_members(ippGetCollection(attr, 0), row->members,
				&sum)) {
			char text[24];
			snprintf(text, sizeof(text), "%lld", (long long)sum);
			collected_writer_field(w, row->name, text, row->unit,
					       row->source);
		}
	}
}

static void put_billing(ipp_t *ipp, struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_BILLING);
	if (!ipp_put_count(w, "TotalImpressions", ipp,
			   "printer-impressions-completed", "impressions")) {
		/* It does not count, or does not tell: that is not 0. */
		collected_writer_field(w, "TotalImpressions", "unknown",
				       "impressions", NULL);
	}
	ipp_put_count(w, "TotalSheets", ipp, "printer-media-sheets-completed",
		      "sheets");
	put_sums(ipp, w);
}

static const char *state_word(ipp_t *ipp)
{
	ipp_attribute_t *attr =
		ippFindAttribute(ipp, "printer-state", IPP_TAG_ENUM);

	switch (attr != NULL ? ippGetInteger(attr, 0) : 0) {
	case IPP_PSTATE_IDLE:
		return "idle";
	case IPP_PSTATE_PROCESSING:
		return "processing";
	case IPP_PSTATE_STOPPED:
		return "stopped";
	default:
		return "unknown";
	}
}

static void put_status(ipp_t *ipp, struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_STATUS);
	collected_writer_field(w, "PrinterState", state_word(ipp), NULL,
			       "printer-state");
	ipp_put_values(w, "PrinterStateReasons", ipp, "printer-state-reasons");
	ipp_put_value(w, "PrinterStateMessage", ipp, "printer-state-message");
	ipp_put_value(w, "PrinterStateChangeTime", ipp,
		      "printer-state-change-date-time");
	ipp_put_value(w, "PrinterIsAcceptingJobs", ipp,
		      "printer-is-accepting-jobs");
	ipp_put_count(w, "PrinterUpTime", ipp, "printer-up-time", "seconds");
	ipp_put_count(w, "QueuedJobCount", ipp, "queued-job-count", NULL);
}

/* IEEE 1284: "SN:" and its longer names; device ids are "KEY:value;". */
static bool device_id_serial(const char *id, char *dst, size_t size)
{
	static const char *const keys[] = { "SN:", "SERN:", "SERIALNUMBER:" };

	while (*id != '\0') {
		id += strspn(id, "; ");
		size_t len = strcspn(id, ";");
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			size_t key = strlen(keys[i]);
			if (len > key && strncmp(id, keys[i], key) == 0) {
				snprintf(dst, size, "%.*s", (int)(len - key),
					 id + key);
				return true;
			}
		}
		id += len;
	}
	return false;
}

static void put_serial_number(ipp_t *ipp, struct collected_writer *w)
{
	ipp_attribute_t *id = ipp_value_find(ipp, "printer-device-id");
	char text[IPP_VALUE_SIZE], serial[256];

	if (ipp_value_find(ipp, "printer-serial-number") != NULL) {
		ipp_put_value(w, "SerialNumber", ipp, "printer-serial-number");
	} else if (ipp_value_text(id, 0, text) &&
		   device_id_serial(text, serial, sizeof(serial))) {
		collected_writer_field(w, "SerialNumber", serial, NULL,
				       "printer-device-id");
	}
}

static void put_firmware(ipp_t *ipp, struct collected_writer *w)
{
	static const struct {
		const char *name, *attr;
	} rows[] = {
		{ "Name", "printer-firmware-name" },
		{ "Version", "printer-firmware-string-version" },
		{ "Patches", "printer-firmware-patches" },
	};
	int count = ipp_value_count(ipp_value_find(ipp, rows[0].attr));

	for (int n = 0; n < count; n++) {
		collected_writer_group(w, "Firmware");
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			char text[IPP_VALUE_SIZE];
			if (ipp_value_text(ipp_value_find(ipp, rows[i].attr), n,
					   text)) {
				collected_writer_field(w, rows[i].name, text,
						       NULL, rows[i].attr);
			}
		}
		collected_writer_group_end(w);
	}
}

static void put_configuration(ipp_t *ipp, const char *host,
			      struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_CONFIGURATION);
	ipp_put_value(w, "MakeAndModel", ipp, "printer-make-and-model");
	ipp_put_value(w, "DeviceId", ipp, "printer-device-id");
	put_serial_number(ipp, w);
	ipp_put_value(w, "Uuid", ipp, "printer-uuid");
	put_firmware(ipp, w);
	ipp_put_value(w, "ColorSupported", ipp, "color-supported");
	ipp_put_values(w, "SidesSupported", ipp, "sides-supported");
	ipp_put_count(w, "PagesPerMinute", ipp, "pages-per-minute", NULL);
	ipp_put_count(w, "PagesPerMinuteColor", ipp, "pages-per-minute-color",
		      NULL);
	ipp_put_value(w, "ConfigChangeTime", ipp,
		      "printer-config-change-date-time");
	ipp_trays_put(ipp, w);
	ipp_put_value(w, "PrinterName", ipp, "printer-name");
	ipp_put_value(w, "PrinterInfo", ipp, "printer-info");
	ipp_put_value(w, "DnsSdName", ipp, "printer-dns-sd-name");
	collected_writer_field(w, "HostName", host, NULL, NULL);
	ipp_put_values(w, "PrinterUri", ipp, "printer-uri-supported");
	ipp_put_value(w, "PrinterMoreInfo", ipp, "printer-more-info");
}

static void put_contact(ipp_t *ipp, struct collected_writer *w)
{
	ipp_attribute_t *attr = ippFindAttribute(ipp, "printer-contact-col",
						 IPP_TAG_BEGIN_COLLECTION);
	int count = ipp_value_count(attr);

	for (int i = 0; i < count; i++) {
		ipp_t *col = ippGetCollection(attr, i);
		if (col != NULL) {
			collected_writer_group(w, "PrinterContact");
			ipp_put_value(w, "ContactName", col, "contact-name");
			ipp_put_value(w, "ContactUri", col, "contact-uri");
			ipp_put_values(w, "ContactVcard", col, "contact-vcard");
			collected_writer_group_end(w);
		}
	}
}

static void put_customer_info(ipp_t *ipp, struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_CUSTOMER_INFO);
	ipp_put_values(w, "PrinterOrganization", ipp, "printer-organization");
	ipp_put_values(w, "PrinterOrganizationalUnit", ipp,
		       "printer-organizational-unit");
	ipp_put_value(w, "PrinterLocation", ipp, "printer-location");
	ipp_put_value(w, "PrinterGeoLocation", ipp, "printer-geo-location");
	put_contact(ipp, w);
}

void ipp_documents_put(ipp_t *answer, const char *host, int64_t now,
		       struct collected_writer *w)
{
	put_billing(answer, w);
	put_status(answer, w);
	ipp_alerts_put(answer, now, w);
	ipp_settings_put(answer, w);
	put_configuration(answer, host, w);
	ipp_supplies_put(answer, w);
	put_customer_info(answer, w);
}
