/*
 * Prints a transmission for the flows: print_upload DEVICE TRANSACTION. With
 * one argument, "id", a fresh transaction id. Without any it does nothing.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/server/samples.h"

int main(int argc, char **argv)
{
	char id[UUID_TEXT_SIZE];
	if (argc == 2 && strcmp(argv[1], "id") == 0) {
		uuid_v7(id, clock_utc_now_ms());
		puts(id);
	} else if (argc == 3) {
		struct buf out = BUF_INIT;
		samples_upload(&out, argv[1], argv[2]);
		(void)fwrite(out.data, 1, out.len, stdout);
		buf_clear(&out);
	}
	return 0;
}
