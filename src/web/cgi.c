/*
 * The frame of a CGI process: standard input and output. The server's
 * FastCGI loop has its own; both call the router.
 */
#include "web/cgi.h"

#include <errno.h>
#include <unistd.h>

/* Of a file that a page refused: more than this is not waited for. */
#define DRAIN_MAX ((uint64_t)64 << 20)

static ssize_t read_body(void *ctx, void *dst, size_t len)
{
	ssize_t got;

	(void)ctx;
	do {
		got = read(STDIN_FILENO, dst, len);
	} while (got < 0 && errno == EINTR);
	return got;
}

static bool write_all(void *ctx, const void *data, size_t len)
{
	const char *at = data;

	(void)ctx;
	while (len > 0) {
		ssize_t put = write(STDOUT_FILENO, at, len);

		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return false;
		}
		at += put;
		len -= (size_t)put;
	}
	return true;
}

bool cgi_serve(const struct site *site, char *const envp[], int64_t now_ms,
	       struct err *err)
{
	struct request request;
	struct response response;
	struct err read_err = { .kind = ERR_NONE };

	if (!request_read(&request, envp, read_body, NULL, now_ms, &read_err)) {
		log_debug(site->log, "request refused: %s", read_err.text);
	}
	router_serve(site, &request, &read_err, &response);

	request_file_drain(&request, DRAIN_MAX);

	bool done = response_send(&response, request.method == METHOD_HEAD,
				  write_all, NULL, err);

	/* A file's content is wiped, however soon the process ends. */
	if (!site->once || request.file != NULL) {
		response_clear(&response);
		request_clear(&request);
	}
	return done;
}
