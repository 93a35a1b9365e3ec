/*
 * What an agent says of a printer as documents: Billing, Status, Faults,
 * Configuration, Supplies Usage, Customer Info. Tables are snmp_tables.c's.
 * Names and places are taken too: what is withheld must be seen to be
 * withheld. Source: RFC 3805, RFC 2790, RFC 3418.
 */
#include "collectors/snmp_documents.h"

#include <inttypes.h>
#include <stdio.h>

#include "collectors/snmp_state.h"
#include "collectors/snmp_words.h"

#define SYSTEM "1.3.6.1.2.1.1."
#define SYS_DESCR SYSTEM "1.0"
#define SYS_CONTACT SYSTEM "4.0"
#define SYS_NAME SYSTEM "5.0"
#define SYS_LOCATION SYSTEM "6.0"
#define HR_UPTIME "1.3.6.1.2.1.25.1.1.0"
#define HR_DESCR "1.3.6.1.2.1.25.3.2.1.3"
#define GENERAL "1.3.6.1.2.1.43.5.1.1."
#define GENERAL_OPERATOR GENERAL "4"
#define GENERAL_SERVICE GENERAL "5"
#define GENERAL_NAME GENERAL "16"
#define GENERAL_SERIAL GENERAL "17"

#define UNIT_IMPRESSIONS 7 /* PrtMarkerCounterUnitTC */
#define UNIT_SHEETS 8
#define SPEED_IMPRESSIONS 7 /* PrtMediaPathMaxSpeedPrintUnitTC, an hour */

const char *const snmp_documents_objects[] = {
	SYS_DESCR,    SNMP_UPTIME, SYS_CONTACT, SYS_NAME,
	SYS_LOCATION, HR_UPTIME,   NULL,
};

const char *const snmp_documents_columns[] = {
	HR_DESCR,        SNMP_STATE_DEVICE, SNMP_STATE_PRINTER,
	SNMP_STATE_BITS, GENERAL_OPERATOR,  GENERAL_SERVICE,
	GENERAL_NAME,    GENERAL_SERIAL,    NULL,
};

static const struct snmp_value *object(const struct snmp_printer *p,
				       const char *name)
{
	return snmp_values_find(p->values, name);
}

static void put_text(struct collected_writer *w, enum document_kind kind,
		     const char *path, const struct snmp_value *value)
{
	snmp_field_put(w, document_field(document_of(kind), path), value,
		       SNMP_FORM_TEXT, NULL, NULL);
}

/* Is it a string with something in it? */
static bool has_text(const struct snmp_value *value)
{
	struct buf text = BUF_INIT;
	bool has = false;

	if (value != NULL && value->kind == SNMP_KIND_BYTES) {
		snmp_field_text(&text, value, FIELD_TOKEN_MAX);
		has = text.len > 0;
	}
	buf_clear(&text);
	return has;
}

static bool number_is(const struct snmp_value *value, int64_t number)
{
	return value != NULL && value->kind == SNMP_KIND_NUMBER &&
	       value->number == number;
}

/*
 * The meter. The engine's count is the printer's only where there is one
 * engine, and one that counts this; several may count the same side, so
 * adding them up would be a guess, and a guess is no bill.
 */
static bool put_meter(const struct snmp_printer *p, const char *name,
		      int64_t unit, struct collected_writer *w)
{
	uint32_t rows[SNMP_ROWS_MAX];
	const struct snmp_table *t = &snmp_table_markers;
	const struct snmp_value *count = NULL;

	if (snmp_table_rows(t, p, rows) == 1 &&
	    number_is(snmp_table_cell(t, p, t->unit_column, rows[0]), unit)) {
		count = snmp_table_cell(t, p, 4, rows[0]);
	}
	const struct field *field = document_field(&document_billing, name);
	snmp_field_put(w, field, count, SNMP_FORM_COUNT, NULL, field->unit);
	return count != NULL;
}

static void put_billing(const struct snmp_printer *p,
			struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_BILLING);
	if (!put_meter(p, "TotalImpressions", UNIT_IMPRESSIONS, w)) {
		/* It does not count, or something else: that is not 0. */
		collected_writer_field(w, "TotalImpressions", "unknown",
				       "impressions", NULL);
	}
	put_meter(p, "TotalSheets", UNIT_SHEETS, w);
	snmp_table_put(&snmp_table_markers, p, w);
}

/* Since it was switched on, or else since its agent was. */
static void put_uptime(const struct snmp_printer *p, struct collected_writer *w)
{
	const struct snmp_value *up = object(p, HR_UPTIME);
	char seconds[24];

	if (up == NULL || up->kind != SNMP_KIND_NUMBER) {
		up = object(p, SNMP_UPTIME);
	}
	if (up != NULL && up->kind == SNMP_KIND_NUMBER && up->number >= 0) {
		snprintf(seconds, sizeof(seconds), "%" PRId64,
			 up->number / 100);
		collected_writer_field(w, "PrinterUpTime", seconds, "seconds",
				       up->name);
	}
}

static void put_status(const struct snmp_printer *p, struct collected_writer *w)
{
	uint32_t rows[SNMP_ROWS_MAX];
	size_t count = snmp_table_rows(&snmp_table_console, p, rows);

	collected_writer_document(w, DOCUMENT_STATUS);
	snmp_state_put(p, w);
	put_uptime(p, w);
	for (size_t i = 0; i < count; i++) {
		put_text(w, DOCUMENT_STATUS, "ConsoleText",
			 snmp_table_cell(&snmp_table_console, p, 2, rows[i]));
	}
}

/* Black alone is one process colorant; 0 says nothing. */
static void put_color(const struct snmp_printer *p, struct collected_writer *w)
{
	uint32_t rows[SNMP_ROWS_MAX];
	size_t count = snmp_table_rows(&snmp_table_markers, p, rows);
	const struct snmp_value *most = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct snmp_value *colorants =
			snmp_table_cell(&snmp_table_markers, p, 6, rows[i]);
		if (colorants != NULL && colorants->kind == SNMP_KIND_NUMBER &&
		    colorants->number > 0 &&
		    (most == NULL || colorants->number > most->number)) {
			most = colorants;
		}
	}
	if (most != NULL) {
		collected_writer_field(w, "ColorSupported",
				       most->number > 1 ? "true" : "false",
				       NULL, most->name);
	}
}

static void put_sides(const struct snmp_printer *p, struct collected_writer *w)
{
	uint32_t rows[SNMP_ROWS_MAX];
	size_t count = snmp_table_rows(&snmp_table_paths, p, rows);

	for (const struct snmp_word *side = snmp_words_path_types;
	     side->number != 0; side++) {
		for (size_t i = 0; i < count; i++) {
			const struct snmp_value *path = snmp_table_cell(
				&snmp_table_paths, p, 9, rows[i]);
			if (number_is(path, side->number)) {
				collected_writer_field(w, "SidesSupported",
						       side->word, NULL,
						       path->name);
				break;
			}
		}
	}
}

/* The fastest way through the printer. */
static void put_speed(const struct snmp_printer *p, struct collected_writer *w)
{
	uint32_t rows[SNMP_ROWS_MAX];
	size_t count = snmp_table_rows(&snmp_table_paths, p, rows);
	const struct snmp_value *most = NULL;
	char text[24];

	for (size_t i = 0; i < count; i++) {
		const struct snmp_value *unit =
			snmp_table_cell(&snmp_table_paths, p, 2, rows[i]);
		const struct snmp_value *speed =
			snmp_table_cell(&snmp_table_paths, p, 4, rows[i]);
		if (number_is(unit, SPEED_IMPRESSIONS) && speed != NULL &&
		    speed->kind == SNMP_KIND_NUMBER && speed->number >= 60 &&
		    (most == NULL || speed->number > most->number)) {
			most = speed;
		}
	}
	if (most != NULL) {
		snprintf(text, sizeof(text), "%" PRId64, most->number / 60);
		collected_writer_field(w, "PagesPerMinute", text, NULL,
				       most->name);
	}
}

static const struct snmp_value *of_device(const struct snmp_printer *p,
					  const char *column)
{
	char name[2 * SNMP_NAME_TEXT];

	snprintf(name, sizeof(name), "%s.%" PRIu32, column, p->device);
	return object(p, name);
}

static void put_configuration(const struct snmp_printer *p,
			      struct collected_writer *w)
{
	const struct snmp_value *model = of_device(p, HR_DESCR);

	collected_writer_document(w, DOCUMENT_CONFIGURATION);
	put_text(w, DOCUMENT_CONFIGURATION, "MakeAndModel",
		 has_text(model) ? model : object(p, SYS_DESCR));
	put_text(w, DOCUMENT_CONFIGURATION, "SerialNumber",
		 of_device(p, GENERAL_SERIAL));
	put_color(p, w);
	put_sides(p, w);
	put_speed(p, w);
	snmp_table_put(&snmp_table_inputs, p, w);
	snmp_table_put(&snmp_table_outputs, p, w);
	put_text(w, DOCUMENT_CONFIGURATION, "PrinterName",
		 of_device(p, GENERAL_NAME));
	if (has_text(object(p, SYS_NAME))) {
		put_text(w, DOCUMENT_CONFIGURATION, "HostName",
			 object(p, SYS_NAME));
	} else {
		collected_writer_field(w, "HostName", p->host, NULL, NULL);
	}
}

static void put_contact(struct collected_writer *w,
			const struct snmp_value *name)
{
	collected_writer_group(w, "PrinterContact");
	put_text(w, DOCUMENT_CUSTOMER_INFO, "PrinterContact/ContactName", name);
	collected_writer_group_end(w);
}

static void put_customer_info(const struct snmp_printer *p,
			      struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_CUSTOMER_INFO);
	put_text(w, DOCUMENT_CUSTOMER_INFO, "PrinterLocation",
		 object(p, SYS_LOCATION));
	put_contact(w, object(p, SYS_CONTACT));
	put_contact(w, of_device(p, GENERAL_OPERATOR));
	put_contact(w, of_device(p, GENERAL_SERVICE));
}

void snmp_documents_put(const struct snmp_printer *printer,
			struct collected_writer *w)
{
	put_billing(printer, w);
	put_status(printer, w);
	collected_writer_document(w, DOCUMENT_FAULTS);
	snmp_table_put(&snmp_table_alerts, printer, w);
	put_configuration(printer, w);
	collected_writer_document(w, DOCUMENT_SUPPLIES_USAGE);
	snmp_table_put(&snmp_table_supplies, printer, w);
	put_customer_info(printer, w);
}
