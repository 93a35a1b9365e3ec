/*
 * Uploads one file of any size over mutual TLS as sealed jobs are uploaded:
 * creation, the file, the receipt, on one connection; for tools/bench to
 * compare with curl. The digest is not computed: the sealing does that.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/upload_resumable.h"

static bool upload(char **argv, const struct trust *trust,
		   const struct upload_file *file, struct err *err)
{
	const struct upload_server server = {
		.name = argv[1],
		.address = argv[2],
		.port = atoi(argv[3]),
		.trust = trust,
	};
	const struct upload_watch watch = { .stop_fd = -1 };
	struct upload_answer answer = UPLOAD_ANSWER_INIT;
	uint64_t offset = 0;
	bool ok = upload_resumable(&server, file, &watch, NULL, clock_utc_now(),
				   &offset, &answer, err);
	upload_answer_clear(&answer);
	return ok;
}

int main(int argc, char **argv)
{
	struct err err = { .kind = ERR_NONE };
	struct trust *trust = NULL;
	struct stat info;
	if (argc != 8) {
		(void)fprintf(stderr, "usage: net_resumable NAME HOST PORT "
				      "ANCHOR CHAIN KEY FILE\n");
		return 2;
	}
	struct upload_file file = {
		.transaction = "01932000-7a11-7c3e-9d54-2f0f6a1be7c1",
		.type = "application/vnd.sluice.sealed",
		.fd = open(argv[7], O_RDONLY | O_CLOEXEC),
	};
	if (file.fd < 0 || fstat(file.fd, &info) != 0) {
		perror(argv[7]);
		return 1;
	}
	file.size = (uint64_t)info.st_size;
	bool ok = trust_load(argv[4], argv[5], argv[6], &trust, &err) &&
		  upload(argv, trust, &file, &err);
	trust_free(trust);
	(void)close(file.fd);
	if (!ok) {
		(void)fprintf(stderr, "net_resumable: %s\n", err.text);
		return 1;
	}
	return 0;
}
