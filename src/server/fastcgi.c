/*
 * FastCGI by libfcgi: accepts a request, wraps it as a struct exchange, calls
 * the server behind it. What requests mean is api.c's and the console's
 * business; starting and restarting workers is supervisor.c's.
 */
#include "server/fastcgi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/text.h"

#define BACKLOG 128
#define PIECE_MAX (1 << 20)

/*
 * What is there, as soon as something is: FCGX_GetStr() alone waits for all
 * that was asked for, and forgets it when the line is cut meanwhile.
 */
static ssize_t read_body(void *ctx, void *dst, size_t len)
{
	FCGX_Request *request = ctx;
	FCGX_Stream *in = request->in;
	if (len == 0) {
		return 0;
	}
	int first = FCGX_GetChar(in);
	if (first == EOF) {
		return FCGX_GetError(in) != 0 ? -1 : 0;
	}
	unsigned char *at = dst;
	at[0] = (unsigned char)first;
	size_t ready = (size_t)(in->stop - in->rdNext);
	int want = (int)(ready < len - 1 ? ready : len - 1);
	return 1 + (want == 0 ? 0 : FCGX_GetStr((char *)at + 1, want, in));
}

static bool write_answer(void *ctx, const void *data, size_t len)
{
	FCGX_Request *request = ctx;
	const char *at = data;
	while (len > 0) {
		int want = len > PIECE_MAX ? PIECE_MAX : (int)len;
		if (FCGX_PutStr(at, want, request->out) != want) {
			return false;
		}
		at += want;
		len -= (size_t)want;
	}
	return true;
}

static void serve_one(FCGX_Request *request, int wait_s,
		      void (*serve)(void *ctx, const struct exchange *exchange),
		      void *ctx)
{
	/* A web server that stands still must not hold the worker. */
	struct timeval wait = { .tv_sec = wait_s };
	(void)setsockopt(request->ipcFd, SOL_SOCKET, SO_RCVTIMEO, &wait,
			 sizeof(wait));
	(void)setsockopt(request->ipcFd, SOL_SOCKET, SO_SNDTIMEO, &wait,
			 sizeof(wait));
	struct exchange exchange = {
		.ctx = request,
		.envp = request->envp,
		.read = read_body,
		.write = write_answer,
	};
	serve(ctx, &exchange);
	FCGX_Finish_r(request);
}

/* Waits for a connection; only here SIGTERM gets through. */
static bool wait_for_one(int listen_fd, struct err *err)
{
	sigset_t open;
	struct pollfd fd = { .fd = listen_fd, .events = POLLIN };
	(void)sigprocmask(SIG_SETMASK, NULL, &open);
	(void)sigdelset(&open, SIGTERM);
	if (ppoll(&fd, 1, NULL, &open) < 0 && errno != EINTR) {
		return err_set_errno(err, ERR_IO, errno,
				     "The socket cannot be waited for");
	}
	if ((fd.revents & (POLLERR | POLLNVAL)) != 0) {
		return err_set(err, ERR_IO, "The socket is gone.");
	}
	return true;
}

bool fastcgi_loop(int listen_fd, int wait_s,
		  void (*serve)(void *ctx, const struct exchange *exchange),
		  void *ctx, struct err *err)
{
	FCGX_Request request;
	if (FCGX_Init() != 0 ||
	    FCGX_InitRequest(&request, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) !=
		    0) {
		return err_set(err, ERR_IO, "FastCGI cannot be started.");
	}
	/* libfcgi 2.4.2 took it and would only note it. */
	if (signal(SIGTERM, SIG_DFL) == SIG_ERR) {
		return err_set_errno(err, ERR_IO, errno, "SIGTERM");
	}
	for (;;) {
		if (!wait_for_one(listen_fd, err)) {
			return false;
		}
		/* Another worker may have been quicker: then wait again. */
		if (FCGX_Accept_r(&request) == 0) {
			serve_one(&request, wait_s, serve, ctx);
		}
	}
}

/* Removes a socket that nobody listens on any more. */
static bool remove_old(const struct sockaddr_un *address, struct err *err)
{
	struct stat st;
	if (lstat(address->sun_path, &st) != 0) {
		return true;
	}
	if (!S_ISSOCK(st.st_mode)) {
		return err_set(err, ERR_IO, "%s is there and no socket.",
			       address->sun_path);
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)address,
					sizeof(*address)) == 0;
	if (fd >= 0) {
		close(fd);
	}
	if (alive) {
		return err_set(err, ERR_RETRY, "Another process listens on %s.",
			       address->sun_path);
	}
	return unlink(address->sun_path) == 0 ||
	       err_set_errno(err, ERR_IO, errno, "%s", address->sun_path);
}

bool fastcgi_listen(const char *path, unsigned mode, int *listen_fd,
		    struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (!text_copy(address.sun_path, sizeof(address.sun_path), path)) {
		return err_set(err, ERR_LIMIT,
			       "The path of the socket is longer than %zu "
			       "bytes: %s",
			       sizeof(address.sun_path) - 1, path);
	}
	if (!remove_old(&address, err)) {
		return false;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return err_set_errno(err, ERR_IO, errno, "%s", path);
	}
	mode_t mask = umask(0177);
	bool bound = bind(fd, (const struct sockaddr *)&address,
			  sizeof(address)) == 0;
	(void)umask(mask);
	if (!bound || chmod(path, mode) != 0 || listen(fd, BACKLOG) != 0) {
		err_set_errno(err, ERR_IO, errno, "%s", path);
		close(fd);
		return false;
	}
	*listen_fd = fd;
	return true;
}
