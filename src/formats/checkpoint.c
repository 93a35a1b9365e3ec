/*
 * Reads signed heads of logs: a device's, on the server and on the device
 * itself. domain/ledger_checkpoint.c writes their text; which of them may
 * follow which is server/witness.c's to say.
 */
#include "formats/checkpoint.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"

static bool take_line(struct reader *r, char *line, size_t size)
{
	const char *at;
	size_t len;
	if (!reader_line(r, &at, &len) || len == 0 || len >= size ||
	    !text_is_one_line(at, len)) {
		return false;
	}
	memcpy(line, at, len);
	line[len] = '\0';
	return true;
}

static bool take_root(const char *text, uint8_t root[MERKLE_HASH_SIZE])
{
	struct buf bytes = BUF_INIT;
	bool ok = base64_decode(&bytes, text, strlen(text)) &&
		  bytes.len == MERKLE_HASH_SIZE;
	if (ok) {
		memcpy(root, bytes.data, MERKLE_HASH_SIZE);
	}
	buf_clear(&bytes);
	return ok;
}

bool checkpoint_read_text(const char *text, size_t len,
			  struct checkpoint *checkpoint, struct err *err)
{
	struct checkpoint found = { .size = 0 };
	struct reader r = reader_of(text, len);
	char size[24], root[64];
	if (!take_line(&r, found.origin, sizeof(found.origin)) ||
	    !take_line(&r, size, sizeof(size)) || size[0] == '0' ||
	    !text_parse_u64(size, 1, INT64_MAX, &found.size) ||
	    !take_line(&r, root, sizeof(root)) ||
	    !take_root(root, found.root) || r.left != 0) {
		return err_set(err, ERR_INVALID,
			       "this is no signed head of a log");
	}
	*checkpoint = found;
	return true;
}

bool checkpoint_read(const char *note, size_t len,
		     const struct note_verifier *log,
		     struct checkpoint *checkpoint, struct err *err)
{
	struct note_opened opened;
	struct checkpoint found;
	if (!note_open(note, len, log, 1, &opened, err) ||
	    !checkpoint_read_text(opened.text, opened.text_len, &found, err)) {
		return false;
	}
	if (!text_equal(found.origin, log->name)) {
		return err_set(err, ERR_DENIED,
			       "the head is of the log %s, not of %s",
			       found.origin, log->name);
	}
	*checkpoint = found;
	return true;
}
