/*
 * The header of an age file: who can open it. The payload behind it is
 * age_seal.c's and age_open.c's.
 *
 * A header, line by line (each ends in LF):
 *   age-encryption.org/v1
 *   -> ARGUMENT ...            a stanza: its type, then what the type needs;
 *                              one space before each, characters 33..126
 *   BASE64                     its body: lines of 64 characters, then one of
 *                              fewer, be it empty
 *   --- BASE64                 MAC of all up to and including "---"
 * A stanza of ours is "-> X25519 SHARE", SHARE being an ephemeral public key;
 * its body is the file key under ChaCha20-Poly1305, 32 bytes. Base64 has no
 * padding and one spelling. Stanzas of other types are for other readers; one
 * of type scrypt (a passphrase) stands alone.
 * Source: age-encryption.org/v1.
 */
#include "formats/age_header.h"

#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/x25519.h"

#define COLUMNS 64
#define X25519_TYPE "X25519"
#define SCRYPT_TYPE "scrypt"
#define BODY_SIZE (AGE_FILE_KEY_SIZE + CHACHA20_POLY1305_TAG_SIZE)

/* ---- writing ---- */

static bool put_stanza(struct buf *out, const struct age_recipient *recipient,
		       const uint8_t file_key[AGE_FILE_KEY_SIZE],
		       struct err *err)
{
	struct age_identity once;
	uint8_t shared[AGE_KEY_SIZE];
	struct chacha20_poly1305 wrap;
	uint8_t body[BODY_SIZE] = { 0 };

	age_identity_make(&once);
	bool ok = x25519_shared(once.secret, recipient->key, shared);
	if (ok) {
		age_wrap_key(shared, once.recipient.key, recipient, &wrap);
		chacha20_poly1305_seal(&wrap, file_key, AGE_FILE_KEY_SIZE,
				       body);
		buf_put_str(out, "-> " X25519_TYPE " ");
		base64raw_put(out, once.recipient.key, AGE_KEY_SIZE);
		buf_put_char(out, '\n');
		base64raw_put(out, body, sizeof(body));
		buf_put_char(out, '\n');
		mem_burn(&wrap, sizeof(wrap));
		mem_burn(shared, sizeof(shared));
	}
	mem_burn(&once, sizeof(once));
	return ok || err_set(err, ERR_INVALID,
			     "Everybody could open what is sealed to the key "
			     "of a recipient; ask for another key.");
}

bool age_header_put(struct buf *out, const struct age_recipient *recipients,
		    size_t count, const uint8_t file_key[AGE_FILE_KEY_SIZE],
		    struct err *err)
{
	struct buf header = BUF_INIT;
	uint8_t mac[AGE_MAC_SIZE];
	bool ok = true;

	buf_put_str(&header, AGE_VERSION_LINE);
	for (size_t i = 0; i < count && ok; i++) {
		ok = put_stanza(&header, &recipients[i], file_key, err);
	}
	if (ok) {
		buf_put_str(&header, "---");
		age_header_mac(file_key, header.data, header.len, mac);
		buf_put_char(&header, ' ');
		base64raw_put(&header, mac, sizeof(mac));
		buf_put_char(&header, '\n');
		buf_put(out, header.data, header.len);
	}
	buf_clear(&header);
	return ok;
}

/* ---- reading ---- */

static bool malformed(struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "The head of the sealed file is malformed; fetch the "
		       "file again.");
}

/* Base64 of one line, of exactly size bytes. */
static bool read_bytes(const char *text, size_t len, uint8_t *bytes,
		       size_t size)
{
	struct buf decoded = BUF_INIT;
	bool ok = base64raw_decode(&decoded, text, len) && decoded.len == size;
	if (ok) {
		memcpy(bytes, decoded.data, size);
	}
	buf_clear(&decoded);
	return ok;
}

/* A stanza that was read; borrowed from the header, but for its body. */
struct stanza {
	const char *type, *share; /* share: the second argument, if there */
	size_t type_len, share_len;
	size_t arguments; /* the type included */
	struct buf body;
};

/* The next argument of a line that has one. */
static bool read_argument(const char **at, size_t *left, const char **argument,
			  size_t *len)
{
	if (*left < 2 || (*at)[0] != ' ') {
		return false;
	}
	const char *text = *at + 1;
	size_t count = 0;
	while (count < *left - 1 && text[count] > ' ' && text[count] < 0x7f) {
		count++;
	}
	*argument = text;
	*len = count;
	*at = text + count;
	*left -= 1 + count;
	return count > 0;
}

static bool read_arguments(const char *line, size_t len, struct stanza *stanza)
{
	const char *argument = NULL;
	size_t argument_len = 0;
	while (len > 0) {
		if (!read_argument(&line, &len, &argument, &argument_len)) {
			return false;
		}
		if (stanza->arguments == 0) {
			stanza->type = argument;
			stanza->type_len = argument_len;
		} else if (stanza->arguments == 1) {
			stanza->share = argument;
			stanza->share_len = argument_len;
		}
		stanza->arguments++;
	}
	return stanza->arguments > 0;
}

/* first: the line that begins with "->". */
static bool read_stanza(struct reader *r, const char *first, size_t first_len,
			struct stanza *stanza)
{
	const char *line = NULL;
	size_t len = COLUMNS;

	buf_reset(&stanza->body);
	stanza->arguments = 0;
	if (!read_arguments(first + 2, first_len - 2, stanza)) {
		return false;
	}
	while (len == COLUMNS) {
		if (!reader_line(r, &line, &len) || len > COLUMNS ||
		    !base64raw_decode(&stanza->body, line, len)) {
			return false;
		}
	}
	return true;
}

static bool is_type(const struct stanza *stanza, const char *type)
{
	return stanza->type_len == strlen(type) &&
	       memcmp(stanza->type, type, stanza->type_len) == 0;
}

/* What a header says, and whom it is asked for. */
struct opening {
	const struct age_identity *identities;
	size_t count;
	uint8_t *file_key;
	bool found; /* file_key is there */
	size_t stanzas;
	bool passphrase; /* a stanza of type scrypt was there */
};

static void try_identity(struct opening *opening,
			 const struct age_identity *identity,
			 const uint8_t share[AGE_KEY_SIZE],
			 const struct stanza *stanza)
{
	uint8_t shared[AGE_KEY_SIZE];
	struct chacha20_poly1305 wrap;

	if (!x25519_shared(identity->secret, share, shared)) {
		return;
	}
	age_wrap_key(shared, share, &identity->recipient, &wrap);
	opening->found = chacha20_poly1305_open(
		&wrap, stanza->body.data, stanza->body.len, opening->file_key);
	mem_burn(&wrap, sizeof(wrap));
	mem_burn(shared, sizeof(shared));
}

/* Is it well formed, whoever it is for? Then every identity tries. */
static bool open_x25519(struct opening *opening, const struct stanza *stanza)
{
	uint8_t share[AGE_KEY_SIZE];

	if (stanza->arguments != 2 || stanza->body.len != BODY_SIZE ||
	    !read_bytes(stanza->share, stanza->share_len, share,
			sizeof(share)) ||
	    x25519_low_order(share)) {
		return false;
	}
	for (size_t i = 0; i < opening->count && !opening->found; i++) {
		try_identity(opening, &opening->identities[i], share, stanza);
	}
	return true;
}

static bool open_stanza(struct opening *opening, const struct stanza *stanza)
{
	opening->stanzas++;
	if (is_type(stanza, SCRYPT_TYPE)) {
		opening->passphrase = true;
	}
	if (opening->passphrase && opening->stanzas > 1) {
		return false;
	}
	return !is_type(stanza, X25519_TYPE) || open_x25519(opening, stanza);
}

/* The lines up to that of the MAC, which is given in *end. */
static bool open_stanzas(struct reader *r, struct opening *opening,
			 const char **end, size_t *end_len)
{
	struct stanza stanza = { .body = BUF_INIT };
	bool ok = reader_line(r, end, end_len) &&
		  *end_len == sizeof(AGE_VERSION_LINE) - 2 &&
		  memcmp(*end, AGE_VERSION_LINE, *end_len) == 0;

	while (ok) {
		ok = reader_line(r, end, end_len);
		if (!ok || *end_len < 2 || memcmp(*end, "->", 2) != 0) {
			break;
		}
		ok = read_stanza(r, *end, *end_len, &stanza) &&
		     open_stanza(opening, &stanza);
	}
	buf_clear(&stanza.body);
	return ok && opening->stanzas > 0;
}

bool age_header_open(const void *header, size_t len,
		     const struct age_identity *identities, size_t count,
		     uint8_t file_key[AGE_FILE_KEY_SIZE], struct err *err)
{
	struct reader r = reader_of(header, len);
	uint8_t key[AGE_FILE_KEY_SIZE] = { 0 };
	uint8_t mac[AGE_MAC_SIZE];
	uint8_t expected[AGE_MAC_SIZE] = { 0 };
	struct opening opening = { identities, count, key, false, 0, false };
	const char *end = NULL;
	size_t end_len = 0;
	bool ok = false;

	if (!open_stanzas(&r, &opening, &end, &end_len) || r.left != 0 ||
	    end_len < 4 || memcmp(end, "--- ", 4) != 0 ||
	    !read_bytes(end + 4, end_len - 4, mac, sizeof(mac))) {
		malformed(err);
	} else if (!opening.found) {
		err_set(err, ERR_DENIED,
			opening.passphrase
				? "The file is sealed with a passphrase, not "
				  "to a key; \"age -d\" opens it."
				: "The file is not sealed to this key; take "
				  "the identity of one of its recipients.");
	} else {
		age_header_mac(key, header,
			       (size_t)(end + 3 - (const char *)header),
			       expected);
		ok = mem_equal_ct(mac, expected, sizeof(mac)) ||
		     err_set(err, ERR_INVALID,
			     "The head of the sealed file was altered; fetch "
			     "the file again.");
	}
	if (ok) {
		memcpy(file_key, key, sizeof(key));
	}
	mem_burn(key, sizeof(key));
	return ok;
}
