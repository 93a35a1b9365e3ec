/*
 * Options of "sluice init" to a checked plan. Makes nothing: init.c does, and
 * init_files.c writes the texts.
 */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/init_files.h"

#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789.-"
#define NAME_CHARACTERS ID_CHARACTERS "_"
#define DEFAULT_SERVER_PORT 443
#define DEFAULT_PAGES_PORT 8631

static const char *value_or(const struct cli_args *args, const char *name,
			    const char *preset)
{
	const char *value = cli_value(args, name);
	return value == NULL ? preset : value;
}

/* Values stand on one line of an INI file. */
static bool check_line(const char *option, const char *value, size_t most,
		       struct err *err)
{
	size_t len = strlen(value);
	if (len > most || !text_is_one_line(value, len) ||
	    strchr(value, ';') != NULL || strchr(value, '"') != NULL ||
	    (len > 0 && (value[0] == ' ' || value[len - 1] == ' '))) {
		return err_set(err, ERR_INVALID,
			       "%s must be plain text on one "
			       "line, without quotes and semicolons, at most "
			       "%zu bytes.",
			       option, most);
	}
	return true;
}

/* --id, or the serial number in small letters. */
static bool read_id(const struct cli_args *args, struct init_plan *plan,
		    struct err *err)
{
	const char *text = value_or(args, "--id", plan->serial);
	size_t len = strlen(text);
	if (len == 0 || len > 64) {
		return err_set(err, ERR_INVALID,
			       "--id must have 1 to 64 "
			       "characters.");
	}
	for (size_t i = 0; i <= len; i++) {
		plan->id[i] = (char)tolower((unsigned char)text[i]);
	}
	if (strspn(plan->id, ID_CHARACTERS) != len) {
		return err_set(err, ERR_INVALID,
			       "The device id may have small "
			       "letters, digits, dots and dashes only; give "
			       "one with --id.");
	}
	return true;
}

bool init_parse_server(const char *text, char name[256], int *port,
		       struct err *err)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon == NULL ? strlen(text) : (size_t)(colon - text);
	uint64_t number = DEFAULT_SERVER_PORT;
	if (len == 0 || len > 253 || strspn(text, NAME_CHARACTERS) < len ||
	    strspn(text, "0123456789.") >= len) {
		return err_set(
			err, ERR_INVALID,
			"The server must be given as "
			"NAME or NAME:PORT with the DNS name in its "
			"certificate, in small letters; --server-address "
			"takes an IP address to connect to.");
	}
	if (colon != NULL && !text_parse_u64(colon + 1, 1, 65535, &number)) {
		return err_set(err, ERR_INVALID,
			       "After the name of the server stands its port, "
			       "a number from 1 to 65535; no https:// and no "
			       "path.");
	}
	memcpy(name, text, len);
	name[len] = '\0';
	*port = (int)number;
	return true;
}

/* "NAME=PROGRAM ARGUMENTS"; a program without "/" is one of ours. */
static bool read_program(const char *option, const char *text,
			 struct init_programs *all, struct err *err)
{
	const char *equals = strchr(text, '=');
	size_t len = equals == NULL ? 0 : (size_t)(equals - text);
	size_t n = all->count;
	if (n == sizeof(all->of) / sizeof(all->of[0])) {
		return err_set(err, ERR_LIMIT, "There are too many %s.",
			       option);
	}
	if (len == 0 || len >= sizeof(all->of[n].name) ||
	    strspn(text, NAME_CHARACTERS) < len || equals[1] == '\0' ||
	    !check_line(option, equals + 1, 1000, err)) {
		return err_set(err, ERR_INVALID,
			       "%s must be given as "
			       "\"NAME=PROGRAM ARGUMENTS\".",
			       option);
	}
	memcpy(all->of[n].name, text, len);
	const char *program = equals + 1;
	size_t program_len = strcspn(program, " ");
	struct buf path = BUF_INIT;
	if (program[0] != '/') {
		buf_put_str(&path, PKGLIBEXECDIR "/");
	}
	buf_put(&path, program, program_len);
	all->of[n].program = buf_take_str(&path);
	all->of[n].arguments =
		program[program_len] == ' ' ? program + program_len + 1 : "";
	all->of[n].user = "";
	all->count++;
	return access(all->of[n].program, X_OK) == 0 ||
	       err_set(err, ERR_INVALID,
		       "%s: %s cannot be run: there is no such program.",
		       option, all->of[n].program);
}

static bool read_programs(const struct cli_args *args, const char *option,
			  struct init_programs *all, struct err *err)
{
	const char *text;
	for (size_t n = 0; (text = cli_value_at(args, option, n)) != NULL;
	     n++) {
		if (!read_program(option, text, all, err)) {
			return false;
		}
	}
	return true;
}

static bool check_lines(const struct init_plan *plan, struct err *err)
{
	return check_line("--serial", plan->serial, 100, err) &&
	       check_line("--title", plan->title, 100, err) &&
	       check_line("--server-address", plan->server_address, 253, err) &&
	       check_line("--listen", plan->listen, 64, err) &&
	       check_line("--static", plan->static_folder, 1000, err) &&
	       check_line("--user", plan->user, 32, err) &&
	       check_line("--pages-user", plan->pages_user, 32, err) &&
	       check_line("--conf", plan->conf, 1000, err);
}

bool init_plan_read(const struct cli *cli, const struct cli_args *args,
		    const char *conf, const char *folder,
		    struct init_plan *plan, struct err *err)
{
	struct init_plan p = {
		.conf = conf,
		.folder = folder,
		.title = value_or(args, "--title", "Printer"),
		.serial = value_or(args, "--serial", ""),
		.server_port = DEFAULT_SERVER_PORT,
		.server_address = value_or(args, "--server-address", ""),
		.listen = value_or(args, "--listen", ""),
		.static_folder =
			value_or(args, "--static", PKGDATADIR "/static"),
		.user = value_or(args, "--user", ""),
		.pages_user = value_or(args, "--pages-user", ""),
		.program = cli->self,
	};
	long long port = DEFAULT_PAGES_PORT;
	const char *server = cli_value(args, "--server");
	if (p.serial[0] == '\0') {
		return err_set(err, ERR_INVALID,
			       "--serial is missing: the "
			       "serial number of the machine.");
	}
	if (!check_lines(&p, err) || !read_id(args, &p, err) ||
	    !cli_number(args, "--port", 1, 65535, &port, err) ||
	    (server != NULL &&
	     !init_parse_server(server, p.server_name, &p.server_port, err)) ||
	    !read_programs(args, "--collector", &p.collectors, err) ||
	    !read_programs(args, "--job-source", &p.job_sources, err)) {
		init_plan_clear(&p);
		return false;
	}
	p.port = (int)port;
	*plan = p;
	return true;
}

static void clear_programs(struct init_programs *all)
{
	for (size_t i = 0; i < all->count; i++) {
		mem_free(all->of[i].program);
	}
}

void init_plan_clear(struct init_plan *plan)
{
	clear_programs(&plan->collectors);
	clear_programs(&plan->job_sources);
	memset(plan, 0, sizeof(*plan));
}
