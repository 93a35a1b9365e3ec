/*
 * Private keys on disk. Two formats: SEC 1 (RFC 5915) in PEM for P-256, so
 * that openssl and lighttpd read it, and one line in the manner of Go's
 * sumdb/note for Ed25519. Written whole or not at all (base/files.h).
 *
 * SEC 1: SEQUENCE { INTEGER 1, OCTET STRING key, [0] { OID prime256v1 },
 * [1] { BIT STRING point } }. With lengths fixed by the curve all but key
 * and point is constant, so that reading is a comparison.
 *
 * Certificates are formats/certs.h's.
 */
#include "crypto/keyfile.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/sha256.h"

#define PEM_BEGIN "-----BEGIN EC PRIVATE KEY-----\n"
#define PEM_END "-----END EC PRIVATE KEY-----\n"
#define PEM_COLUMNS 64
#define NOTE_PREFIX "PRIVATE+KEY+"
#define NOTE_ED25519 0x01

static const uint8_t sec1_head[] = { 0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20 };
static const uint8_t sec1_middle[] = { 0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86,
				       0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
				       0xa1, 0x44, 0x03, 0x42, 0x00 };

static bool read_own(const char *path, struct buf *text, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0) {
		return err_set(err, ERR_DENIED,
			       "key file %s may be read by others; its mode "
			       "must be 0600",
			       path);
	}
	return files_read(path, KEYFILE_MAX_BYTES, text, err);
}

bool keyfile_write_p256(const char *path, const struct p256_key *key,
			struct err *err)
{
	struct buf der = BUF_INIT;
	struct buf base64 = BUF_INIT;
	struct buf text = BUF_INIT;

	buf_put(&der, sec1_head, sizeof(sec1_head));
	buf_put(&der, key->private_key, P256_PRIVATE_SIZE);
	buf_put(&der, sec1_middle, sizeof(sec1_middle));
	buf_put(&der, key->public_point, P256_POINT_SIZE);
	base64_put(&base64, der.data, der.len);
	buf_put_str(&text, PEM_BEGIN);
	for (size_t at = 0; at < base64.len; at += PEM_COLUMNS) {
		size_t line = base64.len - at;
		buf_put(&text, base64.data + at,
			line < PEM_COLUMNS ? line : PEM_COLUMNS);
		buf_put_char(&text, '\n');
	}
	buf_put_str(&text, PEM_END);
	bool ok = files_write(path, text.data, text.len, 0600, err);
	buf_burn(&der);
	buf_burn(&base64);
	buf_burn(&text);
	return ok;
}

/* Takes the bytes out of the one PEM block that the file holds. */
static bool decode_pem(const struct buf *text, struct buf *der)
{
	struct reader r = reader_of(text->data, text->len);
	struct buf base64 = BUF_INIT;
	const char *line;
	size_t len;
	bool ok = false;

	if (!reader_line(&r, &line, &len) || len != strlen(PEM_BEGIN) - 1 ||
	    memcmp(line, PEM_BEGIN, len) != 0) {
		return false;
	}
	while (reader_line(&r, &line, &len)) {
		if (len == strlen(PEM_END) - 1 &&
		    memcmp(line, PEM_END, len) == 0) {
			ok = r.left == 0 &&
			     base64_decode(der, (const char *)base64.data,
					   base64.len);
			break;
		}
		buf_put(&base64, line, len);
	}
	buf_burn(&base64);
	return ok;
}

static bool parse_sec1(const struct buf *der, struct p256_key *key)
{
	struct reader r = reader_of(der->data, der->len);
	const uint8_t *head;
	const uint8_t *secret;
	const uint8_t *middle;
	const uint8_t *point;
	struct p256_key made;

	bool ok = reader_bytes(&r, sizeof(sec1_head), &head) &&
		  reader_bytes(&r, P256_PRIVATE_SIZE, &secret) &&
		  reader_bytes(&r, sizeof(sec1_middle), &middle) &&
		  reader_bytes(&r, P256_POINT_SIZE, &point) && r.left == 0 &&
		  memcmp(head, sec1_head, sizeof(sec1_head)) == 0 &&
		  memcmp(middle, sec1_middle, sizeof(sec1_middle)) == 0 &&
		  p256_from_private(secret, &made) &&
		  memcmp(made.public_point, point, P256_POINT_SIZE) == 0;
	if (ok) {
		*key = made;
	}
	mem_burn(&made, sizeof(made));
	return ok;
}

bool keyfile_read_p256(const char *path, struct p256_key *key, struct err *err)
{
	struct buf text = BUF_INIT;
	struct buf der = BUF_INIT;
	bool ok = read_own(path, &text, err);

	if (ok && (!decode_pem(&text, &der) || !parse_sec1(&der, key))) {
		ok = err_set(err, ERR_INVALID,
			     "%s holds no P-256 key of this program", path);
	}
	buf_burn(&text);
	buf_burn(&der);
	return ok;
}

static bool name_valid(const char *name, size_t len)
{
	if (len == 0 || len >= KEYFILE_NAME_SIZE ||
	    !text_is_one_line(name, len)) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (name[i] == ' ' || name[i] == '+') {
			return false;
		}
	}
	return true;
}

/* First bytes of SHA-256(name || LF || 0x01 || public key) in hex. */
static void key_id(const char *name, const struct ed25519_key *key, char hex[9])
{
	static const uint8_t between[] = { '\n', NOTE_ED25519 };
	uint8_t hash[SHA256_SIZE];
	struct sha256 ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, name, strlen(name));
	sha256_update(&ctx, between, sizeof(between));
	sha256_update(&ctx, key->public_key, ED25519_PUBLIC_SIZE);
	sha256_final(&ctx, hash);
	hex_encode(hex, hash, 4);
}

bool keyfile_write_ed25519(const char *path, const char *name,
			   const struct ed25519_key *key, struct err *err)
{
	uint8_t typed[1 + ED25519_SEED_SIZE] = { NOTE_ED25519 };
	struct buf text = BUF_INIT;
	char id[9];

	if (!name_valid(name, strlen(name))) {
		return err_set(err, ERR_INVALID,
			       "a key name has 1 to %d bytes without spaces "
			       "and without +",
			       KEYFILE_NAME_SIZE - 1);
	}
	memcpy(typed + 1, key->seed, ED25519_SEED_SIZE);
	key_id(name, key, id);
	buf_printf(&text, NOTE_PREFIX "%s+%s+", name, id);
	base64_put(&text, typed, sizeof(typed));
	buf_put_char(&text, '\n');
	bool ok = files_write(path, text.data, text.len, 0600, err);
	mem_burn(typed, sizeof(typed));
	buf_burn(&text);
	return ok;
}

/* line is "<name>+<8 hex>+<base64>"; base64 may hold "+" itself. */
static bool parse_signer(const char *line, size_t len,
			 char name[KEYFILE_NAME_SIZE], struct ed25519_key *key)
{
	struct buf typed = BUF_INIT;
	struct ed25519_key made = { { 0 }, { 0 } };
	const char *plus = memchr(line, '+', len);
	char text[KEYFILE_NAME_SIZE] = "";
	char id[9];
	bool ok = false;

	if (plus == NULL || !name_valid(line, (size_t)(plus - line))) {
		return false;
	}
	size_t name_len = (size_t)(plus - line);
	size_t rest = len - name_len - 1;
	if (rest < 10 || plus[9] != '+' ||
	    !base64_decode(&typed, plus + 10, rest - 9)) {
		goto out;
	}
	if (typed.len != 1 + ED25519_SEED_SIZE ||
	    typed.data[0] != NOTE_ED25519) {
		goto out;
	}
	memcpy(text, line, name_len);
	ed25519_from_seed(typed.data + 1, &made);
	key_id(text, &made, id);
	ok = memcmp(id, plus + 1, 8) == 0;
	if (ok) {
		memcpy(name, text, sizeof(text));
		*key = made;
	}
out:
	mem_burn(&made, sizeof(made));
	buf_burn(&typed);
	return ok;
}

bool keyfile_read_ed25519(const char *path, char name[KEYFILE_NAME_SIZE],
			  struct ed25519_key *key, struct err *err)
{
	static const size_t prefix = sizeof(NOTE_PREFIX) - 1;
	struct buf text = BUF_INIT;
	bool ok = read_own(path, &text, err);

	if (ok) {
		struct reader r = reader_of(text.data, text.len);
		const char *line;
		size_t len;
		if (!reader_line(&r, &line, &len) || r.left != 0 ||
		    len <= prefix || memcmp(line, NOTE_PREFIX, prefix) != 0 ||
		    !parse_signer(line + prefix, len - prefix, name, key)) {
			ok = err_set(err, ERR_INVALID,
				     "%s holds no Ed25519 key of this program",
				     path);
		}
	}
	buf_burn(&text);
	return ok;
}
