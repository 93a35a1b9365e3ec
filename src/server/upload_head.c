/*
 * Reads what an upload says of itself before its body. Strict: a field that
 * is missing, repeated or not exactly of its form is refused. Fuzzed by
 * tests/fuzz/upload_head.c. The body is ingest.c's business, that of a sealed
 * file sealed_intake.c's.
 */
#include "server/upload_head.h"

#include <string.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/text.h"
#include "documents/transmission.h"

#define SHA256_BASE64_MAX 44

static bool check_field(const char *name, const char *value, size_t max,
			struct refusal *refusal)
{
	if (value == NULL || value[0] == '\0') {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "The field %s is missing.", name);
	}
	size_t len = strlen(value);
	if (len > max || !text_is_one_line(value, len)) {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "The field %s is too long or holds control "
				   "characters.",
				   name);
	}
	return true;
}

static bool check_plain(const char *name, const char *value,
			struct refusal *refusal)
{
	return check_field(name, value, UPLOAD_FIELD_MAX, refusal);
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

/* "age1" and 58 characters of Bech32: the form; the sum is the sender's. */
static bool is_key(const char *word, size_t len)
{
	return len == AGE_RECIPIENT_TEXT_SIZE - 1 &&
	       memcmp(word, "age1", 4) == 0 &&
	       strspn(word + 4, "023456789acdefghjklmnpqrstuvwxyz") >= len - 4;
}

static bool take_transaction(const char *value, struct upload_head *head)
{
	return text_equal(value, head->transaction);
}

static bool take_type(const char *value, struct upload_head *head)
{
	if (text_equal(value, TRANSMISSION_TYPE)) {
		head->kind = UPLOAD_TRANSMISSION;
	} else if (text_equal(value, UPLOAD_SEALED_TYPE)) {
		head->kind = UPLOAD_SEALED;
	}
	return head->kind != UPLOAD_UNSET;
}

static bool take_purpose(const char *value, struct upload_head *head)
{
	return value[0] != '\0' &&
	       text_copy(head->purpose, sizeof(head->purpose), value);
}

static bool take_recipients(const char *value, struct upload_head *head)
{
	const char *at = value;
	for (;;) {
		size_t len = strcspn(at, " ");
		if (!is_key(at, len)) {
			return false;
		}
		at += len;
		if (*at == '\0') {
			return text_copy(head->recipients,
					 sizeof(head->recipients), value);
		}
		at++;
	}
}

/* The keys of Upload-Metadata; which go with which type: check_kind(). */
static const struct metadata_key {
	const char *name;
	bool (*take)(const char *value, struct upload_head *head);
} metadata_keys[] = {
	{ "transaction", take_transaction },
	{ "type", take_type },
	{ "purpose", take_purpose },
	{ "recipients", take_recipients },
};

#define METADATA_KEYS (sizeof(metadata_keys) / sizeof(metadata_keys[0]))
#define METADATA_ALL ((1u << METADATA_KEYS) - 1)
#define METADATA_FIRST_TWO 3u

static size_t find_metadata_key(const char *name, size_t len)
{
	size_t i = 0;
	while (i < METADATA_KEYS &&
	       (strlen(metadata_keys[i].name) != len ||
		memcmp(metadata_keys[i].name, name, len) != 0)) {
		i++;
	}
	return i;
}

/* One item of Upload-Metadata, "key <base64>". found: bits of the table. */
static bool read_metadata_item(const char *item, size_t len,
			       struct upload_head *head, unsigned *found)
{
	const char *space = memchr(item, ' ', len);
	if (space == NULL) {
		return false;
	}
	size_t name_len = (size_t)(space - item);
	size_t key = find_metadata_key(item, name_len);
	if (key == METADATA_KEYS || (*found & 1u << key) != 0) {
		return false;
	}
	*found |= 1u << key;
	struct buf value = BUF_INIT;
	bool ok = base64_decode(&value, space + 1, len - name_len - 1) &&
		  text_is_one_line(buf_str(&value), value.len) &&
		  metadata_keys[key].take(buf_str(&value), head);
	buf_clear(&value);
	return ok;
}

/* A sealed file says more of itself, and no other upload does. */
static bool check_kind(const struct upload_head *head, unsigned found)
{
	return found == (head->kind == UPLOAD_SEALED ? METADATA_ALL
						     : METADATA_FIRST_TWO);
}

static bool read_metadata(const char *value, struct upload_head *head,
			  struct refusal *refusal)
{
	unsigned found = 0;
	if (!check_field("Upload-Metadata", value, UPLOAD_METADATA_MAX,
			 refusal)) {
		return false;
	}
	for (;;) {
		value += strspn(value, " ");
		size_t len = strcspn(value, ",");
		if (!read_metadata_item(value, len, head, &found)) {
			break;
		}
		value += len;
		if (*value == '\0') {
			if (check_kind(head, found)) {
				return true;
			}
			break;
		}
		value++;
	}
	return refusal_set(
		refusal, REFUSAL_SYNTAX,
		"Upload-Metadata must hold, once each and in "
		"base64, the transaction of Idempotency-Key and a "
		"type that is taken here; with the type " UPLOAD_SEALED_TYPE
		" also a purpose of at most %d "
		"bytes and the recipients' keys.",
		UPLOAD_PURPOSE_SIZE - 1);
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

static bool read_number(const char *name, const char *value, uint64_t *number,
			struct refusal *refusal)
{
	return check_plain(name, value, refusal) &&
	       (text_parse_u64(value, 0, UINT64_MAX, number) ||
		refusal_set(refusal, REFUSAL_SYNTAX, "%s must be a number.",
			    name));
}

static bool check_type(const struct upload_fields *fields,
		       struct refusal *refusal)
{
	return text_equal(fields->content_type, UPLOAD_CONTENT_TYPE) ||
	       refusal_set(refusal, REFUSAL_TYPE,
			   "Content-Type must be " UPLOAD_CONTENT_TYPE ".");
}

static bool check_version(const struct upload_fields *fields,
			  struct refusal *refusal)
{
	return text_equal(fields->tus_resumable, UPLOAD_TUS_VERSION) ||
	       refusal_set(refusal, REFUSAL_VERSION,
			   "Tus-Resumable must be " UPLOAD_TUS_VERSION ".");
}

/* Machine data: the body is all of it. */
static bool check_transmission(const struct upload_fields *fields,
			       struct upload_head *head,
			       struct refusal *refusal)
{
	if (!check_type(fields, refusal)) {
		return false;
	}
	if (head->bytes > TRANSMISSION_MAX ||
	    head->body_bytes > TRANSMISSION_MAX) {
		return refusal_set(refusal, REFUSAL_SIZE,
				   "A transmission has at most %u bytes.",
				   TRANSMISSION_MAX);
	}
	if (head->body_bytes != head->bytes || head->bytes == 0) {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "The body must be the whole transmission: "
				   "Content-Length and Upload-Length must be "
				   "the same and not 0.");
	}
	return true;
}

/* A sealed file: the body is nothing, or how it begins. */
static bool check_sealed(const struct upload_fields *fields,
			 uint64_t sealed_max, struct upload_head *head,
			 struct refusal *refusal)
{
	if (head->bytes > sealed_max) {
		return refusal_set(refusal, REFUSAL_SIZE,
				   "A sealed file has at most %llu bytes "
				   "here.",
				   (unsigned long long)sealed_max);
	}
	if (head->bytes == 0) {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "Upload-Length must not be 0.");
	}
	if (head->body_bytes > UPLOAD_FIRST_MAX ||
	    head->body_bytes > head->bytes) {
		return refusal_set(refusal, REFUSAL_SIZE,
				   "With its creation come at most %u bytes "
				   "of an upload, and none beyond "
				   "Upload-Length.",
				   UPLOAD_FIRST_MAX);
	}
	return head->body_bytes == 0 || check_type(fields, refusal);
}

/* A body that is not there need not say so. */
static bool read_lengths(const struct upload_fields *fields,
			 struct upload_head *head, struct refusal *refusal)
{
	bool may_be_none = head->kind == UPLOAD_SEALED &&
			   (fields->content_length == NULL ||
			    fields->content_length[0] == '\0');
	return read_number("Upload-Length", fields->upload_length, &head->bytes,
			   refusal) &&
	       (may_be_none ||
		read_number("Content-Length", fields->content_length,
			    &head->body_bytes, refusal));
}

bool upload_head_read(const struct upload_fields *fields, uint64_t sealed_max,
		      struct upload_head *head, struct refusal *refusal)
{
	*head = (struct upload_head){ 0 };
	if (!read_key(fields->idempotency_key, head, refusal) ||
	    !check_version(fields, refusal) ||
	    !read_metadata(fields->upload_metadata, head, refusal) ||
	    !read_lengths(fields, head, refusal)) {
		return false;
	}
	bool ok = head->kind == UPLOAD_SEALED
			  ? check_sealed(fields, sealed_max, head, refusal)
			  : check_transmission(fields, head, refusal);
	return ok && read_digest(fields->repr_digest, head, refusal);
}

bool upload_piece_read(const struct upload_fields *fields, uint64_t *offset,
		       uint64_t *bytes, struct refusal *refusal)
{
	uint64_t at = 0;
	uint64_t len = 0;
	if (!check_version(fields, refusal) || !check_type(fields, refusal) ||
	    !read_number("Upload-Offset", fields->upload_offset, &at,
			 refusal) ||
	    !read_number("Content-Length", fields->content_length, &len,
			 refusal)) {
		return false;
	}
	*offset = at;
	*bytes = len;
	return true;
}
