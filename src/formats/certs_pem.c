/*
 * PEM (RFC 7468) for certificates and requests. Keys have their own reader
 * (crypto/keyfile.c), because theirs wipes what it read.
 */
#include "formats/certs.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"

#define PEM_COLUMNS 64
#define PEM_BEGIN "-----BEGIN "
#define PEM_END "-----END "
#define PEM_DASHES "-----"

void certs_base64_put(struct buf *out, const void *der, size_t len)
{
	struct buf base64 = BUF_INIT;

	base64_put(&base64, der, len);
	for (size_t at = 0; at < base64.len; at += PEM_COLUMNS) {
		size_t line = base64.len - at;
		buf_put(out, base64.data + at,
			line < PEM_COLUMNS ? line : PEM_COLUMNS);
		buf_put_char(out, '\n');
	}
	buf_clear(&base64);
}

void certs_pem_put(struct buf *out, const char *label, const void *der,
		   size_t len)
{
	buf_printf(out, PEM_BEGIN "%s" PEM_DASHES "\n", label);
	certs_base64_put(out, der, len);
	buf_printf(out, PEM_END "%s" PEM_DASHES "\n", label);
}

/* A line without the white space at its end (CR too). */
static bool next_line(struct reader *r, const char **line, size_t *len)
{
	if (!reader_line(r, line, len)) {
		if (r->left == 0) {
			return false;
		}
		/* The last line of a file may lack its LF. */
		const uint8_t *at;
		*len = r->left;
		if (!reader_bytes(r, r->left, &at)) {
			return false;
		}
		*line = (const char *)at;
	}
	while (*len > 0 && strchr(" \t\r", (*line)[*len - 1]) != NULL &&
	       (*line)[*len - 1] != '\0') {
		(*len)--;
	}
	return true;
}

/* Is the line "-----BEGIN label-----" (or END)? Gives the label. */
static bool marker(const char *line, size_t len, const char *word,
		   char label[CERTS_LABEL_SIZE])
{
	size_t head = strlen(word);
	size_t tail = strlen(PEM_DASHES);

	if (len <= head + tail || memcmp(line, word, head) != 0 ||
	    memcmp(line + len - tail, PEM_DASHES, tail) != 0) {
		return false;
	}
	size_t label_len = len - head - tail;
	if (label_len >= CERTS_LABEL_SIZE ||
	    !text_is_one_line(line + head, label_len)) {
		return false;
	}
	memset(label, 0, CERTS_LABEL_SIZE);
	memcpy(label, line + head, label_len);
	return true;
}

/* Gathers base64 up to the END line of this label. */
static bool gather(struct reader *r, const char *label, struct buf *base64,
		   struct err *err)
{
	char end[CERTS_LABEL_SIZE];
	const char *line;
	size_t len;

	while (next_line(r, &line, &len)) {
		if (marker(line, len, PEM_END, end)) {
			if (text_equal(label, end)) {
				return true;
			}
			break;
		}
		buf_put(base64, line, len);
		if (base64->overflow) {
			return err_set(err, ERR_LIMIT,
				       "a PEM block is too big");
		}
	}
	return err_set(err, ERR_INVALID, "PEM block %s has no end", label);
}

bool certs_pem_next(struct reader *r, char label[CERTS_LABEL_SIZE],
		    struct buf *der, struct err *err)
{
	struct buf base64 = { .max = CERTS_MAX_BYTES / 3 * 4 };
	struct buf bytes = BUF_INIT;
	char found[CERTS_LABEL_SIZE];
	const char *line;
	size_t len;
	bool ok = false;

	do {
		if (!next_line(r, &line, &len)) {
			return err_set(err, ERR_NOT_FOUND,
				       "there is no PEM block");
		}
	} while (!marker(line, len, PEM_BEGIN, found));
	if (!gather(r, found, &base64, err)) {
		goto out;
	}
	if (base64.len == 0 ||
	    !base64_decode(&bytes, buf_str(&base64), base64.len)) {
		err_set(err, ERR_INVALID, "PEM block %s is not base64", found);
		goto out;
	}
	memcpy(label, found, CERTS_LABEL_SIZE);
	buf_put(der, bytes.data, bytes.len);
	ok = true;
out:
	buf_clear(&base64);
	buf_clear(&bytes);
	return ok;
}
