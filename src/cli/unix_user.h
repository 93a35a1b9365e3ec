#ifndef SLUICE_CLI_UNIX_USER_H
#define SLUICE_CLI_UNIX_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

#define UNIX_USER_NAME_SIZE 40

/*
 * Users of this machine, from /etc/passwd alone: asking the name service
 * would open sockets. false = there is none.
 */
MUST_USE bool unix_user_name(uid_t uid, char name[UNIX_USER_NAME_SIZE]);
MUST_USE bool unix_user_ids(const char *name, uid_t *uid, gid_t *group);

/*
 * When this is root and the path belongs to another user: becomes that user
 * for good, with the path's group as its only further group. So nothing that
 * root starts in a device's name runs as root, or leaves files behind that
 * the daemon cannot use. Errors: IO.
 */
MUST_USE bool unix_user_become_owner(const char *path, struct err *err);

#endif
