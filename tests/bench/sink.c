/*
 * A FastCGI program that takes a body and answers 201: the yardstick for
 * uploads and for the server in tools/bench. Started by lighttpd on
 * descriptor 0. With SINK_FILE in its environment each body is written to
 * that file (with the process id added) and synced before the answer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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
	FCGX_FPrintF(request->out,
		     "Status: 201 Created\r\nContent-Type: text/plain\r\n\r\n"
		     "%lld\n",
		     total);
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
