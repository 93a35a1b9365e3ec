#ifndef SLUICE_TESTS_FORMATS_CERTS_FIXTURE_H
#define SLUICE_TESTS_FORMATS_CERTS_FIXTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "crypto/p256.h"

/* What the tests of certificates share. */

#define TEST_BEGIN INT64_C(1795000000)
#define TEST_END (TEST_BEGIN + 86400)

/* A key that is the same in every run. */
static inline void test_key(uint8_t number, struct p256_key *key)
{
	uint8_t secret[P256_PRIVATE_SIZE] = { 1 };

	secret[P256_PRIVATE_SIZE - 1] = number;
	if (!p256_from_private(secret, key)) {
		abort();
	}
}

static inline int have_openssl(void)
{
	return system("openssl version >/dev/null 2>&1") == 0;
}

/* Writes bytes to a new file; the caller unlinks path. */
static inline void test_file(char path[32], const struct buf *bytes)
{
	strcpy(path, "/tmp/certs-XXXXXX");
	int fd = mkstemp(path);
	if (fd < 0 ||
	    write(fd, bytes->data, bytes->len) != (ssize_t)bytes->len) {
		abort();
	}
	close(fd);
}

/* Runs a shell command; gives its output and its exit status. */
static inline int test_run(const char *command, struct buf *output)
{
	char piece[512];
	FILE *pipe = popen(command, "r");

	if (pipe == NULL) {
		abort();
	}
	size_t len;
	while ((len = fread(piece, 1, sizeof(piece), pipe)) > 0) {
		buf_put(output, piece, len);
	}
	return pclose(pipe);
}

#endif
