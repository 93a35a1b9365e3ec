/*
 * What an administrator at the machine changes on an account of the device or
 * the server. The rules (passwords, the last admin) are domain/accounts'.
 */
#include "cli/user.h"

#include "base/clock.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "domain/throttle.h"

bool cli_user_find(const struct cli_user_site *site,
		   const struct cli_args *args, struct account *account,
		   struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (accounts_find(site->db, args->at[0], account, &why)) {
		return true;
	}
	if (why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	return err_set(err, ERR_NOT_FOUND,
		       "There is no account \"%.64s\". \"%s list\" shows all.",
		       args->at[0], site->group);
}

static bool set_disabled(const struct cli_user_site *site,
			 const struct cli_args *args, bool disabled,
			 struct err *err)
{
	struct account account;
	if (!cli_user_find(site, args, &account, err) ||
	    !accounts_set_disabled(site->db, site->cli->actor, account.id,
				   disabled, clock_utc_now(), err)) {
		return false;
	}
	print_line(site->cli->out,
		   disabled ? "%s is disabled and signed out."
			    : "%s can sign in again.",
		   account.name);
	return true;
}

bool cli_user_disable(const struct cli_user_site *site,
		      const struct cli_args *args, struct err *err)
{
	return set_disabled(site, args, true, err);
}

bool cli_user_enable(const struct cli_user_site *site,
		     const struct cli_args *args, struct err *err)
{
	return set_disabled(site, args, false, err);
}

bool cli_user_password(const struct cli_user_site *site,
		       const struct cli_args *args, struct err *err)
{
	struct account account;
	struct buf password = BUF_INIT;
	bool ok =
		cli_user_find(site, args, &account, err) &&
		terminal_password(site->cli, "New password", &password, err) &&
		accounts_set_password(site->db, site->cli->actor, account.id,
				      buf_str(&password), site->known,
				      clock_utc_now(), err);
	if (ok) {
		print_line(site->cli->out,
			   "Password of %s changed; it is signed out "
			   "everywhere.",
			   account.name);
	}
	buf_burn(&password);
	return ok;
}

/* What is named like an account can be an address too: both are lifted. */
bool cli_user_lift_pause(const struct cli_user_site *site,
			 const struct cli_args *args, struct err *err)
{
	const char *subject = args->at[0];
	int64_t now = clock_utc_now();
	struct err of_name = { .kind = ERR_NONE };
	struct err of_address = { .kind = ERR_NONE };
	bool name = throttle_lift_account(site->db, site->cli->actor, subject,
					  now, &of_name);
	bool address = throttle_lift_address(site->db, site->cli->actor,
					     subject, now, &of_address);
	if (!name && of_name.kind != ERR_NOT_FOUND) {
		return err_set(err, of_name.kind, "%s", of_name.text);
	}
	if (!address && of_address.kind != ERR_NOT_FOUND) {
		return err_set(err, of_address.kind, "%s", of_address.text);
	}
	if (!name && !address) {
		return err_set(err, ERR_NOT_FOUND,
			       "No pause stands for \"%.64s\". \"%s list\" "
			       "shows all.",
			       subject, site->group);
	}
	print_line(site->cli->out, "The pause for %s is lifted.", subject);
	return true;
}
