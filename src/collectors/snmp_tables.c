/*
 * The tables of the Printer MIB and how a row becomes a group. What the
 * numbers in them mean is in snmp_words.c, how one value becomes a field in
 * snmp_fields.c; which document a table stands in is snmp_documents.c's.
 */
#include "collectors/snmp_tables.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "collectors/snmp_words.h"

#define PRINTER_MIB "1.3.6.1.2.1.43."
#define COLORANT_VALUE 4

/* prtInputTable */
const struct snmp_table snmp_table_inputs = {
	.entry = PRINTER_MIB "8.2.1",
	.group = "InputTray",
	.document = DOCUMENT_CONFIGURATION,
	.unit_column = 8,
	.units = snmp_words_capacity_units,
	.columns = {
		{ 2, "Type", SNMP_FORM_WORD, snmp_words_input_types },
		{ 8, NULL, SNMP_FORM_WORD, snmp_words_capacity_units },
		{ 9, "MaxCapacity", SNMP_FORM_LEVEL, NULL },
		{ 10, "Level", SNMP_FORM_LEVEL, NULL },
		{ 11, "Status", SNMP_FORM_COUNT, NULL },
		{ 12, "MediaName", SNMP_FORM_TEXT, NULL },
		{ 13, "Name", SNMP_FORM_TEXT, NULL },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

/* prtOutputTable */
const struct snmp_table snmp_table_outputs = {
	.entry = PRINTER_MIB "9.2.1",
	.group = "OutputTray",
	.document = DOCUMENT_CONFIGURATION,
	.unit_column = 3,
	.units = snmp_words_capacity_units,
	.columns = {
		{ 2, "Type", SNMP_FORM_WORD, snmp_words_output_types },
		{ 3, NULL, SNMP_FORM_WORD, snmp_words_capacity_units },
		{ 4, "MaxCapacity", SNMP_FORM_LEVEL, NULL },
		{ 5, "Remaining", SNMP_FORM_LEVEL, NULL },
		{ 6, "Status", SNMP_FORM_COUNT, NULL },
		{ 7, "Name", SNMP_FORM_TEXT, NULL },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

/* prtMarkerTable; column 6, the process colorants, tells colour printers */
const struct snmp_table snmp_table_markers = {
	.entry = PRINTER_MIB "10.2.1",
	.group = "Marker",
	.document = DOCUMENT_BILLING,
	.unit_column = 3,
	.units = snmp_words_marker_units,
	.columns = {
		{ 3, NULL, SNMP_FORM_WORD, snmp_words_marker_units },
		{ 4, "LifeCount", SNMP_FORM_COUNT, NULL },
		{ 5, "PowerOnCount", SNMP_FORM_COUNT, NULL },
		{ 6, NULL, SNMP_FORM_COUNT, NULL },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

/* prtMarkerSuppliesTable */
const struct snmp_table snmp_table_supplies = {
	.entry = PRINTER_MIB "11.1.1",
	.group = "Supply",
	.document = DOCUMENT_SUPPLIES_USAGE,
	.unit_column = 7,
	.units = snmp_words_supply_units,
	.columns = {
		{ 3, "ColorantName", SNMP_FORM_NAMED, NULL },
		{ 4, "Class", SNMP_FORM_WORD, snmp_words_supply_classes },
		{ 5, "Type", SNMP_FORM_WORD, snmp_words_supply_types },
		{ 6, "Description", SNMP_FORM_TEXT, NULL },
		{ 7, "SupplyUnit", SNMP_FORM_WORD, snmp_words_supply_units },
		{ 8, "MaxCapacity", SNMP_FORM_LEVEL, NULL },
		{ 9, "Level", SNMP_FORM_LEVEL, NULL },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

/* prtMarkerColorantTable, which supplies point into */
const struct snmp_table snmp_table_colorants = {
	.entry = PRINTER_MIB "12.1.1",
	.columns = {
		{ COLORANT_VALUE, NULL, SNMP_FORM_TEXT, NULL },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

/* prtMediaPathTable: unit of speed, speed, kind */
const struct snmp_table snmp_table_paths = {
	.entry = PRINTER_MIB "13.4.1",
	.columns = {
		{ 2, NULL, SNMP_FORM_INTEGER, NULL },
		{ 4, NULL, SNMP_FORM_INTEGER, NULL },
		{ 9, NULL, SNMP_FORM_WORD, snmp_words_path_types },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

/* prtConsoleDisplayBufferTable */
const struct snmp_table snmp_table_console = {
	.entry = PRINTER_MIB "16.5.1",
	.columns = {
		{ 2, NULL, SNMP_FORM_TEXT, NULL },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

/* prtAlertTable */
const struct snmp_table snmp_table_alerts = {
	.entry = PRINTER_MIB "18.1.1",
	.group = "Fault",
	.document = DOCUMENT_FAULTS,
	.columns = {
		{ 2, "SeverityLevel", SNMP_FORM_WORD, snmp_words_severities },
		{ 3, "TrainingLevel", SNMP_FORM_WORD, snmp_words_trainings },
		{ 4, "Group", SNMP_FORM_WORD, snmp_words_alert_groups },
		{ 5, "GroupIndex", SNMP_FORM_INTEGER, NULL },
		{ 6, "Location", SNMP_FORM_INTEGER, NULL },
		{ 7, "Code", SNMP_FORM_CODE, snmp_words_alert_codes },
		{ 8, "Description", SNMP_FORM_TEXT, NULL },
		{ 9, "Time", SNMP_FORM_UPTIME, NULL },
		{ 0, NULL, SNMP_FORM_UNSET, NULL },
	},
};

const struct snmp_table *const snmp_tables[] = {
	&snmp_table_inputs,   &snmp_table_outputs,   &snmp_table_markers,
	&snmp_table_supplies, &snmp_table_colorants, &snmp_table_paths,
	&snmp_table_console,  &snmp_table_alerts,    NULL,
};

const struct snmp_value *snmp_table_cell(const struct snmp_table *table,
					 const struct snmp_printer *printer,
					 uint32_t column, uint32_t row)
{
	return snmp_values_cell(printer->values, table->entry, column,
				printer->device, row);
}

size_t snmp_table_rows(const struct snmp_table *table,
		       const struct snmp_printer *printer,
		       uint32_t rows[SNMP_ROWS_MAX])
{
	return snmp_values_rows(printer->values, table->entry, printer->device,
				rows);
}

static const struct field *field_of(const struct snmp_table *table,
				    const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", table->group, name);
	return document_field(document_of(table->document), path);
}

/* The word of the row's unit; NULL = not known. */
static const char *unit_of(const struct snmp_table *table,
			   const struct snmp_printer *printer, uint32_t row)
{
	const struct snmp_value *unit =
		table->unit_column == 0
			? NULL
			: snmp_table_cell(table, printer, table->unit_column,
					  row);
	return unit != NULL && unit->kind == SNMP_KIND_NUMBER
		       ? snmp_word_of(table->units, unit->number)
		       : NULL;
}

/*
 * prtAlertTime is sysUpTime of then. Where it lies after the sysUpTime of
 * now, that one wrapped (497 days) or the agent was started again: nobody
 * knows which. 0 is what agents say that keep no time.
 */
static void put_uptime(const struct snmp_printer *printer,
		       const struct field *field, const struct snmp_value *then,
		       struct collected_writer *w)
{
	const struct snmp_value *up =
		snmp_values_find(printer->values, SNMP_UPTIME);
	char text[CLOCK_TEXT_SIZE] = "unknown";

	if (up != NULL && up->kind == SNMP_KIND_NUMBER &&
	    then->kind == SNMP_KIND_NUMBER && then->number > 0 &&
	    then->number <= up->number &&
	    printer->now > (up->number - then->number) / 100) {
		clock_format(text,
			     printer->now - (up->number - then->number) / 100);
	}
	collected_writer_field(w, field_name(field), text, NULL, then->name);
}

static void put_colorant(const struct snmp_printer *printer,
			 const struct field *field,
			 const struct snmp_value *index,
			 struct collected_writer *w)
{
	/* 0 = it has no colour */
	if (index->kind == SNMP_KIND_NUMBER && index->number > 0 &&
	    index->number <= UINT32_MAX) {
		snmp_field_put(w, field,
			       snmp_table_cell(&snmp_table_colorants, printer,
					       COLORANT_VALUE,
					       (uint32_t)index->number),
			       SNMP_FORM_TEXT, NULL, NULL);
	}
}

static void put_number(const struct field *field,
		       const struct snmp_column *column,
		       const struct snmp_value *value, const char *unit,
		       struct collected_writer *w)
{
	if (field->unit == NULL) {
		unit = NULL;
	} else if (unit == NULL && field_word_in(field->units, "unknown")) {
		unit = "unknown";
	} else if (unit == NULL) {
		/* A count of nobody knows what is not known. */
		collected_writer_field(w, column->field, "unknown", field->unit,
				       value->name);
		return;
	}
	snmp_field_put(w, field, value, column->form, column->words, unit);
}

static void put_cell(const struct snmp_table *table,
		     const struct snmp_printer *printer,
		     const struct snmp_column *column, uint32_t row,
		     struct collected_writer *w)
{
	const struct field *field = field_of(table, column->field);
	const struct snmp_value *value =
		snmp_table_cell(table, printer, column->number, row);

	if (value == NULL) {
		collected_writer_field(w, column->field,
				       field->required ? "unknown" : NULL, NULL,
				       NULL);
	} else if (column->form == SNMP_FORM_UPTIME) {
		put_uptime(printer, field, value, w);
	} else if (column->form == SNMP_FORM_NAMED) {
		put_colorant(printer, field, value, w);
	} else {
		put_number(field, column, value, unit_of(table, printer, row),
			   w);
	}
}

/* Has the row what its group cannot be without? */
static bool is_whole(const struct snmp_table *table,
		     const struct snmp_printer *printer, uint32_t row)
{
	for (const struct snmp_column *c = table->columns; c->number != 0;
	     c++) {
		const struct field *field =
			c->field != NULL ? field_of(table, c->field) : NULL;
		if (field != NULL && field->required &&
		    !snmp_field_may_be_unknown(field) &&
		    snmp_table_cell(table, printer, c->number, row) == NULL) {
			return false;
		}
	}
	return true;
}

void snmp_table_put(const struct snmp_table *table,
		    const struct snmp_printer *printer,
		    struct collected_writer *w)
{
	uint32_t rows[SNMP_ROWS_MAX];
	size_t count = snmp_table_rows(table, printer, rows);

	for (size_t i = 0; i < count; i++) {
		char index[16], source[SNMP_NAME_TEXT];
		if (!is_whole(table, printer, rows[i])) {
			continue;
		}
		snprintf(index, sizeof(index), "%" PRIu32, rows[i]);
		snprintf(source, sizeof(source), "%s.1.%" PRIu32 ".%" PRIu32,
			 table->entry, printer->device, rows[i]);
		collected_writer_group(w, table->group);
		collected_writer_field(w, "Index", index, NULL, source);
		for (const struct snmp_column *c = table->columns;
		     c->number != 0; c++) {
			if (c->field != NULL) {
				put_cell(table, printer, c, rows[i], w);
			}
		}
		collected_writer_group_end(w);
	}
}
