#ifndef SLUICE_TESTS_SUPPORT_FAULT_TLS_H
#define SLUICE_TESTS_SUPPORT_FAULT_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What the servers of the tests share: TLS, and heads of requests. */
#define FAULT_HEAD_MAX 16384

/* What each does first: it ends with its parent, and tells line by line. */
void fault_tls_start(void);

/* A server that asks for the client's certificate; NULL = cannot be. */
SSL_CTX *fault_tls_context(const char *cert, const char *key,
			   const char *client_ca, int version);

/*
 * Listens on a loopback port that the kernel chooses and tells "port N"; -1 =
 * cannot be. little: takes little from clients ahead of reading it.
 */
int fault_tls_listen(bool little);

/* The next connection, before its handshake; NULL = cannot be. */
SSL *fault_tls_accept(int listener, SSL_CTX *ctx);
void fault_tls_hang_up(SSL *ssl);

void fault_tls_put(SSL *ssl, const void *data, size_t len);

/* The value of a field in a head; name as in "\r\nContent-Length: ". */
bool fault_tls_field(const struct buf *in, const char *name, char *dst,
		     size_t size);

/* Waits for the client to hang up, at most a minute. */
void fault_tls_await_end(SSL *ssl);

#endif
