/*
 * The launcher itself. It keeps root with three capabilities and no more, so
 * that each collector can have a user of its own while the daemon is not
 * root. It reads no file and no word of what a collector prints: it is told a
 * number and hands on bytes.
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

static bool read_request(int fd, uint8_t request[LAUNCHER_REQUEST_SIZE])
{
	for (size_t len = 0; len < LAUNCHER_REQUEST_SIZE;) {
		ssize_t n =
			read(fd, request + len, LAUNCHER_REQUEST_SIZE - len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return false;
		}
		len += (size_t)n;
	}
	return true;
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

static bool serve_one(int fd, const struct device_config *config,
		      const struct collector_place *places, uint32_t number)
{
	struct buf out = BUF_INIT, said = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	if (number >= config->collectors_count) {
		err_set(&why, ERR_INVALID, "there is no such collector");
	} else {
		/* Readable while one runs: the client ends, or is confused. */
		(void)!collector_run(config, &config->collectors[number],
				     &places[number], fd, &out, &said, &why);
		reap();
	}
	bool ok = answer(fd, &why, &out, &said);
	buf_clear(&said);
	buf_clear(&out);
	return ok;
}

void launcher_serve(int fd, const struct device_config *config,
		    const struct collector_place *places, const struct log *log)
{
	uint8_t request[LAUNCHER_REQUEST_SIZE];
	uint32_t number = 0;
	struct err err = { .kind = ERR_NONE };
	bool ok = true;
	while (ok && read_request(fd, request)) {
		ok = launcher_read_request(request, &number, &err) &&
		     serve_one(fd, config, places, number);
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

/* Gives up all that no collector needs. */
static bool narrow(const struct device_config *config,
		   const struct collector_place *places, struct err *err)
{
	struct paths *paths = mem_zalloc(sizeof(*paths));
	for (size_t i = 0; i < config->collectors_count; i++) {
		char folder[32];
		paths_add_collector(paths, config, &config->collectors[i]);
		/* By its descriptor: its path is closed to us. */
		snprintf(folder, sizeof(folder), "/proc/self/fd/%d",
			 places[i].folder);
		if (places[i].folder >= 0) {
			paths_add(paths, folder, true);
		}
	}
	bool ok = sandbox_enter(SANDBOX_LAUNCHER, paths->list, NULL, err) &&
		  privileges_keep(kept, KEPT_COUNT, err);
	paths_clear(paths);
	mem_free(paths);
	return ok;
}

_Noreturn void launcher_process(int fd, const struct device_config *config,
				const struct collector_place *places,
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
