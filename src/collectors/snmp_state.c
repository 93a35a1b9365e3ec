/*
 * The state of a printer from hrDeviceStatus, hrPrinterStatus and
 * hrPrinterDetectedErrorState, and IPP's word for the first two together.
 * Source: RFC 3805, section 2.2.13.2 (the table of states); RFC 2790.
 */
#include "collectors/snmp_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DEVICE_RUNNING = 2, DEVICE_WARNING, DEVICE_TESTING, DEVICE_DOWN };
enum { PRINTER_OTHER = 1, PRINTER_IDLE = 3, PRINTER_PRINTING, PRINTER_WARMUP };

/* 0 = any number, or none. The first row that fits counts. */
struct state {
	int64_t device, printer;
	const char *word;
};

static const struct state states[] = {
	/* Down: off line, moving on line (warmup), or a critical alert. */
	{ DEVICE_DOWN, 0, "stopped" },
	{ DEVICE_TESTING, 0, "stopped" },
	{ 0, PRINTER_PRINTING, "processing" },
	{ 0, PRINTER_IDLE, "idle" },
	/* It warms up and takes jobs. */
	{ 0, PRINTER_WARMUP, "idle" },
	/* Standby is running with "other". */
	{ DEVICE_RUNNING, PRINTER_OTHER, "idle" },
	{ DEVICE_WARNING, PRINTER_OTHER, "idle" },
	{ 0, 0, "unknown" },
};

/* The bits in their order, from the highest of the first byte. */
static const char *const error_words[] = {
	"low-paper",
	"no-paper",
	"low-toner",
	"no-toner",
	"door-open",
	"jammed",
	"offline",
	"service-requested",
	"input-tray-missing",
	"output-tray-missing",
	"marker-supply-missing",
	"output-near-full",
	"output-full",
	"input-tray-empty",
	"overdue-preventive-maintenance",
};

static const struct snmp_value *find(const struct snmp_printer *printer,
				     const char *column)
{
	char name[2 * SNMP_NAME_TEXT];

	snprintf(name, sizeof(name), "%s.%" PRIu32, column, printer->device);
	return snmp_values_find(printer->values, name);
}

static int64_t number_of(const struct snmp_value *value)
{
	return value != NULL && value->kind == SNMP_KIND_NUMBER ? value->number
								: 0;
}

static void put_state(const struct snmp_value *device,
		      const struct snmp_value *printer,
		      struct collected_writer *w)
{
	const struct state *s = states;

	while ((s->device != 0 && s->device != number_of(device)) ||
	       (s->printer != 0 && s->printer != number_of(printer))) {
		s++;
	}
	const struct snmp_value *source = s->printer != 0  ? printer
					  : s->device != 0 ? device
							   : NULL;
	collected_writer_field(w, "PrinterState", s->word, NULL,
			       source != NULL ? source->name : NULL);
}

static void put_errors(const struct snmp_value *bits,
		       struct collected_writer *w)
{
	if (bits == NULL || bits->kind != SNMP_KIND_BYTES) {
		return;
	}
	for (size_t i = 0; i < sizeof(error_words) / sizeof(error_words[0]) &&
			   i / 8 < bits->len;
	     i++) {
		if (((unsigned char)bits->bytes[i / 8] & 0x80 >> i % 8) != 0) {
			collected_writer_field(w, "DetectedErrorState",
					       error_words[i], NULL,
					       bits->name);
		}
	}
}

void snmp_state_put(const struct snmp_printer *printer,
		    struct collected_writer *w)
{
	const struct snmp_value *device = find(printer, SNMP_STATE_DEVICE);
	const struct snmp_value *state = find(printer, SNMP_STATE_PRINTER);

	put_state(device, state, w);
	snmp_field_put(w, document_field(&document_status, "DeviceStatus"),
		       device, SNMP_FORM_WORD, snmp_words_device_states, NULL);
	snmp_field_put(w, document_field(&document_status, "PrinterStatus"),
		       state, SNMP_FORM_WORD, snmp_words_printer_states, NULL);
	put_errors(find(printer, SNMP_STATE_BITS), w);
}
