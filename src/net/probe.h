#ifndef SLUICE_NET_PROBE_H
#define SLUICE_NET_PROBE_H

#include "base/buf.h"
#include "base/err.h"
#include "net/tcp.h"

/* What there is of the network, for people who look why nothing goes. */

/*
 * Appends the names of the interfaces that are up and have a link ("eth0,
 * wlan0"), and the addresses that they have beyond it, the loopback interface
 * left out; of either about 200 bytes at the most. Nothing is appended when
 * there are none. Sends nothing. Errors: IO.
 */
MUST_USE bool probe_interfaces(struct buf *names, struct buf *addresses,
			       struct err *err);

/* "192.0.2.14, 2001:db8::14" */
void probe_put_addresses(struct buf *out,
			 const struct tcp_addresses *addresses);

/* The other end of a connected socket: "192.0.2.14 port 443". */
void probe_put_peer(struct buf *out, int fd);

#endif
