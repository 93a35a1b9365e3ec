/*
 * "user sessions" and "user end-session": which browsers are signed in, and
 * ending one. Sessions themselves are domain/sessions.
 */
#include "cli/user.h"

#include <inttypes.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/print.h"
#include "domain/sessions.h"

static json_t *json_session(const struct session *s)
{
	char started[CLOCK_TEXT_SIZE], seen[CLOCK_TEXT_SIZE];
	clock_format(started, s->created_at);
	clock_format(seen, s->seen_at);
	return json_pack("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)s->id,
			 "name", s->account.name, "started_at", started,
			 "last_used_at", seen, "address", s->address);
}

static void put_row(struct print_table *table, const struct session *s)
{
	char id[24], started[PRINT_TIME_SIZE], seen[PRINT_TIME_SIZE];
	snprintf(id, sizeof(id), "%" PRId64, s->id);
	const char *const cells[] = { id, s->account.name, s->address,
				      print_time(started, s->created_at),
				      print_time(seen, s->seen_at) };
	print_table_row(table, cells);
}

static void print_sessions(FILE *out, const struct session *list, size_t count)
{
	static const char *const head[] = { "ID",      "NAME",      "ADDRESS",
					    "STARTED", "LAST USED", NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		put_row(&table, &list[i]);
	}
	print_table_end(&table, out);
}

bool cli_user_sessions(const struct cli_user_site *site,
		       const struct cli_args *args, struct err *err)
{
	struct account account = { .id = 0 };
	struct session *list = NULL;
	size_t count = 0;
	if ((args->count > 0 && !cli_user_find(site, args, &account, err)) ||
	    !sessions_list(site->db, account.id, clock_utc_now(), &list, &count,
			   err)) {
		return false;
	}
	if (cli_flag(args, "--json")) {
		json_t *rows = json_array();
		for (size_t i = 0; i < count; i++) {
			json_array_append_new(rows, json_session(&list[i]));
		}
		print_json_block(site->cli->out, rows);
	} else if (count == 0) {
		print_line(site->cli->out, "Nobody is signed in.");
	} else {
		print_sessions(site->cli->out, list, count);
	}
	mem_free(list);
	return true;
}

bool cli_user_sessions_named(const struct cli_args *args, const char *group,
			     struct err *err)
{
	int64_t id = 0;
	for (size_t i = 0; i < args->count; i++) {
		if (!text_parse_i64(args->at[i], 1, INT64_MAX, &id)) {
			return err_set(err, ERR_INVALID,
				       "\"%.24s\" is no number of a session. "
				       "\"%s sessions\" shows them.",
				       args->at[i], group);
		}
	}
	return true;
}

bool cli_user_end_session(const struct cli_user_site *site,
			  const struct cli_args *args, struct err *err)
{
	for (size_t i = 0; i < args->count; i++) {
		struct err why = { .kind = ERR_NONE };
		int64_t id = 0;
		if (!text_parse_i64(args->at[i], 1, INT64_MAX, &id)) {
			return cli_user_sessions_named(args, site->group, err);
		}
		if (sessions_end(site->db, site->cli->actor, 0, id,
				 clock_utc_now(), &why)) {
			print_line(site->cli->out, "Session %" PRId64 " ended.",
				   id);
		} else if (why.kind == ERR_NOT_FOUND) {
			return err_set(err, ERR_NOT_FOUND,
				       "There is no session %" PRId64
				       "; it may have ended. \"%s sessions\" "
				       "shows those that stand.",
				       id, site->group);
		} else {
			return err_set(err, why.kind, "%s", why.text);
		}
	}
	return true;
}
