/*
 * UUIDs version 7 for transactions and grants: sortable by time, the rest
 * random. No state between calls, so processes need not agree on anything.
 */
#include "formats/uuid.h"

#include <stddef.h>
#include <string.h>

#include "base/encoding.h"
#include "crypto/random.h"

#define UUID_BYTES 16

/* Where the text form has a hyphen. */
static bool hyphen_at(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

void uuid_v7(char out[UUID_TEXT_SIZE], int64_t unix_ms)
{
	uint8_t bytes[UUID_BYTES];
	char hex[2 * UUID_BYTES + 1];

	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < 6; i++) {
		bytes[i] = (uint8_t)((uint64_t)unix_ms >> (40 - 8 * i));
	}
	bytes[6] = (uint8_t)(0x70 | (bytes[6] & 0x0f));
	bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3f));
	hex_encode(hex, bytes, sizeof(bytes));

	const char *digit = hex;
	for (size_t i = 0; i < UUID_TEXT_SIZE - 1; i++) {
		out[i] = hyphen_at(i) ? '-' : *digit++;
	}
	out[UUID_TEXT_SIZE - 1] = '\0';
}

bool uuid_valid(const char *text)
{
	if (text == NULL || strlen(text) != UUID_TEXT_SIZE - 1) {
		return false;
	}
	for (size_t i = 0; i < UUID_TEXT_SIZE - 1; i++) {
		bool good = hyphen_at(i) ? text[i] == '-'
					 : strchr("0123456789abcdef",
						  text[i]) != NULL;
		if (!good) {
			return false;
		}
	}
	return text[14] == '7' && strchr("89ab", text[19]) != NULL;
}
