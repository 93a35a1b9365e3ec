/*
 * The client's end of the launcher: starts it, tells it numbers, takes what
 * programs printed. What happens at the other end is launcher_process.c's.
 */
#include "client/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/unix_user.h"
#include "client/launcher_message.h"
#include "client/launcher_process.h"

#define SLACK_MS 15000 /* beyond the time of a collector */
#define START_MS 15000

struct launcher {
	int fd; /* -1 = it is gone */
	pid_t pid;
	bool busy; /* with a job that is open */
};

static bool gone(struct launcher *launcher, struct err *err)
{
	if (launcher->fd >= 0) {
		(void)close(launcher->fd);
		launcher->fd = -1;
	}
	return err_set(err, ERR_IO,
		       "the launcher of the collectors does not answer; start "
		       "the client again");
}

/* Reads all of it before the time is over and nobody says stop. */
static bool read_all(struct launcher *launcher, int stop_fd, int64_t until,
		     void *data, size_t len, struct err *err)
{
	uint8_t *at = data;
	while (len > 0) {
		struct pollfd fds[2] = {
			{ .fd = launcher->fd, .events = POLLIN },
			{ .fd = stop_fd, .events = POLLIN },
		};
		int64_t left = until - clock_monotonic_ms();
		int ready = poll(fds, 2, left > 0 ? (int)left : 0);
		if (ready < 0 && errno == EINTR) {
			continue;
		}
		if (ready > 0 && fds[1].revents != 0) {
			(void)gone(launcher, NULL);
			return err_set(err, ERR_RETRY, "it was stopped");
		}
		ssize_t n = ready > 0 ? read(launcher->fd, at, len) : -1;
		if (n <= 0) {
			return gone(launcher, err);
		}
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* Reads len bytes into the buffer, behind what is there. */
static bool read_into(struct launcher *launcher, int stop_fd, int64_t until,
		      struct buf *to, size_t len, struct err *err)
{
	uint8_t *data = mem_alloc(len);
	bool ok = read_all(launcher, stop_fd, until, data, len, err);
	if (ok) {
		buf_put(to, data, len);
	}
	mem_free(data);
	return ok;
}

/* One reply to its end; what it tells of trouble becomes the error. */
static bool take_reply(struct launcher *launcher, int stop_fd, int64_t until,
		       size_t out_max, struct buf *out, struct buf *said,
		       struct err *err)
{
	uint8_t head[LAUNCHER_REPLY_SIZE];
	char text[ERR_TEXT_SIZE] = "";
	struct launcher_reply reply;
	if (!read_all(launcher, stop_fd, until, head, sizeof(head), err)) {
		return false;
	}
	if (!launcher_read_reply(head, out_max, &reply, NULL)) {
		return gone(launcher, err);
	}
	return read_all(launcher, stop_fd, until, text, reply.text_bytes,
			err) &&
	       read_into(launcher, stop_fd, until, said, reply.said_bytes,
			 err) &&
	       read_into(launcher, stop_fd, until, out, reply.out_bytes, err) &&
	       (reply.kind == ERR_NONE || err_set(err, reply.kind, "%s", text));
}

/* One request and the whole reply to it. */
static bool ask(struct launcher *launcher, enum launcher_kind kind,
		size_t number, int stop_fd, int timeout_s, size_t out_max,
		struct buf *out, struct buf *said, struct err *err)
{
	const struct launcher_request request = { .kind = kind,
						  .number = (uint32_t)number };
	int64_t until =
		clock_monotonic_ms() + (int64_t)timeout_s * 1000 + SLACK_MS;
	if (launcher->busy) {
		return err_set(err, ERR_RETRY,
			       "a job is just being read; try again later");
	}
	if (launcher->fd < 0 ||
	    !launcher_send_request(launcher->fd, &request, -1)) {
		return gone(launcher, err);
	}
	return take_reply(launcher, stop_fd, until, out_max, out, said, err);
}

bool launcher_collect(struct launcher *launcher,
		      const struct device_config *config, size_t number,
		      int stop_fd, struct buf *out, struct buf *said,
		      struct err *err)
{
	return ask(launcher, LAUNCHER_COLLECT, number, stop_fd,
		   config->collect_timeout_s,
		   (size_t)config->collect_output_bytes, out, said, err);
}

bool launcher_list_jobs(struct launcher *launcher,
			const struct device_config *config, size_t number,
			int stop_fd, struct buf *out, struct buf *said,
			struct err *err)
{
	return ask(launcher, LAUNCHER_JOB_LIST, number, stop_fd,
		   config->collect_timeout_s, JOB_LIST_BYTES_MAX, out, said,
		   err);
}

bool launcher_open_job(struct launcher *launcher, size_t number,
		       const char *job, int *fd, struct err *err)
{
	struct launcher_request request = { .kind = LAUNCHER_JOB_GET,
					    .number = (uint32_t)number };
	int ends[2];
	if (!job_id_valid(job)) {
		return err_set(err, ERR_NOT_FOUND, "there is no such job");
	}
	memcpy(request.job, job, strlen(job) + 1);
	if (launcher->busy) {
		return err_set(err, ERR_RETRY,
			       "another job is just being read");
	}
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return err_set_errno(err, ERR_IO, errno, "no pipe can be made");
	}
	bool sent = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 &&
		    launcher->fd >= 0 &&
		    launcher_send_request(launcher->fd, &request, ends[1]);
	(void)close(ends[1]);
	if (!sent) {
		(void)close(ends[0]);
		return gone(launcher, err);
	}
	launcher->busy = true;
	*fd = ends[0];
	return true;
}

bool launcher_end_job(struct launcher *launcher,
		      const struct device_config *config, bool whole,
		      int stop_fd, struct buf *said, struct err *err)
{
	const struct launcher_request stop = { .kind = LAUNCHER_STOP };
	struct buf nothing = BUF_INIT;
	/* From the end of its output on, or from its end by force. */
	int64_t most_ms = whole ? (int64_t)config->jobs_timeout_s * 1000 : 0;
	launcher->busy = false;
	if (launcher->fd < 0 ||
	    (!whole && !launcher_send_request(launcher->fd, &stop, -1))) {
		return gone(launcher, err);
	}
	bool ok = take_reply(launcher, whole ? stop_fd : -1,
			     clock_monotonic_ms() + most_ms + SLACK_MS, 0,
			     &nothing, said, err);
	buf_clear(&nothing);
	return ok;
}

int launcher_fd(const struct launcher *launcher)
{
	return launcher != NULL ? launcher->fd : -1;
}

bool launcher_has_ended(const struct launcher *launcher)
{
	struct pollfd fd = { .fd = launcher_fd(launcher), .events = POLLIN };
	return launcher != NULL && (fd.fd < 0 || poll(&fd, 1, 0) > 0);
}

void launcher_end(struct launcher *launcher)
{
	if (launcher == NULL) {
		return;
	}
	(void)gone(launcher, NULL);
	while (launcher->pid > 0 && waitpid(launcher->pid, NULL, 0) < 0 &&
	       errno == EINTR) {
	}
	mem_free(launcher);
}

static void tell(const struct log *log, const char *what, const char *name,
		 const struct collector_place *place)
{
	if (place->why.kind != ERR_NONE) {
		log_warn(log, "%s %s: %s", what, name, place->why.text);
		return;
	}
	if (place->no_folder.kind != ERR_NONE) {
		log_warn(log, "%s %s: %s", what, name, place->no_folder.text);
	}
	char user[UNIX_USER_NAME_SIZE] = "";
	(void)!unix_user_name(place->user.uid, user);
	log_info(log, "%s %s runs as user %s (%ju)", what, name, user,
		 (uintmax_t)place->user.uid);
}

/* On release clear_places(). */
static void find_places(const struct device_config *config,
			const struct unix_user *client, const struct log *log,
			struct launcher_places *places)
{
	for (size_t i = 0; i < config->collectors_count; i++) {
		const struct device_collector *c = &config->collectors[i];
		collector_place_for(config, c, client, &places->collectors[i]);
		tell(log, "collector", c->name, &places->collectors[i]);
	}
	for (size_t i = 0; i < config->job_sources_count; i++) {
		const struct device_collector *c = &config->job_sources[i].run;
		collector_place_jobs(c, client, &places->jobs[i]);
		tell(log, "job source", c->name, &places->jobs[i]);
	}
}

static void clear_places(const struct device_config *config,
			 struct launcher_places *places)
{
	for (size_t i = 0; i < config->collectors_count; i++) {
		collector_place_clear(&places->collectors[i]);
	}
	for (size_t i = 0; i < config->job_sources_count; i++) {
		collector_place_clear(&places->jobs[i]);
	}
}

/* Two processes from here on; ends[0] is the client's. */
static bool fork_launcher(const struct device_config *config,
			  const struct log *log,
			  const struct launcher_places *places,
			  struct launcher *launcher, struct err *err)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "the launcher of the collectors");
	}
	launcher->pid = fork();
	if (launcher->pid == 0) {
		(void)close(ends[0]);
		launcher_process(ends[1], config, places, log);
	}
	int reason = errno;
	(void)close(ends[1]);
	launcher->fd = ends[0];
	return launcher->pid > 0 ||
	       err_set_errno(err, ERR_IO, reason,
			     "the launcher of the collectors");
}

static bool start(const struct device_config *config, const struct log *log,
		  struct launcher *launcher, struct err *err)
{
	struct launcher_places places;
	struct unix_user client;
	struct buf nothing = BUF_INIT;
	if (!unix_user_owner(config->state, &client, err)) {
		return false;
	}
	find_places(config, &client, log, &places);
	bool ok = fork_launcher(config, log, &places, launcher, err) &&
		  (take_reply(launcher, -1, clock_monotonic_ms() + START_MS, 0,
			      &nothing, &nothing, err) ||
		   err_prefix(err, "the launcher of the collectors"));
	clear_places(config, &places);
	buf_clear(&nothing);
	return ok;
}

bool launcher_start(const struct device_config *config, const struct log *log,
		    struct launcher **launcher, struct err *err)
{
	*launcher = NULL;
	if (geteuid() != 0) {
		return true;
	}
	if (!launcher_process_can_be()) {
		log_warn(log, "collectors run as the client's own user: root "
			      "lacks CAP_SETUID, CAP_SETGID or CAP_KILL");
		return true;
	}
	struct launcher *made = mem_zalloc(sizeof(*made));
	made->fd = -1;
	made->pid = -1;
	(void)signal(SIGPIPE, SIG_IGN);
	if (!start(config, log, made, err)) {
		launcher_end(made);
		return false;
	}
	*launcher = made;
	return true;
}
