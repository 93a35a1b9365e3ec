#ifndef SLUICE_CLIENT_LAUNCHER_MESSAGE_H
#define SLUICE_CLIENT_LAUNCHER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/job_list.h"

/*
 * What client and launcher say to each other over their socket. Numbers are
 * four bytes, high one first.
 *
 *	request  "SLC2", kind, number in the configuration from 0, id of the
 *	         job in 64 bytes with NULs behind; all of them NUL if the kind
 *	         has none. LAUNCHER_JOB_GET comes with a descriptor to write to.
 *	reply    "SLR1", kind of the error (0 = done), length of its text, of
 *	         what the collector said, of what it printed; then these three
 *
 * The launcher greets with a reply when it is ready, or says why it is not.
 * LAUNCHER_STOP ends what runs, whose reply then comes; it has none itself,
 * and when nothing runs any more it means nothing.
 */
#define LAUNCHER_REQUEST_SIZE 76
#define LAUNCHER_REPLY_SIZE 20
/* 4 KiB of which each byte may have become a U+FFFD */
#define LAUNCHER_SAID_MAX (3 * 4096)

enum launcher_kind {
	LAUNCHER_COLLECT = 1, /* run the collector of this number */
	LAUNCHER_JOB_LIST,    /* "list" of the job source of this number */
	LAUNCHER_JOB_GET,     /* "get ID" of it */
	LAUNCHER_STOP
};

struct launcher_request {
	enum launcher_kind kind;
	uint32_t number;
	char job[JOB_ID_SIZE]; /* valid for LAUNCHER_JOB_GET, else "" */
};

struct launcher_reply {
	enum err_kind kind;
	size_t text_bytes; /* less than ERR_TEXT_SIZE */
	size_t said_bytes; /* at most LAUNCHER_SAID_MAX */
	size_t out_bytes;  /* 0 unless kind is ERR_NONE */
};

void launcher_put_request(uint8_t to[LAUNCHER_REQUEST_SIZE],
			  const struct launcher_request *request);
void launcher_put_reply(uint8_t to[LAUNCHER_REPLY_SIZE],
			const struct launcher_reply *reply);

/* All of it to the socket; false: the other end is gone. */
MUST_USE bool launcher_write(int fd, const void *data, size_t len);

/*
 * The request, with a descriptor that the other end gets a copy of; -1 = none.
 * false: the other end is gone.
 */
MUST_USE bool launcher_send_request(int fd,
				    const struct launcher_request *request,
				    int passed);

/*
 * Waits for the bytes of a request. *passed is the first descriptor that came
 * with them, closed on exec, or -1; others are closed. false: the other end is
 * gone, and *passed is -1.
 */
MUST_USE bool launcher_receive(int fd, uint8_t bytes[LAUNCHER_REQUEST_SIZE],
			       int *passed);

/* Errors: INVALID (no request). */
MUST_USE bool launcher_read_request(const uint8_t from[LAUNCHER_REQUEST_SIZE],
				    struct launcher_request *request,
				    struct err *err);

/* Errors: INVALID (no reply), LIMIT (more than out_max bytes printed). */
MUST_USE bool launcher_read_reply(const uint8_t from[LAUNCHER_REPLY_SIZE],
				  size_t out_max, struct launcher_reply *reply,
				  struct err *err);

#endif
