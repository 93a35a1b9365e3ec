#ifndef SLUICE_CGI_DEVICE_USERS_H
#define SLUICE_CGI_DEVICE_USERS_H

#include <jansson.h>

#include "domain/accounts.h"
#include "web/router.h"

/* Shared by the list of users and the page of one user. */

/* Roles of a form's "role" fields; false on a name that is none of ours. */
MUST_USE bool users_form_roles(const struct visit *visit, unsigned *roles);

/* Puts "roles_list", the choices, with those in held ticked. */
void users_fill_roles(json_t *view, unsigned held);

/*
 * Puts "tag" (active, disabled, paused), "last" (signed in), "tries" (how
 * often signing in failed since, "" = never, with "failed_at" and
 * "failed_from" of the last one, "" = never), and "paused" with
 * "paused_until".
 */
MUST_USE bool users_fill_state(const struct visit *visit, json_t *object,
			       const struct account *account, struct err *err);

#endif
