/*
 * Starts and watches the server that misbehaves. Waiting is for what it
 * tells, never for time; the 20 seconds only end a test that hangs.
 */
#include "tests/support/fault.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

#define HANGS_MS 60000
#define TUS_MODE "tus:"        /* tus_server with what follows */
#define EST_MODE "est:"        /* est_server, likewise */
#define OTHER_MODE "tus:other" /* a server that is not ours */

static char *program_of(const char *mode)
{
	bool other = text_equal(mode, OTHER_MODE);
	const char *top = getenv(other ? "abs_top_srcdir" : "abs_top_builddir");
	const char *program = "tests/support/fault_server";
	if (other) {
		program = "tests/browser/tus_server.mjs";
	} else if (text_starts_with(mode, TUS_MODE)) {
		program = "tests/support/tus_server";
	} else if (text_starts_with(mode, EST_MODE)) {
		program = "tests/support/est_server";
	}
	return files_join(top != NULL ? top : ".", program);
}

static void run(const struct pki *pki, const char *mode, const char *cert,
		const char *client_ca, int in, int out)
{
	bool listed = text_starts_with(mode, TUS_MODE) ||
		      text_starts_with(mode, EST_MODE);
	char *program = program_of(mode);
	char *const argv[] = {
		program,
		mem_strdup(listed ? mode + strlen(TUS_MODE) : mode),
		pki_path(pki, cert != NULL ? cert : "server.pem"),
		pki_path(pki, "server.key"),
		pki_path(pki, client_ca != NULL ? client_ca : "device-ca.pem"),
		pki_path(pki, "receipt.key"),
		mem_strdup(PKI_DEVICE),
		NULL,
	};
	(void)dup2(in, STDIN_FILENO);
	(void)dup2(out, STDOUT_FILENO);
	(void)execv(program, argv);
	_exit(127);
}

void fault_start(struct fault *fault, const struct pki *pki, const char *mode,
		 const char *cert, const char *client_ca)
{
	int ends[2], orders[2];
	char line[64];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
	fault->pid = fork();
	assert_true(fault->pid >= 0);
	if (fault->pid == 0) {
		run(pki, mode, cert, client_ca, orders[0], ends[1]);
	}
	(void)close(ends[1]);
	(void)close(orders[0]);
	fault->in = orders[1];
	fault->out = fdopen(ends[0], "r");
	assert_non_null(fault->out);
	(void)setvbuf(fault->out, NULL, _IONBF, 0);
	fault_expect(fault, "port", line, sizeof(line));
	fault->port = atoi(line + strlen("port "));
}

void fault_stop(struct fault *fault)
{
	(void)kill(fault->pid, SIGKILL);
	(void)waitpid(fault->pid, NULL, 0);
	(void)fclose(fault->out);
	(void)close(fault->in);
}

/* As /proc has it: R, S, D ...; 0 = it is gone. */
static char state_of(pid_t pid)
{
	char path[64], line[256] = "";
	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	FILE *file = fopen(path, "re");
	if (file != NULL) {
		(void)!fgets(line, sizeof(line), file);
		(void)fclose(file);
	}
	/* The name before it may hold whatever it likes. */
	const char *end = strrchr(line, ')');
	return (char)(end != NULL && end[1] == ' ' ? end[2] : 0);
}

void fault_await_client(pid_t client)
{
	int64_t end = clock_monotonic_ms() + HANGS_MS;
	char now;
	while ((now = state_of(client)) != 'S') {
		assert_true(now != 0 && now != 'Z');
		assert_true(clock_monotonic_ms() < end);
		(void)poll(NULL, 0, 1);
	}
}

void fault_go_on(struct fault *fault)
{
	assert_int_equal(write(fault->in, "\n", 1), 1);
}

void fault_expect(struct fault *fault, const char *word, char *line,
		  size_t size)
{
	struct pollfd fd = { .fd = fileno(fault->out), .events = POLLIN };
	do {
		assert_int_equal(poll(&fd, 1, HANGS_MS), 1);
		assert_non_null(fgets(line, (int)size, fault->out));
		line[strcspn(line, "\n")] = '\0';
	} while (strncmp(line, word, strlen(word)) != 0);
}

bool fault_is_quiet(struct fault *fault)
{
	struct pollfd fd = { .fd = fileno(fault->out), .events = POLLIN };
	return poll(&fd, 1, 0) == 0;
}
