#ifndef SLUICE_TESTS_SUPPORT_FAULT_H
#define SLUICE_TESTS_SUPPORT_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/support/pki.h"

/* A running tests/support/fault_server, tus_server or est_server. */
struct fault {
	pid_t pid;
	int port;
	FILE *out; /* what it tells */
	int in;    /* what it waits for, in the modes that hold */
};

/*
 * Starts one in a mode (see fault_server.c; "tus:" or "est:" and
 * the faults that tus_server.c or est_server.c names for that one, "tus:other"
 * for tests/browser/tus_server.mjs) with a certificate of the PKI;
 * cert NULL = "server.pem", client_ca NULL = "device-ca.pem".
 */
void fault_start(struct fault *fault, const struct pki *pki, const char *mode,
		 const char *cert, const char *client_ca);
void fault_stop(struct fault *fault);

/*
 * Until this process, a client of the server that holds, sleeps: it waits for
 * the answer, and has not merely found no time yet to do so.
 */
void fault_await_client(pid_t client);

/* Lets a server go on that holds ("hold-handshake", -body, -answer). */
void fault_go_on(struct fault *fault);

/*
 * The next line that begins with this word, without its line break; the
 * others before it are passed over. Fails the test when none comes.
 */
void fault_expect(struct fault *fault, const char *word, char *line,
		  size_t size);

/* Has it told nothing since the last line that was read? */
bool fault_is_quiet(struct fault *fault);

#endif
