/*
 * PKCS#10 requests, as a device sends to enrol and an authority reads.
 * Source: RFC 2986; the attributes [0] are written though empty, because
 * servers refuse requests without. Certificates are certs_issue.c's.
 */
#include "formats/certs.h"

#include "formats/certs_parts.h"

bool certs_request(const struct p256_key *key, const char *common_name,
		   const char *serial_number, struct buf *der, struct err *err)
{
	struct buf content = BUF_INIT;
	struct buf info = BUF_INIT;

	der_put_small_integer(&content, 0); /* version 1 */
	bool ok = certs_put_name(&content, common_name, serial_number, err);
	if (ok) {
		certs_put_public_key(&content, key->public_point);
		der_put(&content, DER_EXPLICIT(0), NULL, 0);
		der_put_buf(&info, DER_SEQUENCE, &content);
		ok = certs_put_signed(der, &info, key, err);
	}
	buf_clear(&content);
	buf_clear(&info);
	return ok;
}

bool certs_request_open(const uint8_t *der, size_t len,
			uint8_t point[P256_POINT_SIZE], struct buf *subject,
			struct err *err)
{
	struct reader input = reader_of(der, len);
	struct reader whole;
	struct reader info;
	struct reader algorithm;
	struct der_item part;
	struct der_item version;
	struct der_item name;
	struct der_item oid;
	struct der_item sig;
	uint8_t holder[P256_POINT_SIZE];
	uint8_t hash[SHA256_SIZE];

	if (len > CERTS_MAX_BYTES) {
		return err_set(err, ERR_LIMIT, "the request is too big");
	}
	if (!der_enter(&input, DER_SEQUENCE, &whole) || input.left != 0 ||
	    !der_expect(&whole, DER_SEQUENCE, &part) ||
	    !der_enter(&whole, DER_SEQUENCE, &algorithm) ||
	    !der_next(&algorithm, &oid) || algorithm.left != 0 ||
	    !der_is_oid(&oid, CERTS_OID_ECDSA_SHA256) ||
	    !der_expect(&whole, DER_BIT_STRING, &sig) || whole.left != 0 ||
	    sig.len < 1 || sig.content[0] != 0) {
		return err_set(err, ERR_INVALID,
			       "this is no certificate request with an "
			       "ecdsa-with-SHA256 signature");
	}
	info = reader_of(part.content, part.len);
	if (!der_expect(&info, DER_INTEGER, &version) || version.len != 1 ||
	    version.content[0] != 0 ||
	    !der_expect(&info, DER_SEQUENCE, &name) ||
	    !certs_take_public_key(&info, holder)) {
		return err_set(err, ERR_INVALID,
			       "the certificate request has no P-256 key");
	}
	sha256_bytes(part.raw, part.raw_len, hash);
	if (!p256_verify_sha256(holder, hash, sig.content + 1, sig.len - 1)) {
		return err_set(err, ERR_DENIED,
			       "the certificate request is not signed by its "
			       "own key");
	}
	if (subject != NULL && !certs_name_text(&name, subject)) {
		return err_set(err, ERR_INVALID,
			       "the certificate request has a broken name");
	}
	for (size_t i = 0; i < sizeof(holder); i++) {
		point[i] = holder[i];
	}
	return true;
}
