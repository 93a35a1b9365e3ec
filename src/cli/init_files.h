#ifndef SLUICE_CLI_INIT_FILES_H
#define SLUICE_CLI_INIT_FILES_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/command.h"

/* Programs that the client runs, "NAME=PROGRAM ARGUMENTS" each. */
struct init_programs {
	size_t count;
	struct {
		char name[32];
		char *program; /* own memory */
		const char *arguments;
		const char *user;
	} of[8];
};

/* What "sluice init" was asked to make. Texts are borrowed, "" = none. */
struct init_plan {
	const char *conf;   /* absolute path of sluice.conf */
	const char *folder; /* of it */
	char id[65];
	const char *title;
	const char *serial;
	char server_name[256]; /* "" = not known yet */
	int server_port;
	const char *server_address;
	int port;                  /* of the pages */
	const char *listen;        /* address of the pages; "" = all */
	const char *static_folder; /* of the style sheet and its kind */
	const char *user;          /* of the daemon */
	const char *pages_user;
	const char *program; /* the sluice binary, for cgi-bin */
	struct init_programs collectors;
	struct init_programs job_sources;
};

/*
 * Options to a plan, each value checked; on success release with
 * init_plan_clear(). Errors: INVALID.
 */
MUST_USE bool init_plan_read(const struct cli *cli, const struct cli_args *args,
			     const char *conf, const char *folder,
			     struct init_plan *plan, struct err *err);
void init_plan_clear(struct init_plan *plan);

/* "name" or "name:port" to its parts. Errors: INVALID. */
MUST_USE bool init_parse_server(const char *text, char name[256], int *port,
				struct err *err);

/* sluice.conf with the values of the plan and a comment a key. */
void init_put_conf(const struct init_plan *plan, struct buf *out);

/* lighttpd.conf from the template. */
void init_put_lighttpd(const struct init_plan *plan, struct buf *out);

/*
 * Replaces [server] name and port in the text of a sluice.conf; everything
 * else, comments too, stays as it is.
 */
void init_set_server(const char *text, const char *name, int port,
		     struct buf *out);

#endif
