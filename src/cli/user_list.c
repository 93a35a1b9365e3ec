/*
 * "user list" and "user show", for the device and for the server: who there
 * is, and what failed at signing in. Changing is in user_change.c, sessions
 * in user_sessions.c.
 */
#include "cli/user.h"

#include <inttypes.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/print.h"
#include "domain/roles.h"
#include "domain/sessions.h"
#include "domain/throttle.h"

/* An account and the pause of its name. */
struct entry {
	const struct account *account;
	int64_t paused_until; /* 0 = not paused */
};

static bool look(const struct cli_user_site *site,
		 const struct account *account, int64_t now,
		 struct entry *entry, struct err *err)
{
	struct throttle_pause pause;
	if (!throttle_of_account(site->db, account->name, now, &pause, err)) {
		return false;
	}
	*entry = (struct entry){ account, pause.paused_until };
	return true;
}

static const char *state_of(const struct entry *entry)
{
	return entry->account->disabled   ? "disabled"
	       : entry->paused_until != 0 ? "paused"
					  : "active";
}

static json_t *json_entry(const struct entry *entry)
{
	const struct account *a = entry->account;
	struct buf roles = BUF_INIT;
	roles_put(&roles, a->roles);
	json_t *value = json_pack(
		"{s:s, s:s, s:b, s:o, s:o, s:I, s:o, s:s, s:o}", "name",
		a->name, "roles", buf_str(&roles), "disabled",
		a->disabled ? 1 : 0, "made_at", print_json_time(a->created_at),
		"last_sign_in_at", print_json_time(a->last_sign_in_at),
		"failures", (json_int_t)a->failures_since, "failed_at",
		print_json_time(a->failed_at), "failed_from", a->failed_from,
		"paused_until", print_json_time(entry->paused_until));
	buf_clear(&roles);
	return value;
}

static void put_row(struct print_table *table, const struct entry *entry)
{
	const struct account *a = entry->account;
	struct buf roles = BUF_INIT;
	char seen[PRINT_TIME_SIZE], failed[24];
	roles_put(&roles, a->roles);
	snprintf(failed, sizeof(failed), "%" PRId64, a->failures_since);
	const char *const cells[] = { a->name, buf_str(&roles), state_of(entry),
				      print_time(seen, a->last_sign_in_at),
				      failed };
	print_table_row(table, cells);
	buf_clear(&roles);
}

static bool list_pauses(const struct cli_user_site *site, int64_t now,
			struct err *err)
{
	struct throttle_pause *list = NULL;
	size_t count = 0;
	if (!throttle_addresses(site->db, now, &list, &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		char until[PRINT_TIME_SIZE];
		print_line(site->cli->out,
			   "Nobody can sign in from %s until %s (%" PRId64
			   " failed tries).",
			   list[i].subject,
			   print_time(until, list[i].paused_until),
			   list[i].failures);
	}
	mem_free(list);
	return true;
}

static bool list_all(const struct cli_user_site *site,
		     const struct account *list, size_t count, int64_t now,
		     struct err *err)
{
	static const char *const head[] = { "NAME",           "ROLES",  "STATE",
					    "LAST SIGNED IN", "FAILED", NULL };
	struct print_table table;
	print_table_init(&table, head);
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		struct entry entry;
		ok = look(site, &list[i], now, &entry, err);
		if (ok) {
			put_row(&table, &entry);
		}
	}
	print_table_end(&table, site->cli->out);
	return ok && list_pauses(site, now, err);
}

static bool list_json(const struct cli_user_site *site,
		      const struct account *list, size_t count, int64_t now,
		      struct err *err)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		struct entry entry;
		if (!look(site, &list[i], now, &entry, err)) {
			json_decref(rows);
			return false;
		}
		json_array_append_new(rows, json_entry(&entry));
	}
	print_json_block(site->cli->out, rows);
	return true;
}

bool cli_user_list(const struct cli_user_site *site,
		   const struct cli_args *args, struct err *err)
{
	int64_t now = clock_utc_now();
	struct account *list = NULL;
	size_t count = 0;
	if (!accounts_list(site->db, &list, &count, err)) {
		return false;
	}
	bool ok = true;
	if (cli_flag(args, "--json")) {
		ok = list_json(site, list, count, now, err);
	} else if (count == 0) {
		print_line(site->cli->out,
			   "There is no account yet. Set-up makes the first "
			   "one with the set-up code.");
	} else {
		ok = list_all(site, list, count, now, err);
	}
	mem_free(list);
	return ok;
}

static void show(FILE *out, const struct entry *entry, size_t sessions)
{
	const struct account *a = entry->account;
	struct buf roles = BUF_INIT;
	char at[PRINT_TIME_SIZE];
	roles_put(&roles, a->roles);
	print_line(out, "Name            %s", a->name);
	print_line(out, "Roles           %s",
		   roles.len > 0 ? buf_str(&roles) : "none");
	print_line(out, "State           %s", state_of(entry));
	print_line(out, "Made            %s", print_time(at, a->created_at));
	print_line(out, "Last signed in  %s",
		   print_time(at, a->last_sign_in_at));
	print_line(out, "Failed since    %" PRId64, a->failures_since);
	print_line(out, "Last failed     %s%s%s", print_time(at, a->failed_at),
		   a->failed_from[0] != '\0' ? " from " : "", a->failed_from);
	if (entry->paused_until != 0) {
		print_line(out, "Paused until    %s",
			   print_time(at, entry->paused_until));
	}
	print_line(out, "Sessions        %zu", sessions);
	buf_clear(&roles);
}

bool cli_user_show(const struct cli_user_site *site,
		   const struct cli_args *args, struct err *err)
{
	int64_t now = clock_utc_now();
	struct account account;
	struct entry entry;
	struct session *sessions = NULL;
	size_t count = 0;
	if (!cli_user_find(site, args, &account, err) ||
	    !look(site, &account, now, &entry, err) ||
	    !sessions_list(site->db, account.id, now, &sessions, &count, err)) {
		return false;
	}
	mem_free(sessions);
	if (cli_flag(args, "--json")) {
		json_t *value = json_entry(&entry);
		json_object_set_new(value, "sessions",
				    json_integer((json_int_t)count));
		print_json_block(site->cli->out, value);
	} else {
		show(site->cli->out, &entry, count);
	}
	return true;
}
