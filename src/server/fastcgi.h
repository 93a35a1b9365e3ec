#ifndef SLUICE_SERVER_FASTCGI_H
#define SLUICE_SERVER_FASTCGI_H

#include "base/err.h"
#include "server/exchange.h"

/*
 * A worker's loop: takes requests from a listening socket (made not to
 * block), one at a time, for ever. SIGTERM ends the process between two
 * requests, never within one: it must be blocked when this is called.
 *
 * wait_s  longest wait for the web server's next bytes of a body
 *
 * Errors: IO (the socket is gone). Does not return otherwise.
 */
MUST_USE bool fastcgi_loop(int listen_fd, int wait_s,
			   void (*serve)(void *ctx,
					 const struct exchange *exchange),
			   void *ctx, struct err *err);

/*
 * Listens on a unix socket of this path and mode; an old one that nobody
 * listens on is replaced. Errors: RETRY (somebody listens there), LIMIT (path
 * too long), IO.
 */
MUST_USE bool fastcgi_listen(const char *path, unsigned mode, int *listen_fd,
			     struct err *err);

#endif
