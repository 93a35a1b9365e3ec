/*
 * The client's rounds: take requests, make the daily send and the alarms that
 * are due, send what waits, go on with job data, sign the log; and the daemon
 * that makes a round whenever it is woken or something falls due. Only one
 * process at a time does rounds, whoever holds the lock. Signals come through
 * a descriptor, which also ends every wait on the network, so there is no
 * handler and no global.
 */
#include "client/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "client/alarm.h"
#include "client/checkin.h"
#include "client/checkpoint.h"
#include "client/daemon_sandbox.h"
#include "client/doctor.h"
#include "client/enrol.h"
#include "client/instructions.h"
#include "client/job_notices.h"
#include "client/job_source.h"
#include "client/jobs.h"
#include "client/link.h"
#include "client/stage.h"
#include "client/timer.h"
#include "domain/consent.h"
#include "domain/job_answer.h"
#include "domain/jobs.h"
#include "domain/outbox.h"
#include "domain/queue.h"
#include "domain/requests.h"
#include "domain/time_known.h"

#define LOOK_S 60         /* looks by itself at least so often */
#define AFTER_TROUBLE_S 5 /* pause when the database fails */
#define JUMP_MS 60000     /* the clock was set by more than this */
#define TURN_LOOK_MS 200  /* between looks whether a command has ended */

/* Retention of the exact bytes, docs/architecture.md. */
#define TRIM_EVERY_S ((int64_t)86400)

/* Does what is asked; transaction is for a preview. */
static bool answer(struct client *client, const struct request_row *row,
		   char transaction[UUID_TEXT_SIZE], struct err *err)
{
	int64_t next;
	switch (row->kind) {
	case REQUEST_PREVIEW:
		return stage_preview(client, row->actor, row->services,
				     transaction, err);
	case REQUEST_JOBS:
		return job_source_answer(client, row->key, err);
	case REQUEST_NOTICES:
		return job_notices_ask(client, err);
	case REQUEST_CHECKIN:
		return checkin_round(client, row->actor, &next, err);
	case REQUEST_ENROL:
		return enrol_round(client, true, &next, err);
	case REQUEST_TEST:
		return doctor_test(client, row->actor, err);
	case REQUEST_UNSET:
		break; /* the round itself does it */
	}
	return true;
}

static bool handle(struct client *client, const struct request_row *row,
		   struct err *err)
{
	char transaction[UUID_TEXT_SIZE] = "";
	struct err why = { .kind = ERR_NONE };
	if (!answer(client, row, transaction, &why)) {
		if (client_is_stopped(client)) {
			return true; /* stays taken; the next start has it */
		}
		log_warn(client->log, "a request is refused: %s", why.text);
		return requests_refused(client->db, row->id, &why,
					client->now(), err);
	}
	return requests_done(client->db, row->id, transaction, client->now(),
			     err);
}

static bool handle_all(struct client *client, unsigned *count, struct err *err)
{
	while (!client_is_stopped(client)) {
		struct request_row row;
		struct err why = { .kind = ERR_NONE };
		if (!requests_take(client->db, &row, &why)) {
			return why.kind == ERR_NOT_FOUND ||
			       err_set(err, why.kind, "%s", why.text);
		}
		if (!handle(client, &row, err)) {
			return false;
		}
		(*count)++;
	}
	return true;
}

static bool checkin_by_itself(struct client *client, int64_t *next,
			      struct err *err)
{
	return checkin_round(client, NULL, next, err);
}

static bool enrol_by_itself(struct client *client, int64_t *next,
			    struct err *err)
{
	return enrol_round(client, false, next, err);
}

/* What ended is told to the server by the next check-in: at once. */
static bool instructions_by_itself(struct client *client, int64_t *next,
				   struct err *err)
{
	unsigned ended;
	bool ok = instructions_round(client, &ended, err);
	*next = ended > 0 ? client->now() : TIMER_NEVER;
	return ok;
}

/* What nobody asked for just now, in this order; each says when it is due. */
static bool (*const rounds[])(struct client *client, int64_t *next,
			      struct err *err) = {
	enrol_by_itself, checkin_by_itself, instructions_by_itself,
	timer_round,     alarm_round,
};

static bool by_itself(struct client *client, int64_t *next, struct err *err)
{
	*next = TIMER_NEVER;
	for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
		int64_t at = TIMER_NEVER;
		if (!rounds[i](client, &at, err)) {
			return false;
		}
		*next = at < *next ? at : *next;
	}
	return true;
}

/*
 * Job data comes last, and gives way to all else: its uploads may take hours.
 * A command that makes a round for itself leaves it to the daemon.
 */
static bool job_data(struct client *client, int64_t *next, struct err *err)
{
	int64_t jobs;
	client->yield_at = client->now() + LOOK_S;
	if (*next < client->yield_at) {
		client->yield_at = *next;
	}
	bool ok = jobs_round(client, &jobs, err);
	*next = jobs < *next ? jobs : *next;
	return ok;
}

static bool do_round(struct client *client, bool all, struct client_done *done,
		     struct err *err)
{
	done->next = TIMER_NEVER;
	client->lost_until = 0;
	return consent_expire(client->db, client->now(), NULL, err) &&
	       handle_all(client, &done->requests, err) &&
	       (!all || by_itself(client, &done->next, err)) &&
	       deliver_due(client, &done->deliver, err) &&
	       (!all || job_data(client, &done->next, err)) &&
	       checkpoint_sign(client, err);
}

/* What a process that died may have left half done. */
static bool recover(struct client *client, struct err *err)
{
	return time_known_doubt(client->db, err) &&
	       requests_recover(client->db, err) &&
	       enrol_recover(client, err) &&
	       outbox_recover(client->db, client->now(), err) &&
	       jobs_recover(client->db, client->now(), err);
}

static bool take_lock(struct client *client, int *fd, struct err *err)
{
	char *path = device_config_state_path(client->config, DAEMON_LOCK_FILE);
	bool ok = files_lock(path, fd, err);
	mem_free(path);
	return ok;
}

bool client_work(struct client *client, bool all, struct client_done *done,
		 struct err *err)
{
	int lock;
	struct err why = { .kind = ERR_NONE };
	memset(done, 0, sizeof(*done));
	if (!take_lock(client, &lock, &why)) {
		if (why.kind != ERR_RETRY) {
			return err_set(err, why.kind, "%s", why.text);
		}
		done->by_daemon = true;
		requests_wake(client->config->state);
		return true;
	}
	bool ok = recover(client, err) && do_round(client, all, done, err);
	(void)close(lock);
	return ok;
}

/* ---- the daemon ---- */

struct daemon {
	struct client *client;
	int lock;
	int wake; /* our end of the FIFO */
	int signals;
	int64_t trimmed_at; /* 0 = not yet */
	int64_t drift_ms;   /* clock less monotonic clock; 0 = not yet */
	int64_t next;       /* of client_done */
	sigset_t mask;      /* to be put back */
};

/*
 * Opened for both, so that there is never "no writer", which poll() would
 * report without end. Locked, because only one may read it: a second daemon
 * would wait for the first to end.
 */
static bool open_wake(struct daemon *daemon, struct err *err)
{
	char *path = device_config_state_path(daemon->client->config,
					      DAEMON_WAKE_FILE);
	bool made = mkfifo(path, 0660) == 0;
	bool ok = made || errno == EEXIST;
	if (made) {
		(void)chmod(path, 0660);
	}
	struct stat info;
	daemon->wake = ok ? open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
	ok = daemon->wake >= 0 && fstat(daemon->wake, &info) == 0;
	if (!ok) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be opened", path);
	} else if (!S_ISFIFO(info.st_mode)) {
		ok = err_set(err, ERR_IO, "%s is no FIFO; remove it.", path);
	} else if (flock(daemon->wake, LOCK_EX | LOCK_NB) != 0) {
		ok = err_set(err, ERR_RETRY,
			     "Another \"sluice run\" runs already; this one "
			     "ends.");
	}
	mem_free(path);
	return ok;
}

static bool open_signals(struct daemon *daemon, struct err *err)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	daemon->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (daemon->signals < 0 ||
	    sigprocmask(SIG_BLOCK, &set, &daemon->mask) != 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "Signals cannot be watched");
	}
	return true;
}

/* Milliseconds until something falls due; -1 only if it cannot be told. */
static int pause_ms(const struct daemon *daemon, bool trouble)
{
	struct client *client = daemon->client;
	int64_t at, now = client->now(), wait = LOOK_S;
	struct err why = { .kind = ERR_NONE };
	if (trouble) {
		return AFTER_TROUBLE_S * 1000;
	}
	if (deliver_next_time(client, &at, &why) && at - now < wait) {
		wait = at - now;
	}
	if (daemon->next - now < wait) {
		wait = daemon->next - now;
	}
	/* Due already means that it came up during the round. */
	return wait > 0 ? (int)wait * 1000 : 0;
}

static void drain(int fd)
{
	char bytes[sizeof(struct signalfd_siginfo)];
	while (read(fd, bytes, sizeof(bytes)) > 0) {
	}
}

/* Waits for a reason to make a round, or not. false = told to stop. */
static bool await(struct daemon *daemon, bool trouble)
{
	struct pollfd fds[3] = {
		{ .fd = daemon->signals, .events = POLLIN },
		{ .fd = trouble ? -1 : daemon->wake, .events = POLLIN },
		{ .fd = launcher_fd(daemon->client->launcher),
		  .events = POLLIN },
	};
	int n;
	do {
		n = poll(fds, 3, pause_ms(daemon, trouble));
	} while (n < 0 && errno == EINTR);
	drain(daemon->wake);
	return fds[0].revents == 0;
}

/* What was known of how far the clock is off holds until it is set. */
static void watch_clock(struct daemon *daemon)
{
	struct client *client = daemon->client;
	struct err why = { .kind = ERR_NONE };
	int64_t before = daemon->drift_ms;
	daemon->drift_ms = client->now() * 1000 - clock_monotonic_ms();
	int64_t moved = daemon->drift_ms - before;
	if (before == 0 || (moved < JUMP_MS && moved > -JUMP_MS)) {
		return;
	}
	log_info(client->log, "the clock was set by %lld s",
		 (long long)(moved / 1000));
	/* What the server asked to wait was by the clock as it stood. */
	if (!time_known_doubt(client->db, &why) ||
	    !queue_hold_until(client->db, 0, &why)) {
		daemon->drift_ms = before; /* the next round tries again */
		log_warn(client->log, "%s", why.text);
	}
}

/*
 * Once a day, and after the clock went back. Failing waits for the next day.
 * What is old has a time by the clock: neither one that runs ahead nor one
 * that forgot must remove anything.
 */
static void trim(struct daemon *daemon)
{
	struct client *client = daemon->client;
	int64_t clock = client->now(), known = link_time(client);
	int64_t now = clock < known ? clock : known;
	size_t removed = 0;
	struct err why = { .kind = ERR_NONE };
	if (daemon->trimmed_at != 0 && now >= daemon->trimmed_at &&
	    now - daemon->trimmed_at < TRIM_EVERY_S) {
		return;
	}
	daemon->trimmed_at = now;
	if (!outbox_trim(client->db, OUTBOX_KEPT_S, OUTBOX_KEPT_BYTES, now,
			 &removed, &why)) {
		log_warn(client->log, "retention: %s", why.text);
	} else if (removed > 0) {
		log_info(client->log, "retention removed %zu bodies", removed);
	}
}

/* Without its launcher it would never collect again. */
static bool check_launcher(const struct daemon *daemon, struct err *err)
{
	return !launcher_has_ended(daemon->client->launcher) ||
	       err_set(err, ERR_IO,
		       "The launcher of the collectors ended, so the client "
		       "ends as well; start it again.");
}

static bool loop(struct daemon *daemon, struct err *err)
{
	bool trouble;
	do {
		struct client_done done = { 0 };
		struct err why = { .kind = ERR_NONE };
		if (!check_launcher(daemon, err)) {
			return false;
		}
		watch_clock(daemon);
		trim(daemon);
		trouble = !do_round(daemon->client, true, &done, &why);
		daemon->next = done.next;
		if (trouble) {
			log_error(daemon->client->log, "%s", why.text);
		}
		if (!client_is_stopped(daemon->client) &&
		    !check_launcher(daemon, err)) {
			return false;
		}
	} while (await(daemon, trouble));
	log_info(daemon->client->log, "stopped");
	return true;
}

/* Waits a moment, less if told to stop. */
static bool await_turn(const struct daemon *daemon, struct err *err)
{
	struct pollfd fds[2] = {
		{ .fd = daemon->signals, .events = POLLIN },
		{ .fd = launcher_fd(daemon->client->launcher),
		  .events = POLLIN },
	};
	(void)poll(fds, 2, TURN_LOOK_MS);
	return check_launcher(daemon, err);
}

static void tell_waiting(const struct client *client, const char *mark)
{
	struct err why = { .kind = ERR_NONE };
	if (!files_write(mark, "", 0, 0640, &why)) {
		log_warn(client->log, "%s", why.text);
	}
	log_info(client->log,
		 "waits: a command like \"sluice send\" is at work; this goes "
		 "on when it has ended");
}

/*
 * A command that makes a round holds the lock for as long as it sends, and
 * whoever started it looks on: the daemon waits for it, and has no turn only
 * if it is told to stop meanwhile.
 */
static bool take_turn(struct daemon *daemon, struct err *err)
{
	struct client *client = daemon->client;
	char *mark =
		device_config_state_path(client->config, DAEMON_WAITS_FILE);
	struct err why = { .kind = ERR_NONE };
	bool ok = take_lock(client, &daemon->lock, &why);
	if (!ok && why.kind == ERR_RETRY) {
		tell_waiting(client, mark);
	}
	while (!ok && why.kind == ERR_RETRY && !client_is_stopped(client)) {
		err_reset(&why);
		ok = await_turn(daemon, &why) &&
		     take_lock(client, &daemon->lock, &why);
	}
	(void)unlink(mark); /* ours alone; one that died may have left it */
	mem_free(mark);
	return ok || client_is_stopped(client) ||
	       err_set(err, why.kind, "%s", why.text);
}

/* It may be told to stop before it is its turn: then nothing is begun. */
static bool start(struct daemon *daemon, struct err *err)
{
	struct client *client = daemon->client;
	if (!open_wake(daemon, err) || !open_signals(daemon, err)) {
		return false;
	}
	client->stop_fd = daemon->signals;
	if (!take_turn(daemon, err)) {
		return false;
	}
	if (client_is_stopped(client)) {
		return true;
	}
	job_answer_sweep(client->config->state);
	return daemon_sandbox(client, err) && recover(client, err);
}

static void close_fd(int fd)
{
	if (fd >= 0) {
		(void)close(fd);
	}
}

bool daemon_run(struct client *client, struct err *err)
{
	struct daemon daemon = {
		.client = client, .lock = -1, .wake = -1, .signals = -1
	};
	int stop_before = client->stop_fd;
	(void)sigprocmask(SIG_BLOCK, NULL, &daemon.mask);
	(void)signal(SIGPIPE, SIG_IGN);
	bool ok = start(&daemon, err);
	if (ok && !client_is_stopped(client)) {
		log_info(client->log, "ready");
		client->yield_fd = daemon.wake;
		ok = loop(&daemon, err);
	}
	client->stop_fd = stop_before;
	client->yield_fd = -1;
	if (daemon.signals >= 0) {
		drain(daemon.signals); /* else it would hit us unblocked */
	}
	close_fd(daemon.signals);
	close_fd(daemon.wake);
	close_fd(daemon.lock);
	(void)sigprocmask(SIG_SETMASK, &daemon.mask, NULL);
	return ok;
}
