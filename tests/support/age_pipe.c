/*
 * Seals or opens standard input to standard output in the age format, for the
 * tests beside the tool of that name and for tools/bench.
 *
 * usage: age_pipe seal RECIPIENT...
 *        age_pipe open IDENTITY...
 *
 * Opening prints what was released even if the file turns out to be bad, and
 * ends with the number of the kind of error then: tests compare both.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/age.h"

static bool write_out(void *ctx, const void *data, size_t len, struct err *err)
{
	const uint8_t *at = data;
	(void)ctx;
	while (len > 0) {
		ssize_t put = write(STDOUT_FILENO, at, len);
		if (put < 0 && errno != EINTR) {
			return err_set_errno(err, ERR_IO, errno, "output");
		}
		if (put > 0) {
			at += put;
			len -= (size_t)put;
		}
	}
	return true;
}

/* false at an error; *got is 0 at the end. */
static bool read_in(void *data, size_t len, size_t *got, struct err *err)
{
	ssize_t count = -1;
	do {
		count = read(STDIN_FILENO, data, len);
	} while (count < 0 && errno == EINTR);
	if (count < 0) {
		return err_set_errno(err, ERR_IO, errno, "input");
	}
	*got = (size_t)count;
	return true;
}

static bool seal(char **keys, size_t count, struct err *err)
{
	const struct age_sink sink = { write_out, NULL };
	struct age_recipient recipients[AGE_RECIPIENTS_MAX];
	struct age_sealer *sealer = NULL;
	size_t got = 1;
	bool ok = count <= AGE_RECIPIENTS_MAX;
	for (size_t i = 0; i < count && ok; i++) {
		ok = age_recipient_parse(keys[i], &recipients[i], err);
	}
	ok = ok && age_sealer_new(recipients, count, &sink, &sealer, err);
	while (ok && got > 0) {
		size_t room = 0;
		uint8_t *at = age_sealer_room(sealer, &room);
		ok = read_in(at, room, &got, err) &&
		     age_sealer_filled(sealer, got, err);
	}
	ok = ok && age_sealer_end(sealer, err);
	age_sealer_free(sealer);
	return ok;
}

static bool open_all(char **keys, size_t count, struct err *err)
{
	const struct age_sink sink = { write_out, NULL };
	struct age_identity identities[AGE_RECIPIENTS_MAX];
	static uint8_t data[4 * AGE_CHUNK];
	size_t got = 1;
	bool ok = count <= AGE_RECIPIENTS_MAX;
	for (size_t i = 0; i < count && ok; i++) {
		ok = age_identity_parse(keys[i], &identities[i], err);
	}
	if (!ok) {
		return false;
	}
	struct age_opener *opener = age_opener_new(identities, count, &sink);
	while (ok && got > 0) {
		ok = read_in(data, sizeof(data), &got, err) &&
		     age_opener_feed(opener, data, got, err);
	}
	ok = ok && age_opener_end(opener, err);
	age_opener_free(opener);
	mem_burn(identities, sizeof(identities));
	return ok;
}

int main(int argc, char **argv)
{
	struct err err = { .kind = ERR_NONE };
	if (argc < 3) {
		(void)fprintf(stderr, "usage: age_pipe seal|open KEY...\n");
		return 100;
	}
	size_t count = (size_t)argc - 2;
	bool ok = strcmp(argv[1], "seal") == 0
			  ? seal(argv + 2, count, &err)
			  : open_all(argv + 2, count, &err);
	if (!ok) {
		(void)fprintf(stderr, "age_pipe: %s\n", err.text);
		return (int)err.kind;
	}
	return 0;
}
