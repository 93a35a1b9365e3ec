/*
 * Looks at interfaces and addresses for the test of the connection
 * (client/doctor_network.c). Only reads; connecting is tcp.c's.
 */
#include "net/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#define TEXT_MAX 200 /* bytes of each list */

static void put_part(struct buf *out, const char *text)
{
	if (out->len + strlen(text) + 2 <= TEXT_MAX) {
		buf_put_str(out, out->len > 0 ? ", " : "");
		buf_put_str(out, text);
	}
}

/* An interface has an entry for each address: its name is told once. */
static void put_name(struct buf *out, const struct ifaddrs *list,
		     const struct ifaddrs *one)
{
	for (const struct ifaddrs *i = list; i != one; i = i->ifa_next) {
		if (strcmp(i->ifa_name, one->ifa_name) == 0) {
			return;
		}
	}
	put_part(out, one->ifa_name);
}

/* false: of another family. *port as in the address. */
static bool address_text(const struct sockaddr *address,
			 char text[INET6_ADDRSTRLEN], unsigned *port)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		*port = ntohs(v4.sin_port);
		return inet_ntop(AF_INET, &v4.sin_addr, text,
				 INET6_ADDRSTRLEN) != NULL;
	}
	if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof(v6));
		*port = ntohs(v6.sin6_port);
		return inet_ntop(AF_INET6, &v6.sin6_addr, text,
				 INET6_ADDRSTRLEN) != NULL;
	}
	return false;
}

/* Good for nothing beyond the cable: 169.254/16, fe80::/10. */
static bool is_link_local(const char *text)
{
	return strncmp(text, "169.254.", 8) == 0 ||
	       (strncmp(text, "fe", 2) == 0 && strchr("89ab", text[2]) != NULL);
}

bool probe_interfaces(struct buf *names, struct buf *addresses, struct err *err)
{
	struct ifaddrs *list = NULL;
	if (getifaddrs(&list) != 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "The interfaces cannot be listed");
	}
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		char text[INET6_ADDRSTRLEN];
		unsigned port;
		if ((i->ifa_flags & IFF_LOOPBACK) != 0 ||
		    (i->ifa_flags & IFF_UP) == 0 ||
		    (i->ifa_flags & IFF_RUNNING) == 0) {
			continue;
		}
		put_name(names, list, i);
		if (i->ifa_addr != NULL &&
		    address_text(i->ifa_addr, text, &port) &&
		    !is_link_local(text)) {
			put_part(addresses, text);
		}
	}
	freeifaddrs(list);
	return true;
}

void probe_put_addresses(struct buf *out, const struct tcp_addresses *addresses)
{
	struct buf list = BUF_INIT;
	for (size_t i = 0; i < addresses->count; i++) {
		char text[INET6_ADDRSTRLEN];
		unsigned port;
		if (address_text(
			    (const struct sockaddr *)&addresses->list[i].at,
			    text, &port)) {
			put_part(&list, text);
		}
	}
	buf_put_str(out, buf_str(&list));
	buf_clear(&list);
}

void probe_put_peer(struct buf *out, int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	char text[INET6_ADDRSTRLEN];
	unsigned port;
	if (getpeername(fd, (struct sockaddr *)&at, &len) == 0 &&
	    address_text((const struct sockaddr *)&at, text, &port)) {
		buf_printf(out, "%s port %u", text, port);
	}
}
