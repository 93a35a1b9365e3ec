/*
 * Header fields of an upload: one right form, everything else refused.
 */
#include "server/upload_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "documents/transmission.h"

#define ID "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"
#define ID64 "MDE5MzU5NGUtN2ExMS03YzNlLTlkNTQtMmYwZjZhMWJlN2Mx"
#define TYPE64 "YXBwbGljYXRpb24vdm5kLnNsdWljZS50cmFuc21pc3Npb24reG1s"
#define SEALED64 "YXBwbGljYXRpb24vdm5kLnNsdWljZS5zZWFsZWQ="
#define PURPOSE64 "c3RyaXBlcyBpbiBjeWFu" /* stripes in cyan */
#define MOST 5000000000u
#define HASH64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static struct upload_fields good(void)
{
	return (struct upload_fields){
		.tus_resumable = "1.0.0",
		.upload_length = "1747",
		.upload_metadata = "transaction " ID64 ",type " TYPE64,
		.repr_digest = "sha-256=:" HASH64 ":",
		.idempotency_key = "\"" ID "\"",
		.content_type = "application/offset+octet-stream",
		.content_length = "1747",
	};
}

/* Two keys of the age format's own documentation. */
static const char keys[] =
	"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p "
	"age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

static struct upload_fields sealed(struct buf *metadata)
{
	struct upload_fields fields = good();
	buf_reset(metadata);
	buf_put_str(metadata, "transaction " ID64 ",type " SEALED64
			      ",purpose " PURPOSE64 ",recipients ");
	base64_put(metadata, keys, strlen(keys));
	fields.upload_metadata = buf_str(metadata);
	fields.upload_length = "4294967297";
	fields.content_length = "0";
	fields.content_type = NULL;
	return fields;
}

static void the_right_form_is_read(void **state)
{
	struct upload_fields fields = good();
	struct upload_head head;
	struct refusal refusal = { 0 };
	uint8_t empty[SHA256_SIZE];
	(void)state;
	assert_true(upload_head_read(&fields, MOST, &head, &refusal));
	assert_string_equal(ID, head.transaction);
	assert_int_equal(1747, head.bytes);
	sha256_bytes(NULL, 0, empty);
	assert_memory_equal(empty, head.sha256, sizeof(empty));
}

static void order_and_other_digests_do_not_matter(void **state)
{
	struct upload_fields fields = good();
	struct upload_head head;
	struct refusal refusal = { 0 };
	(void)state;
	fields.upload_metadata = "type " TYPE64 ", transaction " ID64;
	fields.repr_digest = "sha-512=:AAAA:, sha-256=:" HASH64 ":";
	assert_true(upload_head_read(&fields, MOST, &head, &refusal));
}

static enum refusal_kind refused(const struct upload_fields *fields)
{
	struct upload_head head;
	struct refusal refusal = { 0 };
	assert_false(upload_head_read(fields, MOST, &head, &refusal));
	assert_true(strlen(refusal.detail) > 0);
	return refusal.kind;
}

static void bad_keys(void **state)
{
	static const char *const bad[] = {
		NULL,
		"",
		ID,
		"\"" ID,
		"\"\"",
		"\"" ID "\" ",
		"\"0193594E-7A11-7C3E-9D54-2F0F6A1BE7C1\"",
		"\"0193594e-7a11-4c3e-9d54-2f0f6a1be7c1\"",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct upload_fields fields = good();
		fields.idempotency_key = bad[i];
		assert_int_equal(REFUSAL_SYNTAX, refused(&fields));
	}
}

static void bad_metadata(void **state)
{
	static const char *const bad[] = {
		NULL,
		"",
		"transaction " ID64,
		"type " TYPE64,
		"transaction " ID64 ",type " TYPE64 ",",
		"transaction " ID64 ",type " TYPE64 ",type " TYPE64,
		"transaction " ID64 ",type " TYPE64 ",more YQ==",
		"transaction,type " TYPE64,
		"transaction !!!!,type " TYPE64,
		"transaction YQ==,type " TYPE64,
		"transaction " ID64 ",type dGV4dC94bWw=",
		"transaction " ID64 ",type " TYPE64 "\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct upload_fields fields = good();
		fields.upload_metadata = bad[i];
		assert_int_equal(REFUSAL_SYNTAX, refused(&fields));
	}
}

static void bad_digests(void **state)
{
	static const char *const bad[] = {
		NULL,
		"",
		"sha-256",
		"sha-256=",
		"sha-256=::",
		"sha-256=" HASH64,
		"sha-256=:" HASH64,
		"sha-512=:AAAA:",
		"sha-256=:AAAA:",
		"sha-256=:" HASH64 "A:",
		"sha-256=:" HASH64 ":,sha-256=:" HASH64 ":",
		"sha-256=:" HASH64 ":,",
		"SHA-256=:" HASH64 ":",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct upload_fields fields = good();
		fields.repr_digest = bad[i];
		assert_int_equal(REFUSAL_SYNTAX, refused(&fields));
	}
}

static void bad_lengths(void **state)
{
	struct upload_fields fields = good();
	char most[24];
	char more[24];
	(void)state;
	snprintf(most, sizeof(most), "%u", TRANSMISSION_MAX);
	snprintf(more, sizeof(more), "%u", TRANSMISSION_MAX + 1);
	const struct {
		const char *upload, *content;
		enum refusal_kind kind;
	} bad[] = {
		{ NULL, "1747", REFUSAL_SYNTAX },
		{ "1747", NULL, REFUSAL_SYNTAX },
		{ "1747", "1746", REFUSAL_SYNTAX },
		{ "0", "0", REFUSAL_SYNTAX },
		{ "-1", "-1", REFUSAL_SYNTAX },
		{ "1e3", "1e3", REFUSAL_SYNTAX },
		{ more, more, REFUSAL_SIZE },
		{ "1747", more, REFUSAL_SIZE },
		{ "99999999999999999999", "1", REFUSAL_SYNTAX },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fields = good();
		fields.upload_length = bad[i].upload;
		fields.content_length = bad[i].content;
		assert_int_equal(bad[i].kind, refused(&fields));
	}
	struct upload_head head;
	struct refusal refusal = { 0 };
	fields = good();
	fields.upload_length = most;
	fields.content_length = most;
	assert_true(upload_head_read(&fields, MOST, &head, &refusal));
}

static void other_versions_and_types(void **state)
{
	struct upload_fields fields = good();
	(void)state;
	fields.tus_resumable = "0.2.2";
	assert_int_equal(REFUSAL_VERSION, refused(&fields));
	fields.tus_resumable = NULL;
	assert_int_equal(REFUSAL_VERSION, refused(&fields));
	fields = good();
	fields.content_type = "text/xml";
	assert_int_equal(REFUSAL_TYPE, refused(&fields));
	fields.content_type = NULL;
	assert_int_equal(REFUSAL_TYPE, refused(&fields));
}

static void a_sealed_file_says_what_for_and_to_whom(void **state)
{
	struct buf metadata = BUF_INIT;
	struct upload_fields fields = sealed(&metadata);
	struct upload_head head;
	struct refusal refusal = { 0 };
	(void)state;
	assert_true(upload_head_read(&fields, MOST, &head, &refusal));
	assert_int_equal(UPLOAD_SEALED, head.kind);
	assert_true(head.bytes == 4294967297u);
	assert_int_equal(0, head.body_bytes);
	assert_string_equal("stripes in cyan", head.purpose);
	assert_string_equal(keys, head.recipients);

	/* Without a body nothing need be said of it. */
	fields.content_length = NULL;
	assert_true(upload_head_read(&fields, MOST, &head, &refusal));
	fields.content_length = "";
	assert_true(upload_head_read(&fields, MOST, &head, &refusal));

	/* With the first piece, up to 1 MiB. */
	fields.content_type = UPLOAD_CONTENT_TYPE;
	fields.content_length = "1048576";
	assert_true(upload_head_read(&fields, MOST, &head, &refusal));
	assert_int_equal(UPLOAD_FIRST_MAX, head.body_bytes);
	buf_clear(&metadata);
}

static void bad_lengths_and_types_of_sealed_files(void **state)
{
	static const struct {
		const char *upload, *content, *type;
		enum refusal_kind kind;
	} bad[] = {
		{ NULL, "0", NULL, REFUSAL_SYNTAX },
		{ "0", "0", NULL, REFUSAL_SYNTAX },
		{ "-1", "0", NULL, REFUSAL_SYNTAX },
		{ "5000000001", "0", NULL, REFUSAL_SIZE },
		{ "18446744073709551615", "0", NULL, REFUSAL_SIZE },
		{ "18446744073709551616", "0", NULL, REFUSAL_SYNTAX },
		{ "4294967297", "x", NULL, REFUSAL_SYNTAX },
		{ "4294967297", "5", NULL, REFUSAL_TYPE },
		{ "4294967297", "5", "text/plain", REFUSAL_TYPE },
		{ "4294967297", "1048577", UPLOAD_CONTENT_TYPE, REFUSAL_SIZE },
		{ "5", "6", UPLOAD_CONTENT_TYPE, REFUSAL_SIZE },
	};
	struct buf metadata = BUF_INIT;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct upload_fields fields = sealed(&metadata);
		fields.upload_length = bad[i].upload;
		fields.content_length = bad[i].content;
		fields.content_type = bad[i].type;
		assert_int_equal(bad[i].kind, refused(&fields));
	}
	buf_clear(&metadata);
}

/* Metadata with one word of it given. */
static enum refusal_kind refused_word(const char *name, const char *value,
				      size_t len, bool with_purpose)
{
	struct buf text = BUF_INIT;
	struct upload_fields fields = sealed(&text);
	buf_reset(&text);
	buf_put_str(&text, "transaction " ID64 ",type " SEALED64);
	if (with_purpose) {
		buf_put_str(&text, ",purpose " PURPOSE64);
	}
	buf_printf(&text, ",%s ", name);
	base64_put(&text, value, len);
	fields.upload_metadata = buf_str(&text);
	enum refusal_kind kind = refused(&fields);
	buf_clear(&text);
	return kind;
}

static void bad_words_of_sealed_files(void **state)
{
	static const char *const recipients[] = {
		"",
		" ",
		"age1",
		"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8",
		"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8pp",
		"AGE1QL3Z7HJY54PW3HYWW5AYYFG7ZQGVC7W3J2ELW8ZMRJ2KG5SFN9AQMCAC8P",
		"age1bl3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
		"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p ",
		" age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
	};
	struct buf many = BUF_INIT;
	char much[UPLOAD_PURPOSE_SIZE + 1];
	(void)state;
	for (size_t i = 0; i < sizeof(recipients) / sizeof(recipients[0]);
	     i++) {
		assert_int_equal(REFUSAL_SYNTAX,
				 refused_word("recipients", recipients[i],
					      strlen(recipients[i]), true));
	}
	for (size_t i = 0; i <= AGE_RECIPIENTS_MAX; i++) {
		buf_printf(&many, "%s%.62s", i == 0 ? "" : " ", keys);
	}
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("recipients", buf_str(&many), many.len,
				      true));
	/* Missing, twice, and what is no text. */
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("recipients", keys, strlen(keys), false));
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("purpose", "again", 5, true));
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("owner", "canary", 6, true));
	memset(much, 'a', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("purpose", much, strlen(much), false));
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("purpose", "a\nb", 3, false));
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("purpose", "a\0b", 3, false));
	assert_int_equal(REFUSAL_SYNTAX,
			 refused_word("purpose", "\xff", 1, false));
	buf_clear(&many);
}

static void machine_data_has_no_purpose(void **state)
{
	struct upload_fields fields = good();
	(void)state;
	fields.upload_metadata =
		"transaction " ID64 ",type " TYPE64 ",purpose " PURPOSE64;
	assert_int_equal(REFUSAL_SYNTAX, refused(&fields));
}

static void a_piece_says_where_it_belongs(void **state)
{
	static const struct {
		const char *offset, *length, *type, *version;
		enum refusal_kind kind;
	} rows[] = {
		{ "0", "5", UPLOAD_CONTENT_TYPE, "1.0.0", REFUSAL_NONE },
		{ "4294967296", "0", UPLOAD_CONTENT_TYPE, "1.0.0",
		  REFUSAL_NONE },
		{ NULL, "5", UPLOAD_CONTENT_TYPE, "1.0.0", REFUSAL_SYNTAX },
		{ "-1", "5", UPLOAD_CONTENT_TYPE, "1.0.0", REFUSAL_SYNTAX },
		{ "0", NULL, UPLOAD_CONTENT_TYPE, "1.0.0", REFUSAL_SYNTAX },
		{ "0", "5", NULL, "1.0.0", REFUSAL_TYPE },
		{ "0", "5", "application/octet-stream", "1.0.0", REFUSAL_TYPE },
		{ "0", "5", UPLOAD_CONTENT_TYPE, NULL, REFUSAL_VERSION },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct refusal refusal = { 0 };
		uint64_t offset = 1, bytes = 1;
		struct upload_fields fields = {
			.tus_resumable = rows[i].version,
			.content_type = rows[i].type,
			.content_length = rows[i].length,
			.upload_offset = rows[i].offset,
		};
		assert_int_equal(rows[i].kind == REFUSAL_NONE,
				 upload_piece_read(&fields, &offset, &bytes,
						   &refusal));
		assert_int_equal(rows[i].kind, refusal.kind);
	}
}

static void a_field_without_end_is_refused(void **state)
{
	struct upload_fields fields = good();
	char text[UPLOAD_METADATA_MAX + 2];
	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fields.upload_metadata = text;
	assert_int_equal(REFUSAL_SYNTAX, refused(&fields));
}

static void the_transaction_is_known_for_the_ledger(void **state)
{
	struct upload_fields fields = good();
	struct upload_head head;
	struct refusal refusal = { 0 };
	(void)state;
	fields.repr_digest = "nonsense";
	assert_false(upload_head_read(&fields, MOST, &head, &refusal));
	assert_string_equal(ID, head.transaction);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_form_is_read),
		cmocka_unit_test(order_and_other_digests_do_not_matter),
		cmocka_unit_test(bad_keys),
		cmocka_unit_test(bad_metadata),
		cmocka_unit_test(bad_digests),
		cmocka_unit_test(bad_lengths),
		cmocka_unit_test(other_versions_and_types),
		cmocka_unit_test(a_sealed_file_says_what_for_and_to_whom),
		cmocka_unit_test(bad_lengths_and_types_of_sealed_files),
		cmocka_unit_test(bad_words_of_sealed_files),
		cmocka_unit_test(machine_data_has_no_purpose),
		cmocka_unit_test(a_piece_says_where_it_belongs),
		cmocka_unit_test(a_field_without_end_is_refused),
		cmocka_unit_test(the_transaction_is_known_for_the_ledger),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
