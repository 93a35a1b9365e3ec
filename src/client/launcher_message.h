#ifndef SLUICE_CLIENT_LAUNCHER_MESSAGE_H
#define SLUICE_CLIENT_LAUNCHER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What client and launcher say to each other over their socket. Numbers are
 * four bytes, high one first.
 *
 *	request  "SLC1", number of the collector in the configuration from 0
 *	reply    "SLR1", kind of the error (0 = done), length of its text, of
 *	         what the collector said, of what it printed; then these three
 *
 * The launcher greets with a reply when it is ready, or says why it is not.
 */
#define LAUNCHER_REQUEST_SIZE 8
#define LAUNCHER_REPLY_SIZE 20
/* 4 KiB of which each byte may have become a U+FFFD */
#define LAUNCHER_SAID_MAX (3 * 4096)

struct launcher_reply {
	enum err_kind kind;
	size_t text_bytes; /* less than ERR_TEXT_SIZE */
	size_t said_bytes; /* at most LAUNCHER_SAID_MAX */
	size_t out_bytes;  /* 0 unless kind is ERR_NONE */
};

void launcher_put_request(uint8_t to[LAUNCHER_REQUEST_SIZE], uint32_t number);
void launcher_put_reply(uint8_t to[LAUNCHER_REPLY_SIZE],
			const struct launcher_reply *reply);

/* All of it to the socket; false: the other end is gone. */
MUST_USE bool launcher_write(int fd, const void *data, size_t len);

/* Errors: INVALID (no request). */
MUST_USE bool launcher_read_request(const uint8_t from[LAUNCHER_REQUEST_SIZE],
				    uint32_t *number, struct err *err);

/* Errors: INVALID (no reply), LIMIT (more than out_max bytes printed). */
MUST_USE bool launcher_read_reply(const uint8_t from[LAUNCHER_REPLY_SIZE],
				  size_t out_max, struct launcher_reply *reply,
				  struct err *err);

#endif
