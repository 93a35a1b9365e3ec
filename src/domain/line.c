/*
 * Clean lines: what strangers, devices and servers say becomes text that can
 * stand in the log and in a table cell. Escaping for HTML or CSV is not done
 * here but where it is written.
 */
#include "domain/line.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
static const char ellipsis[] = "\xe2\x80\xa6";    /* U+2026 */

/* U+2028..U+202E and U+2066..U+2069, at their first byte. */
static bool turns_text(const uint8_t *at, size_t left)
{
	if (left < 3 || at[0] != 0xe2) {
		return false;
	}
	return (at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
	       (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
}

static void put_line(struct buf *out, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\n' || at[i] == '\t') {
			buf_put_str(out, replacement);
		} else if (turns_text(at + i, len - i)) {
			buf_put_str(out, replacement);
			i += 2;
		} else {
			buf_put(out, at + i, 1);
		}
	}
}

void line_put(struct buf *out, const char *s, size_t max)
{
	if (s == NULL || *s == '\0') {
		return;
	}
	struct buf clean = BUF_INIT;
	struct buf line = BUF_INIT;

	/* No character gets shorter, so what is beyond max is cut anyway. */
	text_put_clean(&clean, s, strnlen(s, 2 * max));
	put_line(&line, clean.data, clean.len);
	size_t keep = line.len;
	if (keep > max) {
		keep = max - strlen(ellipsis);
		while (keep > 0 && (line.data[keep] & 0xc0) == 0x80) {
			keep--;
		}
	}
	buf_put(out, line.data, keep);
	if (keep < line.len) {
		buf_put_str(out, ellipsis);
	}
	buf_clear(&line);
	buf_clear(&clean);
}

void line_copy(char *dst, size_t size, const char *s)
{
	struct buf line = BUF_INIT;
	line_put(&line, s, size - 1);
	memcpy(dst, buf_str(&line), line.len + 1);
	buf_clear(&line);
}
