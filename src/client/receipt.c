/*
 * Receipts: the server's signed word that it has committed a transmission. A
 * transmission counts as received only when its receipt passes here. The
 * note's form is formats/note's and formats/note_fields's.
 */
#include "client/receipt.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "formats/receipt_format.h"

static bool check_field(const struct note_values *values, const char *name,
			const char *expected, struct err *err)
{
	const char *value = note_values_get(&receipt_format, values, name);
	return text_equal(value, expected) ||
	       err_set(err, ERR_INVALID, "The receipt is about another %s.",
		       name);
}

static bool read_number(const struct note_values *values, const char *name,
			uint64_t *number, struct err *err)
{
	return text_parse_u64(note_values_get(&receipt_format, values, name), 0,
			      INT64_MAX, number) ||
	       err_set(err, ERR_INVALID, "The receipt's %s is no number.",
		       name);
}

static bool check_values(const struct note_values *values,
			 const struct receipt_expected *expected,
			 struct receipt *receipt, struct err *err)
{
	uint64_t bytes;
	struct receipt r;
	if (!check_field(values, "device", expected->device, err) ||
	    !check_field(values, "transaction", expected->transaction, err) ||
	    !check_field(values, "sha256", expected->sha256, err) ||
	    !read_number(values, "bytes", &bytes, err) ||
	    !read_number(values, "index", &r.index, err) ||
	    !read_number(values, "size", &r.size, err)) {
		return false;
	}
	if (bytes != expected->bytes) {
		return err_set(err, ERR_INVALID,
			       "The receipt is about another number of "
			       "bytes.");
	}
	if (r.size <= r.index) {
		return err_set(err, ERR_INVALID,
			       "The receipt's place lies outside the server's "
			       "log.");
	}
	if (!clock_parse(note_values_get(&receipt_format, values, "received"),
			 &r.received_at)) {
		return err_set(err, ERR_INVALID,
			       "The receipt's time cannot be read.");
	}
	*receipt = r;
	return true;
}

bool receipt_check(const char *note, size_t len,
		   const struct note_verifier *verifier,
		   const struct receipt_expected *expected,
		   struct receipt *receipt, struct err *err)
{
	struct note_opened opened;
	struct note_values values = NOTE_VALUES_INIT;
	if (!note_open(note, len, verifier, 1, &opened, err) ||
	    !note_fields_read(&receipt_format, opened.text, opened.text_len,
			      &values, err)) {
		return err_prefix(err, "The receipt");
	}
	bool ok = check_values(&values, expected, receipt, err);
	note_values_clear(&values);
	return ok;
}

bool receipt_verifier_load(const char *path, struct note_verifier *verifier,
			   struct err *err)
{
	return note_verifier_load(path, verifier, err);
}
