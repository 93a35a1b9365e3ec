/*
 * Takes certificates out of a message. Each must lie inside it.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/pkcs7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	const uint8_t *data;
	size_t size;
	unsigned count;
};

static bool look(void *ctx, const uint8_t *der, size_t der_len, struct err *err)
{
	struct seen *seen = ctx;

	(void)err;
	assert(der >= seen->data && der_len <= seen->size &&
	       (size_t)(der - seen->data) <= seen->size - der_len);
	seen->count++;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = { data, size, 0 };
	bool ok = pkcs7_certificates(data, size, look, &seen, NULL);

	assert(ok == (seen.count > 0));
	assert(seen.count <= PKCS7_CERTIFICATES_MAX);
	return 0;
}
