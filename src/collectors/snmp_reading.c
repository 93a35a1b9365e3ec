/*
 * What is asked of an agent and in which order: which of its devices is the
 * printer, the printer's tables, the single objects. How a table is walked is
 * snmp_walk.c; what the answers mean is snmp_documents.c.
 */
#include "collectors/snmp_reading.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "collectors/snmp_documents.h"
#include "collectors/snmp_tables.h"

#define GENERAL_ENTRY "1.3.6.1.2.1.43.5.1.1"     /* prtGeneralEntry */
#define DEVICE_TYPE "1.3.6.1.2.1.25.3.2.1.2"     /* hrDeviceType */
#define DEVICE_IS_PRINTER "1.3.6.1.2.1.25.3.1.5" /* hrDevicePrinter */

/* Our own names, and never too long. */
static void name_of(struct snmp_name *name, const char *text)
{
	bool good = snmp_name_parse(name, text);
	assert(good);
}

static void name_add(struct snmp_name *name, uint32_t step)
{
	bool good = snmp_name_add(name, step);
	assert(good);
}

/* The first row of prtGeneralTable; 0 = none. */
static bool find_by_printer_mib(struct snmp_agent *agent, uint32_t *device,
				struct err *err)
{
	struct snmp_name root;
	struct snmp_found first;

	name_of(&root, GENERAL_ENTRY);
	if (!snmp_walk_first(agent, &root, &first, err)) {
		return false;
	}
	*device = first.kind != SNMP_KIND_NONE && first.name.len == root.len + 2
			  ? first.name.step[root.len + 1]
			  : 0;
	return true;
}

/* The first device that is a printer; 0 = none. */
static bool find_by_host_mib(struct snmp_agent *agent, uint32_t *device,
			     struct err *err)
{
	struct snmp_values types = { .count = 0 };
	struct snmp_name root, name;
	bool ok = false;

	*device = 0;
	name_of(&root, DEVICE_TYPE);
	if (!snmp_walk(agent, &root, 1, &types, err)) {
		goto out;
	}
	for (size_t i = 0; i < types.count && *device == 0; i++) {
		const struct snmp_value *type = &types.at[i];
		if (type->kind == SNMP_KIND_NAME &&
		    strcmp(type->bytes, DEVICE_IS_PRINTER) == 0 &&
		    snmp_name_parse(&name, type->name) &&
		    name.len == root.len + 1) {
			*device = name.step[root.len];
		}
	}
	ok = true;
out:
	snmp_values_clear(&types);
	return ok;
}

static bool find_printer(struct snmp_agent *agent, uint32_t *device,
			 struct err *err)
{
	if (!find_by_printer_mib(agent, device, err) ||
	    (*device == 0 && !find_by_host_mib(agent, device, err))) {
		return false;
	}
	return *device != 0 ||
	       err_set(err, ERR_NOT_FOUND,
		       "it answers, but shows no printer: neither the "
		       "Printer MIB nor a printer in the Host Resources MIB");
}

static bool read_table(struct snmp_agent *agent, const struct snmp_table *table,
		       uint32_t device, struct snmp_values *values,
		       struct err *err)
{
	struct snmp_name *roots = mem_array(SNMP_COLUMNS_MAX, sizeof(*roots));
	size_t count = 0;

	for (; table->columns[count].number != 0; count++) {
		name_of(&roots[count], table->entry);
		name_add(&roots[count], table->columns[count].number);
		name_add(&roots[count], device);
	}
	bool ok = snmp_walk(agent, roots, count, values, err);
	mem_free(roots);
	return ok;
}

static bool read_objects(struct snmp_agent *agent, uint32_t device,
			 struct snmp_values *values, struct err *err)
{
	struct snmp_name *names = mem_array(SNMP_ASK_MAX, sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; snmp_documents_columns[i] != NULL; i++) {
		assert(count < SNMP_ASK_MAX);
		name_of(&names[count], snmp_documents_columns[i]);
		name_add(&names[count++], device);
	}
	for (size_t i = 0; snmp_documents_objects[i] != NULL; i++) {
		assert(count < SNMP_ASK_MAX);
		name_of(&names[count++], snmp_documents_objects[i]);
	}
	bool ok = snmp_walk_get(agent, names, count, values, err);
	mem_free(names);
	return ok;
}

bool snmp_reading_take(struct snmp_agent *agent, struct snmp_values *values,
		       uint32_t *device, struct err *err)
{
	struct snmp_values read = { .count = 0 };
	uint32_t printer = 0;
	bool ok = find_printer(agent, &printer, err);

	for (size_t i = 0; ok && snmp_tables[i] != NULL; i++) {
		ok = read_table(agent, snmp_tables[i], printer, &read, err);
	}
	ok = ok && read_objects(agent, printer, &read, err);
	if (!ok) {
		snmp_values_clear(&read);
		return false;
	}
	*values = read;
	*device = printer;
	return true;
}
