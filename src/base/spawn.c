/*
 * Runs one program and waits for it: no shell, own process group, limits,
 * both outputs read at once so that neither pipe can block it. Whatever
 * happens, the whole group is gone when spawn_run() or spawn_end() returns.
 * What the program may touch is its own affair (sandbox.h) or its caller's
 * (limits->user and limits->profile). An output that the caller reads passes
 * through no buffer here: it may be a secret.
 */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/privileges.h"
#include "base/text.h"

#define STATUS_FD 3      /* in the child: where a failed exec is told */
#define ERR_OUT_MAX 4096 /* kept of the standard error */
#define READ_STEP 16384
#define DRAIN_STEPS 64 /* 1 MiB at once: as much as a pipe can hold */
#define TICK_MS 50     /* between looks, on kernels without pidfd */
#define END_TRIES 100  /* to end all that runs as a user */

enum pipe_name { PIPE_OUT = 0, PIPE_ERR, PIPE_STATUS, PIPE_COUNT };

/* One run, from fork to wait. */
struct spawn {
	char *program;         /* for texts */
	struct unix_user user; /* whose processes end with it */
	bool user_alone;       /* ... if so */
	bool by_caller;        /* spawn_read() reads the output, not we */
	pid_t pid;
	int pidfd;                /* -1 = this kernel has none */
	int read_fd[PIPE_COUNT];  /* ours; -1 = at its end */
	int write_fd[PIPE_COUNT]; /* the child's; -1 = closed */
	struct buf out;           /* bounded by the limit */
	struct buf err_out;       /* first 4 KiB */
	int exec_errno;           /* 0 = the program started */
	int64_t deadline_ms;      /* monotonic; 0 = none */
	int stop_fd;              /* 0 = none */
	bool late;
	bool stopped;
	bool too_long;
};

static void close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

static void apply_limit(__rlimit_resource_t what, rlim_t most)
{
	if (most > 0) {
		struct rlimit limit = { .rlim_cur = most, .rlim_max = most };
		(void)setrlimit(what, &limit);
	}
}

static void apply_limits(const struct spawn_limits *limits)
{
	struct rlimit none = { 0, 0 };
	(void)setrlimit(RLIMIT_CORE, &none);
	apply_limit(RLIMIT_CPU, limits->cpu_seconds);
	apply_limit(RLIMIT_NOFILE, limits->open_files);
	apply_limit(RLIMIT_NPROC, limits->processes);
	apply_limit(RLIMIT_FSIZE, limits->file_bytes);
#ifndef SLUICE_SANITIZERS
	/* The shadow memory of AddressSanitizer alone would not fit. */
	apply_limit(RLIMIT_AS, limits->memory_bytes);
#endif
}

static void close_from(unsigned first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0u, 0) == 0) {
		return;
	}
#endif
	struct rlimit limit = { .rlim_cur = 1024 };
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	rlim_t end = limit.rlim_cur < 65536 ? limit.rlim_cur : 65536;
	for (rlim_t fd = first; fd < end; fd++) {
		close((int)fd);
	}
}

static void forget_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int number = 1; number < NSIG; number++) {
		(void)signal(number, SIG_DFL);
	}
}

/*
 * Puts the four descriptors in their places. The copies above the places come
 * first, so that none of them overwrites another.
 */
static bool place_fds(const struct spawn *run)
{
	int from[STATUS_FD + 1] = { open("/dev/null", O_RDONLY),
				    run->write_fd[PIPE_OUT],
				    run->write_fd[PIPE_ERR],
				    run->write_fd[PIPE_STATUS] };
	for (int fd = 0; fd <= STATUS_FD; fd++) {
		from[fd] = fcntl(from[fd], F_DUPFD, STATUS_FD + 1);
		if (from[fd] < 0) {
			return false;
		}
	}
	for (int fd = 0; fd <= STATUS_FD; fd++) {
		if (dup2(from[fd], fd) < 0) {
			return false;
		}
	}
	close_from(STATUS_FD + 1);
	return fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC) == 0;
}

/* The sandbox says itself why it failed, where the program would. */
static bool enter_sandbox(const struct spawn_limits *limits)
{
	struct err err = { .kind = ERR_NONE };
	if (limits->profile == SANDBOX_UNSET ||
	    (privileges_keep(NULL, 0, &err) &&
	     sandbox_enter(limits->profile, limits->paths, NULL, &err))) {
		return true;
	}
	(void)!write(STDERR_FILENO, err.text, strlen(err.text));
	errno = EPERM;
	return false;
}

/* All that makes the child another than us; false with errno. */
static bool prepare(const struct spawn *run, const struct spawn_limits *limits,
		    int *status)
{
	if (limits->user != NULL && !unix_user_become(limits->user)) {
		return false;
	}
	/* Its own folder may be closed to everybody else. */
	if ((limits->folder_fd > 0 && fchdir(limits->folder_fd) != 0) ||
	    !place_fds(run)) {
		return false;
	}
	*status = STATUS_FD;
	/* After the change of user, which would clear it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	apply_limits(limits);
	return enter_sandbox(limits);
}

static _Noreturn void be_child(const struct spawn *run,
			       const char *const argv[],
			       const char *const envp[],
			       const struct spawn_limits *limits, pid_t parent)
{
	int status = run->write_fd[PIPE_STATUS];
	forget_signals();
	(void)setpgid(0, 0);
	if (prepare(run, limits, &status) && getppid() == parent) {
		/* execve() takes them without const. */
		union {
			const char *const *given;
			char *const *taken;
		} arguments = { argv }, environment = { envp };
		execve(argv[0], arguments.taken, environment.taken);
	}
	int reason = errno;
	ssize_t told = write(status, &reason, sizeof(reason));
	_exit(told == (ssize_t)sizeof(reason) ? 126 : 127);
}

static bool open_pipes(struct spawn *run, struct err *err)
{
	for (int name = 0; name < PIPE_COUNT; name++) {
		int ends[2];
		if (run->write_fd[name] >= 0) {
			continue; /* the caller's own */
		}
		if (pipe2(ends, O_CLOEXEC) != 0) {
			return err_set_errno(err, ERR_IO, errno,
					     "no pipe can be made");
		}
		run->read_fd[name] = ends[0];
		run->write_fd[name] = ends[1];
		if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
			return err_set_errno(err, ERR_IO, errno,
					     "no pipe can be made");
		}
	}
	return true;
}

static bool start(struct spawn *run, const char *const argv[],
		  const char *const envp[], const struct spawn_limits *limits,
		  struct err *err)
{
	if (!open_pipes(run, err)) {
		return false;
	}
	if (limits->timeout_ms > 0) {
		run->deadline_ms = clock_monotonic_ms() + limits->timeout_ms;
	}
	pid_t parent = getpid();
	run->pid = fork();
	if (run->pid == 0) {
		be_child(run, argv, envp, limits, parent);
	}
	if (run->pid < 0) {
		return err_set_errno(err, ERR_IO, errno, "%s cannot be started",
				     argv[0]);
	}
	(void)setpgid(run->pid, run->pid); /* either of us may be first */
	for (int name = 0; name < PIPE_COUNT; name++) {
		close_fd(&run->write_fd[name]);
	}
#ifdef SYS_pidfd_open
	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
#endif
	return true;
}

/*
 * Takes what a pipe has; closes ours at its end. Bounded, because a program
 * can write as fast as we read and the deadline must be seen.
 */
static void drain(struct spawn *run, enum pipe_name name)
{
	uint8_t step[READ_STEP];
	for (int steps = 0; steps < DRAIN_STEPS; steps++) {
		if (run->read_fd[name] < 0 || run->too_long) {
			return;
		}
		ssize_t got = read(run->read_fd[name], step, sizeof(step));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0 && errno == EAGAIN) {
			return;
		}
		if (got <= 0) {
			close_fd(&run->read_fd[name]);
			return;
		}
		size_t len = (size_t)got;
		if (name == PIPE_OUT) {
			buf_put(&run->out, step, len);
			run->too_long = run->out.overflow;
		} else if (name == PIPE_ERR) {
			size_t room = ERR_OUT_MAX - run->err_out.len;
			buf_put(&run->err_out, step, len < room ? len : room);
		} else if (len == sizeof(run->exec_errno)) {
			memcpy(&run->exec_errno, step, len);
		}
	}
}

/* Has the program itself ended? It stays a zombie until wait_for(). */
static bool has_ended(const struct spawn *run)
{
	siginfo_t about = { 0 };
	return waitid(P_PID, (id_t)run->pid, &about,
		      WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       about.si_pid == run->pid;
}

/* How long poll() may wait; sets "late" when the time is over. */
static int patience_ms(struct spawn *run)
{
	int64_t left = run->pidfd >= 0 ? -1 : TICK_MS;
	if (run->deadline_ms > 0) {
		int64_t until = run->deadline_ms - clock_monotonic_ms();
		run->late = until <= 0;
		if (left < 0 || until < left) {
			left = until > 0 ? until : 0;
		}
	}
	return (int)left;
}

/* The watched descriptors: pipes, the program, and who may stop it. */
enum { WATCH_PROGRAM = PIPE_COUNT, WATCH_STOP, WATCH_COUNT };

static void fill_watch(const struct spawn *run,
		       struct pollfd watch[WATCH_COUNT])
{
	for (int name = 0; name < PIPE_COUNT; name++) {
		watch[name] = (struct pollfd){ .fd = run->read_fd[name],
					       .events = POLLIN };
	}
	watch[WATCH_PROGRAM] =
		(struct pollfd){ .fd = run->pidfd, .events = POLLIN };
	watch[WATCH_STOP] =
		(struct pollfd){ .fd = run->stop_fd > 0 ? run->stop_fd : -1,
				 .events = POLLIN };
}

/* Waits until there is something to do; false: late or stopped. */
static bool wait_a_little(struct spawn *run, struct pollfd watch[WATCH_COUNT])
{
	int patience = patience_ms(run);
	if (run->late) {
		return false;
	}
	if (poll(watch, WATCH_COUNT, patience) < 0 && errno != EINTR) {
		run->late = true; /* it cannot be watched */
		return false;
	}
	run->stopped = watch[WATCH_STOP].revents != 0;
	return !run->stopped;
}

/* Takes what the pipes have, but not an output that the caller reads. */
static void drain_all(struct spawn *run)
{
	for (int name = run->by_caller ? PIPE_ERR : PIPE_OUT; name < PIPE_COUNT;
	     name++) {
		drain(run, (enum pipe_name)name);
	}
}

/* Reads until the program ends, is late, stopped or says too much. */
static void attend(struct spawn *run)
{
	while (!run->too_long) {
		struct pollfd watch[WATCH_COUNT];
		fill_watch(run, watch);
		if (!wait_a_little(run, watch)) {
			return;
		}
		/* First whether it ended, then what it left in the pipes. */
		bool ended = has_ended(run);
		drain_all(run);
		if (ended) {
			return;
		}
	}
}

/* false = it was killed before it could. */
static bool kill_all_of(uid_t user)
{
	const uid_t nobody_else = 65533;
	int status = 0;
	pid_t ended, pid = fork();
	if (pid == 0) {
		/* With a capability left, or as root, it would reach all. */
		if (user != 0 &&
		    setresuid(nobody_else, user, nobody_else) == 0 &&
		    privileges_keep(NULL, 0, NULL) && geteuid() == user &&
		    getuid() == nobody_else) {
			(void)kill(-1, SIGKILL);
		}
		_exit(0);
	}
	do {
		ended = pid > 0 ? waitpid(pid, &status, 0) : 0;
	} while (ended < 0 && errno == EINTR);
	return ended <= 0 || !WIFSIGNALED(status);
}

/*
 * Kills whatever runs as the user. kill(-1) reaches all of them at one
 * moment, so that none can fork away from it; who calls it is a child that has
 * the user as its effective one alone: by the real and the saved one, which
 * nobody else has, they cannot kill it first. Only another such child can, of
 * another program that ends just now; then it is done again.
 */
static void end_user(uid_t user)
{
	for (int i = 0; i < END_TRIES && !kill_all_of(user); i++) {
	}
}

/*
 * Ends the whole group, what else its user has, then the zombie that kept its
 * number.
 */
static bool wait_for(const struct spawn *run, int *status)
{
	kill(-run->pid, SIGKILL);
	kill(run->pid, SIGKILL);
	if (run->user_alone) {
		end_user(run->user.uid);
	}
	pid_t ended;
	do {
		ended = waitpid(run->pid, status, 0);
	} while (ended < 0 && errno == EINTR);
	return ended == run->pid;
}

static bool judge(const struct spawn *run, bool waited, int status,
		  struct err *err)
{
	const char *program = run->program;
	if (run->exec_errno != 0) {
		bool missing =
			run->exec_errno == ENOENT || run->exec_errno == ENOTDIR;
		return err_set_errno(err, missing ? ERR_NOT_FOUND : ERR_IO,
				     run->exec_errno, "%s cannot be started",
				     program);
	}
	if (run->too_long) {
		return err_set(err, ERR_LIMIT, "%s printed more than %zu bytes",
			       program, run->out.max);
	}
	if (run->stopped) {
		return err_set(err, ERR_RETRY, "%s was stopped", program);
	}
	if (run->late) {
		return err_set(err, ERR_RETRY, "%s did not end in time",
			       program);
	}
	if (!waited) {
		return err_set(err, ERR_IO, "%s was waited for elsewhere",
			       program);
	}
	if (WIFSIGNALED(status)) {
		return err_set(err, ERR_INVALID, "%s was ended by signal %d",
			       program, WTERMSIG(status));
	}
	if (WEXITSTATUS(status) != 0) {
		return err_set(err, ERR_INVALID, "%s ended with status %d",
			       program, WEXITSTATUS(status));
	}
	return true;
}

/* Frees what a run has; it is waited for, or never began. */
static void release(struct spawn *run)
{
	for (int name = 0; name < PIPE_COUNT; name++) {
		close_fd(&run->read_fd[name]);
		close_fd(&run->write_fd[name]);
	}
	close_fd(&run->pidfd);
	buf_clear(&run->out);
	buf_clear(&run->err_out);
	mem_free(run->program);
}

static void prepare_run(struct spawn *run, const char *program,
			const struct spawn_limits *limits, int out_fd)
{
	*run = (struct spawn){
		.program = mem_strdup(program),
		.pidfd = -1,
		.read_fd = { -1, -1, -1 },
		.write_fd = { out_fd, -1, -1 },
		.out = { .max = limits->output_bytes },
		.stop_fd = limits->stop_fd,
	};
	if (limits->user_alone && limits->user != NULL) {
		run->user = *limits->user;
		run->user_alone = true;
	}
}

/* The end of it: killed if need be, waited for, judged. */
static bool finish(struct spawn *run, struct buf *err_out, struct err *err)
{
	int status = 0;
	bool waited = wait_for(run, &status);
	bool ok = judge(run, waited, status, err);
	if (err_out != NULL) {
		text_put_clean(err_out, buf_str(&run->err_out),
			       run->err_out.len);
	}
	return ok;
}

bool spawn_run(const char *const argv[], const char *const envp[],
	       const struct spawn_limits *limits, struct buf *out,
	       struct buf *err_out, struct err *err)
{
	struct spawn run;
	bool ok = false;
	prepare_run(&run, argv[0], limits, -1);
	if (start(&run, argv, envp, limits, err)) {
		attend(&run);
		ok = finish(&run, err_out, err);
	}
	if (ok) {
		buf_put(out, run.out.data, run.out.len);
	}
	release(&run);
	return ok;
}

bool spawn_start(const char *const argv[], const char *const envp[],
		 const struct spawn_limits *limits, int out_fd,
		 struct spawn **spawn, struct err *err)
{
	struct spawn *run = mem_zalloc(sizeof(*run));
	prepare_run(run, argv[0], limits, out_fd);
	run->by_caller = out_fd < 0;
	if (!start(run, argv, envp, limits, err)) {
		release(run);
		mem_free(run);
		return false;
	}
	*spawn = run;
	return true;
}

/* -2 = nothing is there yet. */
static ssize_t read_now(struct spawn *run, void *dst, size_t len)
{
	if (run->read_fd[PIPE_OUT] < 0) {
		return 0;
	}
	ssize_t got = read(run->read_fd[PIPE_OUT], dst, len);
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return -2;
	}
	if (got <= 0) {
		close_fd(&run->read_fd[PIPE_OUT]);
		return 0;
	}
	return got;
}

ssize_t spawn_read(struct spawn *spawn, void *dst, size_t len, struct err *err)
{
	for (;;) {
		struct pollfd watch[WATCH_COUNT];
		fill_watch(spawn, watch);
		if (!wait_a_little(spawn, watch)) {
			(void)judge(spawn, false, 0, err);
			return -1;
		}
		bool ended = has_ended(spawn);
		drain_all(spawn);
		ssize_t got = read_now(spawn, dst, len);
		if (got != -2) {
			return got;
		}
		if (ended) {
			/* What it left behind may hold the pipe open. */
			close_fd(&spawn->read_fd[PIPE_OUT]);
		}
	}
}

bool spawn_end(struct spawn *spawn, struct buf *err_out, struct err *err)
{
	bool over = spawn->late || spawn->stopped;
	if (!over && spawn->read_fd[PIPE_OUT] >= 0) {
		spawn->stopped = true; /* nobody wants the rest */
	} else if (!over) {
		attend(spawn);
	}
	bool ok = finish(spawn, err_out, err);
	release(spawn);
	mem_free(spawn);
	return ok;
}
