/*
 * Uploads one file of any size over mutual TLS with the client's own network
 * layer, for tools/bench to compare with curl. Bytes only: no outbox, no hash,
 * no receipt, which curl does not have either.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http_client.h"
#include "net/tcp.h"
#include "net/trust.h"

#define MINUTE_MS (60 * 1000)

static bool upload(const char *name, const char *host, int port,
		   const struct trust *trust, const struct http_body *body,
		   int *status, struct err *err)
{
	const struct http_request request = {
		.method = "POST",
		.target = "/v1/uploads",
		.host = name,
		.body_type = "application/octet-stream",
		.body = *body,
	};
	const struct http_limits limits = {
		.idle_ms = MINUTE_MS,
		.send_ms = 60 * MINUTE_MS,
		.answer_ms = MINUTE_MS,
		.answer_bytes = 65536,
		.stop_fd = -1,
	};
	struct deadline soon = deadline_in(MINUTE_MS, -1);
	struct tcp_addresses addresses;
	struct tls_client *tls = NULL;
	struct http_answer answer = HTTP_ANSWER_INIT;
	int64_t now = clock_utc_now();
	int fd;
	bool ok =
		tcp_resolve(host, port, &soon, &addresses, err) &&
		tcp_connect(&addresses, host, port, &soon, &fd, err) &&
		tls_client_open(fd, trust, name, now, &soon, NULL, &tls, err) &&
		http_exchange(tls, &request, &limits, now, &answer, err);
	if (ok) {
		*status = answer.head.status;
	}
	http_answer_clear(&answer);
	tls_client_close(tls);
	return ok;
}

int main(int argc, char **argv)
{
	struct err err = { .kind = ERR_NONE };
	struct trust *trust = NULL;
	struct stat info;
	int status = 0;
	if (argc != 8) {
		(void)fprintf(stderr, "usage: net_upload NAME HOST PORT "
				      "ANCHOR CHAIN KEY FILE\n");
		return 2;
	}
	int fd = open(argv[7], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) != 0) {
		perror(argv[7]);
		return 1;
	}
	const struct http_body body = { .fd = fd,
					.size = (uint64_t)info.st_size };
	bool ok = trust_load(argv[4], argv[5], argv[6], &trust, &err) &&
		  upload(argv[1], argv[2], atoi(argv[3]), trust, &body, &status,
			 &err);
	trust_free(trust);
	(void)close(fd);
	if (!ok) {
		(void)fprintf(stderr, "net_upload: %s\n", err.text);
		return 1;
	}
	(void)printf("%d\n", status);
	return status >= 200 && status < 300 ? 0 : 1;
}
