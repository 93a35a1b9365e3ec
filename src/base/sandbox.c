/*
 * Gives up what a profile does not need, in this order: core dumps and new
 * privileges, files and TCP ports (Landlock, by bare system calls: the C
 * library has no names for them), system calls (sandbox_filter.c), resources.
 * The rights of Landlock are written out here because the headers of the
 * distributions are older than the kernels that their users run.
 */
#include "base/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sandbox_filter.h"

/* The same numbers on every processor; see linux/landlock.h. */
#define CALL_CREATE_RULESET 444
#define CALL_ADD_RULE 445
#define CALL_RESTRICT_SELF 446
#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH 1

#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_FIRST_ABI ((UINT64_C(1) << 13) - 1) /* all that ABI 1 knows */
#define FS_REFER (UINT64_C(1) << 13)           /* from ABI 2 */
#define FS_TRUNCATE (UINT64_C(1) << 14)        /* from ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15)       /* from ABI 5 */
#define NET_BIND_TCP (UINT64_C(1) << 0)        /* from ABI 4 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT_UNIX (UINT64_C(1) << 0) /* from ABI 6 */
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

#define FS_READ (FS_READ_FILE | FS_READ_DIR)
#define FS_FOR_FILES (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE)

#define PAGE_CPU_S 60
#define PAGE_CPU_MOST_S (12 * 60 * 60)

/* struct landlock_ruleset_attr; older kernels know only its beginning. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* struct landlock_path_beneath_attr */
struct path_rule {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

/* Read and run: what a program of the system needs to start and resolve. */
static const char *const system_paths[] = {
	"/bin",
	"/etc",
	"/lib",
	"/lib64",
	"/usr",
	"/dev/random",
	"/dev/urandom",
	"/run/NetworkManager",
	"/run/resolvconf",
	"/run/systemd/resolve",
	NULL,
};

static bool sees_system(enum sandbox_profile profile)
{
	return profile != SANDBOX_PAGE && profile != SANDBOX_WORKER;
}

static bool runs_programs(enum sandbox_profile profile)
{
	return profile == SANDBOX_DAEMON || profile == SANDBOX_LAUNCHER ||
	       profile == SANDBOX_COLLECTOR_EXEC;
}

static int landlock_abi(void)
{
	long abi = syscall(CALL_CREATE_RULESET, NULL, (size_t)0,
			   CREATE_RULESET_VERSION);
	return abi > 0 ? (int)abi : 0;
}

/* What the ruleset takes in hand: all that this ABI knows. */
static struct ruleset handled_rights(enum sandbox_profile profile, int abi)
{
	struct ruleset handled = { .fs = FS_FIRST_ABI };
	handled.fs |= abi >= 2 ? FS_REFER : 0;
	handled.fs |= abi >= 3 ? FS_TRUNCATE : 0;
	handled.fs |= abi >= 5 ? FS_IOCTL_DEV : 0;
	if (abi >= 4) {
		handled.net = NET_BIND_TCP;
		if (profile == SANDBOX_PAGE || profile == SANDBOX_WORKER) {
			handled.net |= NET_CONNECT_TCP;
		}
	}
	if (abi >= 6) {
		handled.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	}
	return handled;
}

static size_t ruleset_size(int abi)
{
	return abi >= 6   ? sizeof(struct ruleset)
	       : abi >= 4 ? offsetof(struct ruleset, scoped)
			  : offsetof(struct ruleset, net);
}

/* A path that does not exist, or not for this user, is no error. */
static bool allow_path(int ruleset, const char *path, uint64_t rights,
		       struct err *err)
{
	bool ok = false;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ||
		       err_set_errno(err, ERR_IO, errno,
				     "%s cannot be allowed to the sandbox",
				     path);
	}
	struct stat about;
	struct path_rule rule = { .allowed = rights, .parent_fd = fd };
	if (fstat(fd, &about) != 0) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be looked at",
			      path);
		goto out;
	}
	if (!S_ISDIR(about.st_mode)) {
		rule.allowed &= FS_FOR_FILES;
		rule.allowed |=
			S_ISCHR(about.st_mode) ? rights & FS_IOCTL_DEV : 0;
	}
	if (syscall(CALL_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0) {
		err_set_errno(err, ERR_IO, errno,
			      "%s cannot be allowed to the sandbox", path);
		goto out;
	}
	ok = true;
out:
	close(fd);
	return ok;
}

static bool allow_all(int ruleset, enum sandbox_profile profile,
		      uint64_t handled, const struct sandbox_path *paths,
		      struct err *err)
{
	/* Who starts programs cannot run what he writes. */
	uint64_t run = runs_programs(profile) ? FS_EXECUTE : 0;
	uint64_t write = handled & ~FS_EXECUTE;
	for (const struct sandbox_path *row = paths;
	     row != NULL && row->path != NULL; row++) {
		uint64_t rights = row->write ? write : FS_READ | run;
		if (!allow_path(ruleset, row->path, rights, err)) {
			return false;
		}
	}
	for (size_t i = 0; sees_system(profile) && system_paths[i] != NULL;
	     i++) {
		if (!allow_path(ruleset, system_paths[i], FS_READ | run, err)) {
			return false;
		}
	}
#ifdef SLUICE_SANITIZERS
	/* The leak check at exit reads the maps of its own process. */
	if (!allow_path(ruleset, "/proc", FS_READ, err)) {
		return false;
	}
#endif
	return allow_path(ruleset, "/dev/null", FS_READ | FS_WRITE_FILE, err);
}

static bool enter_landlock(enum sandbox_profile profile,
			   const struct sandbox_path *paths, int abi,
			   struct err *err)
{
	bool ok = false;
	struct ruleset handled = handled_rights(profile, abi);
	int ruleset = (int)syscall(CALL_CREATE_RULESET, &handled,
				   ruleset_size(abi), 0);
	if (ruleset < 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "Landlock refused the rules");
	}
	if (!allow_all(ruleset, profile, handled.fs, paths, err)) {
		goto out;
	}
	if (syscall(CALL_RESTRICT_SELF, ruleset, 0) != 0) {
		err_set_errno(err, ERR_IO, errno, "Landlock refused the rules");
		goto out;
	}
	ok = true;
out:
	close(ruleset);
	return ok;
}

static void limit_to(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit limit;
	if (getrlimit(what, &limit) == 0) {
		limit.rlim_max = most < limit.rlim_max ? most : limit.rlim_max;
		limit.rlim_cur = limit.rlim_max < limit.rlim_cur
					 ? limit.rlim_max
					 : limit.rlim_cur;
		(void)setrlimit(what, &limit);
	}
}

/* What the process can raise again, up to what limit_to() left. */
static void limit_now(__rlimit_resource_t what, rlim_t now)
{
	struct rlimit limit;
	if (getrlimit(what, &limit) == 0) {
		limit.rlim_cur = now < limit.rlim_max ? now : limit.rlim_max;
		(void)setrlimit(what, &limit);
	}
}

static void limit_resources(enum sandbox_profile profile)
{
	limit_to(RLIMIT_CORE, 0);
	if (profile == SANDBOX_PAGE) {
		limit_to(RLIMIT_CPU, PAGE_CPU_MOST_S);
		limit_now(RLIMIT_CPU, PAGE_CPU_S);
		limit_to(RLIMIT_NOFILE, 64);
	}
}

void sandbox_more_time(void)
{
	limit_now(RLIMIT_CPU, PAGE_CPU_MOST_S);
}

bool sandbox_enter(enum sandbox_profile profile,
		   const struct sandbox_path *paths,
		   struct sandbox_result *result, struct err *err)
{
	assert(profile != SANDBOX_UNSET);
	struct sandbox_result held = { 0 };
	limit_resources(profile);
#ifndef SLUICE_SANITIZERS
	/* The leak check at exit traces its own process: those builds cannot. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "core dumps cannot be turned off");
	}
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "privileges cannot be given up");
	}
	int abi = landlock_abi();
	if (abi > 0 && !enter_landlock(profile, paths, abi, err)) {
		return false;
	}
	held.landlock_abi = abi;
	if (!sandbox_filter_enter(profile, &held.seccomp, err)) {
		return false;
	}
	if (result != NULL) {
		*result = held;
	}
	return true;
}
