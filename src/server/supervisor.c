/*
 * Parent of the workers. It reads no request and opens no database; all it
 * does is wait for signals. What a worker does is fastcgi.c's loop around the
 * kind's own function, or that function every so often.
 */
#include "server/supervisor.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "server/fastcgi.h"

#define SHORT_LIFE_MS 1000 /* ended sooner: wait before the next */
#define PAUSE_MS 1000
#define GRACE_MS 10000 /* for requests under way when we end */

struct worker {
	pid_t pid; /* 0 = not running */
	const struct worker_kind *kind;
	int64_t started_ms;
	int64_t not_before_ms; /* of the next start */
};

struct crew {
	struct worker workers[SUPERVISOR_WORKERS_MAX];
	size_t count;
	const struct worker_user *user;
	const struct log *log;
	pid_t parent;
};

static bool become(const struct worker_user *user, struct err *err)
{
	if (user->uid == 0 || geteuid() != 0) {
		return true;
	}
	if (setgroups(0, NULL) != 0 ||
	    setresgid(user->gid, user->gid, user->gid) != 0 ||
	    setresuid(user->uid, user->uid, user->uid) != 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "The worker's user cannot be taken");
	}
	return true;
}

/* SIGTERM is blocked, so it comes between two ticks and never within one. */
static void tick_until_ended(const struct worker_kind *kind)
{
	const struct timespec period = { .tv_sec = kind->period_s };
	sigset_t end;
	int signal;
	(void)sigemptyset(&end);
	(void)sigaddset(&end, SIGTERM);
	do {
		kind->tick(kind->ctx);
		do {
			signal = sigtimedwait(&end, NULL, &period);
		} while (signal < 0 && errno == EINTR);
	} while (signal != SIGTERM);
}

/* What a worker is from its first to its last moment. */
static bool work(const struct crew *crew, const struct worker_kind *kind,
		 struct err *err)
{
	const struct sandbox_path paths[] = {
		{ kind->folder, true },
		{ NULL, false },
	};
	struct sandbox_result held;
	if ((kind->load != NULL && !kind->load(kind->ctx, err)) ||
	    !become(crew->user, err)) {
		return false;
	}
	/* After the change of user, which would reset it. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ||
	    getppid() != crew->parent) {
		return err_set(err, ERR_IO, "The supervisor is gone.");
	}
	if (!kind->open(kind->ctx, err) ||
	    !sandbox_enter(SANDBOX_WORKER, paths, &held, err)) {
		return false;
	}
	if (held.landlock_abi == 0 || !held.seccomp) {
		log_warn(crew->log, "%s worker: this kernel has no %s",
			 kind->name,
			 held.seccomp ? "Landlock" : "seccomp filters");
	}
	if (kind->tick != NULL) {
		tick_until_ended(kind);
		return true;
	}
	return fastcgi_loop(kind->listen_fd, kind->wait_s, kind->serve,
			    kind->ctx, err);
}

static void start(struct crew *crew, struct worker *worker)
{
	worker->started_ms = clock_monotonic_ms();
	pid_t pid = fork();
	if (pid == 0) {
		struct err err = { 0 };
		if (!work(crew, worker->kind, &err)) {
			log_error(crew->log, "%s worker: %s",
				  worker->kind->name, err.text);
			_exit(EXIT_FAILURE);
		}
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0) {
		log_error(crew->log, "A worker cannot be started: %s",
			  strerror(errno));
		worker->not_before_ms = worker->started_ms + PAUSE_MS;
		return;
	}
	worker->pid = pid;
}

/* Takes note of those that ended. */
static void reap(struct crew *crew, bool ending)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < crew->count; i++) {
			struct worker *w = &crew->workers[i];
			if (w->pid != pid) {
				continue;
			}
			int64_t now_ms = clock_monotonic_ms();
			bool brief = now_ms - w->started_ms < SHORT_LIFE_MS;
			w->pid = 0;
			w->not_before_ms = brief ? now_ms + PAUSE_MS : now_ms;
			if (!ending) {
				log_warn(crew->log,
					 "%s worker %ld ended (%s %d)",
					 w->kind->name, (long)pid,
					 WIFSIGNALED(status) ? "signal"
							     : "status",
					 WIFSIGNALED(status)
						 ? WTERMSIG(status)
						 : WEXITSTATUS(status));
			}
		}
	}
}

/* Starts those that are due; how long until the next is, -1 = none waits. */
static int64_t start_due(struct crew *crew)
{
	int64_t wait_ms = -1;
	for (size_t i = 0; i < crew->count; i++) {
		struct worker *w = &crew->workers[i];
		int64_t left = w->not_before_ms - clock_monotonic_ms();
		if (w->pid == 0 && left <= 0) {
			start(crew, w);
			left = w->not_before_ms - clock_monotonic_ms();
		}
		if (w->pid == 0 && (wait_ms < 0 || left < wait_ms)) {
			wait_ms = left > 0 ? left : 0;
		}
	}
	return wait_ms;
}

/* The next signal of the set; 0 = none within wait_ms (-1 = for ever). */
static int next_signal(const sigset_t *set, int64_t wait_ms)
{
	struct timespec wait = { .tv_sec = (time_t)(wait_ms / 1000),
				 .tv_nsec = (long)(wait_ms % 1000) * 1000000 };
	int signal = sigtimedwait(set, NULL, wait_ms < 0 ? NULL : &wait);
	return signal < 0 ? 0 : signal;
}

static size_t send_all(const struct crew *crew, int signal)
{
	size_t running = 0;
	for (size_t i = 0; i < crew->count; i++) {
		if (crew->workers[i].pid != 0) {
			(void)kill(crew->workers[i].pid, signal);
			running++;
		}
	}
	return running;
}

static void end_all(struct crew *crew, const sigset_t *set)
{
	int64_t until_ms = clock_monotonic_ms() + GRACE_MS;
	size_t running = send_all(crew, SIGTERM);
	while (running > 0) {
		int64_t left = until_ms - clock_monotonic_ms();
		if (left <= 0) {
			running = send_all(crew, SIGKILL);
			left = PAUSE_MS;
		}
		(void)next_signal(set, left);
		reap(crew, true);
		running = send_all(crew, 0);
	}
}

static bool hire(struct crew *crew, const struct worker_kind *kinds,
		 size_t count, struct err *err)
{
	for (size_t k = 0; k < count; k++) {
		for (int i = 0; i < kinds[k].count; i++) {
			if (crew->count == SUPERVISOR_WORKERS_MAX) {
				return err_set(err, ERR_LIMIT,
					       "There are more than %d "
					       "workers.",
					       SUPERVISOR_WORKERS_MAX);
			}
			crew->workers[crew->count++].kind = &kinds[k];
		}
	}
	return true;
}

bool supervisor_run(const struct worker_kind *kinds, size_t count,
		    const struct worker_user *user, const struct log *log,
		    struct err *err)
{
	sigset_t set, before;
	struct crew *crew = mem_zalloc(sizeof(*crew));
	crew->user = user;
	crew->log = log;
	crew->parent = getpid();
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	bool ok = hire(crew, kinds, count, err);
	if (ok && sigprocmask(SIG_BLOCK, &set, &before) != 0) {
		ok = err_set_errno(err, ERR_IO, errno, "Signals");
	}
	while (ok) {
		int signal = next_signal(&set, start_due(crew));
		reap(crew, false);
		if (signal == SIGTERM || signal == SIGINT) {
			end_all(crew, &set);
			(void)sigprocmask(SIG_SETMASK, &before, NULL);
			break;
		}
	}
	mem_free(crew);
	return ok;
}
