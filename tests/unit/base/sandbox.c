/*
 * Each profile is entered in a child of its own, which then tries what it
 * should not be able to do and tells by its exit status how many of its
 * claims did not hold.
 */
#include "base/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/spawn.h"

struct fixture {
	char *dir;
	char *open_dir; /* may be written */
	char *read_dir; /* may be read */
	char *secret;   /* a file outside both */
	char *readable; /* a file in read_dir */
	int listening;  /* on loopback, made before the sandbox */
	struct sandbox_path paths[5];
};

static int make_fixture(void **state)
{
	const char *base = getenv("TMPDIR");
	struct fixture *f = mem_zalloc(sizeof(*f));
	struct err err = { 0 };
	f->dir = files_join(base != NULL ? base : "/tmp", "sandbox-XXXXXX");
	if (mkdtemp(f->dir) == NULL) {
		return -1;
	}
	f->open_dir = files_join(f->dir, "open");
	f->read_dir = files_join(f->dir, "read");
	f->secret = files_join(f->dir, "secret");
	f->readable = files_join(f->read_dir, "file");
	if (!files_make_dir(f->open_dir, 0700, &err) ||
	    !files_make_dir(f->read_dir, 0700, &err) ||
	    !files_write(f->secret, "s", 1, 0600, &err) ||
	    !files_write(f->readable, "r", 1, 0600, &err)) {
		return -1;
	}
	struct sockaddr_in address = { .sin_family = AF_INET };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->listening = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(f->listening, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(f->listening, 1)) {
		return -1;
	}
	f->paths[0] = (struct sandbox_path){ f->open_dir, true };
	f->paths[1] = (struct sandbox_path){ f->read_dir, false };
	f->paths[2] = (struct sandbox_path){ "/nonexistent/path", true };
	*state = f;
	return 0;
}

static int remove_fixture(void **state)
{
	struct fixture *f = *state;
	char command[4200];
	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	int failed = system(command);
	close(f->listening);
	mem_free(f->readable);
	mem_free(f->secret);
	mem_free(f->read_dir);
	mem_free(f->open_dir);
	mem_free(f->dir);
	mem_free(f);
	return failed;
}

/* What a child claims; counts and names what does not hold. */
struct claims {
	struct sandbox_result held;
	int broken;
};

static void claim(struct claims *claims, bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "does not hold: %s\n", what);
		claims->broken++;
	}
}

#define CLAIM(claims, expression) claim((claims), (expression), #expression)

typedef void claim_all(struct claims *claims, const struct fixture *f);

/* Enters the profile in a child and lets it make its claims. */
static void in_child(const struct fixture *f, enum sandbox_profile profile,
		     claim_all *body)
{
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct claims claims = { 0 };
		struct err err = { 0 };
		if (!sandbox_enter(profile, f->paths, &claims.held, &err)) {
			fprintf(stderr, "%s\n", err.text);
			_exit(99);
		}
		body(&claims, f);
		_exit(claims.broken);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool is_refused(long result)
{
	return result < 0 && (errno == EPERM || errno == EACCES);
}

static bool can_open(const char *path, int flags)
{
	int fd = open(path, flags, 0600);
	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0;
}

static void claim_files(struct claims *c, const struct fixture *f)
{
	struct err err = { 0 };
	char *mine = files_join(f->open_dir, "mine");
	char *other = files_join(f->read_dir, "other");
	CLAIM(c, files_write(mine, "x", 1, 0600, &err));
	CLAIM(c, files_write(mine, "y", 1, 0600, &err));
	CLAIM(c, can_open(mine, O_RDWR | O_TRUNC));
	CLAIM(c, unlink(mine) == 0);
	CLAIM(c, can_open(f->readable, O_RDONLY));
	CLAIM(c, can_open("/dev/null", O_RDWR));
	if (c->held.landlock_abi > 0) {
		CLAIM(c, !can_open(f->readable, O_WRONLY));
		CLAIM(c, !can_open(f->secret, O_RDONLY));
		CLAIM(c, is_refused(unlink(f->secret)));
		CLAIM(c, is_refused(unlink(f->readable)));
		CLAIM(c, !files_write(other, "x", 1, 0600, NULL));
		CLAIM(c, is_refused(symlink("x", other)));
		CLAIM(c, !can_open("/root", O_RDONLY | O_DIRECTORY));
		CLAIM(c, !can_open("/var", O_RDONLY | O_DIRECTORY));
	}
	if (c->held.landlock_abi >= 3) {
		CLAIM(c, is_refused(truncate(f->readable, 0)));
	}
	mem_free(mine);
	mem_free(other);
}

static void claim_kernel(struct claims *c)
{
	struct rlimit core = { 1, 1 };
	CLAIM(c, getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
	CLAIM(c, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	if (!c->held.seccomp) {
		return;
	}
#ifndef SLUICE_SANITIZERS
	CLAIM(c, prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	CLAIM(c, is_refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)));
#endif
	CLAIM(c, is_refused(syscall(SYS_bpf, 0, NULL, 0)));
	CLAIM(c, is_refused(syscall(SYS_keyctl, 0, 0, 0, 0, 0)));
	CLAIM(c, is_refused(syscall(SYS_unshare, 0)));
	CLAIM(c, is_refused(syscall(SYS_mount, "a", "b", "c", 0, NULL)));
	CLAIM(c, is_refused(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)));
	CLAIM(c, is_refused(syscall(SYS_userfaultfd, 0)));
	CLAIM(c, is_refused(syscall(SYS_io_uring_setup, 1, NULL)));
	CLAIM(c, is_refused(syscall(SYS_process_vm_readv, getppid(), NULL, 0,
				    NULL, 0, 0)));
}

/* Can this process make a thread? */
static void *do_nothing(void *argument)
{
	return argument;
}

static bool can_make_thread(void)
{
	pthread_t thread;
	return pthread_create(&thread, NULL, do_nothing, NULL) == 0 &&
	       pthread_join(thread, NULL) == 0;
}

static bool can_fork(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		_exit(0);
	}
	return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static bool can_exec(void)
{
	char *const none[] = { NULL };
	/* Where exec is allowed the error is that the file is missing. */
	return execve("/nonexistent", none, none) == 0 || errno == ENOENT;
}

/* Opens and closes a socket. */
static bool can_socket(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0 || errno == EAFNOSUPPORT;
}

static int connect_to(const struct fixture *f, int fd)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	if (getsockname(f->listening, (struct sockaddr *)&address, &size)) {
		return -1;
	}
	return connect(fd, (struct sockaddr *)&address, size);
}

static void claim_page(struct claims *c, const struct fixture *f)
{
	claim_files(c, f);
	claim_kernel(c);
	if (!c->held.seccomp) {
		return;
	}
	int pair[2];
	CLAIM(c, !can_socket(AF_INET, SOCK_STREAM));
	CLAIM(c, !can_socket(AF_INET6, SOCK_DGRAM));
	CLAIM(c, !can_socket(AF_UNIX, SOCK_STREAM));
	CLAIM(c, !can_socket(AF_NETLINK, SOCK_RAW));
	CLAIM(c, is_refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)));
	CLAIM(c, is_refused(accept(f->listening, NULL, NULL)));
	CLAIM(c, is_refused(listen(f->listening, 1)));
	CLAIM(c, is_refused(connect_to(f, f->listening)));
	CLAIM(c, !can_exec());
#ifndef SLUICE_SANITIZERS
	CLAIM(c, !can_fork());
	CLAIM(c, !can_make_thread());
#endif
}

static void a_page_has_its_files_and_nothing_else(void **state)
{
	in_child(*state, SANDBOX_PAGE, claim_page);
}

static void claim_daemon(struct claims *c, const struct fixture *f)
{
	claim_files(c, f);
	claim_kernel(c);
	CLAIM(c, can_socket(AF_INET, SOCK_STREAM));
	CLAIM(c, can_socket(AF_INET6, SOCK_DGRAM));
	CLAIM(c, can_socket(AF_UNIX, SOCK_STREAM));
	CLAIM(c, can_socket(AF_NETLINK, SOCK_RAW));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CLAIM(c, connect_to(f, fd) == 0);
	close(fd);
	CLAIM(c, can_fork());
	CLAIM(c, can_open("/etc/passwd", O_RDONLY));
	const char *const argv[] = { "/bin/sh", "-c", "echo hello", NULL };
	const char *const envp[] = { NULL };
	struct spawn_limits limits = { .timeout_ms = 60000 };
	struct buf out = BUF_INIT;
	struct err err = { 0 };
	CLAIM(c, spawn_run(argv, envp, &limits, &out, NULL, &err));
	CLAIM(c, strcmp(buf_str(&out), "hello\n") == 0);
	buf_clear(&out);
	if (c->held.seccomp) {
		CLAIM(c, !can_socket(AF_INET, SOCK_RAW));
		CLAIM(c, !can_socket(AF_PACKET, SOCK_RAW));
		CLAIM(c, is_refused(listen(f->listening, 1)));
		CLAIM(c, is_refused(accept(f->listening, NULL, NULL)));
	}
	if (c->held.landlock_abi >= 4) {
		struct sockaddr_in any = { .sin_family = AF_INET };
		fd = socket(AF_INET, SOCK_STREAM, 0);
		CLAIM(c, is_refused(bind(fd, (struct sockaddr *)&any,
					 sizeof(any))));
		close(fd);
	}
}

static void the_daemon_connects_and_runs_but_never_listens(void **state)
{
	in_child(*state, SANDBOX_DAEMON, claim_daemon);
}

static void claim_no_written_program(struct claims *c, const struct fixture *f)
{
	struct err err = { 0 };
	struct spawn_limits limits = { .timeout_ms = 60000 };
	struct buf out = BUF_INIT;
	const char *const envp[] = { NULL };
	char *path = files_join(f->open_dir, "program");
	const char *const argv[] = { path, NULL };
	CLAIM(c, files_write(path, "#!/bin/sh\n", 10, 0700, &err));
	if (c->held.landlock_abi > 0) {
		CLAIM(c, !spawn_run(argv, envp, &limits, &out, NULL, &err));
		CLAIM(c, err.kind == ERR_IO);
	}
	mem_free(path);
}

static void the_daemon_cannot_run_what_it_wrote(void **state)
{
	in_child(*state, SANDBOX_DAEMON, claim_no_written_program);
}

static void claim_collector(struct claims *c, const struct fixture *f)
{
	claim_files(c, f);
	claim_kernel(c);
	CLAIM(c, can_open("/etc/passwd", O_RDONLY));
	CLAIM(c, can_socket(AF_INET, SOCK_DGRAM));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CLAIM(c, connect_to(f, fd) == 0);
	close(fd);
	CLAIM(c, can_make_thread());
	if (c->held.seccomp) {
		CLAIM(c, !can_exec());
		CLAIM(c, is_refused(accept(f->listening, NULL, NULL)));
#ifndef SLUICE_SANITIZERS
		CLAIM(c, !can_fork());
#endif
	}
}

static void a_collector_asks_its_source_and_runs_nothing(void **state)
{
	in_child(*state, SANDBOX_COLLECTOR, claim_collector);
}

static bool can_write_char_device(void)
{
	return can_open("/dev/full", O_RDWR);
}

static void claim_any_collector(struct claims *c, const struct fixture *f)
{
	claim_files(c, f);
	claim_kernel(c);
	CLAIM(c, can_open("/etc/passwd", O_RDONLY));
	CLAIM(c, can_socket(AF_INET, SOCK_DGRAM));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CLAIM(c, connect_to(f, fd) == 0);
	close(fd);
	CLAIM(c, can_make_thread());
	CLAIM(c, can_fork());
	CLAIM(c, can_exec());
	if (c->held.landlock_abi > 0) {
		CLAIM(c, !can_write_char_device());
#ifndef SLUICE_SANITIZERS
		CLAIM(c, !can_open("/proc/self/status", O_RDONLY));
#endif
	}
	if (!c->held.seccomp) {
		return;
	}
	CLAIM(c, is_refused(setsid()));
	CLAIM(c, is_refused(setpgid(0, 0)));
	CLAIM(c, is_refused(setuid(getuid())));
	CLAIM(c, is_refused(setgid(getgid())));
	CLAIM(c, is_refused(setresuid(1, 1, 1)));
	CLAIM(c, is_refused(syscall(SYS_memfd_create, "m", 0)));
	CLAIM(c, is_refused(syscall(SYS_shmget, 0, 4096, 0600)));
	CLAIM(c, is_refused(accept(f->listening, NULL, NULL)));
	CLAIM(c, !can_socket(AF_INET, SOCK_RAW));
#ifndef SLUICE_SANITIZERS
	CLAIM(c, is_refused(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0,
				    0)));
#endif
}

static void any_collector_stays_who_and_where_it_is(void **state)
{
	in_child(*state, SANDBOX_COLLECTOR_EXEC, claim_any_collector);
}

static void claim_given_device(struct claims *c, const struct fixture *f)
{
	(void)f;
	CLAIM(c, can_write_char_device());
}

static void a_device_that_is_given_can_be_written(void **state)
{
	struct fixture *f = *state;
	f->paths[3] = (struct sandbox_path){ "/dev/full", true };
	in_child(f, SANDBOX_COLLECTOR_EXEC, claim_given_device);
}

static void claim_launcher(struct claims *c, const struct fixture *f)
{
	claim_files(c, f);
	claim_kernel(c);
	CLAIM(c, can_fork());
	CLAIM(c, can_exec());
	CLAIM(c, setgid(getgid()) == 0);
	CLAIM(c, setuid(getuid()) == 0);
	CLAIM(c, setpgid(0, 0) == 0);
	/* What it runs can still enter the narrower one. */
	CLAIM(c, sandbox_enter(SANDBOX_COLLECTOR_EXEC, f->paths, NULL, NULL));
	CLAIM(c, can_open(f->readable, O_RDONLY));
}

static void a_launcher_can_become_another(void **state)
{
	in_child(*state, SANDBOX_LAUNCHER, claim_launcher);
}

static void claim_daemon_alone(struct claims *c, const struct fixture *f)
{
	claim_files(c, f);
	claim_kernel(c);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CLAIM(c, connect_to(f, fd) == 0);
	close(fd);
	CLAIM(c, can_open("/etc/passwd", O_RDONLY));
	CLAIM(c, can_make_thread());
	CLAIM(c, can_fork()); /* a child asks the name service */
	if (c->held.seccomp) {
		CLAIM(c, !can_exec());
	}
}

static void a_daemon_with_a_launcher_runs_nothing(void **state)
{
	in_child(*state, SANDBOX_DAEMON_NO_EXEC, claim_daemon_alone);
}

static void claim_worker(struct claims *c, const struct fixture *f)
{
	claim_files(c, f);
	claim_kernel(c);
	fcntl(f->listening, F_SETFL, O_NONBLOCK);
	CLAIM(c, accept(f->listening, NULL, NULL) < 0 && errno == EAGAIN);
	CLAIM(c, can_make_thread());
	if (c->held.seccomp) {
		CLAIM(c, !can_socket(AF_INET, SOCK_STREAM));
		CLAIM(c, !can_socket(AF_NETLINK, SOCK_RAW));
		CLAIM(c, can_socket(AF_UNIX, SOCK_STREAM));
		CLAIM(c, is_refused(listen(f->listening, 1)));
		CLAIM(c, !can_exec());
#ifndef SLUICE_SANITIZERS
		CLAIM(c, !can_fork());
#endif
	}
}

static void a_worker_accepts_on_what_is_open(void **state)
{
	in_child(*state, SANDBOX_WORKER, claim_worker);
}

static void claim_second_time(struct claims *c, const struct fixture *f)
{
	struct sandbox_path none[] = { { NULL, false } };
	struct err err = { 0 };
	CLAIM(c, sandbox_enter(SANDBOX_PAGE, none, NULL, &err));
	if (c->held.landlock_abi > 0) {
		CLAIM(c, !can_open(f->readable, O_RDONLY));
	}
	CLAIM(c, !c->held.seccomp || !can_socket(AF_INET, SOCK_STREAM));
}

static void a_second_sandbox_only_takes_away(void **state)
{
	in_child(*state, SANDBOX_COLLECTOR, claim_second_time);
}

static void end_orderly(struct claims *c, const struct fixture *f)
{
	(void)f;
	/* Not _exit(): whatever the build checks at the end must work. */
	exit(c->broken);
}

static void every_profile_lets_a_process_end(void **state)
{
	for (int profile = SANDBOX_PAGE; profile <= SANDBOX_DAEMON_NO_EXEC;
	     profile++) {
		in_child(*state, (enum sandbox_profile)profile, end_orderly);
	}
}

static void this_kernel_is_told(void **state)
{
	(void)state;
	/* Not a test of ours: tells in the log what the others could try. */
	long abi = syscall(444, NULL, (size_t)0, 1u);
	print_message("Landlock ABI %ld\n", abi);
	if (abi <= 0) {
		skip(); /* file rules cannot be tried on this kernel */
	}
}

#define WITH_FILES(test) \
	cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_kernel_is_told),
		WITH_FILES(a_page_has_its_files_and_nothing_else),
		WITH_FILES(the_daemon_connects_and_runs_but_never_listens),
		WITH_FILES(the_daemon_cannot_run_what_it_wrote),
		WITH_FILES(a_collector_asks_its_source_and_runs_nothing),
		WITH_FILES(any_collector_stays_who_and_where_it_is),
		WITH_FILES(a_device_that_is_given_can_be_written),
		WITH_FILES(a_launcher_can_become_another),
		WITH_FILES(a_daemon_with_a_launcher_runs_nothing),
		WITH_FILES(a_worker_accepts_on_what_is_open),
		WITH_FILES(every_profile_lets_a_process_end),
		WITH_FILES(a_second_sandbox_only_takes_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
