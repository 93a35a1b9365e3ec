/*
 * Reads a list of recipients as text and as a note; what is read must be
 * written the same again.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "formats/recipients.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of tests/support/vendor.c, which signed the notes of the corpus. */
#define KNOWN \
	"vendor.example/recipients+d0689ddd+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS"

/* One list has one text, so what was read must give these bytes. */
static void check_again(const struct recipients *list, const uint8_t *data,
			size_t size)
{
	struct buf again = BUF_INIT;

	if (list->count < 1 || list->count > RECIPIENTS_MAX ||
	    !recipients_put(&again, list, NULL) || again.len > size ||
	    memcmp(again.data, data, again.len) != 0) {
		abort();
	}
	buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note_verifier known;
	struct recipients list;

	if (!note_verifier_parse(KNOWN, &known, NULL)) {
		abort();
	}
	if (recipients_parse((const char *)data, size, &list, NULL)) {
		check_again(&list, data, size);
	}
	if (recipients_read((const char *)data, size, &known, &list, NULL)) {
		check_again(&list, data, size);
	}
	return 0;
}
