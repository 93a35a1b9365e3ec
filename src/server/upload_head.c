/*
 * Reads what an upload says of itself before its body. Strict: a field that
 * is missing, repeated or not exactly of its form is refused. Fuzzed by
 * tests/fuzz/upload_head.c. The body is ingest.c's business.
 */
#include "server/upload_head.h"

#include <string.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/text.h"
#include "documents/transmission.h"

#define SHA256_BASE64_MAX 44

static bool check_plain(const char *name, const char *value,
			struct refusal *refusal)
{
	if (value == NULL || value[0] == '\0') {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "The field %s is missing.", name);
	}
	size_t len = strlen(value);
	if (len > UPLOAD_FIELD_MAX || !text_is_one_line(value, len)) {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "The field %s is too long or holds control "
				   "characters.",
				   name);
	}
	return true;
}

/* The key is the transaction in quotes: a Structured Fields string. */
static bool read_key(const char *value, struct upload_head *head,
		     struct refusal *refusal)
{
	if (!check_plain("Idempotency-Key", value, refusal)) {
		return false;
	}
	char id[UUID_TEXT_SIZE];
	if (strlen(value) != UUID_TEXT_SIZE + 1 || value[0] != '"' ||
	    value[UUID_TEXT_SIZE] != '"') {
		goto bad;
	}
	memcpy(id, value + 1, UUID_TEXT_SIZE - 1);
	id[UUID_TEXT_SIZE - 1] = '\0';
	if (uuid_valid(id)) {
		memcpy(head->transaction, id, sizeof(id));
		return true;
	}
bad:
	return refusal_set(refusal, REFUSAL_SYNTAX,
			   "Idempotency-Key must be a transaction (UUID "
			   "version 7) in quotes.");
}

/* One item of Upload-Metadata, "key <base64>", against what it must say. */
static bool read_metadata_item(const char *item, size_t len,
			       const struct upload_head *head, bool *has_id,
			       bool *has_type)
{
	const char *space = memchr(item, ' ', len);
	if (space == NULL) {
		return false;
	}
	size_t key_len = (size_t)(space - item);
	struct buf value = BUF_INIT;
	bool ok = base64_decode(&value, space + 1, len - key_len - 1);
	if (ok && key_len == 11 && memcmp(item, "transaction", 11) == 0) {
		ok = !*has_id && value.len == UUID_TEXT_SIZE - 1 &&
		     memcmp(value.data, head->transaction, value.len) == 0;
		*has_id = true;
	} else if (ok && key_len == 4 && memcmp(item, "type", 4) == 0) {
		ok = !*has_type && value.len == strlen(TRANSMISSION_TYPE) &&
		     memcmp(value.data, TRANSMISSION_TYPE, value.len) == 0;
		*has_type = true;
	} else {
		ok = false;
	}
	buf_clear(&value);
	return ok;
}

static bool read_metadata(const char *value, const struct upload_head *head,
			  struct refusal *refusal)
{
	bool has_id = false;
	bool has_type = false;
	if (!check_plain("Upload-Metadata", value, refusal)) {
		return false;
	}
	for (;;) {
		value += strspn(value, " ");
		size_t len = strcspn(value, ",");
		if (!read_metadata_item(value, len, head, &has_id, &has_type)) {
			break;
		}
		value += len;
		if (*value == '\0') {
			if (has_id && has_type) {
				return true;
			}
			break;
		}
		value++;
	}
	return refusal_set(refusal, REFUSAL_SYNTAX,
			   "Upload-Metadata must hold the transaction of "
			   "Idempotency-Key and the type " TRANSMISSION_TYPE
			   ", once each.");
}

/* One member of the digest dictionary; false = not of that form. */
static bool read_digest_item(const char *item, size_t len,
			     struct upload_head *head, unsigned *found)
{
	const char *equals = memchr(item, '=', len);
	if (equals == NULL) {
		return false;
	}
	size_t name_len = (size_t)(equals - item);
	const char *bytes = equals + 1;
	size_t bytes_len = len - name_len - 1;
	if (bytes_len < 2 || bytes[0] != ':' || bytes[bytes_len - 1] != ':') {
		return false;
	}
	if (name_len != 7 || memcmp(item, "sha-256", 7) != 0) {
		return true; /* another algorithm beside ours */
	}
	struct buf hash = BUF_INIT;
	bool ok = bytes_len - 2 <= SHA256_BASE64_MAX &&
		  base64_decode(&hash, bytes + 1, bytes_len - 2) &&
		  hash.len == SHA256_SIZE;
	if (ok) {
		memcpy(head->sha256, hash.data, SHA256_SIZE);
		*found += 1;
	}
	buf_clear(&hash);
	return ok;
}

static bool read_digest(const char *value, struct upload_head *head,
			struct refusal *refusal)
{
	unsigned found = 0;
	if (!check_plain("Repr-Digest", value, refusal)) {
		return false;
	}
	for (;;) {
		value += strspn(value, " ");
		size_t len = strcspn(value, ",");
		if (!read_digest_item(value, len, head, &found)) {
			break;
		}
		value += len;
		if (*value == '\0') {
			if (found == 1) {
				return true;
			}
			break;
		}
		value++;
	}
	return refusal_set(refusal, REFUSAL_SYNTAX,
			   "Repr-Digest must hold one sha-256=:...: (RFC "
			   "9530).");
}

static bool read_length(const char *name, const char *value, uint64_t *bytes,
			struct refusal *refusal)
{
	uint64_t number = 0;
	if (!check_plain(name, value, refusal)) {
		return false;
	}
	if (!text_parse_u64(value, 0, UINT64_MAX, &number)) {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "%s must be a number.", name);
	}
	if (number > TRANSMISSION_MAX) {
		return refusal_set(refusal, REFUSAL_SIZE,
				   "A transmission has at most %u bytes.",
				   TRANSMISSION_MAX);
	}
	*bytes = number;
	return true;
}

bool upload_head_read(const struct upload_fields *fields,
		      struct upload_head *head, struct refusal *refusal)
{
	*head = (struct upload_head){ 0 };
	if (!read_key(fields->idempotency_key, head, refusal)) {
		return false;
	}
	if (!text_equal(fields->tus_resumable, UPLOAD_TUS_VERSION)) {
		return refusal_set(refusal, REFUSAL_VERSION,
				   "Tus-Resumable must be " UPLOAD_TUS_VERSION
				   ".");
	}
	if (!text_equal(fields->content_type, UPLOAD_CONTENT_TYPE)) {
		return refusal_set(refusal, REFUSAL_TYPE,
				   "Content-Type must be " UPLOAD_CONTENT_TYPE
				   ".");
	}
	uint64_t content_length = 0;
	if (!read_length("Upload-Length", fields->upload_length, &head->bytes,
			 refusal) ||
	    !read_length("Content-Length", fields->content_length,
			 &content_length, refusal)) {
		return false;
	}
	if (content_length != head->bytes || head->bytes == 0) {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "The body must be the whole transmission: "
				   "Content-Length and Upload-Length must be "
				   "the same and not 0.");
	}
	return read_digest(fields->repr_digest, head, refusal) &&
	       read_metadata(fields->upload_metadata, head, refusal);
}
