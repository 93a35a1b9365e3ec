/*
 * Bytes of requests and replies, for both ends: launcher.c and
 * launcher_process.c, which know what they mean.
 */
#include "client/launcher_message.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WORD 4

static const char request_magic[WORD + 1] = "SLC1";
static const char reply_magic[WORD + 1] = "SLR1";

static void put_word(uint8_t *to, size_t value)
{
	to[0] = (uint8_t)(value >> 24);
	to[1] = (uint8_t)(value >> 16);
	to[2] = (uint8_t)(value >> 8);
	to[3] = (uint8_t)value;
}

static uint32_t word_at(const uint8_t *from)
{
	return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 |
	       (uint32_t)from[2] << 8 | from[3];
}

void launcher_put_request(uint8_t to[LAUNCHER_REQUEST_SIZE], uint32_t number)
{
	memcpy(to, request_magic, WORD);
	put_word(to + WORD, number);
}

void launcher_put_reply(uint8_t to[LAUNCHER_REPLY_SIZE],
			const struct launcher_reply *reply)
{
	memcpy(to, reply_magic, WORD);
	put_word(to + WORD, reply->kind);
	put_word(to + 2 * WORD, reply->text_bytes);
	put_word(to + 3 * WORD, reply->said_bytes);
	put_word(to + 4 * WORD, reply->out_bytes);
}

bool launcher_read_request(const uint8_t from[LAUNCHER_REQUEST_SIZE],
			   uint32_t *number, struct err *err)
{
	if (memcmp(from, request_magic, WORD) != 0) {
		return err_set(err, ERR_INVALID, "This is no request.");
	}
	*number = word_at(from + WORD);
	return true;
}

bool launcher_read_reply(const uint8_t from[LAUNCHER_REPLY_SIZE],
			 size_t out_max, struct launcher_reply *reply,
			 struct err *err)
{
	uint32_t kind = word_at(from + WORD);
	struct launcher_reply r = {
		.text_bytes = word_at(from + 2 * WORD),
		.said_bytes = word_at(from + 3 * WORD),
		.out_bytes = word_at(from + 4 * WORD),
	};
	if (memcmp(from, reply_magic, WORD) != 0 || kind > ERR_BUG ||
	    r.text_bytes >= ERR_TEXT_SIZE || r.said_bytes > LAUNCHER_SAID_MAX ||
	    (kind != ERR_NONE && r.out_bytes > 0) ||
	    (kind == ERR_NONE && r.text_bytes > 0)) {
		return err_set(err, ERR_INVALID, "This is no reply.");
	}
	if (r.out_bytes > out_max) {
		return err_set(err, ERR_LIMIT,
			       "The reply is longer than %zu bytes.", out_max);
	}
	r.kind = (enum err_kind)kind;
	*reply = r;
	return true;
}

bool launcher_write(int fd, const void *data, size_t len)
{
	for (const uint8_t *at = data; len > 0;) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return false;
		}
		at += n;
		len -= (size_t)n;
	}
	return true;
}
