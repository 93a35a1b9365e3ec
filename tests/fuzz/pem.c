/*
 * Takes all PEM blocks out of a file.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include "formats/certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);
	struct buf der = BUF_INIT;
	char label[CERTS_LABEL_SIZE];
	struct err err = { 0 };

	while (certs_pem_next(&r, label, &der, &err)) {
		if (der.len == 0 || der.len > CERTS_MAX_BYTES) {
			abort();
		}
		buf_reset(&der);
	}
	buf_clear(&der);
	return 0;
}
