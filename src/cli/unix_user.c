/*
 * Looks users up in /etc/passwd. Users that only a directory service knows
 * appear by their number.
 */
#include "cli/unix_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define PASSWD "/etc/passwd"

/* The first row with this name, or with this number when name is NULL. */
static bool find(const char *name, uid_t uid, char found[UNIX_USER_NAME_SIZE],
		 uid_t *user, gid_t *group)
{
	FILE *file = fopen(PASSWD, "re");
	if (file == NULL) {
		return false;
	}
	const struct passwd *row;
	bool ok = false;
	while (!ok && (row = fgetpwent(file)) != NULL) {
		bool match = name != NULL ? strcmp(row->pw_name, name) == 0
					  : row->pw_uid == uid;
		ok = match &&
		     text_copy(found, UNIX_USER_NAME_SIZE, row->pw_name);
		*user = row->pw_uid;
		*group = row->pw_gid;
	}
	fclose(file);
	return ok;
}

bool unix_user_name(uid_t uid, char name[UNIX_USER_NAME_SIZE])
{
	uid_t user = 0;
	gid_t group = 0;
	return find(NULL, uid, name, &user, &group);
}

bool unix_user_ids(const char *name, uid_t *uid, gid_t *group)
{
	char found[UNIX_USER_NAME_SIZE];
	uid_t of_user = 0;
	gid_t of_group = 0;
	if (!find(name, 0, found, &of_user, &of_group)) {
		return false;
	}
	*uid = of_user;
	*group = of_group;
	return true;
}

bool unix_user_become_owner(const char *path, struct err *err)
{
	struct stat info;
	if (geteuid() != 0) {
		return true;
	}
	if (stat(path, &info) != 0) {
		return err_set_errno(err, ERR_IO, errno, "%s cannot be seen",
				     path);
	}
	if (info.st_uid == 0) {
		return true;
	}
	char name[UNIX_USER_NAME_SIZE];
	uid_t user = info.st_uid;
	gid_t group = info.st_gid;
	if (!find(NULL, info.st_uid, name, &user, &group)) {
		group = info.st_gid;
	}
	if (setgroups(1, &info.st_gid) != 0 || setgid(group) != 0 ||
	    setuid(info.st_uid) != 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "The owner of %s cannot be taken on",
				     path);
	}
	return true;
}
