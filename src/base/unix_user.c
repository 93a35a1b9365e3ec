/*
 * Looks users up in /etc/passwd. Users that only a directory service knows
 * appear by their number.
 */
#include "base/unix_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define PASSWD "/etc/passwd"
#define GROUP "/etc/group"

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

static bool is_member(const struct group *row, const char *name)
{
	for (char **member = row->gr_mem; *member != NULL; member++) {
		if (strcmp(*member, name) == 0) {
			return true;
		}
	}
	return false;
}

/* More groups than fit are left out: less is allowed, never more. */
static void find_groups(const char *name, struct unix_user *user)
{
	FILE *file = fopen(GROUP, "re");
	if (file == NULL) {
		return;
	}
	const struct group *row;
	while (user->groups_count < UNIX_USER_GROUPS_MAX &&
	       (row = fgetgrent(file)) != NULL) {
		if (row->gr_gid != user->gid && is_member(row, name)) {
			user->groups[user->groups_count++] = row->gr_gid;
		}
	}
	fclose(file);
}

bool unix_user_find(const char *name, struct unix_user *user)
{
	struct unix_user u = { 0 };
	if (!unix_user_ids(name, &u.uid, &u.gid)) {
		return false;
	}
	find_groups(name, &u);
	*user = u;
	return true;
}

bool unix_user_become(const struct unix_user *user)
{
	return setgroups(user->groups_count, user->groups) == 0 &&
	       setresgid(user->gid, user->gid, user->gid) == 0 &&
	       setresuid(user->uid, user->uid, user->uid) == 0;
}

bool unix_user_owner(const char *path, struct unix_user *user, struct err *err)
{
	struct stat info;
	if (stat(path, &info) != 0) {
		return err_set_errno(err, ERR_IO, errno, "%s cannot be seen",
				     path);
	}
	char name[UNIX_USER_NAME_SIZE];
	struct unix_user u = { .uid = info.st_uid };
	uid_t same = info.st_uid;
	if (!find(NULL, info.st_uid, name, &same, &u.gid)) {
		u.gid = info.st_gid;
	}
	*user = u;
	return true;
}

bool unix_user_become_owner(const char *path, struct err *err)
{
	struct stat info;
	struct unix_user user;
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
	if (!unix_user_owner(path, &user, err)) {
		return false;
	}
	user.groups[user.groups_count++] = info.st_gid;
	return unix_user_become(&user) ||
	       err_set_errno(err, ERR_IO, errno,
			     "The owner of %s cannot be taken on", path);
}
