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
#include "cli/unix_user.h"
#include "client/daemon.h"
#include "domain/ledger.h"
#include "domain/machines.h"
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
		.text = "The device was initialised.",
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
	if (!save_machine(db, config, err) || !log_setup(db, actor, now, err) ||
	    !setup_make_code(db, now, INIT_CODE_DAYS * DAY_S, code, err)) {
		db_rollback(db);
		return false;
	}
	return db_commit(db, err);
}

static bool make_fifo(const struct device_config *config, struct err *err)
{
	char *path = device_config_state_path(config, DAEMON_WAKE_FILE);
	bool ok = mkfifo(path, 0660) == 0 || errno == EEXIST ||
		  err_set_errno(err, ERR_IO, errno, "%s cannot be made", path);
	mem_free(path);
	return ok;
}

/* Lets the group of the pages' user write to one file or folder. */
static bool give(const char *path, gid_t group, mode_t mode, struct err *err)
{
	return (chown(path, (uid_t)-1, group) == 0 && chmod(path, mode) == 0) ||
	       err_set_errno(err, ERR_IO, errno,
			     "%s cannot be given to the pages", path);
}

static bool give_named(const char *folder, const char *name, gid_t group,
		       mode_t mode, struct err *err)
{
	char *path = files_join(folder, name);
	bool ok = give(path, group, mode, err);
	mem_free(path);
	return ok;
}

bool init_give_to_pages(const struct device_config *config, struct err *err)
{
	if (config->pages_user[0] == '\0' || geteuid() != 0) {
		return true;
	}
	gid_t group = 0;
	if (!unix_user_group(config->pages_user, &group)) {
		return err_set(err, ERR_NOT_FOUND,
			       "There is no user \"%s\" "
			       "for the pages.",
			       config->pages_user);
	}
	return give(config->state, group, 02770, err) &&
	       give_named(config->state, "sluice.db", group, 0660, err) &&
	       give_named(config->state, DAEMON_WAKE_FILE, group, 0660, err) &&
	       give_named(config->folder, "web/tmp", group, 0770, err);
}

bool init_make_store(const struct device_config *config, const char *actor,
		     char code[SETUP_CODE_SIZE], struct err *err)
{
	char *path = device_config_state_path(config, "sluice.db");
	struct db *db = NULL;
	bool ok = false;
	if (files_exists(path)) {
		err_set(err, ERR_DENIED, "There is a database already: %s.",
			path);
		goto out;
	}
	ok = files_make_dir(config->state, 0770, err) &&
	     db_open(path, DB_CREATE, &db, err) &&
	     first_rows(db, config, actor, code, err) && make_fifo(config, err);
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
