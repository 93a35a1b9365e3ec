#ifndef SLUICE_SERVER_SERVER_CONFIG_H
#define SLUICE_SERVER_SERVER_CONFIG_H

#include "base/config.h"
#include "base/err.h"

/*
 * server.conf, as workers and command line see it. Written by "sluice-server
 * init", changed by an administrator with an editor.
 */
struct server_config {
	struct config *file; /* owner of all the texts below */
	const char *name;    /* [server] name: DNS name in the certificate */
	const char *state;   /* [server] state: folder of the database */
	const char *keys;    /* [server] keys: folder of the keys */
	const char *user;    /* [server] user of the workers; "" = as started */
	const char *listen;  /* [web] listen: address of both ports; "" = all */
	const char *web_user; /* [web] user of lighttpd; "" = as started */
	int api_port;         /* [api] port */
	int api_workers;      /* [api] workers */
	int api_body_s;       /* [api] body_s: longest wait for a whole body */
	int api_piece_s;      /* [api] piece_s: longest request with a piece */
	int64_t checkin_interval_s; /* [checkin] interval_s */
	int enrol_workers;          /* [enrol] workers: EST; 0 = no enrolment */
	int console_port;           /* [console] port */
	int console_workers;        /* [console] workers */
	int certificate_days; /* [devices] certificate_days: life of a new one */
	uint64_t day_bytes;   /* [devices] day_bytes: stored of one, a day */
	const char *vendor_verifier; /* [jobs] vendor_verifier: file with key */
	uint64_t jobs_max_bytes;     /* [jobs] max_bytes of one sealed file */
	int jobs_keep_days;          /* [jobs] keep_days of a sealed file */
	int jobs_piece_hours;        /* [jobs] piece_hours without a new byte */
};

/* Most bytes of one sealed file: of a larger one no day could take all. */
uint64_t server_config_sealed_max(const struct server_config *config);

/* The table, for the man page and for writing a first file. */
extern const struct config_setting server_config_settings[];

/*
 * A DNS name as certificates and note names carry it: small letters, digits,
 * dash and dot, labels of 1 to 63 characters, at most 64 in all, not only
 * digits and dots.
 */
bool server_name_is_valid(const char *name);

/* Errors: NOT_FOUND, INVALID (with file and line), IO. */
MUST_USE bool server_config_load(const char *path, struct server_config *config,
				 struct err *err);
void server_config_clear(struct server_config *config);

/* state + "/" + name and keys + "/" + name; caller mem_free()s. */
char *server_config_state_path(const struct server_config *config,
			       const char *name);
char *server_config_key_path(const struct server_config *config,
			     const char *name);

/* Files in these folders. */
#define SERVER_DB "server.db"
#define SERVER_API_SOCKET "api.sock"
#define SERVER_CONSOLE_SOCKET "console.sock"
#define SERVER_ENROL_SOCKET "enrol.sock"
#define SERVER_LOCK "serve.lock"
#define SERVER_SEALED "sealed" /* folder of sealed job data */
#define SERVER_RECIPIENTS "recipients.note"
#define SERVER_CA_KEY "server-ca.key"
#define SERVER_CA "server-ca.pem"
#define SERVER_KEY "server.key"
#define SERVER_CERTIFICATE "server.pem"
#define SERVER_DEVICE_CA_KEY "device-ca.key"
#define SERVER_DEVICE_CA "device-ca.pem"
#define SERVER_RECEIPT_KEY "receipt.key"
#define SERVER_RECEIPT_VERIFIER "receipt.verifier"
#define SERVER_INSTRUCTION_KEY "instruction.key" /* the command line's alone */
#define SERVER_INSTRUCTION_VERIFIER "instruction.verifier"

#endif
