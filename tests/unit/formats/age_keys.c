/*
 * Keys of the age format, as age-keygen writes them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/age.h"

#include <string.h>

#include "formats/bech32.h"

/* Made by age-keygen 1.1.1 for this test. */
#define SECRET             \
	"AGE-SECRET-KEY-1" \
	"AHWGGR3S74082Q6HK44EULSZL3729ZPUP52UZ0P9UM42PS4LXRPQEZ39XH"
#define PUBLIC "age1dyan2g2k5dfwyguxsv4r3uzv23auyhdjp6zqlp3scx6aahy3xsfq77w85n"

static void reads_and_writes_what_age_keygen_writes(void **state)
{
	struct age_identity identity;
	struct age_recipient recipient;
	char secret[AGE_IDENTITY_TEXT_SIZE];
	char public_key[AGE_RECIPIENT_TEXT_SIZE];

	(void)state;
	assert_true(age_identity_parse(SECRET, &identity, NULL));
	age_identity_format(&identity, secret);
	assert_string_equal(secret, SECRET);
	age_recipient_format(&identity.recipient, public_key);
	assert_string_equal(public_key, PUBLIC);
	assert_true(age_recipient_parse(PUBLIC, &recipient, NULL));
	assert_memory_equal(recipient.key, identity.recipient.key, 32);
}

static void new_identities_differ_and_come_back(void **state)
{
	struct age_identity a;
	struct age_identity b;
	struct age_identity again;
	char text[AGE_IDENTITY_TEXT_SIZE];

	(void)state;
	age_identity_make(&a);
	age_identity_make(&b);
	assert_memory_not_equal(a.secret, b.secret, 32);
	age_identity_format(&a, text);
	assert_true(age_identity_parse(text, &again, NULL));
	assert_memory_equal(&a, &again, sizeof(a));
}

static void refuses_every_other_text(void **state)
{
	static const char *const wrong[] = {
		"",
		"age1",
		"AGE-SECRET-KEY-1",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW",
		"age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
		PUBLIC " ",
		PUBLIC "q",
	};
	struct age_recipient recipient = { { 1 } };
	struct age_identity identity = { { 1 }, { { 1 } } };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err_reset(&err);
		assert_false(age_recipient_parse(wrong[i], &recipient, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_false(age_identity_parse(wrong[i], &identity, NULL));
	}
	/* The one is not the other. */
	assert_false(age_recipient_parse(SECRET, &recipient, NULL));
	assert_false(age_identity_parse(PUBLIC, &identity, NULL));
	assert_int_equal(recipient.key[0], 1);
	assert_int_equal(identity.secret[0], 1);
}

static void refuses_keys_that_everybody_can_open(void **state)
{
	static const uint8_t low[][32] = {
		{ 0 },
		{ 1 },
		{ 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae,
		  0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		  0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd,
		  0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
	};
	char text[AGE_RECIPIENT_TEXT_SIZE];
	struct age_recipient recipient;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
		err_reset(&err);
		bech32_encode("age", low[i], 32, text);
		assert_false(age_recipient_parse(text, &recipient, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_non_null(strstr(err.text, "another"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_what_age_keygen_writes),
		cmocka_unit_test(new_identities_differ_and_come_back),
		cmocka_unit_test(refuses_every_other_text),
		cmocka_unit_test(refuses_keys_that_everybody_can_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
