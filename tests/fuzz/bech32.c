/*
 * Reads a text as each of the keys that are written so. One that is taken has
 * one spelling: written again it is the same.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/age.h"
#include "formats/bech32.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_keys(const char *text)
{
	struct age_recipient recipient;
	struct age_identity identity;
	char public_key[AGE_RECIPIENT_TEXT_SIZE];
	char secret[AGE_IDENTITY_TEXT_SIZE];

	if (age_recipient_parse(text, &recipient, NULL)) {
		age_recipient_format(&recipient, public_key);
		if (strcmp(public_key, text) != 0) {
			abort();
		}
	}
	if (age_identity_parse(text, &identity, NULL)) {
		age_identity_format(&identity, secret);
		if (strcmp(secret, text) != 0) {
			abort();
		}
	}
}

/* Any length that the text may have. */
static void check_length(const char *text, size_t len)
{
	uint8_t *bytes = mem_alloc(len);
	char *again = mem_alloc(BECH32_SIZE(1, len));

	if (bech32_decode(text, "a", bytes, len, NULL)) {
		bech32_encode("a", bytes, len, again);
		if (strcmp(again, text) != 0) {
			abort();
		}
	}
	mem_free(again);
	mem_free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);

	check_keys(text);
	check_length(text, strlen(text) * 5 / 8);
	check_length(text, strlen(text) < 8 ? 0 : (strlen(text) - 8) * 5 / 8);
	mem_free(text);
	return 0;
}
