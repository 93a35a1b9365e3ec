#ifndef SLUICE_BASE_SANDBOX_H
#define SLUICE_BASE_SANDBOX_H

#include <stdbool.h>

#include "base/err.h"

/*
 * What a process gives up before it reads input. Landlock limits the files,
 * seccomp the system calls, rlimits the rest. It cannot be undone.
 */
enum sandbox_profile {
	SANDBOX_UNSET = 0,
	SANDBOX_PAGE, /* CGI page: files given, no sockets, no exec, no fork */
	SANDBOX_DAEMON, /* client daemon: files given, may connect and run collectors */
	SANDBOX_COLLECTOR, /* collector: reads system files, its source's sockets, no exec */
	SANDBOX_WORKER, /* server worker: files given, accepts on what is open */
	/* Before it is run: any collector, which may connect and run programs
	 * of the system, and cannot leave its user and its process group. */
	SANDBOX_COLLECTOR_EXEC,
	SANDBOX_LAUNCHER, /* runs collectors, each as its own user */
	/* Client daemon that leaves that to a launcher; it forks a child that
	 * asks the name service. */
	SANDBOX_DAEMON_NO_EXEC
};

struct sandbox_path {
	const char *
		path; /* file or directory with all below; NULL ends the list */
	bool write;   /* also write, make, rename, remove; set up a device */
};

/* What held, for "sluice doctor" and the start-up line. */
struct sandbox_result {
	int landlock_abi; /* 0 = this kernel has no Landlock */
	bool seccomp;     /* the filter is in place */
};

/*
 * Enters the profile. A kernel without Landlock or seccomp is no error: the
 * result says what held. no_new_privs and no core dumps hold always.
 * Paths that do not exist, or that this user cannot reach anyway, are skipped.
 * Errors: IO (the kernel has the feature and refuses our use of it).
 */
MUST_USE bool sandbox_enter(enum sandbox_profile profile,
			    const struct sandbox_path *paths,
			    struct sandbox_result *result, struct err *err);

/*
 * For a page that takes a file in: more of the processor's time than the
 * minute that SANDBOX_PAGE leaves, as long as a session can last.
 */
void sandbox_more_time(void);

#endif
