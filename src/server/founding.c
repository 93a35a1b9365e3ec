/*
 * Makes a new server. Certificates are ca.c's, the texts founding_files.c's,
 * tables store/schema's. Running it is supervisor.c's business.
 */
#include "server/founding.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/place.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "server/ca.h"
#include "server/instructions.h"
#include "server/receipt.h"
#include "server/server.h"
#include "server/server_config.h"
#include "server/signing_key.h"
#include "store/migrate.h"

#define LINE_MAX_BYTES 1000

static bool refuse_existing(const struct place *place, struct err *err)
{
	if (files_exists(place->conf)) {
		return err_set(err, ERR_DENIED,
			       "There is a server already: %s. Nothing was "
			       "changed. --new-code makes a new set-up code.",
			       place->conf);
	}
	if (files_exists(place->draft)) {
		return err_set(err, ERR_DENIED,
			       "An init did not finish here: %s stayed behind. "
			       "Remove the folders keys, state and web and "
			       "this file, then try again.",
			       place->draft);
	}
	return true;
}

/* Values stand on one line of two configuration files. */
static bool check_line(const char *what, const char *value, struct err *err)
{
	size_t len = strlen(value);
	if (len > LINE_MAX_BYTES || !text_is_one_line(value, len) ||
	    strpbrk(value, ";\"@#") != NULL ||
	    (len > 0 && (value[0] == ' ' || value[len - 1] == ' '))) {
		return err_set(err, ERR_INVALID,
			       "%s must be plain text on one line, without "
			       "quotes, semicolons, @ and #.",
			       what);
	}
	return true;
}

static bool check_plan(const struct founding *plan, struct err *err)
{
	if (!server_name_is_valid(plan->name)) {
		return err_set(err, ERR_INVALID,
			       "The name must be a DNS name in small letters, "
			       "such as comms.example.");
	}
	if (plan->api_port == plan->console_port) {
		return err_set(err, ERR_INVALID,
			       "Devices and staff need two different ports.");
	}
	return check_line("The address to listen on", plan->listen, err) &&
	       check_line("The workers' user", plan->user, err) &&
	       check_line("The web server's user", plan->web_user, err) &&
	       check_line("The folder of static files", plan->static_folder,
			  err);
}

/* Gives a file or folder to a user. "" or not root: leaves it. */
static bool give(const char *path, const char *user, struct err *err)
{
	if (user[0] == '\0' || geteuid() != 0) {
		return true;
	}
	errno = 0;
	const struct passwd *row = getpwnam(user);
	if (row == NULL) {
		return err_set(err, ERR_NOT_FOUND, "There is no user \"%s\".",
			       user);
	}
	return chown(path, row->pw_uid, row->pw_gid) == 0 ||
	       err_set_errno(err, ERR_IO, errno, "%s", path);
}

static bool make_web_dir(const struct place *place, const char *name,
			 mode_t mode, const char *user, struct err *err)
{
	char *path = files_join(place->folder, name);
	bool ok =
		place_make_dir(place, name, mode, err) && give(path, user, err);
	mem_free(path);
	return ok;
}

/* One authority, saved; *ca stays open for issuing. */
static bool make_ca(const struct server_config *config, const char *name,
		    const char *kind, const char *key_file,
		    const char *certificate_file, int64_t now, struct ca **ca,
		    struct err *err)
{
	/* A common name has 64 bytes; a long server name is cut for it. */
	char common_name[CA_NAME_MAX + 1];
	(void)snprintf(common_name, sizeof(common_name), "%s %s", kind, name);
	char *key = server_config_key_path(config, key_file);
	char *certificate = server_config_key_path(config, certificate_file);
	bool ok = ca_create(common_name, now, ca, err) &&
		  ca_save(*ca, key, certificate, err);
	mem_free(key);
	mem_free(certificate);
	return ok;
}

static bool make_leaf(const struct server_config *config, const struct ca *ca,
		      int64_t now, struct err *err)
{
	struct buf key_pem = BUF_INIT;
	struct ca_certificate leaf = CA_CERTIFICATE_INIT;
	char *key = server_config_key_path(config, SERVER_KEY);
	char *certificate = server_config_key_path(config, SERVER_CERTIFICATE);
	/* lighttpd 1.4.69 refuses to serve a leaf without its chain. */
	bool ok =
		ca_issue_server(ca, config->name, now, &key_pem, &leaf, err) &&
		ca_put_certificate(ca, &leaf.pem, err) &&
		files_write(key, key_pem.data, key_pem.len, 0600, err) &&
		files_write(certificate, leaf.pem.data, leaf.pem.len, 0600,
			    err);
	buf_burn(&key_pem);
	ca_certificate_clear(&leaf);
	mem_free(key);
	mem_free(certificate);
	return ok;
}

static bool make_receipt_key(const struct server_config *config,
			     struct err *err)
{
	char name[NOTE_NAME_SIZE];
	return receipt_signer_name(config->name, name, err) &&
	       signing_key_make(config, name, SERVER_RECEIPT_KEY,
				SERVER_RECEIPT_VERIFIER, err);
}

static bool make_keys(const struct server_config *config, int64_t now,
		      struct err *err)
{
	struct ca *server_ca = NULL;
	struct ca *device_ca = NULL;
	bool ok = files_make_dir(config->keys, 0700, err) &&
		  make_ca(config, config->name, "Server root of", SERVER_CA_KEY,
			  SERVER_CA, now, &server_ca, err) &&
		  make_ca(config, config->name, "Devices root of",
			  SERVER_DEVICE_CA_KEY, SERVER_DEVICE_CA, now,
			  &device_ca, err) &&
		  make_leaf(config, server_ca, now, err) &&
		  make_receipt_key(config, err) &&
		  instructions_make_key(config, err);
	ca_free(server_ca);
	ca_free(device_ca);
	return ok;
}

static bool first_rows(struct server *server, const char *actor, int64_t now,
		       char code[SETUP_CODE_SIZE], struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_SETUP,
		.actor = actor,
		.result = "ok",
		.text = "the server was initialised",
	};
	if (!db_begin(server->db, err)) {
		return false;
	}
	if (!ledger_append(server->db, &entry, err) ||
	    !setup_make_code(server->db, now, FOUNDING_CODE_S, code, err) ||
	    !server_checkpoint(server, 1, now, err)) {
		db_rollback(server->db);
		return false;
	}
	return db_commit(server->db, err);
}

static bool make_store(const struct server_config *config, const char *actor,
		       int64_t now, char code[SETUP_CODE_SIZE], struct err *err)
{
	const struct log silent = { .fd = -1 };
	struct server server;
	struct db *db = NULL;
	char *path = server_config_state_path(config, SERVER_DB);
	server_init(&server, config, &silent);
	bool ok = files_make_dir(config->state, 0755, err) &&
		  give(config->state, config->user, err) &&
		  db_open(path, DB_CREATE, &db, err) &&
		  give(path, config->user, err) && migrate(db, "server", err);
	db_close(db);
	ok = ok && server_load_key(&server, err) &&
	     server_open_db(&server, err) &&
	     first_rows(&server, actor, now, code, err);
	server_close(&server);
	mem_free(path);
	return ok;
}

static bool make_web(const struct place *place, const struct founding *plan,
		     struct err *err)
{
	struct buf text = BUF_INIT;
	founding_put_lighttpd(plan, place->folder, &text);
	bool ok = make_web_dir(place, "web", 0755, plan->web_user, err) &&
		  make_web_dir(place, "web/empty", 0755, plan->web_user, err) &&
		  make_web_dir(place, "web/tmp", 0700, plan->web_user, err) &&
		  place_write(place, "lighttpd.conf", &text, err);
	buf_clear(&text);
	return ok;
}

static bool write_draft(const struct place *place, const struct founding *plan,
			struct err *err)
{
	struct buf text = BUF_INIT;
	founding_put_conf(plan, &text);
	bool ok = place_write_draft(place, &text, err);
	buf_clear(&text);
	return ok;
}

bool founding_make(const struct founding *plan, const char *actor, int64_t now,
		   char code[SETUP_CODE_SIZE], struct err *err)
{
	struct place place = PLACE_INIT;
	struct server_config config = { 0 };
	bool ok =
		check_plan(plan, err) && place_open(plan->conf, &place, err) &&
		check_line("The path of the configuration", place.conf, err) &&
		refuse_existing(&place, err) &&
		write_draft(&place, plan, err) &&
		server_config_load(place.draft, &config, err) &&
		make_keys(&config, now, err) &&
		make_store(&config, actor, now, code, err) &&
		make_web(&place, plan, err);
	if (ok && rename(place.draft, place.conf) != 0) {
		ok = err_set_errno(err, ERR_IO, errno, "%s", place.conf);
	}
	server_config_clear(&config);
	place_clear(&place);
	return ok;
}
