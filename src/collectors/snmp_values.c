/*
 * The store of what was read. It is searched from end to end: a walk is
 * bounded (snmp_walk.h), and the process ends after one printer.
 */
#include "collectors/snmp_values.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void snmp_values_clear(struct snmp_values *v)
{
	for (size_t i = 0; i < v->count; i++) {
		mem_free(v->at[i].bytes);
	}
	mem_free(v->at);
	memset(v, 0, sizeof(*v));
}

void snmp_values_add(struct snmp_values *v, const char *name,
		     enum snmp_kind kind, int64_t number, const void *bytes,
		     size_t len)
{
	struct snmp_value value = { .kind = kind, .number = number };

	if (!text_copy(value.name, sizeof(value.name), name)) {
		return;
	}
	if (bytes != NULL) {
		value.len = len < SNMP_BYTES_MAX ? len : SNMP_BYTES_MAX;
		value.bytes = mem_alloc(value.len + 1);
		memcpy(value.bytes, bytes, value.len);
		value.bytes[value.len] = '\0';
	}
	if (v->count == v->room) {
		v->room = v->room > 0 ? 2 * v->room : 64;
		v->at = mem_resize(v->at, v->room * sizeof(value));
	}
	v->at[v->count++] = value;
}

const struct snmp_value *snmp_values_find(const struct snmp_values *v,
					  const char *name)
{
	for (size_t i = 0; i < v->count; i++) {
		if (strcmp(v->at[i].name, name) == 0) {
			return &v->at[i];
		}
	}
	return NULL;
}

const struct snmp_value *snmp_values_cell(const struct snmp_values *v,
					  const char *entry, uint32_t column,
					  uint32_t device, uint32_t row)
{
	char name[2 * SNMP_NAME_TEXT];

	snprintf(name, sizeof(name), "%s.%lu.%lu.%lu", entry,
		 (unsigned long)column, (unsigned long)device,
		 (unsigned long)row);
	return snmp_values_find(v, name);
}

/* entry.COLUMN.device.ROW gives ROW; other names give false. */
static bool row_of(const char *text, const struct snmp_name *entry,
		   uint32_t device, uint32_t *row)
{
	struct snmp_name name;

	if (!snmp_name_parse(&name, text) || name.len != entry->len + 3 ||
	    !snmp_name_is_below(&name, entry) ||
	    name.step[entry->len + 1] != device) {
		return false;
	}
	*row = name.step[entry->len + 2];
	return true;
}

/* Keeps the rows apart and in order. */
static size_t insert(uint32_t rows[SNMP_ROWS_MAX], size_t count, uint32_t row)
{
	size_t at = count;

	while (at > 0 && rows[at - 1] > row) {
		at--;
	}
	if ((at > 0 && rows[at - 1] == row) || count == SNMP_ROWS_MAX) {
		return count;
	}
	memmove(rows + at + 1, rows + at, (count - at) * sizeof(rows[0]));
	rows[at] = row;
	return count + 1;
}

size_t snmp_values_rows(const struct snmp_values *v, const char *entry,
			uint32_t device, uint32_t rows[SNMP_ROWS_MAX])
{
	struct snmp_name root;
	size_t count = 0;

	if (!snmp_name_parse(&root, entry)) {
		return 0;
	}
	for (size_t i = 0; i < v->count; i++) {
		uint32_t row;
		if (row_of(v->at[i].name, &root, device, &row)) {
			count = insert(rows, count, row);
		}
	}
	return count;
}
