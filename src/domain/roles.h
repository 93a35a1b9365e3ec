#ifndef SLUICE_DOMAIN_ROLES_H
#define SLUICE_DOMAIN_ROLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Who may do what. Bits in accounts and in the page tables; 0 = unset and
 * refused by a lint test. One person can hold several.
 */
enum role {
	ROLE_UNSET = 0,
	ROLE_ANYBODY = 1 << 0,   /* also without signing in */
	ROLE_SIGNED_IN = 1 << 1, /* any account */
	ROLE_ADMIN = 1 << 2,     /* device: permissions, accounts, connection */
	ROLE_CUSTOMER = 1 << 3,  /* device: authorizes services */
	ROLE_OPERATOR = 1 << 4,  /* device: previews and presses Send */
	ROLE_AUDITOR = 1 << 5,   /* device: reads and verifies the log */
	ROLE_STAFF = 1 << 6,     /* server: sees devices and their documents */
	/* device: may send job data; server: may take sealed job data */
	ROLE_JOB_DATA = 1 << 7
};

/*
 * The roles an account can hold, by name ("admin", ...); ROLE_UNSET if
 * unknown.
 */
enum role role_by_name(const char *name);
const char *role_name(enum role role);

/* "customer, operator"; "" for none. */
void roles_put(struct buf *out, unsigned roles);

/*
 * "customer,operator" (commas, spaces allowed) to bits; false on an unknown
 * name.
 */
MUST_USE bool roles_parse(const char *text, unsigned *roles);

/*
 * May somebody who holds these roles (0 = not signed in) use what needs any of
 * needed? signed_in distinguishes an account without roles from nobody.
 */
bool roles_allow(unsigned needed, unsigned held, bool signed_in);

#endif
