/*
 * Opens a file of the age format with the key that most of the corpus is
 * sealed to, in one piece and in small ones: both must say the same and
 * release the same.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/age.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of the public vectors. */
#define KNOWN             \
	"AGE-SECRET-KEY-" \
	"1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"

static bool keep(void *ctx, const void *data, size_t len, struct err *err)
{
	(void)err;
	buf_put(ctx, data, len);
	return true;
}

static bool open_in_steps(const struct age_identity *identity,
			  const uint8_t *data, size_t size, size_t step,
			  struct buf *out, struct err *err)
{
	const struct age_sink sink = { keep, out };
	struct age_opener *opener = age_opener_new(identity, 1, &sink);
	bool ok = true;
	for (size_t at = 0; ok && at < size; at += step) {
		size_t len = size - at < step ? size - at : step;
		ok = age_opener_feed(opener, data + at, len, err);
	}
	ok = ok && age_opener_end(opener, err);
	age_opener_free(opener);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct age_identity identity;
	struct buf whole = BUF_INIT;
	struct buf parts = BUF_INIT;
	struct err whole_err = { 0 };
	struct err parts_err = { 0 };

	if (!age_identity_parse(KNOWN, &identity, NULL)) {
		abort();
	}
	bool ok = open_in_steps(&identity, data, size, size + 1, &whole,
				&whole_err);
	if (open_in_steps(&identity, data, size, 13, &parts, &parts_err) !=
		    ok ||
	    whole_err.kind != parts_err.kind || whole.len != parts.len ||
	    strcmp(buf_str(&whole), buf_str(&parts)) != 0 || whole.len > size ||
	    (!ok && whole_err.kind == ERR_BUG)) {
		abort();
	}
	buf_clear(&whole);
	buf_clear(&parts);
	return 0;
}
