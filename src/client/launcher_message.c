/*
 * Bytes of requests and replies, for both ends: launcher.c and
 * launcher_process.c, which know what they mean.
 */
#include "client/launcher_message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORD 4
#define JOB_AT (3 * WORD)
#define JOB_SIZE (LAUNCHER_REQUEST_SIZE - JOB_AT)
#define PASSED_MAX 4 /* that we take, to close them */

_Static_assert(JOB_SIZE == JOB_ID_SIZE - 1, "an id fills its place");

static const char request_magic[WORD + 1] = "SLC2";
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

void launcher_put_request(uint8_t to[LAUNCHER_REQUEST_SIZE],
			  const struct launcher_request *request)
{
	memset(to, 0, LAUNCHER_REQUEST_SIZE);
	memcpy(to, request_magic, WORD);
	put_word(to + WORD, request->kind);
	put_word(to + 2 * WORD, request->number);
	memcpy(to + JOB_AT, request->job, strnlen(request->job, JOB_SIZE));
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

/* The id, or "" where there must be none; false: neither. */
static bool read_job(const uint8_t from[JOB_SIZE], enum launcher_kind kind,
		     char job[JOB_ID_SIZE])
{
	static const uint8_t nothing[JOB_SIZE];
	memcpy(job, from, JOB_SIZE);
	job[JOB_SIZE] = '\0';
	size_t len = strlen(job);
	return memcmp(from + len, nothing, JOB_SIZE - len) == 0 &&
	       (kind == LAUNCHER_JOB_GET ? job_id_valid(job) : len == 0);
}

bool launcher_read_request(const uint8_t from[LAUNCHER_REQUEST_SIZE],
			   struct launcher_request *request, struct err *err)
{
	uint32_t kind = word_at(from + WORD);
	struct launcher_request r = { .number = word_at(from + 2 * WORD) };
	if (memcmp(from, request_magic, WORD) != 0 || kind < LAUNCHER_COLLECT ||
	    kind > LAUNCHER_STOP) {
		return err_set(err, ERR_INVALID, "This is no request.");
	}
	r.kind = (enum launcher_kind)kind;
	if (!read_job(from + JOB_AT, r.kind, r.job)) {
		return err_set(err, ERR_INVALID, "This is no request.");
	}
	*request = r;
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

/* Room for descriptors beside a message, aligned as the kernel wants it. */
union passing {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(PASSED_MAX * sizeof(int))];
};

bool launcher_send_request(int fd, const struct launcher_request *request,
			   int passed)
{
	uint8_t bytes[LAUNCHER_REQUEST_SIZE];
	union passing passing = { .bytes = { 0 } };
	struct iovec part = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;
	launcher_put_request(bytes, request);
	if (passed < 0) {
		return launcher_write(fd, bytes, sizeof(bytes));
	}
	message.msg_control = passing.bytes;
	message.msg_controllen = CMSG_SPACE(sizeof(int));
	passing.head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
					 .cmsg_type = SCM_RIGHTS,
					 .cmsg_len = CMSG_LEN(sizeof(int)) };
	memcpy(CMSG_DATA(&passing.head), &passed, sizeof(int));
	do {
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	/* The descriptor went with the first byte; the rest is only bytes. */
	return n > 0 &&
	       launcher_write(fd, bytes + n, sizeof(bytes) - (size_t)n);
}

/* Keeps the first descriptor of all that came, closes the others. */
static void take_passed(struct msghdr *message, int *passed)
{
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
	     head = CMSG_NXTHDR(message, head)) {
		if (head->cmsg_level != SOL_SOCKET ||
		    head->cmsg_type != SCM_RIGHTS) {
			continue;
		}
		size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int one;
			memcpy(&one, CMSG_DATA(head) + i * sizeof(int),
			       sizeof(int));
			if (*passed < 0) {
				*passed = one;
			} else {
				(void)close(one);
			}
		}
	}
}

bool launcher_receive(int fd, uint8_t bytes[LAUNCHER_REQUEST_SIZE], int *passed)
{
	*passed = -1;
	for (size_t len = 0; len < LAUNCHER_REQUEST_SIZE;) {
		union passing passing;
		struct iovec part = { .iov_base = bytes + len,
				      .iov_len = LAUNCHER_REQUEST_SIZE - len };
		struct msghdr message = {
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = passing.bytes,
			.msg_controllen = sizeof(passing.bytes),
		};
		ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n >= 0) {
			take_passed(&message, passed);
		}
		if (n <= 0) {
			if (*passed >= 0) {
				(void)close(*passed);
			}
			*passed = -1;
			return false;
		}
		len += (size_t)n;
	}
	return true;
}
