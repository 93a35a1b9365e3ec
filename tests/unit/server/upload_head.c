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

#include "documents/transmission.h"

#define ID "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"
#define ID64 "MDE5MzU5NGUtN2ExMS03YzNlLTlkNTQtMmYwZjZhMWJlN2Mx"
#define TYPE64 "YXBwbGljYXRpb24vdm5kLnNsdWljZS50cmFuc21pc3Npb24reG1s"
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

static void the_right_form_is_read(void **state)
{
	struct upload_fields fields = good();
	struct upload_head head;
	struct refusal refusal = { 0 };
	uint8_t empty[SHA256_SIZE];
	(void)state;
	assert_true(upload_head_read(&fields, &head, &refusal));
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
	assert_true(upload_head_read(&fields, &head, &refusal));
}

static enum refusal_kind refused(const struct upload_fields *fields)
{
	struct upload_head head;
	struct refusal refusal = { 0 };
	assert_false(upload_head_read(fields, &head, &refusal));
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
	assert_true(upload_head_read(&fields, &head, &refusal));
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

static void a_field_without_end_is_refused(void **state)
{
	struct upload_fields fields = good();
	char text[UPLOAD_FIELD_MAX + 2];
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
	assert_false(upload_head_read(&fields, &head, &refusal));
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
		cmocka_unit_test(a_field_without_end_is_refused),
		cmocka_unit_test(the_transaction_is_known_for_the_ledger),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
