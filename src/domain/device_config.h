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
	const char *name;       /* of "[collector:NAME]" */
	const char *program;    /* absolute path */
	const char *arguments;  /* words with single spaces between; no quoting */
	const char *user;       /* run as; "" = as the daemon */
};

#define DEVICE_COLLECTORS_MAX 8

struct device_config {
	struct config *file;          /* owner of all the texts below */
	char *folder;                 /* folder of the file */
	const char *id;               /* [device] id, [a-z0-9.-]{1,64} */
	const char *title;            /* [device] title: model as the page heads show it */
	const char *serial;           /* [device] serial */
	const char *state;            /* [device] state: folder of the database */
	const char *keys;             /* [device] keys: folder of identity.key, ledger.key, identity.pem */
	const char *server_name;      /* [server] name: DNS name in its certificate */
	const char *server_address;   /* [server] address: IP or name to connect to; "" = server_name */
	int server_port;              /* [server] port */
	const char *server_anchor;    /* [server] anchor: PEM file, the only root that is trusted */
	const char *receipt_verifier; /* [server] receipt_verifier: file with the note verifier key */
	struct device_collector collectors[DEVICE_COLLECTORS_MAX];
	size_t collectors_count;
	int collect_timeout_s;        /* [collect] timeout_s, each collector */
	int collect_output_bytes;     /* [collect] output_bytes, each collector */
	int page_port;                /* [pages] port of the device's own address */
	const char *pages_user;       /* [pages] user of lighttpd and the pages; "" = as started */
};

/* The table, for the man page and for writing a first file. */
extern const struct config_setting device_config_settings[];

MUST_USE bool device_config_load(const char *path, struct device_config *config,
				 struct err *err);
void device_config_clear(struct device_config *config);

/* state + "/" + name and keys + "/" + name; caller mem_free()s. */
char *device_config_state_path(const struct device_config *config, const char *name);
char *device_config_key_path(const struct device_config *config, const char *name);

#endif
