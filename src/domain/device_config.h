#ifndef SLUICE_DOMAIN_DEVICE_CONFIG_H
#define SLUICE_DOMAIN_DEVICE_CONFIG_H

#include <stddef.h>

#include "base/config.h"
#include "base/err.h"

/*
 * sluice.conf, as pages, daemon and command line see it. Written by "sluice
 * init", read by everybody, changed by an administrator with an editor.
 */
struct device_collector {
	const char *name;    /* of "[collector:NAME]", [A-Za-z0-9._-]{1,100} */
	const char *program; /* absolute path */
	/* words with single spaces between; no quoting */
	const char *arguments;
	const char *user; /* run as, when root starts the client; "" = preset */
};

#define DEVICE_COLLECTORS_MAX 8

/* A program that offers jobs (client/job_source.h), "[jobs:NAME]". */
struct device_job_source {
	struct device_collector run; /* name, program, arguments, user */
	const char *title;           /* for people; "" = the name */
};

#define DEVICE_JOB_SOURCES_MAX 8

struct device_config {
	struct config *file; /* owner of all the texts below */
	const char *folder;  /* folder of the file */
	const char *id;      /* [device] id, [a-z0-9.-]{1,64} */
	/* [device] title: model as the page heads show it */
	const char *title;
	const char *serial; /* [device] serial */
	/* [device] time_zone, for zone_load(); "" = the system's */
	const char *time_zone;
	/* [device] state: folder of the database */
	const char *state;
	/* [device] keys: folder of identity.key, ledger.key, identity.pem */
	const char *keys;
	/* [server] name: DNS name in its certificate */
	const char *server_name;
	/* [server] address: IP or name to connect to; "" = server_name */
	const char *server_address;
	int server_port; /* [server] port */
	/* [server] anchor: PEM file, the only root that is trusted */
	const char *server_anchor;
	/* [server] receipt_verifier: file with the note verifier key */
	const char *receipt_verifier;
	/* [server] instruction_verifier: file with the key, or not there */
	const char *instruction_verifier;
	/* [enrol]: the EST server; name "" = the server above, its anchor too */
	const char *enrol_name, *enrol_address, *enrol_path, *enrol_anchor;
	const char *enrol_user; /* "" = id */
	int enrol_port;
	struct device_collector collectors[DEVICE_COLLECTORS_MAX];
	size_t collectors_count;
	int collect_timeout_s; /* [collect] timeout_s, each collector */
	/* [collect] output_bytes, each collector */
	int collect_output_bytes;
	int watch_s; /* [collect] watch_s, between looks for alarms; 0 = none */
	/* [jobs] vendor_verifier: file with the key that signs recipients */
	const char *vendor_verifier;
	struct device_job_source job_sources[DEVICE_JOB_SOURCES_MAX];
	size_t job_sources_count;
	int jobs_timeout_s;     /* [jobs] timeout_s, reading one job */
	int64_t jobs_max_bytes; /* [jobs] max_bytes of one job */
	/* [pages] port of the device's own address */
	int page_port;
	/* [pages] user of lighttpd and the pages; "" = as started */
	const char *pages_user;
};

/* The table, for the man page and for writing a first file. */
extern const struct config_setting device_config_settings[];

MUST_USE bool device_config_load(const char *path, struct device_config *config,
				 struct err *err);
void device_config_clear(struct device_config *config);

/*
 * Words about this device that whoever attacks it knows, up to NULL: serial
 * number, id, model, name of the server. For accounts_create().
 */
#define DEVICE_KNOWN_MAX 5
void device_config_known(const struct device_config *config,
			 const char *known[DEVICE_KNOWN_MAX]);

#define DEVICE_DATABASE_FILE "sluice.db" /* in the state folder */

/* state + "/" + name and keys + "/" + name; caller mem_free()s. */
char *device_config_state_path(const struct device_config *config,
			       const char *name);
char *device_config_key_path(const struct device_config *config,
			     const char *name);

#endif
