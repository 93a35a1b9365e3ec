/*
 * Bech32: text with a checksum that finds every single mistake of typing.
 * What the bytes are is the caller's affair (age_keys.c).
 *
 * A text, character by character:
 *   prefix    characters 33..126
 *   1         the last one of the text
 *   data      5 bits a character, most significant first; the bits after the
 *             last byte are 0 and fewer than 5
 *   checksum  6 characters: what makes the polynomial over the prefix's high
 *             bits, 0, its low bits, data and checksum equal 1
 * All small or all capital letters; the checksum is over the small ones.
 * Source: BIP 173.
 */
#include "formats/bech32.h"

#include <string.h>

#include "base/mem.h"

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static char to_small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool has_capital(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z') {
			return true;
		}
	}
	return false;
}

static bool has_small(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'a' && *text <= 'z') {
			return true;
		}
	}
	return false;
}

/* One step of the checksum. */
static uint32_t step(uint32_t sum, unsigned value)
{
	static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d,
					       0x1ea119fa, 0x3d4233dd,
					       0x2a1462b3 };
	uint32_t top = sum >> 25;
	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++) {
		sum ^= (top >> i & 1) != 0 ? generator[i] : 0;
	}
	return sum;
}

static uint32_t sum_of_prefix(const char *prefix)
{
	uint32_t sum = 1;
	for (const char *at = prefix; *at != '\0'; at++) {
		sum = step(sum, (unsigned char)to_small(*at) >> 5);
	}
	sum = step(sum, 0);
	for (const char *at = prefix; *at != '\0'; at++) {
		sum = step(sum, (unsigned char)to_small(*at) & 31);
	}
	return sum;
}

/* What is written: the characters and the sum so far. */
struct writing {
	char *at;
	uint32_t sum;
	bool capital;
};

static void put_value(struct writing *w, unsigned value)
{
	char c = letters[value & 31];
	w->sum = step(w->sum, value & 31);
	*w->at++ = w->capital && c >= 'a' ? (char)(c - 'a' + 'A') : c;
}

void bech32_encode(const char *prefix, const void *data, size_t len, char *text)
{
	const uint8_t *bytes = data;
	size_t prefix_len = strlen(prefix);
	struct writing w = { text + prefix_len + 1, sum_of_prefix(prefix),
			     has_capital(prefix) };
	uint32_t bits = 0;
	unsigned count = 0;

	memcpy(text, prefix, prefix_len);
	text[prefix_len] = '1';
	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | bytes[i]) & 0xfff;
		for (count += 8; count >= 5; count -= 5) {
			put_value(&w, bits >> (count - 5));
		}
	}
	if (count > 0) {
		put_value(&w, bits << (5 - count));
	}
	uint32_t sum = w.sum;
	for (unsigned i = 0; i < BECH32_SUM; i++) {
		sum = step(sum, 0);
	}
	sum ^= 1;
	for (unsigned i = 0; i < BECH32_SUM; i++) {
		put_value(&w, sum >> (5 * (BECH32_SUM - 1 - i)));
	}
	*w.at = '\0';
	mem_burn(&bits, sizeof(bits));
}

static int value_of(char c)
{
	/* strchr() would find the NUL too, but no text has one inside. */
	const char *place = strchr(letters, to_small(c));
	return place != NULL ? (int)(place - letters) : -1;
}

/* Do the characters and the checksum hold? data: behind the last "1". */
static bool text_holds(const char *prefix, const char *data, struct err *err)
{
	uint32_t sum = sum_of_prefix(prefix);
	for (const char *at = data; *at != '\0'; at++) {
		int value = value_of(*at);
		if (value < 0) {
			return err_set(err, ERR_INVALID,
				       "a character that no key has stands in "
				       "it; copy it again");
		}
		sum = step(sum, (unsigned)value);
	}
	if (sum != 1) {
		return err_set(err, ERR_INVALID,
			       "its checksum is wrong; copy it again, whole");
	}
	return true;
}

/* Turns characters that hold into bytes; false when bits are left over. */
static bool put_bytes(const char *text, size_t text_len, uint8_t *data)
{
	uint32_t bits = 0;
	unsigned count = 0;
	for (size_t i = 0; i < text_len; i++) {
		bits = (bits << 5 | (unsigned)value_of(text[i])) & 0xfff;
		count += 5;
		if (count >= 8) {
			count -= 8;
			*data++ = (uint8_t)(bits >> count);
		}
	}
	bool clean = (bits & ((1u << count) - 1)) == 0;
	mem_burn(&bits, sizeof(bits));
	return clean;
}

bool bech32_decode(const char *text, const char *prefix, void *data, size_t len,
		   struct err *err)
{
	size_t prefix_len = strlen(prefix);
	if (has_capital(text) && has_small(text)) {
		return err_set(err, ERR_INVALID,
			       "it has small and capital letters; copy it "
			       "again as it was given");
	}
	if (strncmp(text, prefix, prefix_len) != 0 || text[prefix_len] != '1') {
		return err_set(err, ERR_INVALID, "it does not begin with %s1",
			       prefix);
	}
	const char *at = text + prefix_len + 1;
	if (!text_holds(prefix, at, err)) {
		return false;
	}
	if (strlen(at) != (len * 8 + 4) / 5 + BECH32_SUM) {
		return err_set(err, ERR_INVALID,
			       "it is a key of another length");
	}
	uint8_t *bytes = mem_alloc(len);
	bool ok = put_bytes(at, strlen(at) - BECH32_SUM, bytes);
	if (ok && len > 0) {
		memcpy(data, bytes, len);
	} else if (!ok) {
		err_set(err, ERR_INVALID, "it is spelled in no valid way");
	}
	mem_burn_free(bytes, len);
	return ok;
}
