#ifndef SLUICE_NET_TCP_H
#define SLUICE_NET_TCP_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/err.h"
#include "net/deadline.h"

#define TCP_ADDRESSES_MAX 16
#define TCP_STAGGER_MS 250 /* RFC 8305, connection attempt delay */

struct tcp_address {
	struct sockaddr_storage at;
	socklen_t len;
};

struct tcp_addresses {
	struct tcp_address list[TCP_ADDRESSES_MAX]; /* in the order to try */
	size_t count;                               /* 1.. */
};

/*
 * Looks up a host: numeric addresses at once and without any packet, names
 * by the system's resolver in a child process, which is killed at the
 * deadline (getaddrinfo() itself knows none). IPv6 and IPv4 take turns.
 * Errors: RETRY (no such host, no answer), INVALID (host or port), IO.
 */
MUST_USE bool tcp_resolve(const char *host, int port,
			  const struct deadline *deadline,
			  struct tcp_addresses *addresses, struct err *err);

/*
 * The kernel takes about this much ahead of what it can send. More would have
 * left the program, and whoever withdraws what it sends, behind; less costs a
 * wake-up for each few records.
 */
#define TCP_AHEAD_LEAST (128 * 1024)
#define TCP_AHEAD_MOST (1024 * 1024)

/* An eighth of what is to be sent, within these bounds: never most of it. */
void tcp_set_ahead(int fd, uint64_t size);

/*
 * Connects to the first address that answers, starting with the next one
 * each TCP_STAGGER_MS. *fd is non-blocking, close-on-exec and has
 * TCP_NODELAY and TCP_AHEAD_LEAST. host and port are for the error text only.
 * Errors: RETRY (refused, unreachable, late).
 */
MUST_USE bool tcp_connect(const struct tcp_addresses *addresses,
			  const char *host, int port,
			  const struct deadline *deadline, int *fd,
			  struct err *err);

/*
 * Send and receive what goes at once. *done = bytes moved; 0 when the call
 * would have to wait, and *closed (receive only) when the peer has ended the
 * stream. more: the caller goes on sending at once, so the kernel may gather
 * it into large segments; tcp_push() lets out what is still held. Never
 * raises SIGPIPE. Errors: RETRY (connection lost).
 */
MUST_USE bool tcp_send(int fd, const void *data, size_t len, bool more,
		       size_t *done, struct err *err);
void tcp_push(int fd);
MUST_USE bool tcp_receive(int fd, void *data, size_t len, size_t *done,
			  bool *closed, struct err *err);

#endif
