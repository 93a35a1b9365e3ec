/*
 * Small questions about text, UTF-8 foremost (RFC 3629). What is valid here
 * is what every other layer takes as valid; escaping for HTML, XML or CSV is
 * not here but with those formats.
 */
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

bool text_equal(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

bool text_starts_with(const char *s, const char *prefix)
{
	if (prefix == NULL) {
		return true;
	}
	return strncmp(s != NULL ? s : "", prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *s, const char *suffix)
{
	size_t len = s != NULL ? strlen(s) : 0;
	size_t wanted = suffix != NULL ? strlen(suffix) : 0;
	return wanted == 0 ||
	       (wanted <= len && memcmp(s + len - wanted, suffix, wanted) == 0);
}

/*
 * Length of the UTF-8 character at s (1..4), its code in *code; 0 when the
 * bytes there are none.
 */
static size_t decode(const uint8_t *s, size_t left, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t lead = s[0];
	size_t len = lead < 0x80                    ? 1
		     : lead >= 0xc2 && lead <= 0xdf ? 2
		     : lead >= 0xe0 && lead <= 0xef ? 3
		     : lead >= 0xf0 && lead <= 0xf4 ? 4
						    : 0;
	if (len == 0 || len > left) {
		return 0;
	}
	uint32_t value = len == 1 ? lead : lead & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			return 0;
		}
		value = value << 6 | (s[i] & 0x3f);
	}
	bool surrogate = value >= 0xd800 && value <= 0xdfff;
	if (value < least[len] || surrogate || value > 0x10ffff) {
		return 0;
	}
	*code = value;
	return len;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/*
 * Characters that nobody sees and that change how others are read: marks and
 * overrides of the reading direction, separators of lines and paragraphs,
 * invisible spaces.
 */
static bool is_unseen(uint32_t code)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
		{ 0x061c, 0x061c }, { 0x180e, 0x180e }, { 0x200b, 0x200b },
		{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
	};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (code >= ranges[i].from && code <= ranges[i].to) {
			return true;
		}
	}
	return false;
}

static bool is_any(uint32_t code)
{
	return code != 0;
}

static bool is_on_line(uint32_t code)
{
	return !is_control(code);
}

static bool is_clean(uint32_t code)
{
	return !is_control(code) || code == '\t' || code == '\n';
}

static bool is_shown(uint32_t code)
{
	return !is_control(code) && !is_unseen(code);
}

static bool all_are(const char *s, size_t len, bool (*fits)(uint32_t code))
{
	const uint8_t *at = (const uint8_t *)s;
	size_t step;
	for (; len > 0; at += step, len -= step) {
		uint32_t code = 0;
		step = decode(at, len, &code);
		if (step == 0 || !fits(code)) {
			return false;
		}
	}
	return true;
}

bool text_is_utf8(const char *s, size_t len)
{
	return all_are(s, len, is_any);
}

bool text_is_one_line(const char *s, size_t len)
{
	return all_are(s, len, is_on_line);
}

bool text_is_shown(const char *s, size_t len)
{
	return all_are(s, len, is_shown);
}

static void put_kept(struct buf *out, const char *s, size_t len,
		     bool (*keeps)(uint32_t code))
{
	const uint8_t *at = (const uint8_t *)s;
	size_t step;
	for (; len > 0; at += step, len -= step) {
		uint32_t code = 0;
		step = decode(at, len, &code);
		bool kept = step > 0 && keeps(code);
		if (step == 0) {
			step = 1;
		}
		if (kept) {
			buf_put(out, at, step);
		} else {
			buf_put_str(out, REPLACEMENT);
		}
	}
}

void text_put_clean(struct buf *out, const char *s, size_t len)
{
	put_kept(out, s, len, is_clean);
}

void text_put_shown(struct buf *out, const char *s, size_t len)
{
	put_kept(out, s, len, is_shown);
}

bool text_parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *value)
{
	if (s == NULL || *s == '\0') {
		return false;
	}
	uint64_t sum = 0;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9') {
			return false;
		}
		uint64_t digit = (uint64_t)(*s - '0');
		if (sum > (UINT64_MAX - digit) / 10) {
			return false;
		}
		sum = sum * 10 + digit;
	}
	if (sum < min || sum > max) {
		return false;
	}
	*value = sum;
	return true;
}

bool text_parse_i64(const char *s, int64_t min, int64_t max, int64_t *value)
{
	bool negative = s != NULL && *s == '-';
	uint64_t size;
	uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	if (!text_parse_u64(negative ? s + 1 : s, negative ? 1 : 0, most,
			    &size)) {
		return false;
	}
	/* -(size - 1) - 1 never overflows, INT64_MIN included. */
	int64_t number = negative ? -(int64_t)(size - 1) - 1 : (int64_t)size;
	if (number < min || number > max) {
		return false;
	}
	*value = number;
	return true;
}

bool text_copy(char *dst, size_t size, const char *src)
{
	size_t len = src != NULL ? strlen(src) : 0;
	assert(size > 0);
	dst[0] = '\0';
	if (len >= size) {
		return false;
	}
	if (len > 0) {
		memcpy(dst, src, len + 1);
	}
	return true;
}

const char *text_thousands(char *dst, size_t size, uint64_t value)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu",
			   (unsigned long long)value);
	size_t count = (size_t)len;
	assert(size > count + (count - 1) / 3);
	char *out = dst;
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0) {
			*out++ = ',';
		}
		*out++ = digits[i];
	}
	*out = '\0';
	return dst;
}

const char *text_size(char dst[TEXT_SIZE_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	static const size_t last = sizeof(units) / sizeof(units[0]) - 1;
	uint64_t whole = bytes / 1000 + (bytes % 1000 != 0);
	uint64_t tenths = 0;
	size_t unit = 0;
	while (whole >= 1000 && unit < last) {
		tenths = whole % 1000 / 100;
		whole /= 1000;
		unit++;
	}
	if (tenths > 0) {
		snprintf(dst, TEXT_SIZE_SIZE, "%" PRIu64 ".%" PRIu64 " %s",
			 whole, tenths, units[unit]);
	} else {
		snprintf(dst, TEXT_SIZE_SIZE, "%" PRIu64 " %s", whole,
			 units[unit]);
	}
	return dst;
}
