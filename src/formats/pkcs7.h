#ifndef SLUICE_FORMATS_PKCS7_H
#define SLUICE_FORMATS_PKCS7_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * "Certs-only" CMS Simple PKI messages, as EST answers them: SignedData
 * without content and signers, which carries certificates (RFC 7030 section
 * 4.1.3, RFC 5652 section 5).
 */
#define PKCS7_MAX_BYTES (64 * 1024)
#define PKCS7_CERTIFICATES_MAX 8

/*
 * Calls each() for every certificate, in the order of the message, with its
 * DER inside data. Nothing here verifies anything, and content or signers in
 * the message are passed over. Errors: INVALID (no such message, or one without
 * certificates), LIMIT (its size, or how many there are), those of each().
 */
MUST_USE bool pkcs7_certificates(const void *data, size_t len,
				 bool (*each)(void *ctx, const uint8_t *der,
					      size_t der_len, struct err *err),
				 void *ctx, struct err *err);

#endif
