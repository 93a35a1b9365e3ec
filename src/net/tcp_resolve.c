/*
 * Names to addresses. getaddrinfo() can wait for as long as the system's
 * resolver likes, and cannot be told to stop; so a child process asks and its
 * parent waits with a deadline. The child has no descriptor but the pipe (in
 * particular not the daemon's lock) and dies with its parent. Connecting is
 * in tcp.c.
 */
#include "net/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child tells; fits one atomic write to a pipe. */
struct finding {
	int gai_error; /* 0 = found */
	struct tcp_addresses addresses;
};

_Static_assert(sizeof(struct finding) <= 4096, "larger than PIPE_BUF");

static bool numeric(const char *host, int port, struct tcp_addresses *found)
{
	struct tcp_address *address = &found->list[0];
	memset(found, 0, sizeof(*found));
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons((uint16_t)port) };
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
		memcpy(&address->at, &v4, sizeof(v4));
		address->len = sizeof(v4);
	} else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
		memcpy(&address->at, &v6, sizeof(v6));
		address->len = sizeof(v6);
	} else {
		return false;
	}
	found->count = 1;
	return true;
}

/* Takes the next result at or after *at that has (or has not) this family. */
static void take(const struct addrinfo **at, int family, bool same,
		 struct tcp_addresses *found)
{
	while (*at != NULL && ((*at)->ai_family == family) != same) {
		*at = (*at)->ai_next;
	}
	if (*at != NULL && found->count < TCP_ADDRESSES_MAX) {
		struct tcp_address *address = &found->list[found->count++];
		memcpy(&address->at, (*at)->ai_addr, (*at)->ai_addrlen);
		address->len = (*at)->ai_addrlen;
		*at = (*at)->ai_next;
	}
}

/* The resolver's order, but the two families take turns. */
static void interleave(const struct addrinfo *results,
		       struct tcp_addresses *found)
{
	int family = results->ai_family;
	const struct addrinfo *first = results, *second = results;
	while ((first != NULL || second != NULL) &&
	       found->count < TCP_ADDRESSES_MAX) {
		take(&first, family, true, found);
		take(&second, family, false, found);
	}
}

static _Noreturn void child(const char *host, int port, int out)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(out, 3) != 3) {
		_exit(1);
	}
	(void)close_range(4, ~0u, 0);
	char service[12];
	(void)snprintf(service, sizeof(service), "%d", port);
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV };
	struct addrinfo *results = NULL;
	struct finding finding;
	memset(&finding, 0, sizeof(finding));
	finding.gai_error = getaddrinfo(host, service, &hints, &results);
	if (finding.gai_error == 0) {
		interleave(results, &finding.addresses);
	}
	ssize_t n = write(3, &finding, sizeof(finding));
	_exit(n == (ssize_t)sizeof(finding) ? 0 : 1);
}

static bool read_finding(int fd, const char *host,
			 const struct deadline *deadline,
			 struct finding *finding, struct err *err)
{
	if (!deadline_wait(fd, POLLIN, deadline, "the name service", err)) {
		return err_prefix(err, "Cannot look up %s", host);
	}
	ssize_t n = read(fd, finding, sizeof(*finding));
	if (n != (ssize_t)sizeof(*finding)) {
		return err_set(err, ERR_RETRY, "Looking up %s failed.", host);
	}
	return true;
}

static bool ask(const char *host, int port, const struct deadline *deadline,
		struct finding *finding, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return err_set_errno(err, ERR_IO, errno, "Cannot make a pipe");
	}
	pid_t pid = fork();
	if (pid == 0) {
		child(host, port, ends[1]);
	}
	int errnum = errno;
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return err_set_errno(err, ERR_IO, errnum,
				     "Cannot start a process");
	}
	bool ok = read_finding(ends[0], host, deadline, finding, err);
	(void)close(ends[0]);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
	return ok;
}

bool tcp_resolve(const char *host, int port, const struct deadline *deadline,
		 struct tcp_addresses *addresses, struct err *err)
{
	if (port < 1 || port > 65535) {
		return err_set(err, ERR_INVALID, "%d is no port.", port);
	}
	size_t len = strlen(host);
	if (len == 0 || len > 253) {
		return err_set(err, ERR_INVALID,
			       "The name of a host has 1 to 253 characters.");
	}
	struct finding finding;
	if (numeric(host, port, &finding.addresses)) {
		*addresses = finding.addresses;
		return true;
	}
	if (!ask(host, port, deadline, &finding, err)) {
		return false;
	}
	if (finding.gai_error != 0 || finding.addresses.count == 0) {
		return err_set(err, ERR_RETRY,
			       "The name service knows no address of %s (%s). "
			       "Check the server's name and this device's DNS "
			       "settings.",
			       host, gai_strerror(finding.gai_error));
	}
	*addresses = finding.addresses;
	return true;
}
