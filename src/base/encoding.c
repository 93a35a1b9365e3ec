/*
 * Hex and base64 (RFC 4648). Decoders take the canonical form only: no white
 * space, no missing or surplus padding, no set bits after the last byte, so
 * that one value has one spelling and a signature cannot be varied.
 */
#include "base/encoding.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"abcdefghijklmnopqrstuvwxyz0123456789-_";

void hex_encode(char *dst, const void *src, size_t len)
{
	const uint8_t *bytes = src;
	for (size_t i = 0; i < len; i++) {
		dst[2 * i] = hex_digits[bytes[i] >> 4];
		dst[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	dst[2 * len] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return -1;
}

bool hex_decode(uint8_t *dst, size_t len, const char *src)
{
	if (src == NULL || strlen(src) != 2 * len) {
		return false;
	}
	for (size_t i = 0; i < 2 * len; i++) {
		if (hex_value(src[i]) < 0) {
			return false;
		}
	}
	for (size_t i = 0; i < len; i++) {
		dst[i] = (uint8_t)(hex_value(src[2 * i]) << 4 |
				   hex_value(src[2 * i + 1]));
	}
	return true;
}

static void put(struct buf *out, const uint8_t *src, size_t len,
		const char *alphabet, bool pad)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t count = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)src[i] << 16;
		bits |= count > 1 ? (uint32_t)src[i + 1] << 8 : 0;
		bits |= count > 2 ? src[i + 2] : 0;
		char group[4];
		for (unsigned digit = 0; digit < 4; digit++) {
			uint32_t value = bits >> (18 - 6 * digit) & 63;
			group[digit] = digit <= count ? alphabet[value] : '=';
		}
		buf_put(out, group, pad ? 4 : count + 1);
	}
}

void base64_put(struct buf *out, const void *src, size_t len)
{
	put(out, src, len, base64_alphabet, true);
}

void base64url_put(struct buf *out, const void *src, size_t len)
{
	put(out, src, len, base64url_alphabet, false);
}

void base64raw_put(struct buf *out, const void *src, size_t len)
{
	put(out, src, len, base64_alphabet, false);
}

/* One group of 2..4 digits without padding; false unless canonical. */
static bool decode_group(struct buf *out, const char *src, size_t digits,
			 const char *alphabet)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < 4; i++) {
		const char *place = alphabet;
		if (i < digits) {
			place = src[i] != '\0' ? strchr(alphabet, src[i])
					       : NULL;
		}
		if (place == NULL) {
			return false;
		}
		bits = bits << 6 | (uint32_t)(place - alphabet);
	}
	uint8_t bytes[3] = { (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
			     (uint8_t)bits };
	for (size_t i = digits - 1; i < 3; i++) {
		if (bytes[i] != 0) {
			return false;
		}
	}
	buf_put(out, bytes, digits - 1);
	return true;
}

static bool decode(struct buf *out, const char *src, size_t len,
		   const char *alphabet)
{
	if (len % 4 == 1) {
		return false;
	}
	size_t before = out->len;
	for (size_t i = 0; i < len; i += 4) {
		size_t digits = len - i < 4 ? len - i : 4;
		if (!decode_group(out, src + i, digits, alphabet)) {
			out->len = before;
			if (out->data != NULL) {
				out->data[before] = 0;
			}
			return false;
		}
	}
	return true;
}

bool base64_decode(struct buf *out, const char *src, size_t len)
{
	if (len % 4 != 0) {
		return false;
	}
	for (int pads = 0; pads < 2 && len > 0 && src[len - 1] == '='; pads++) {
		len--;
	}
	return decode(out, src, len, base64_alphabet);
}

bool base64url_decode(struct buf *out, const char *src, size_t len)
{
	return decode(out, src, len, base64url_alphabet);
}

bool base64raw_decode(struct buf *out, const char *src, size_t len)
{
	return decode(out, src, len, base64_alphabet);
}
