#ifndef SLUICE_BASE_UNIX_USER_H
#define SLUICE_BASE_UNIX_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define UNIX_USER_NAME_SIZE 40

/*
 * Users of this machine, from /etc/passwd alone: asking the name service
 * would open sockets. false = there is none.
 */
MUST_USE bool unix_user_name(uid_t uid, char name[UNIX_USER_NAME_SIZE]);
MUST_USE bool unix_user_ids(const char *name, uid_t *uid, gid_t *group);

#define UNIX_USER_GROUPS_MAX 32

/* Who a process can become. */
struct unix_user {
	uid_t uid;
	gid_t gid;
	gid_t groups[UNIX_USER_GROUPS_MAX]; /* beside gid */
	size_t groups_count;
};

/* With the groups of /etc/group; false = there is none of that name. */
MUST_USE bool unix_user_find(const char *name, struct unix_user *user);

/* Who owns the path, without further groups. Errors: IO. */
MUST_USE bool unix_user_owner(const char *path, struct unix_user *user,
			      struct err *err);

/* Becomes the user for good, real, effective and saved; false with errno. */
MUST_USE bool unix_user_become(const struct unix_user *user);

/*
 * When this is root and the path belongs to another user: becomes that user
 * for good, with the path's group as its only further group. So nothing that
 * root starts in a device's name runs as root, or leaves files behind that
 * the daemon cannot use. Errors: IO.
 */
MUST_USE bool unix_user_become_owner(const char *path, struct err *err);

#endif
