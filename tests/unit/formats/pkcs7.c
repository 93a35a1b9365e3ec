/*
 * Messages with certificates: those that openssl makes give the certificates
 * back, byte by byte; everything else is refused, and then nobody is told of
 * any certificate.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/pkcs7.h"

#include "certs_fixture.h"
#include "formats/certs.h"
#include "formats/der.h"

#define CERTIFICATES 9

/* Certificates that differ, and a message of openssl's. */
struct scene {
	struct buf der[CERTIFICATES];
	struct buf message;
};

struct seen {
	struct buf bytes; /* of all certificates */
	unsigned count;
	unsigned refuse_at; /* 0 = never */
};

static bool look(void *ctx, const uint8_t *der, size_t len, struct err *err)
{
	struct seen *seen = ctx;
	seen->count++;
	buf_put(&seen->bytes, der, len);
	return seen->count != seen->refuse_at ||
	       err_set(err, ERR_DENIED, "enough");
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	for (uint8_t i = 0; i < CERTIFICATES; i++) {
		static const struct certs_names names = { .common_name = "x" };
		struct p256_key key;
		test_key((uint8_t)(i + 1), &key);
		assert_true(certs_self_signed(&key, &names, TEST_BEGIN,
					      TEST_END, &scene->der[i], NULL));
	}
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	for (size_t i = 0; i < CERTIFICATES; i++) {
		buf_clear(&scene->der[i]);
	}
	buf_clear(&scene->message);
	free(scene);
	return 0;
}

/* What "openssl crl2pkcs7" makes of the first count certificates. */
static void let_openssl(struct scene *scene, size_t count)
{
	struct buf pem = BUF_INIT;
	char path[32], command[128];
	if (!have_openssl()) {
		skip();
	}
	buf_put_str(&pem, "\n");
	for (size_t i = 0; i < count; i++) {
		certs_pem_put(&pem, "CERTIFICATE", scene->der[i].data,
			      scene->der[i].len);
	}
	test_file(path, &pem);
	snprintf(command, sizeof(command),
		 "openssl crl2pkcs7 -nocrl -certfile %s -outform DER", path);
	buf_reset(&scene->message);
	assert_int_equal(test_run(command, &scene->message), 0);
	unlink(path);
	buf_clear(&pem);
}

static void expect_certificates(const struct scene *scene, size_t count)
{
	struct seen seen = { .bytes = BUF_INIT };
	struct buf all = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	if (!pkcs7_certificates(scene->message.data, scene->message.len, look,
				&seen, &err)) {
		fail_msg("%s", err.text);
	}
	for (size_t i = 0; i < count; i++) {
		buf_put(&all, scene->der[i].data, scene->der[i].len);
	}
	assert_int_equal(seen.count, count);
	assert_int_equal(seen.bytes.len, all.len);
	assert_memory_equal(seen.bytes.data, all.data, all.len);
	buf_clear(&seen.bytes);
	buf_clear(&all);
}

static void expect_refusal(const struct buf *message, enum err_kind kind)
{
	struct seen seen = { .bytes = BUF_INIT };
	struct err err = { .kind = ERR_NONE };
	assert_false(pkcs7_certificates(message->data, message->len, look,
					&seen, &err));
	assert_int_equal(err.kind, kind);
	assert_true(err.text[0] != '\0');
	assert_int_equal(seen.count, 0);
}

static void one_certificate_comes_out(void **state)
{
	let_openssl(*state, 1);
	expect_certificates(*state, 1);
}

static void a_whole_chain_comes_out_in_its_order(void **state)
{
	let_openssl(*state, PKCS7_CERTIFICATES_MAX);
	expect_certificates(*state, PKCS7_CERTIFICATES_MAX);
}

static void one_more_than_are_taken_is_refused(void **state)
{
	struct scene *scene = *state;
	let_openssl(scene, PKCS7_CERTIFICATES_MAX + 1);
	expect_refusal(&scene->message, ERR_LIMIT);
}

static void a_message_without_certificates_is_refused(void **state)
{
	struct scene *scene = *state;
	let_openssl(scene, 0);
	assert_true(scene->message.len > 0);
	expect_refusal(&scene->message, ERR_INVALID);
}

static void what_one_certificate_is_refused_for_ends_it(void **state)
{
	struct scene *scene = *state;
	struct seen seen = { .bytes = BUF_INIT, .refuse_at = 2 };
	struct err err = { .kind = ERR_NONE };
	let_openssl(scene, 3);
	assert_false(pkcs7_certificates(scene->message.data, scene->message.len,
					look, &seen, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_string_equal(err.text, "enough");
	assert_int_equal(seen.count, 2);
	buf_clear(&seen.bytes);
}

static void a_message_that_is_cut_or_goes_on_is_refused(void **state)
{
	struct scene *scene = *state;
	let_openssl(scene, 2);
	struct buf part = scene->message; /* borrows */
	for (size_t len = 0; len < scene->message.len; len++) {
		part.len = len;
		expect_refusal(&part, ERR_INVALID);
	}
	buf_put_char(&scene->message, '\0');
	expect_refusal(&scene->message, ERR_INVALID);
}

/* A SignedData of our own, part by part. */
struct parts {
	const char *type; /* OID of the outer one */
	uint8_t holds;    /* tag of the certificates */
	bool content, lists, signer, choice, after;
	unsigned without; /* bit of a part that is missing, see enum part */
	unsigned around;  /* 1 = more beside the inner one, 2 = outside */
};

/* In their order in a message. */
enum part {
	PART_VERSION,
	PART_DIGESTS,
	PART_CONTENT,
	PART_CERTIFICATES,
	PART_SIGNERS,
	PARTS
};

static void put_message(struct buf *out, const struct parts *parts,
			const struct buf *certificate)
{
	struct buf body = BUF_INIT, inner = BUF_INIT, info = BUF_INIT;
	if ((parts->without & 1u << PART_VERSION) == 0) {
		der_put_small_integer(&body, 1);
	}
	if ((parts->without & 1u << PART_DIGESTS) == 0) {
		der_put(&body, DER_SET, NULL, 0);
	}
	der_put_oid(&inner, "1.2.840.113549.1.7.1");
	if (parts->content) {
		der_put(&inner, DER_EXPLICIT(0), "\x04\x01x", 3);
	}
	if ((parts->without & 1u << PART_CONTENT) == 0) {
		der_put_buf(&body, DER_SEQUENCE, &inner);
	}
	buf_reset(&inner);
	if (parts->choice) {
		der_put(&inner, DER_EXPLICIT(2), "\x02\x01\x00", 3);
	}
	buf_put(&inner, certificate->data, certificate->len);
	if ((parts->without & 1u << PART_CERTIFICATES) == 0) {
		der_put_buf(&body, parts->holds, &inner);
	}
	if (parts->lists) {
		der_put(&body, DER_EXPLICIT(1), NULL, 0);
	}
	if ((parts->without & 1u << PART_SIGNERS) == 0) {
		der_put(&body, DER_SET, "\x30\x00", parts->signer ? 2 : 0);
	}
	if (parts->after) {
		der_put_bool(&body, true);
	}
	buf_reset(&inner);
	der_put_buf(&inner, DER_SEQUENCE, &body);
	if (parts->around == 1) {
		der_put_bool(&inner, true);
	}
	der_put_oid(&info, parts->type);
	der_put_buf(&info, DER_EXPLICIT(0), &inner);
	if (parts->around == 2) {
		der_put_bool(&info, true);
	}
	der_put_buf(out, DER_SEQUENCE, &info);
	buf_clear(&info);
	buf_clear(&inner);
	buf_clear(&body);
}

#define SIGNED_DATA "1.2.840.113549.1.7.2"

static void
content_signers_lists_and_other_choices_are_passed_over(void **state)
{
	struct scene *scene = *state;
	const struct parts parts = {
		.type = SIGNED_DATA,
		.holds = DER_EXPLICIT(0),
		.content = true,
		.lists = true,
		.signer = true,
		.choice = true,
	};
	buf_reset(&scene->message);
	put_message(&scene->message, &parts, &scene->der[0]);
	expect_certificates(scene, 1);
}

static void other_messages_are_refused(void **state)
{
	static const struct parts bad[] = {
		{ .type = "1.2.840.113549.1.7.3", .holds = DER_EXPLICIT(0) },
		{ .type = "1.2.840.113549.1.7.1", .holds = DER_EXPLICIT(0) },
		{ .type = SIGNED_DATA, .holds = DER_EXPLICIT(2) },
		{ .type = SIGNED_DATA, .holds = DER_CONTEXT(0) },
		{ .type = SIGNED_DATA,
		  .holds = DER_EXPLICIT(0),
		  .after = true },
	};
	struct scene *scene = *state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_reset(&scene->message);
		put_message(&scene->message, &bad[i], &scene->der[0]);
		expect_refusal(&scene->message, ERR_INVALID);
	}
}

/* Each part has its place, and nothing stands beside them. */
static void a_message_without_a_part_or_with_more_is_refused(void **state)
{
	struct scene *scene = *state;
	for (unsigned part = 0; part < PARTS + 2; part++) {
		const struct parts parts = {
			.type = SIGNED_DATA,
			.holds = DER_EXPLICIT(0),
			.without = part < PARTS ? 1u << part : 0,
			.around = part < PARTS ? 0 : part - PARTS + 1,
		};
		buf_reset(&scene->message);
		put_message(&scene->message, &parts, &scene->der[0]);
		expect_refusal(&scene->message, ERR_INVALID);
	}
	/* All of them, so that it is the part that was missed. */
	const struct parts whole = { .type = SIGNED_DATA,
				     .holds = DER_EXPLICIT(0) };
	buf_reset(&scene->message);
	put_message(&scene->message, &whole, &scene->der[0]);
	expect_certificates(scene, 1);
}

static void
certificates_that_are_cut_are_refused_before_any_is_told(void **state)
{
	struct scene *scene = *state;
	const struct parts parts = { .type = SIGNED_DATA,
				     .holds = DER_EXPLICIT(0) };
	struct buf two = BUF_INIT;
	buf_put(&two, scene->der[0].data, scene->der[0].len);
	buf_put(&two, scene->der[1].data, scene->der[1].len - 1);
	buf_reset(&scene->message);
	put_message(&scene->message, &parts, &two);
	expect_refusal(&scene->message, ERR_INVALID);
	buf_clear(&two);
}

static void indefinite_lengths_are_refused(void **state)
{
	struct scene *scene = *state;
	static const uint8_t start[] = { 0x30, 0x80 };
	struct buf ber = BUF_INIT;
	const struct parts parts = { .type = SIGNED_DATA,
				     .holds = DER_EXPLICIT(0) };
	buf_reset(&scene->message);
	put_message(&scene->message, &parts, &scene->der[0]);
	assert_int_equal(scene->message.data[1], 0x82);
	buf_put(&ber, start, sizeof(start));
	buf_put(&ber, scene->message.data + 4, scene->message.len - 4);
	buf_put(&ber, "\0\0", 2);
	expect_refusal(&ber, ERR_INVALID);
	buf_clear(&ber);
}

static void a_message_that_is_too_big_is_refused(void **state)
{
	struct scene *scene = *state;
	const struct parts parts = { .type = SIGNED_DATA,
				     .holds = DER_EXPLICIT(0) };
	struct buf big = BUF_INIT, content = BUF_INIT;
	uint8_t *zeros = calloc(1, PKCS7_MAX_BYTES);
	buf_put(&content, zeros, PKCS7_MAX_BYTES);
	der_put_buf(&big, DER_SEQUENCE, &content);
	buf_reset(&scene->message);
	put_message(&scene->message, &parts, &big);
	expect_refusal(&scene->message, ERR_LIMIT);
	buf_clear(&big);
	buf_clear(&content);
	free(zeros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_certificate_comes_out),
		cmocka_unit_test(a_whole_chain_comes_out_in_its_order),
		cmocka_unit_test(one_more_than_are_taken_is_refused),
		cmocka_unit_test(a_message_without_certificates_is_refused),
		cmocka_unit_test(what_one_certificate_is_refused_for_ends_it),
		cmocka_unit_test(a_message_that_is_cut_or_goes_on_is_refused),
		cmocka_unit_test(
			content_signers_lists_and_other_choices_are_passed_over),
		cmocka_unit_test(other_messages_are_refused),
		cmocka_unit_test(
			a_message_without_a_part_or_with_more_is_refused),
		cmocka_unit_test(
			certificates_that_are_cut_are_refused_before_any_is_told),
		cmocka_unit_test(indefinite_lengths_are_refused),
		cmocka_unit_test(a_message_that_is_too_big_is_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
