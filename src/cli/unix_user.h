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
MUST_USE bool unix_user_group(const char *name, gid_t *group);

#endif
