/*
 * User and working folder of a collector. The folder lies in the state
 * folder, which its user cannot enter: it gets there by a descriptor. What is
 * in the folder is never looked at here. What it may do there is the
 * sandbox's affair (collector.c).
 */
#include "client/collector_place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

/* The folder itself, by no link, without a right to read it. */
static int open_folder(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* *made: it was not there before. */
static int make_folder(const char *state, const char *name, bool *made,
		       struct err *err)
{
	char *all = files_join(state, COLLECTOR_FOLDERS);
	char *path = files_join(all, name);
	int folder = -1;
	*made = false;
	if (mkdir(all, 0700) == 0 || errno == EEXIST) {
		*made = mkdir(path, 0700) == 0;
		folder = *made || errno == EEXIST ? open_folder(path) : -1;
	}
	if (folder < 0) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be made", path);
	}
	mem_free(path);
	mem_free(all);
	return folder;
}

static bool belongs(int folder, uid_t user)
{
	struct stat about;
	return fstat(folder, &about) == 0 && about.st_uid == user;
}

static void refuse_folder(struct collector_place *place, const char *name)
{
	(void)close(place->folder);
	place->folder = -1;
	err_set(&place->no_folder, ERR_DENIED,
		"the folder %s/%s in the state folder belongs to another user "
		"than the one it runs as; start the command as root, or give "
		"the folder to that user with chown -R",
		COLLECTOR_FOLDERS, name);
}

static bool has_state(const struct device_config *config,
		      struct collector_place *place)
{
	return (config->state != NULL && config->state[0] != '\0') ||
	       err_set(&place->no_folder, ERR_NOT_FOUND,
		       "there is no state folder");
}

void collector_place_own(const struct device_config *config,
			 const struct device_collector *collector,
			 struct collector_place *place)
{
	bool made = false;
	memset(place, 0, sizeof(*place));
	place->folder = -1;
	if (!has_state(config, place)) {
		return;
	}
	place->folder = make_folder(config->state, collector->name, &made,
				    &place->no_folder);
	if (place->folder >= 0 && !belongs(place->folder, geteuid())) {
		refuse_folder(place, collector->name);
	}
}

/* Whom the configuration names; false: it cannot run. */
static bool choose_user(const struct device_collector *collector,
			const struct unix_user *client,
			struct collector_place *place)
{
	place->as_user = true;
	place->user = *client;
	if (collector->user[0] == '\0') {
		(void)!unix_user_find(COLLECTOR_USER, &place->user);
	} else if (!unix_user_find(collector->user, &place->user)) {
		return err_set(&place->why, ERR_NOT_FOUND,
			       "there is no user \"%s\"; make it or name "
			       "another",
			       collector->user);
	} else if (place->user.uid == 0) {
		return err_set(&place->why, ERR_DENIED,
			       "it must not run as root; name another user");
	}
	place->alone = place->user.uid != 0 && place->user.uid != client->uid;
	return true;
}

void collector_place_for(const struct device_config *config,
			 const struct device_collector *collector,
			 const struct unix_user *client,
			 struct collector_place *place)
{
	bool made = false;
	memset(place, 0, sizeof(*place));
	place->folder = -1;
	if (!choose_user(collector, client, place) ||
	    !has_state(config, place)) {
		return;
	}
	/* Root may be locked out of the state folder, its owner is not. */
	if (seteuid(client->uid) == 0) {
		place->folder = make_folder(config->state, collector->name,
					    &made, &place->no_folder);
	}
	if (seteuid(0) != 0) {
		err_set_errno(&place->why, ERR_IO, errno,
			      "root cannot be taken on again");
	}
	/*
	 * Only what was made just now, and is still the client's: what the
	 * client put in its place meanwhile is not given to anybody.
	 */
	if (made && place->folder >= 0 && belongs(place->folder, client->uid) &&
	    fchownat(place->folder, "", place->user.uid, place->user.gid,
		     AT_EMPTY_PATH) != 0) {
		err_set_errno(&place->no_folder, ERR_IO, errno,
			      "its folder cannot be given to its user; the "
			      "service needs CAP_CHOWN");
	}
	if (place->folder >= 0 && !belongs(place->folder, place->user.uid)) {
		refuse_folder(place, collector->name);
	}
}

void collector_place_jobs(const struct device_collector *program,
			  const struct unix_user *client,
			  struct collector_place *place)
{
	memset(place, 0, sizeof(*place));
	place->folder = -1;
	if (client != NULL) {
		(void)choose_user(program, client, place);
	}
}

void collector_place_clear(struct collector_place *place)
{
	if (place->folder >= 0) {
		(void)close(place->folder);
	}
	place->folder = -1;
}
