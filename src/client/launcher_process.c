/*
 * The launcher itself. It keeps root with three capabilities and no more, so
 * that each collector and each job source can have a user of its own while the
 * daemon is not root. It reads no file and no word of what they print: it is
 * told a number and hands on bytes; those of a job it never sees, since they
 * go to a descriptor that the client gives.
 *
 * Its system call filter cannot forbid it sockets, since collectors inherit
 * the filter and need them; it opens none. Landlock shows it what any of the
 * collectors may see, which is neither the device's keys nor its database.
 */
#include "client/launcher_process.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/privileges.h"
#include "base/sandbox.h"
#include "client/collector.h"
#include "client/launcher_message.h"
#include "client/paths.h"

#define REAP_MS 2000 /* for what was killed to be gone */
#define REAP_STEP_MS 5

/* To become a collector's user and to end what runs as it. */
static const int kept[] = { CAP_SETUID, CAP_SETGID, CAP_KILL };
#define KEPT_COUNT (sizeof(kept) / sizeof(kept[0]))

bool launcher_process_can_be(void)
{
	return privileges_held(kept, KEPT_COUNT);
}

static bool answer(int fd, const struct err *why, const struct buf *out,
		   const struct buf *said)
{
	uint8_t head[LAUNCHER_REPLY_SIZE];
	bool ok = why->kind == ERR_NONE;
	struct launcher_reply reply = {
		.kind = why->kind,
		.text_bytes = ok ? 0 : strlen(why->text),
		.said_bytes = said->len < LAUNCHER_SAID_MAX ? said->len
							    : LAUNCHER_SAID_MAX,
		.out_bytes = ok ? out->len : 0,
	};
	launcher_put_reply(head, &reply);
	return launcher_write(fd, head, sizeof(head)) &&
	       launcher_write(fd, why->text, reply.text_bytes) &&
	       launcher_write(fd, said->data, reply.said_bytes) &&
	       launcher_write(fd, out->data, reply.out_bytes);
}

/*
 * What a collector left behind is ours and was killed; it is gone for good
 * when it was waited for. One that the kernel holds is left to its fate.
 */
static void reap(void)
{
	int64_t until = clock_monotonic_ms() + REAP_MS;
	while (clock_monotonic_ms() < until) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0 && errno != EINTR) {
			return;
		}
		if (pid == 0) {
			(void)poll(NULL, 0, REAP_STEP_MS);
		}
	}
}

/* What is served, and to whom. */
struct service {
	int fd;
	const struct device_config *config;
	const struct launcher_places *places;
};

/* What a program printed and said, and how it ended. */
struct outcome {
	struct buf out, said;
	struct err why;
};

static void collect(const struct service *s,
		    const struct launcher_request *request, int passed,
		    struct outcome *o)
{
	(void)passed;
	if (request->number >= s->config->collectors_count) {
		err_set(&o->why, ERR_INVALID, "there is no such collector");
		return;
	}
	/* Readable while one runs: the client ends, says stop, or is confused.
	 */
	(void)!collector_run(s->config, &s->config->collectors[request->number],
			     &s->places->collectors[request->number], s->fd,
			     &o->out, &o->said, &o->why);
}

static bool has_source(const struct service *s, uint32_t number,
		       struct err *err)
{
	return number < s->config->job_sources_count ||
	       err_set(err, ERR_INVALID, "there is no such job source");
}

static void list_jobs(const struct service *s,
		      const struct launcher_request *request, int passed,
		      struct outcome *o)
{
	(void)passed;
	if (has_source(s, request->number, &o->why)) {
		(void)!collector_list_jobs(
			s->config, &s->config->job_sources[request->number],
			&s->places->jobs[request->number], s->fd, &o->out,
			&o->said, &o->why);
	}
}

static void get_job(const struct service *s,
		    const struct launcher_request *request, int passed,
		    struct outcome *o)
{
	struct spawn *spawn = NULL;
	if (passed < 0) {
		err_set(&o->why, ERR_INVALID, "nothing was given to write to");
		return;
	}
	if (!has_source(s, request->number, &o->why)) {
		(void)close(passed);
		return;
	}
	/* It closes what was passed: the job ends there with the program. */
	if (collector_start_job(s->config,
				&s->config->job_sources[request->number],
				&s->places->jobs[request->number], request->job,
				s->fd, passed, &spawn, &o->why)) {
		(void)!spawn_end(spawn, &o->said, &o->why);
	}
}

/* LAUNCHER_STOP comes to nothing here: what it was meant for has ended. */
static void (*const services[])(const struct service *,
				const struct launcher_request *, int,
				struct outcome *) = {
	[LAUNCHER_COLLECT] = collect,
	[LAUNCHER_JOB_LIST] = list_jobs,
	[LAUNCHER_JOB_GET] = get_job,
	[LAUNCHER_STOP] = NULL,
};

static bool serve_one(const struct service *s,
		      const struct launcher_request *request, int passed)
{
	struct outcome o = { BUF_INIT, BUF_INIT, { .kind = ERR_NONE } };
	if (passed >= 0 && request->kind != LAUNCHER_JOB_GET) {
		(void)close(passed);
		return false; /* no client of ours does that */
	}
	if (services[request->kind] == NULL) {
		return true;
	}
	services[request->kind](s, request, passed, &o);
	reap();
	bool ok = answer(s->fd, &o.why, &o.out, &o.said);
	buf_burn(&o.said);
	buf_burn(&o.out);
	return ok;
}

void launcher_serve(int fd, const struct device_config *config,
		    const struct launcher_places *places, const struct log *log)
{
	const struct service service = { fd, config, places };
	uint8_t bytes[LAUNCHER_REQUEST_SIZE];
	struct launcher_request request;
	struct err err = { .kind = ERR_NONE };
	int passed = -1;
	bool ok = true;
	while (ok && launcher_receive(fd, bytes, &passed)) {
		ok = launcher_read_request(bytes, &request, &err);
		if (ok) {
			ok = serve_one(&service, &request, passed);
		} else if (passed >= 0) {
			(void)close(passed);
		}
	}
	if (err.kind != ERR_NONE) {
		log_error(log, "launcher: %s It ends.", err.text);
	}
}

static void ignore_signals(void)
{
	/* The service manager and the terminal tell all; the client decides. */
	static const int ignored[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				       SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM };
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		(void)signal(ignored[i], SIG_IGN);
	}
}

/* Gives up all that no collector and no job source needs. */
static bool narrow(const struct device_config *config,
		   const struct launcher_places *places, struct err *err)
{
	struct paths *paths = mem_zalloc(sizeof(*paths));
	for (size_t i = 0; i < config->collectors_count; i++) {
		char folder[32];
		paths_add_collector(paths, config, &config->collectors[i]);
		/* By its descriptor: its path is closed to us. */
		snprintf(folder, sizeof(folder), "/proc/self/fd/%d",
			 places->collectors[i].folder);
		if (places->collectors[i].folder >= 0) {
			paths_add(paths, folder, true);
		}
	}
	for (size_t i = 0; i < config->job_sources_count; i++) {
		paths_add_collector(paths, config, &config->job_sources[i].run);
	}
	bool ok = sandbox_enter(SANDBOX_LAUNCHER, paths->list, NULL, err) &&
		  privileges_keep(kept, KEPT_COUNT, err);
	paths_clear(paths);
	mem_free(paths);
	return ok;
}

_Noreturn void launcher_process(int fd, const struct device_config *config,
				const struct launcher_places *places,
				const struct log *log)
{
	const struct buf nothing = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)prctl(PR_SET_NAME, "sluice-launcher");
	ignore_signals();
	bool ok = (chdir("/") == 0 &&
		   prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0) ||
		  err_set_errno(&err, ERR_IO, errno, "a process of its own");
	ok = ok && narrow(config, places, &err);
	if (answer(fd, &err, &nothing, &nothing) && ok) {
		launcher_serve(fd, config, places, log);
	}
	_exit(ok ? 0 : 1);
}
