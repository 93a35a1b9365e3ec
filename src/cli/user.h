#ifndef SLUICE_CLI_USER_H
#define SLUICE_CLI_USER_H

#include "cli/command.h"
#include "domain/accounts.h"
#include "store/db.h"

/* Whose accounts: what "sluice user" and "sluice-server staff" work on. */
struct cli_user_site {
	struct cli *cli;
	struct db *db;
	const char *const *known; /* for accounts_create() */
	const char *group;        /* "sluice user", for hints */
};

/*
 * The account that the first argument names. Errors: NOT_FOUND (the text says
 * what shows all).
 */
MUST_USE bool cli_user_find(const struct cli_user_site *site,
			    const struct cli_args *args,
			    struct account *account, struct err *err);

/* The commands of both, one file a group. */
MUST_USE bool cli_user_list(const struct cli_user_site *site,
			    const struct cli_args *args, struct err *err);
MUST_USE bool cli_user_show(const struct cli_user_site *site,
			    const struct cli_args *args, struct err *err);
MUST_USE bool cli_user_disable(const struct cli_user_site *site,
			       const struct cli_args *args, struct err *err);
MUST_USE bool cli_user_enable(const struct cli_user_site *site,
			      const struct cli_args *args, struct err *err);
MUST_USE bool cli_user_password(const struct cli_user_site *site,
				const struct cli_args *args, struct err *err);
MUST_USE bool cli_user_lift_pause(const struct cli_user_site *site,
				  const struct cli_args *args, struct err *err);
MUST_USE bool cli_user_sessions(const struct cli_user_site *site,
				const struct cli_args *args, struct err *err);
/* Are all arguments numbers? group: "sluice user". Errors: INVALID. */
MUST_USE bool cli_user_sessions_named(const struct cli_args *args,
				      const char *group, struct err *err);
MUST_USE bool cli_user_end_session(const struct cli_user_site *site,
				   const struct cli_args *args,
				   struct err *err);

#endif
