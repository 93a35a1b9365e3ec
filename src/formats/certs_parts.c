/*
 * Building blocks of X.509 and PKCS#10: names, public keys, signatures. What
 * a certificate says is certs_issue.c's, a request certs_request.c's;
 * names as text are certs_text.c's.
 */
#include "formats/certs_parts.h"

#include <string.h>

#include "base/text.h"
#include "crypto/sha256.h"

#define CERTS_NAME_CHARACTERS 64 /* ub-common-name, ub-serial-number */

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (const char *at = text; *at != '\0'; at++) {
		count += ((uint8_t)*at & 0xc0) != 0x80 ? 1 : 0;
	}
	return count;
}

static bool name_part_fine(const char *text)
{
	return text != NULL && text[0] != '\0' &&
	       text_is_one_line(text, strlen(text)) &&
	       count_characters(text) <= CERTS_NAME_CHARACTERS;
}

/* SET { SEQUENCE { OID, string } } */
static void put_attribute(struct buf *out, const char *oid, const char *text)
{
	struct buf content = BUF_INIT;
	struct buf pair = BUF_INIT;

	der_put_oid(&content, oid);
	der_put_text(&content, text);
	der_put_buf(&pair, DER_SEQUENCE, &content);
	der_put_buf(out, DER_SET, &pair);
	buf_clear(&content);
	buf_clear(&pair);
}

bool certs_put_name(struct buf *out, const char *common_name,
		    const char *serial_number, struct err *err)
{
	struct buf name = BUF_INIT;

	if (!name_part_fine(common_name)) {
		return err_set(err, ERR_INVALID,
			       "the name in a certificate has 1 to %d "
			       "characters on one line",
			       CERTS_NAME_CHARACTERS);
	}
	if (serial_number != NULL) {
		struct buf probe = BUF_INIT;
		der_put_text(&probe, serial_number);
		bool fine = name_part_fine(serial_number) &&
			    probe.data[0] == DER_PRINTABLE_STRING;
		buf_clear(&probe);
		if (!fine) {
			return err_set(err, ERR_INVALID,
				       "a serial number in a certificate has "
				       "1 to %d letters, digits, spaces or "
				       "'()+,-./:=?",
				       CERTS_NAME_CHARACTERS);
		}
	}
	put_attribute(&name, CERTS_OID_COMMON_NAME, common_name);
	if (serial_number != NULL) {
		put_attribute(&name, CERTS_OID_SERIAL_NUMBER, serial_number);
	}
	der_put_buf(out, DER_SEQUENCE, &name);
	buf_clear(&name);
	return true;
}

void certs_put_public_key(struct buf *out, const uint8_t point[P256_POINT_SIZE])
{
	struct buf algorithm = BUF_INIT;
	struct buf info = BUF_INIT;

	der_put_oid(&algorithm, CERTS_OID_EC_KEY);
	der_put_oid(&algorithm, CERTS_OID_P256);
	der_put_buf(&info, DER_SEQUENCE, &algorithm);
	der_put_bits(&info, 0, point, P256_POINT_SIZE);
	der_put_buf(out, DER_SEQUENCE, &info);
	buf_clear(&algorithm);
	buf_clear(&info);
}

void certs_put_algorithm(struct buf *out)
{
	struct buf oid = BUF_INIT;

	der_put_oid(&oid, CERTS_OID_ECDSA_SHA256);
	der_put_buf(out, DER_SEQUENCE, &oid);
	buf_clear(&oid);
}

bool certs_put_signed(struct buf *out, const struct buf *part,
		      const struct p256_key *key, struct err *err)
{
	uint8_t hash[SHA256_SIZE];
	uint8_t sig[P256_SIGNATURE_MAX];
	size_t sig_len = 0;
	struct buf whole = BUF_INIT;

	sha256_bytes(part->data, part->len, hash);
	if (!p256_sign_sha256(key, hash, sig, &sig_len)) {
		return err_set(err, ERR_INVALID, "the private key cannot sign");
	}
	buf_put(&whole, part->data, part->len);
	certs_put_algorithm(&whole);
	der_put_bits(&whole, 0, sig, sig_len);
	der_put_buf(out, DER_SEQUENCE, &whole);
	buf_clear(&whole);
	return true;
}

bool certs_take_public_key(struct reader *r, uint8_t point[P256_POINT_SIZE])
{
	struct reader info;
	struct reader algorithm;
	struct der_item kind;
	struct der_item curve;
	struct der_item bits;

	if (!der_enter(r, DER_SEQUENCE, &info) ||
	    !der_enter(&info, DER_SEQUENCE, &algorithm) ||
	    !der_next(&algorithm, &kind) ||
	    !der_is_oid(&kind, CERTS_OID_EC_KEY) ||
	    !der_next(&algorithm, &curve) ||
	    !der_is_oid(&curve, CERTS_OID_P256) || algorithm.left != 0 ||
	    !der_expect(&info, DER_BIT_STRING, &bits) || info.left != 0 ||
	    bits.len != 1 + P256_POINT_SIZE || bits.content[0] != 0 ||
	    bits.content[1] != 0x04) {
		return false;
	}
	memcpy(point, bits.content + 1, P256_POINT_SIZE);
	return true;
}
