/*
 * Looks into a certificate. None of it may depend on the
 * bytes being a certificate.
 */
#include <stddef.h>
#include <stdint.h>

#include "formats/certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t point[P256_POINT_SIZE];
	struct buf text = BUF_INIT;
	int64_t begin;
	int64_t end;
	bool ok = certs_validity(data, size, &begin, &end, NULL);

	ok = certs_public_point(data, size, point, NULL) && ok;
	ok = certs_subject_text(data, size, &text, NULL) && ok;
	ok = certs_issuer_text(data, size, &text, NULL) && ok;
	ok = certs_subject_der(data, size, &text, NULL) && ok;
	ok = certs_alt_names_der(data, size, &text, NULL) && ok;
	(void)ok;
	buf_clear(&text);
	return 0;
}
