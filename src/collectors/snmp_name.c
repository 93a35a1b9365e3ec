/*
 * OIDs as numbers, for the order of a walk, and as text, under which values
 * are kept and told. What stands at which OID is in snmp_tables.c.
 */
#include "collectors/snmp_name.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* "123" of len bytes. */
static bool parse_step(const char *text, size_t len, uint32_t *step)
{
	char digits[12];
	uint64_t value;

	if (len >= sizeof(digits)) {
		return false;
	}
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!text_parse_u64(digits, 0, UINT32_MAX, &value)) {
		return false;
	}
	*step = (uint32_t)value;
	return true;
}

bool snmp_name_parse(struct snmp_name *name, const char *text)
{
	struct snmp_name read = { .len = 0 };

	for (;;) {
		size_t len = strcspn(text, ".");
		uint32_t step;
		if (!parse_step(text, len, &step) ||
		    !snmp_name_add(&read, step)) {
			return false;
		}
		if (text[len] == '\0') {
			*name = read;
			return true;
		}
		text += len + 1;
	}
}

bool snmp_name_text(char dst[SNMP_NAME_TEXT], const struct snmp_name *name)
{
	char text[SNMP_NAME_TEXT] = "";
	size_t len = 0;

	for (size_t i = 0; i < name->len; i++) {
		int put = snprintf(text + len, sizeof(text) - len,
				   i > 0 ? ".%lu" : "%lu",
				   (unsigned long)name->step[i]);
		if (put < 0 || (size_t)put >= sizeof(text) - len) {
			return false;
		}
		len += (size_t)put;
	}
	memcpy(dst, text, len + 1);
	return true;
}

bool snmp_name_add(struct snmp_name *name, uint32_t step)
{
	if (name->len >= SNMP_NAME_STEPS) {
		return false;
	}
	name->step[name->len++] = step;
	return true;
}

int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b)
{
	for (size_t i = 0; i < a->len && i < b->len; i++) {
		if (a->step[i] != b->step[i]) {
			return a->step[i] < b->step[i] ? -1 : 1;
		}
	}
	return (a->len > b->len) - (a->len < b->len);
}

bool snmp_name_is_below(const struct snmp_name *name,
			const struct snmp_name *root)
{
	return name->len > root->len &&
	       memcmp(name->step, root->step,
		      root->len * sizeof(root->step[0])) == 0;
}
