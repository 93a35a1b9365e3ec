/*
 * The state folder of a new device. Tables are store/schema's, their content
 * is domain's; this puts the first rows in.
 */
#include "cli/init_store.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/unix_user.h"
#include "client/daemon.h"
#include "client/identity.h"
#include "domain/ledger.h"
#include "domain/machines.h"
#include "domain/time_known.h"
#include "store/db.h"
#include "store/migrate.h"

#define DAY_S (24 * 60 * 60)

static bool log_setup(struct db *db, const char *actor, int64_t now,
		      struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_SETUP,
		.actor = actor,
		.result = "ok",
		.text = "the device was initialised",
	};
	return ledger_append(db, &entry, err);
}

static bool save_machine(struct db *db, const struct device_config *config,
			 struct err *err)
{
	struct machine machine = { .collected_at = 0 };
	if (!text_copy(machine.id, sizeof(machine.id), config->id) ||
	    !text_copy(machine.make_and_model, sizeof(machine.make_and_model),
		       config->title) ||
	    !text_copy(machine.serial_number, sizeof(machine.serial_number),
		       config->serial)) {
		return err_set(err, ERR_INVALID,
			       "Title or serial number are too long.");
	}
	return machines_save(db, &machine, err);
}

static bool first_rows(struct db *db, const struct device_config *config,
		       const char *actor, char code[SETUP_CODE_SIZE],
		       struct err *err)
{
	int64_t now = clock_utc_now();
	if (!migrate(db, "device", err) || !db_begin(db, err)) {
		return false;
	}
	if (!time_known_doubt(db, err) || !save_machine(db, config, err) ||
	    !log_setup(db, actor, now, err) ||
	    !setup_make_code(db, now, INIT_CODE_DAYS * DAY_S, code, err)) {
		db_rollback(db);
		return false;
	}
	return db_commit(db, err);
}

/* Exactly this mode, whatever the umask: pages and daemon share it. */
static bool make_fifo(const struct device_config *config, struct err *err)
{
	char *path = device_config_state_path(config, DAEMON_WAKE_FILE);
	bool ok = ((mkfifo(path, 0660) == 0 || errno == EEXIST) &&
		   chmod(path, 0660) == 0) ||
		  err_set_errno(err, ERR_IO, errno, "%s cannot be made", path);
	mem_free(path);
	return ok;
}

/* Made here, so that it belongs to the daemon's user and not to root. */
static bool make_lock(const struct device_config *config, struct err *err)
{
	char *path = device_config_state_path(config, DAEMON_LOCK_FILE);
	int fd = -1;
	bool ok = files_lock(path, &fd, err);
	if (ok) {
		close(fd);
	}
	mem_free(path);
	return ok;
}

#define KEEP_UID ((uid_t)-1)
#define KEEP_MODE ((mode_t)-1)

/* name "" = the folder itself. */
static bool give(const char *folder, const char *name, uid_t user, gid_t group,
		 mode_t mode, struct err *err)
{
	char *path =
		name[0] == '\0' ? mem_strdup(folder) : files_join(folder, name);
	bool ok = (chown(path, user, group) == 0 &&
		   (mode == KEEP_MODE || chmod(path, mode) == 0)) ||
		  err_set_errno(err, ERR_IO, errno, "%s cannot be given away",
				path);
	mem_free(path);
	return ok;
}

/* The database, and what SQLite leaves beside it when it is closed. */
static bool give_database(const struct device_config *config, uid_t user,
			  gid_t group, mode_t mode, struct err *err)
{
	static const char *const files[] = { DEVICE_DATABASE_FILE,
					     DEVICE_DATABASE_FILE "-wal",
					     DEVICE_DATABASE_FILE "-shm" };
	bool ok = true;
	for (size_t i = 0; ok && i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = files_join(config->state, files[i]);
		ok = (i > 0 && !files_exists(path)) ||
		     give(config->state, files[i], user, group, mode, err);
		mem_free(path);
	}
	return ok;
}

static bool find_user(const char *option, const char *name, uid_t *user,
		      gid_t *group, struct err *err)
{
	return unix_user_ids(name, user, group) ||
	       err_set(err, ERR_NOT_FOUND,
		       "There is no user \"%s\" in /etc/passwd; make it, or "
		       "leave %s out.",
		       name, option);
}

static bool give_to_daemon(const struct device_config *config, const char *name,
			   struct err *err)
{
	static const char *const keys[] = { "", IDENTITY_KEY_FILE,
					    IDENTITY_REQUEST_FILE,
					    IDENTITY_LEDGER_KEY_FILE,
					    IDENTITY_LEDGER_VERIFIER_FILE };
	static const char *const states[] = { "", DAEMON_WAKE_FILE,
					      DAEMON_LOCK_FILE };
	uid_t user = 0;
	gid_t group = 0;
	bool ok = find_user("--user", name, &user, &group, err) &&
		  give_database(config, user, group, KEEP_MODE, err);
	for (size_t i = 0; ok && i < sizeof(keys) / sizeof(keys[0]); i++) {
		ok = give(config->keys, keys[i], user, group, KEEP_MODE, err);
	}
	for (size_t i = 0; ok && i < sizeof(states) / sizeof(states[0]); i++) {
		ok = give(config->state, states[i], user, group, KEEP_MODE,
			  err);
	}
	return ok;
}

static bool give_to_pages(const struct device_config *config, struct err *err)
{
	uid_t user = 0;
	gid_t group = 0;
	return find_user("--pages-user", config->pages_user, &user, &group,
			 err) &&
	       give(config->state, "", KEEP_UID, group, 02770, err) &&
	       give_database(config, KEEP_UID, group, 0660, err) &&
	       give(config->state, DAEMON_WAKE_FILE, KEEP_UID, group, 0660,
		    err) &&
	       give(config->folder, "web/log", user, group, KEEP_MODE, err);
}

bool init_give_away(const struct device_config *config, const char *user,
		    struct err *err)
{
	if (geteuid() != 0) {
		return true;
	}
	return (user[0] == '\0' || give_to_daemon(config, user, err)) &&
	       (config->pages_user[0] == '\0' || give_to_pages(config, err));
}

bool init_make_store(const struct device_config *config, const char *actor,
		     char code[SETUP_CODE_SIZE], struct err *err)
{
	char *path = device_config_state_path(config, DEVICE_DATABASE_FILE);
	struct db *db = NULL;
	bool ok = false;
	if (files_exists(path)) {
		err_set(err, ERR_DENIED, "There is a database already: %s.",
			path);
		goto out;
	}
	ok = files_make_dir(config->state, 0770, err) &&
	     db_open(path, DB_CREATE, &db, err) &&
	     first_rows(db, config, actor, code, err) &&
	     make_fifo(config, err) && make_lock(config, err);
out:
	db_close(db);
	mem_free(path);
	return ok;
}

bool init_new_code(struct db *db, char code[SETUP_CODE_SIZE], struct err *err)
{
	bool open = false;
	if (!setup_is_open(db, &open, err)) {
		return false;
	}
	if (!open) {
		return err_set(err, ERR_DENIED,
			       "Set-up is done: there is an "
			       "account. \"sluice user password NAME\" helps "
			       "who forgot a password.");
	}
	return setup_make_code(db, clock_utc_now(), INIT_CODE_DAYS * DAY_S,
			       code, err);
}
