/*
 * Looks users up in /etc/passwd. Users that only a directory service knows
 * appear by their number.
 */
#include "cli/unix_user.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define PASSWD "/etc/passwd"

/* The first row with this name, or with this number when name is NULL. */
static bool find(const char *name, uid_t uid, char found[UNIX_USER_NAME_SIZE],
		 gid_t *group)
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
		*group = row->pw_gid;
	}
	fclose(file);
	return ok;
}

bool unix_user_name(uid_t uid, char name[UNIX_USER_NAME_SIZE])
{
	gid_t group = 0;
	return find(NULL, uid, name, &group);
}

bool unix_user_group(const char *name, gid_t *group)
{
	char found[UNIX_USER_NAME_SIZE];
	gid_t of_user = 0;
	if (!find(name, 0, found, &of_user)) {
		return false;
	}
	*group = of_user;
	return true;
}
