/*
 * The part of fault_server.c, tus_server.c and est_server.c that behaves: sockets, TLS by
 * OpenSSL, so that the client under test talks to an implementation that is
 * not its own, and the look at a field of a request. What goes wrong, and
 * when, is theirs.
 */
#include "tests/support/fault_tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

void fault_tls_start(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
}

SSL_CTX *fault_tls_context(const char *cert, const char *key,
			   const char *client_ca, int version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, version) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, version) != 1 ||
	    SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_load_verify_file(ctx, client_ca) != 1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_verify(
		ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return ctx;
}

/*
 * A client must wait for one that does not read: the loopback network has
 * segments so large that both sides take a megabyte unread.
 */
static bool take_little(int fd)
{
	const int window = 8192, segment = 1400;
	return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window)) ==
		       0 &&
	       setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment,
			  sizeof(segment)) == 0;
}

int fault_tls_listen(bool little)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t len = sizeof(at);
	if (fd < 0 || (little && !take_little(fd)) ||
	    bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, 16) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		return -1;
	}
	(void)printf("port %d\n", ntohs(at.sin_port));
	return fd;
}

SSL *fault_tls_accept(int listener, SSL_CTX *ctx)
{
	int fd = accept(listener, NULL, NULL);
	SSL *ssl = fd >= 0 ? SSL_new(ctx) : NULL;
	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		(void)close(fd);
		return NULL;
	}
	return ssl;
}

void fault_tls_hang_up(SSL *ssl)
{
	int fd = SSL_get_fd(ssl);
	SSL_free(ssl);
	(void)close(fd);
}

void fault_tls_put(SSL *ssl, const void *data, size_t len)
{
	if (len > 0) {
		(void)SSL_write(ssl, data, (int)len);
	}
}

bool fault_tls_field(const struct buf *in, const char *name, char *dst,
		     size_t size)
{
	const char *at = strcasestr(buf_str(in), name);
	if (at == NULL) {
		return false;
	}
	at += strlen(name);
	size_t len = strcspn(at, "\r\n");
	if (len >= size) {
		return false;
	}
	memcpy(dst, at, len);
	dst[len] = '\0';
	return true;
}

void fault_tls_await_end(SSL *ssl)
{
	struct pollfd fd = { .fd = SSL_get_fd(ssl), .events = POLLIN };
	char rest[256];
	while (poll(&fd, 1, 60000) > 0 &&
	       SSL_read(ssl, rest, sizeof(rest)) > 0) {
	}
}
