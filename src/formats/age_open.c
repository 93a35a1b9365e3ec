/*
 * Opens a stream in the age format; what it looks like stands at the top of
 * age_header.c and age_seal.c.
 *
 * A full chunk is kept back until a byte behind it or the end says whether it
 * is the last one. One that opens as the other kind than it should be tells
 * what is wrong: the file was cut there, or goes on where it ended. Such a
 * chunk still goes to the sink, as other tools do it; end() says false.
 */
#include <string.h>

#include "base/locked.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/age_header.h"
#include "formats/age_parts.h"

enum place { PLACE_HEADER, PLACE_NONCE, PLACE_CHUNKS, PLACE_END };

struct age_opener {
	uint8_t plain[AGE_CHUNK];
	uint8_t file_key[AGE_FILE_KEY_SIZE];
	struct age_chunks chunks;
	struct age_sink sink;
	struct err broken; /* what ended it; ERR_NONE = it goes on */
	enum place place;
	struct buf header;
	size_t line; /* where the header's last line begins */
	uint8_t sealed[AGE_SEALED_CHUNK]; /* and the nonce, before */
	size_t sealed_len;
	size_t count;
	struct age_identity identities[];
};

static size_t size_of(size_t count)
{
	return sizeof(struct age_opener) + count * sizeof(struct age_identity);
}

struct age_opener *age_opener_new(const struct age_identity *identities,
				  size_t count, const struct age_sink *sink)
{
	struct age_opener *opener = locked_new(size_of(count));
	opener->sink = *sink;
	opener->header = (struct buf)BUF_INIT;
	opener->count = count;
	for (size_t i = 0; i < count; i++) {
		opener->identities[i] = identities[i];
	}
	return opener;
}

void age_opener_free(struct age_opener *opener)
{
	if (opener == NULL) {
		return;
	}
	buf_clear(&opener->header);
	locked_free(opener, size_of(opener->count));
}

/* ---- the header ---- */

/* After the first line: the rest is read only if it is such a file. */
static bool check_version(struct age_opener *opener)
{
	const char *text = buf_str(&opener->header);
	size_t len = opener->header.len;
	size_t whole = sizeof(AGE_VERSION_LINE) - 1;
	if (memcmp(text, AGE_VERSION_LINE, len < whole ? len : whole) == 0) {
		return true;
	}
	if (text_starts_with(text, "-----BEGIN AGE")) {
		return err_set(&opener->broken, ERR_INVALID,
			       "The file is in age's text form; only the "
			       "binary form can be opened. \"age -d\" opens "
			       "both.");
	}
	return err_set(&opener->broken, ERR_INVALID,
		       "This is no file in the age format, version 1.");
}

static bool open_header(struct age_opener *opener)
{
	bool ok = age_header_open(opener->header.data, opener->header.len,
				  opener->identities, opener->count,
				  opener->file_key, &opener->broken);
	buf_clear(&opener->header);
	mem_burn(opener->identities,
		 opener->count * sizeof(struct age_identity));
	opener->place = PLACE_NONCE;
	return ok;
}

/* Takes up to one line; the line with the MAC ends the header. */
static bool feed_header(struct age_opener *opener, struct reader *r)
{
	struct buf *header = &opener->header;
	const uint8_t *lf = memchr(r->at, '\n', r->left);
	size_t len = lf != NULL ? (size_t)(lf - r->at) + 1 : r->left;
	const uint8_t *bytes = NULL;
	if (len > AGE_HEADER_MAX - header->len) {
		return err_set(&opener->broken, ERR_LIMIT,
			       "The head of the sealed file has more than %d "
			       "bytes.",
			       AGE_HEADER_MAX);
	}
	if (!reader_bytes(r, len, &bytes)) {
		return false;
	}
	buf_put(header, bytes, len);
	if (opener->line == 0 && !check_version(opener)) {
		return false;
	}
	if (lf == NULL) {
		return true;
	}
	if (strncmp(buf_str(header) + opener->line, "---", 3) == 0) {
		return open_header(opener);
	}
	opener->line = header->len;
	return true;
}

/* ---- the payload ---- */

/* Moves bytes into "sealed" until it holds size. */
static bool gather(struct age_opener *opener, struct reader *r, size_t size)
{
	const uint8_t *bytes = NULL;
	size_t wanted = size - opener->sealed_len;
	size_t len = r->left < wanted ? r->left : wanted;
	if (len > 0 && reader_bytes(r, len, &bytes)) {
		memcpy(opener->sealed + opener->sealed_len, bytes, len);
		opener->sealed_len += len;
	}
	return opener->sealed_len == size;
}

static void feed_nonce(struct age_opener *opener, struct reader *r)
{
	if (!gather(opener, r, AGE_PAYLOAD_NONCE_SIZE)) {
		return;
	}
	age_chunks_init(&opener->chunks, opener->file_key, opener->sealed);
	mem_burn(opener->file_key, sizeof(opener->file_key));
	opener->sealed_len = 0;
	opener->place = PLACE_CHUNKS;
}

static bool try_chunk(struct age_opener *opener, const uint8_t *sealed,
		      size_t len, bool last)
{
	age_chunks_aim(&opener->chunks, last);
	return chacha20_poly1305_open(&opener->chunks.with, sealed, len,
				      opener->plain);
}

static bool release(struct age_opener *opener, size_t sealed_len)
{
	size_t len = sealed_len - CHACHA20_POLY1305_TAG_SIZE;
	opener->chunks.next++;
	bool ok =
		len == 0 || opener->sink.write(opener->sink.ctx, opener->plain,
					       len, &opener->broken);
	mem_burn(opener->plain, len);
	return ok;
}

static bool altered(struct age_opener *opener)
{
	return err_set(&opener->broken, ERR_INVALID,
		       "The sealed file was altered; fetch it again.");
}

/* A full chunk that more bytes follow. */
static bool open_inner(struct age_opener *opener, const uint8_t *sealed)
{
	if (try_chunk(opener, sealed, AGE_SEALED_CHUNK, false)) {
		return release(opener, AGE_SEALED_CHUNK);
	}
	if (!try_chunk(opener, sealed, AGE_SEALED_CHUNK, true)) {
		return altered(opener);
	}
	return release(opener, AGE_SEALED_CHUNK) &&
	       err_set(&opener->broken, ERR_INVALID,
		       "Something was added to the sealed file; fetch it "
		       "again.");
}

static bool feed_chunks(struct age_opener *opener, struct reader *r)
{
	if (opener->sealed_len == AGE_SEALED_CHUNK) {
		opener->sealed_len = 0;
		return open_inner(opener, opener->sealed);
	}
	/* Whole ones are opened where they are, without a copy. */
	if (opener->sealed_len == 0 && r->left > AGE_SEALED_CHUNK) {
		const uint8_t *chunk = NULL;
		return reader_bytes(r, AGE_SEALED_CHUNK, &chunk) &&
		       open_inner(opener, chunk);
	}
	(void)gather(opener, r, AGE_SEALED_CHUNK);
	return true;
}

static bool cut_short(struct age_opener *opener)
{
	return err_set(&opener->broken, ERR_INVALID,
		       "The sealed file is cut short; fetch it again.");
}

static bool open_last(struct age_opener *opener)
{
	size_t len = opener->sealed_len;
	if (len < CHACHA20_POLY1305_TAG_SIZE) {
		return cut_short(opener);
	}
	if (try_chunk(opener, opener->sealed, len, true)) {
		if (len == CHACHA20_POLY1305_TAG_SIZE &&
		    opener->chunks.next > 0) {
			return err_set(&opener->broken, ERR_INVALID,
				       "The sealed file ends in an empty "
				       "piece, which no sealing program makes; "
				       "fetch it again.");
		}
		return release(opener, len);
	}
	if (len == AGE_SEALED_CHUNK &&
	    try_chunk(opener, opener->sealed, len, false)) {
		return release(opener, len) && cut_short(opener);
	}
	return len == AGE_SEALED_CHUNK ? altered(opener)
				       : err_set(&opener->broken, ERR_INVALID,
						 "The sealed file is cut short "
						 "or was altered; fetch it "
						 "again.");
}

/* ---- the whole ---- */

static bool step(struct age_opener *opener, struct reader *r)
{
	switch (opener->place) {
	case PLACE_HEADER:
		return feed_header(opener, r);
	case PLACE_NONCE:
		feed_nonce(opener, r);
		return true;
	case PLACE_CHUNKS:
		return feed_chunks(opener, r);
	case PLACE_END:
		break;
	}
	return err_set(&opener->broken, ERR_BUG,
		       "the sealed file has ended already");
}

/* Gives what ended it on. */
static bool pass_on(const struct age_opener *opener, struct err *err)
{
	return err_set(err, opener->broken.kind, "%s", opener->broken.text);
}

bool age_opener_feed(struct age_opener *opener, const void *data, size_t len,
		     struct err *err)
{
	struct reader r = reader_of(data, len);
	while (r.left > 0 && opener->broken.kind == ERR_NONE) {
		if (!step(opener, &r)) {
			break;
		}
	}
	return opener->broken.kind == ERR_NONE || pass_on(opener, err);
}

bool age_opener_end(struct age_opener *opener, struct err *err)
{
	if (opener->broken.kind != ERR_NONE) {
		return pass_on(opener, err);
	}
	bool ok = opener->place == PLACE_CHUNKS
			  ? open_last(opener)
			  : err_set(&opener->broken, ERR_INVALID,
				    "The sealed file is cut short, or its "
				    "head was altered; fetch it again.");
	opener->place = PLACE_END;
	if (!ok) {
		return pass_on(opener, err);
	}
	err_set(&opener->broken, ERR_BUG, "the sealed file has ended already");
	return true;
}
