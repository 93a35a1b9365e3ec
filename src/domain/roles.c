/*
 * Roles: names, bits, and the one question who may use what. Which page needs
 * which role stands in the page tables (cgi), who holds which in accounts.c.
 */
#include "domain/roles.h"

#include <string.h>

#include "base/text.h"

/* Those that an account can hold, in the order in which people read them. */
static const struct {
	enum role role;
	const char *name;
} names[] = {
	{ ROLE_ADMIN, "admin" },       { ROLE_CUSTOMER, "customer" },
	{ ROLE_OPERATOR, "operator" }, { ROLE_AUDITOR, "auditor" },
	{ ROLE_STAFF, "staff" },       { ROLE_JOB_DATA, "job-data" },
};

#define NAMES (sizeof(names) / sizeof(names[0]))

enum role role_by_name(const char *name)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (text_equal(names[i].name, name)) {
			return names[i].role;
		}
	}
	return ROLE_UNSET;
}

const char *role_name(enum role role)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (names[i].role == role) {
			return names[i].name;
		}
	}
	return "";
}

void roles_put(struct buf *out, unsigned roles)
{
	const char *between = "";
	for (size_t i = 0; i < NAMES; i++) {
		if ((roles & names[i].role) != 0) {
			buf_put_str(out, between);
			buf_put_str(out, names[i].name);
			between = ", ";
		}
	}
}

bool roles_parse(const char *text, unsigned *roles)
{
	unsigned found = 0;
	const char *at = text == NULL ? "" : text;
	while (*at != '\0') {
		size_t len = strcspn(at, ", ");
		char name[16];
		if (len >= sizeof(name)) {
			return false;
		}
		memcpy(name, at, len);
		name[len] = '\0';
		if (len > 0) {
			enum role role = role_by_name(name);
			if (role == ROLE_UNSET) {
				return false;
			}
			found |= role;
		}
		at += len;
		at += *at != '\0';
	}
	*roles = found;
	return true;
}

bool roles_allow(unsigned needed, unsigned held, bool signed_in)
{
	if ((needed & ROLE_ANYBODY) != 0) {
		return true;
	}
	if (!signed_in) {
		return false;
	}
	unsigned real = ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR |
			ROLE_AUDITOR | ROLE_STAFF | ROLE_JOB_DATA;
	return (needed & ROLE_SIGNED_IN) != 0 || (needed & held & real) != 0;
}
