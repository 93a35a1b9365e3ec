/*
 * The other end of a connection. Identity comes from the variables that the
 * web server's TLS sets and never from a header field (an HTTP_* variable),
 * which anybody can send. Which certificate belongs to whom is fleet.c's.
 */
#include "server/peer.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "formats/certs.h"

/* Only so that people are told what to do: no certificate is taken for it. */
static bool is_over(const char *verdict)
{
	/*
	 * lighttpd 1.4.69 prints OpenSSL's number of the reason (10 =
	 * X509_V_ERR_CERT_HAS_EXPIRED) as if it were one of its errors.
	 */
	return text_starts_with(verdict, "FAILED:error:0000000A:") ||
	       text_equal(verdict, "FAILED:certificate has expired");
}

static bool read_hash(const char *pem, char sha256[65])
{
	struct err err = { 0 };
	struct reader reader = reader_of(pem, strlen(pem));
	struct buf der = BUF_INIT;
	char label[CERTS_LABEL_SIZE];
	uint8_t hash[SHA256_SIZE];
	bool ok = certs_pem_next(&reader, label, &der, &err) &&
		  text_equal(label, "CERTIFICATE");
	if (ok) {
		certs_fingerprint(der.data, der.len, hash);
		hex_encode(sha256, hash, sizeof(hash));
	}
	buf_clear(&der);
	return ok;
}

bool peer_read(const struct exchange *exchange, char sha256[65],
	       struct refusal *refusal)
{
	const char *verdict = exchange_param(exchange, "SSL_CLIENT_VERIFY");
	const char *pem = exchange_param(exchange, "SSL_CLIENT_CERT");
	if (is_over(verdict)) {
		return refusal_set(refusal, REFUSAL_CERTIFICATE,
				   "The device's certificate has run out. It "
				   "is enrolled again with a new code.");
	}
	if (!text_equal(verdict, "SUCCESS") || pem == NULL) {
		return refusal_set(refusal, REFUSAL_CERTIFICATE,
				   "A verified client certificate is needed.");
	}
	return read_hash(pem, sha256) ||
	       refusal_set(refusal, REFUSAL_CERTIFICATE,
			   "The client certificate cannot be read.");
}

bool peer_device(struct db *db, const char *sha256, int64_t now,
		 struct fleet_device *device, struct refusal *refusal)
{
	struct err err = { 0 };
	if (fleet_by_certificate(db, sha256, now, device, &err)) {
		return true;
	}
	enum refusal_kind kind = err.kind == ERR_DENIED  ? REFUSAL_REVOKED
				 : err.kind == ERR_LIMIT ? REFUSAL_CERTIFICATE
							 : REFUSAL_STRANGER;
	return refusal_set_err(refusal, kind, &err);
}
