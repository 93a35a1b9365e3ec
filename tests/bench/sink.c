/*
 * A FastCGI program that takes a body and answers 201, or what the steps of a
 * resumable upload expect: the yardstick for uploads and for the server in
 * tools/bench. Started by lighttpd on
 * descriptor 0. With SINK_FILE in its environment each body is written to
 * that file (with the process id added) and synced before the answer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcgiapp.h>

static int open_file(void)
{
	const char *base = getenv("SINK_FILE");
	if (base == NULL) {
		return -1;
	}
	char path[4096];
	snprintf(path, sizeof(path), "%s.%ld", base, (long)getpid());
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

/* An upload is created, is whole, or its receipt is asked for. */
static void put_answer(FCGX_Request *request, long long total)
{
	const char *method = FCGX_GetParam("REQUEST_METHOD", request->envp);
	const char *key = FCGX_GetParam("HTTP_IDEMPOTENCY_KEY", request->envp);
	if (method != NULL && strcmp(method, "PATCH") == 0) {
		FCGX_FPrintF(request->out,
			     "Status: 204 No Content\r\n"
			     "Upload-Offset: %lld\r\n\r\n",
			     total);
		return;
	}
	if (method != NULL && strcmp(method, "GET") == 0) {
		FCGX_FPrintF(request->out, "Status: 200 OK\r\n"
					   "Content-Type: text/plain\r\n\r\n"
					   "received\n");
		return;
	}
	FCGX_FPrintF(request->out, "Status: 201 Created\r\n"
				   "Content-Type: text/plain\r\n");
	if (key != NULL && strlen(key) > 2) {
		FCGX_FPrintF(request->out,
			     "Location: /v1/uploads/%.*s\r\n"
			     "Upload-Offset: %lld\r\n",
			     (int)strlen(key) - 2, key + 1, total);
	}
	FCGX_FPrintF(request->out, "\r\n%lld\n", total);
}

static void answer(FCGX_Request *request, int fd)
{
	static char piece[65536];
	long long total = 0;
	int n;
	while ((n = FCGX_GetStr(piece, sizeof(piece), request->in)) > 0) {
		if (fd >= 0 && write(fd, piece, (size_t)n) != n) {
			FCGX_FPrintF(request->out, "Status: 500\r\n\r\n");
			return;
		}
		total += n;
	}
	if (fd >= 0 && fdatasync(fd) != 0) {
		FCGX_FPrintF(request->out, "Status: 500\r\n\r\n");
		return;
	}
	put_answer(request, total);
}

int main(void)
{
	FCGX_Request request;
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0) {
		return 1;
	}
	int fd = open_file();
	while (FCGX_Accept_r(&request) == 0) {
		answer(&request, fd);
		FCGX_Finish_r(&request);
	}
	return 0;
}
