/*
 * TCP connections: connecting to the first of several addresses that answers
 * (after RFC 8305), sending and receiving without ever blocking. Looking up
 * names is in tcp_resolve.c; what travels over the connection, and the
 * waiting for it, is tls_client.c's.
 */
#include "net/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

struct race {
	struct pollfd fds[TCP_ADDRESSES_MAX + 1]; /* the last: stop */
	size_t started;     /* addresses that were tried, fds[0..started) */
	size_t pending;     /* of these, how many are still open */
	int64_t next_at_ms; /* when the next address starts */
	int errnum;         /* of the last failure */
};

/* Starts with the next address. true = connected at once, *fd is it. */
static bool race_start(struct race *race, const struct tcp_address *address,
		       int *fd)
{
	struct pollfd *slot = &race->fds[race->started++];
	slot->fd = -1;
	slot->events = POLLOUT;
	slot->revents = 0;
	race->next_at_ms = clock_monotonic_ms() + TCP_STAGGER_MS;
	int s = socket(address->at.ss_family,
		       SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0) {
		race->errnum = errno;
		return false;
	}
	if (connect(s, (const struct sockaddr *)&address->at, address->len) ==
	    0) {
		*fd = s;
		return true;
	}
	if (errno != EINPROGRESS) {
		race->errnum = errno;
		(void)close(s);
		return false;
	}
	slot->fd = s;
	race->pending++;
	return false;
}

/* Looks at what poll() reported. true = one is connected, *fd is it. */
static bool race_look(struct race *race, int *fd)
{
	for (size_t i = 0; i < race->started; i++) {
		struct pollfd *slot = &race->fds[i];
		if (slot->fd < 0 || slot->revents == 0) {
			continue;
		}
		int errnum = 0;
		socklen_t len = sizeof(errnum);
		if (getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &errnum, &len) !=
		    0) {
			errnum = errno;
		}
		if (errnum == 0) {
			*fd = slot->fd;
			slot->fd = -1;
			return true;
		}
		race->errnum = errnum;
		(void)close(slot->fd);
		slot->fd = -1;
		race->pending--;
	}
	return false;
}

static void race_close(struct race *race)
{
	for (size_t i = 0; i < race->started; i++) {
		if (race->fds[i].fd >= 0) {
			(void)close(race->fds[i].fd);
		}
	}
}

/* Waits for a connection, the next start or the deadline. */
static bool race_wait(struct race *race, bool more,
		      const struct deadline *deadline, struct err *err)
{
	int left = deadline_left_ms(deadline);
	if (left == 0) {
		return err_set(err, ERR_RETRY, "no answer in time");
	}
	int wait = left;
	int64_t until_next = race->next_at_ms - clock_monotonic_ms();
	if (more && until_next < wait) {
		wait = until_next > 0 ? (int)until_next : 0;
	}
	struct pollfd *stop = &race->fds[race->started];
	*stop = (struct pollfd){ .fd = deadline->stop_fd, .events = POLLIN };
	int n = poll(race->fds, (nfds_t)race->started + 1, wait);
	if (n < 0 && errno != EINTR) {
		return err_set_errno(err, ERR_IO, errno, "cannot wait");
	}
	if (n <= 0) {
		for (size_t i = 0; i < race->started; i++) {
			race->fds[i].revents = 0;
		}
	} else if (stop->revents != 0) {
		return err_set(err, ERR_RETRY, "stopped while connecting");
	}
	return true;
}

static bool race_run(struct race *race, const struct tcp_addresses *addresses,
		     const struct deadline *deadline, int *fd, struct err *err)
{
	for (;;) {
		bool more = race->started < addresses->count;
		if (more && (race->pending == 0 ||
			     clock_monotonic_ms() >= race->next_at_ms)) {
			if (race_start(race, &addresses->list[race->started],
				       fd)) {
				return true;
			}
			continue;
		}
		if (race->pending == 0) {
			return err_set(err, ERR_RETRY, "%s",
				       strerror(race->errnum));
		}
		if (!race_wait(race, more, deadline, err)) {
			return false;
		}
		if (race_look(race, fd)) {
			return true;
		}
	}
}

bool tcp_connect(const struct tcp_addresses *addresses, const char *host,
		 int port, const struct deadline *deadline, int *fd,
		 struct err *err)
{
	struct race race = { .started = 0 };
	int connected = -1;
	struct err why = { .kind = ERR_NONE };
	bool ok = race_run(&race, addresses, deadline, &connected, &why);
	race_close(&race);
	if (!ok) {
		return err_set(err, why.kind,
			       "Cannot connect to %s port %d: %s. Check that "
			       "the server runs and that no firewall stands "
			       "between.",
			       host, port, why.text);
	}
	tcp_push(connected);
	tcp_set_ahead(connected, 0);
	*fd = connected;
	return true;
}

void tcp_set_ahead(int fd, uint64_t size)
{
	int ahead = TCP_AHEAD_LEAST;
	if (size / 8 > TCP_AHEAD_LEAST) {
		ahead = size / 8 < TCP_AHEAD_MOST ? (int)(size / 8)
						  : TCP_AHEAD_MOST;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &ahead,
			 sizeof(ahead));
}

void tcp_push(int fd)
{
	/* Setting it again sends what waits for more. */
	int on = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

bool tcp_send(int fd, const void *data, size_t len, bool more, size_t *done,
	      struct err *err)
{
	ssize_t n = send(fd, data, len,
			 MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0));
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		return err_set_errno(err, ERR_RETRY, errno,
				     "The connection to the server was lost "
				     "while sending");
	}
	*done = n < 0 ? 0 : (size_t)n;
	return true;
}

bool tcp_receive(int fd, void *data, size_t len, size_t *done, bool *closed,
		 struct err *err)
{
	ssize_t n = recv(fd, data, len, MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		return err_set_errno(err, ERR_RETRY, errno,
				     "The connection to the server was lost");
	}
	*done = n < 0 ? 0 : (size_t)n;
	*closed = n == 0;
	return true;
}
