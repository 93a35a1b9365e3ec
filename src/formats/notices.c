/*
 * Notices of the server about job data. Who signs them is server/notices, who
 * believes them client/job_notices.c; signatures are note.c's.
 *
 * Byte by byte: kind LF; device, after, last; then for each number from
 * after + 1 to last: notice, kind, transaction, at and perhaps who. A line is
 * the name, one space, the value, LF. Numbers have no zero in front.
 */
#include "formats/notices.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define KIND "sluice.notices/v1"

static const char *const kinds[] = { "opened", "expired", "deleted" };

static bool kind_is_known(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (text_equal(kinds[i], kind)) {
			return true;
		}
	}
	return false;
}

static bool value_is_line(const char *value)
{
	size_t len = strlen(value);
	return len > 0 && text_is_one_line(value, len);
}

/* ---- writing ---- */

static bool put_notice(struct buf *out, const struct notice *n, struct err *err)
{
	char at[CLOCK_TEXT_SIZE];
	int64_t again;
	clock_format(at, n->at);
	if (!kind_is_known(n->kind) || !uuid_valid(n->transaction) ||
	    (n->who[0] != '\0' && !value_is_line(n->who)) ||
	    !clock_parse(at, &again) || again != n->at) {
		return err_set(err, ERR_INVALID, "this is no notice");
	}
	buf_printf(out, "notice %" PRIu64 "\nkind %s\ntransaction %s\nat %s\n",
		   n->number, n->kind, n->transaction, at);
	if (n->who[0] != '\0') {
		buf_printf(out, "who %s\n", n->who);
	}
	return true;
}

static bool check_head(const struct notices *notices, struct err *err)
{
	return (value_is_line(notices->device) &&
		notices->count <= NOTICES_MAX &&
		notices->after <= (uint64_t)INT64_MAX - notices->count) ||
	       err_set(err, ERR_INVALID, "these are no notices");
}

bool notices_put(struct buf *out, const struct notices *notices,
		 struct err *err)
{
	struct buf text = BUF_INIT;
	if (!check_head(notices, err)) {
		return false;
	}
	buf_printf(&text,
		   KIND "\ndevice %s\nafter %" PRIu64 "\nlast %" PRIu64 "\n",
		   notices->device, notices->after,
		   notices->after + notices->count);
	bool ok = true;
	for (size_t i = 0; ok && i < notices->count; i++) {
		const struct notice *n = &notices->of[i];
		ok = n->number == notices->after + i + 1
			     ? put_notice(&text, n, err)
			     : err_set(err, ERR_INVALID,
				       "the notices have a gap");
	}
	if (ok) {
		buf_put(out, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}

/* ---- reading ---- */

static bool wrong(struct err *err, const char *what)
{
	return err_set(err, ERR_INVALID, "The notices have no good \"%s\".",
		       what);
}

/*
 * The value of the next line if it is the field's; "" and true when it is
 * another line and the field may be left out.
 */
static bool take(struct reader *r, const char *name, bool optional, char *value,
		 size_t size, struct err *err)
{
	struct reader before = *r;
	const char *line;
	size_t len, name_len = strlen(name);
	value[0] = '\0';
	if (!reader_line(r, &line, &len) || len <= name_len + 1 ||
	    memcmp(line, name, name_len) != 0 || line[name_len] != ' ') {
		*r = before;
		return optional || wrong(err, name);
	}
	len -= name_len + 1;
	if (len >= size || !text_is_one_line(line + name_len + 1, len)) {
		return wrong(err, name);
	}
	memcpy(value, line + name_len + 1, len);
	value[len] = '\0';
	return true;
}

static bool take_number(struct reader *r, const char *name, uint64_t *number,
			struct err *err)
{
	char value[24];
	return take(r, name, false, value, sizeof(value), err) &&
	       (((value[0] != '0' || value[1] == '\0') &&
		 text_parse_u64(value, 0, INT64_MAX, number)) ||
		wrong(err, name));
}

static bool take_notice(struct reader *r, uint64_t number, struct notice *n,
			struct err *err)
{
	char at[CLOCK_TEXT_SIZE];
	if (!take_number(r, "notice", &n->number, err) ||
	    !take(r, "kind", false, n->kind, sizeof(n->kind), err) ||
	    !take(r, "transaction", false, n->transaction,
		  sizeof(n->transaction), err) ||
	    !take(r, "at", false, at, sizeof(at), err) ||
	    !take(r, "who", true, n->who, sizeof(n->who), err)) {
		return false;
	}
	if (n->number != number) {
		return wrong(err, "notice");
	}
	if (!kind_is_known(n->kind)) {
		return wrong(err, "kind");
	}
	if (!uuid_valid(n->transaction)) {
		return wrong(err, "transaction");
	}
	return clock_parse(at, &n->at) || wrong(err, "at");
}

static bool take_all(struct reader *r, struct notices *notices, struct err *err)
{
	uint64_t last = 0;
	const char *line;
	size_t len;
	if (!reader_line(r, &line, &len) || len != strlen(KIND) ||
	    memcmp(line, KIND, len) != 0) {
		return err_set(err, ERR_INVALID,
			       "This is no note of the kind " KIND ".");
	}
	if (!take(r, "device", false, notices->device, sizeof(notices->device),
		  err) ||
	    !take_number(r, "after", &notices->after, err) ||
	    !take_number(r, "last", &last, err)) {
		return false;
	}
	if (last < notices->after || last - notices->after > NOTICES_MAX) {
		return wrong(err, "last");
	}
	for (uint64_t n = notices->after; n < last; n++) {
		if (!take_notice(r, n + 1, &notices->of[notices->count++],
				 err)) {
			return false;
		}
	}
	return r->left == 0 ||
	       err_set(err, ERR_INVALID, "The notices go on after their end.");
}

bool notices_read(const char *note, size_t len,
		  const struct note_verifier *verifier, struct notices *notices,
		  struct err *err)
{
	struct note_opened opened;
	struct notices found = { .count = 0 };
	if (!note_open(note, len, verifier, 1, &opened, err)) {
		return err_prefix(err, "The notices");
	}
	struct reader r = reader_of(opened.text, opened.text_len);
	if (!take_all(&r, &found, err)) {
		return false;
	}
	*notices = found;
	return true;
}
