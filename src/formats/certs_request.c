/*
 * PKCS#10 requests, as a device sends to enrol; an authority has its own.
 * Source: RFC 2986; the attributes [0] are written though empty, because
 * servers refuse requests without; what renews has the certificate's other
 * names there. Certificates are certs_issue.c's.
 */
#include "formats/certs.h"

#include "formats/certs_parts.h"

#define OID_EXTENSION_REQUEST "1.2.840.113549.1.9.14"

/* The attributes: these extensions (RFC 2985, section 5.4.2), if any. */
static void put_attributes(struct buf *out, const struct buf *extensions)
{
	struct buf list = BUF_INIT, attribute = BUF_INIT, all = BUF_INIT;

	if (extensions->len > 0) {
		der_put_buf(&list, DER_SEQUENCE, extensions);
		der_put_oid(&attribute, OID_EXTENSION_REQUEST);
		der_put_buf(&attribute, DER_SET, &list);
		der_put_buf(&all, DER_SEQUENCE, &attribute);
	}
	der_put_buf(out, DER_EXPLICIT(0), &all);
	buf_clear(&all);
	buf_clear(&attribute);
	buf_clear(&list);
}

static bool put_request(const struct p256_key *key, const struct buf *name,
			const struct buf *extensions, struct buf *der,
			struct err *err)
{
	struct buf content = BUF_INIT;
	struct buf info = BUF_INIT;

	der_put_small_integer(&content, 0); /* version 1 */
	buf_put(&content, name->data, name->len);
	certs_put_public_key(&content, key->public_point);
	put_attributes(&content, extensions);
	der_put_buf(&info, DER_SEQUENCE, &content);
	bool ok = certs_put_signed(der, &info, key, err);
	buf_clear(&content);
	buf_clear(&info);
	return ok;
}

bool certs_request(const struct p256_key *key, const char *common_name,
		   const char *serial_number, struct buf *der, struct err *err)
{
	static const struct buf none = BUF_INIT;
	struct buf name = BUF_INIT;
	bool ok = certs_put_name(&name, common_name, serial_number, err) &&
		  put_request(key, &name, &none, der, err);

	buf_clear(&name);
	return ok;
}

bool certs_request_renewal(const struct p256_key *key,
			   const uint8_t *certificate, size_t certificate_len,
			   struct buf *der, struct err *err)
{
	struct buf name = BUF_INIT, alternative = BUF_INIT;
	bool ok = certs_subject_der(certificate, certificate_len, &name, err) &&
		  certs_alt_names_der(certificate, certificate_len,
				      &alternative, err) &&
		  put_request(key, &name, &alternative, der, err);

	buf_clear(&name);
	buf_clear(&alternative);
	return ok;
}
