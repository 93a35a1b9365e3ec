/*
 * Load of small requests for tools/bench: some processes, each with a number
 * of them one after the other, every one over a TLS connection of its own. At
 * a rate, or as fast as they are answered; without a target each is the
 * handshake alone. Prints, over all processes, "RATE OUT IN": requests a
 * second, and the bytes of HTTP of one both ways.
 *
 * It is the client's own network layer, net/ask, so one request in one process
 * is also what tools/bench compares with curl.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/text.h"
#include "net/ask.h"
#include "net/tcp.h"

#define MINUTE_MS (60 * 1000)
#define BODY_MAX (64 * 1024)

struct load {
	int processes, count;
	double rate; /* a second over all processes; 0 = no pauses */
	struct upload_server server;
	struct ask ask; /* target NULL = handshakes alone */
	int64_t begun_ms;
};

static bool handshake(const struct load *load, struct err *err)
{
	const struct upload_server *server = &load->server;
	struct deadline soon = deadline_in(MINUTE_MS, -1);
	struct tcp_addresses addresses;
	struct tls_client *tls = NULL;
	int fd;
	bool ok = tcp_resolve(server->address, server->port, &soon, &addresses,
			      err) &&
		  tcp_connect(&addresses, server->address, server->port, &soon,
			      &fd, err) &&
		  tls_client_open(fd, server->trust, server->name,
				  clock_utc_now(), &soon, NULL, &tls, err);
	tls_client_close(tls);
	return ok;
}

static bool request(const struct load *load, uint64_t bytes[2], struct err *err)
{
	static const struct upload_watch watch = { .stop_fd = -1 };
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct ask_way way;
	ask_begin(&way, &load->server, &watch, clock_utc_now());
	bool ok =
		ask_do(&way, &load->ask, &answer, err) &&
		(answer.head.status == 200 || ask_refused(&way, &answer, err));
	bytes[0] = answer.bytes_out;
	bytes[1] = answer.bytes_in;
	http_answer_clear(&answer);
	ask_end(&way);
	return ok;
}

/* The n-th of this process has its place among those of all of them. */
static void await_turn(const struct load *load, int process, int n)
{
	if (load->rate <= 0) {
		return;
	}
	double at =
		((double)n * load->processes + process) * 1000.0 / load->rate;
	int64_t wait = load->begun_ms + (int64_t)at - clock_monotonic_ms();
	if (wait > 0) {
		const struct timespec pause = { .tv_sec = wait / 1000,
						.tv_nsec =
							wait % 1000 * 1000000 };
		(void)nanosleep(&pause, NULL);
	}
}

static int run_child(const struct load *load, int process, int out)
{
	uint64_t bytes[2] = { 0, 0 };
	for (int n = 0; n < load->count; n++) {
		struct err err = { .kind = ERR_NONE };
		await_turn(load, process, n);
		if (!(load->ask.target != NULL ? request(load, bytes, &err)
					       : handshake(load, &err))) {
			(void)fprintf(stderr, "ask_load: %s\n", err.text);
			return 1;
		}
	}
	return write(out, bytes, sizeof(bytes)) == sizeof(bytes) ? 0 : 1;
}

static int run_all(struct load *load)
{
	int failed = 0, ends[2], status;
	uint64_t bytes[2] = { 0, 0 };
	if (pipe(ends) != 0) {
		return 1;
	}
	load->begun_ms = clock_monotonic_ms();
	for (int i = 0; i < load->processes; i++) {
		pid_t pid = fork();
		if (pid < 0) {
			return 1;
		}
		if (pid == 0) {
			_exit(run_child(load, i, ends[1]));
		}
	}
	while (wait(&status) > 0) {
		failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	double s = (double)(clock_monotonic_ms() - load->begun_ms) / 1000.0;
	if (failed != 0 || read(ends[0], bytes, sizeof(bytes)) < 0) {
		return 1;
	}
	(void)printf(
		"%.1f %llu %llu\n",
		(double)load->processes * load->count / (s > 0 ? s : 0.001),
		(unsigned long long)bytes[0], (unsigned long long)bytes[1]);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = { .kind = ERR_NONE };
	struct trust *trust = NULL;
	struct buf body = BUF_INIT;
	if (argc != 10 && argc != 12) {
		(void)fputs("usage: ask_load PROCESSES COUNT RATE NAME ADDRESS "
			    "PORT ANCHOR CHAIN KEY [TARGET FILE]\n",
			    stderr);
		return 2;
	}
	if (!trust_load(argv[7], argv[8], argv[9], &trust, &err) ||
	    (argc == 12 && !files_read(argv[11], BODY_MAX, &body, &err))) {
		(void)fprintf(stderr, "ask_load: %s\n", err.text);
		return 1;
	}
	struct load load = {
		.processes = atoi(argv[1]),
		.count = atoi(argv[2]),
		.rate = strtod(argv[3], NULL),
		.server = { .name = argv[4],
			    .address = argv[5],
			    .port = atoi(argv[6]),
			    .trust = trust },
		.ask = { .method = "POST",
			 .target = argc == 12 ? argv[10] : NULL,
			 .body_type = "application/xml",
			 .body = body.data,
			 .body_len = body.len,
			 .last = true },
	};
	int code = run_all(&load);
	buf_clear(&body);
	trust_free(trust);
	return code;
}
