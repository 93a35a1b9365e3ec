/*
 * PKCS#10 requests, as a device sends to enrol; an authority has its own.
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
