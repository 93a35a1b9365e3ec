/*
 * Password hashes, and which passwords a person may choose.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/password.h"

#include <string.h>

#include "base/text.h"

static void a_hash_verifies_its_password_only(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	struct err err = { 0 };

	(void)state;
	assert_true(password_hash("correct horse", 13, hash, &err));
	assert_true(text_starts_with(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_true(password_verify(hash, "correct horse", 13));
	assert_false(password_verify(hash, "correct horsf", 13));
	assert_false(password_verify(hash, "correct hors", 12));
	assert_false(password_verify(hash, "", 0));
}

static void the_same_password_gets_different_hashes(void **state)
{
	char a[PASSWORD_HASH_SIZE];
	char b[PASSWORD_HASH_SIZE];
	struct err err = { 0 };

	(void)state;
	assert_true(password_hash("same", 4, a, &err));
	assert_true(password_hash("same", 4, b, &err));
	assert_string_not_equal(a, b);
}

static void verify_refuses_hashes_of_another_making(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"$argon2id$v=19$m=19456,t=2,p=1$",
		"$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA",
		/* asks for 4 GiB */
		("$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		"$2b$12$KIXQ4S6p1Zt8JmJ9Qp6w5u",
	};

	(void)state;
	assert_false(password_verify(NULL, "x", 1));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(password_verify(bad[i], "x", 1));
	}
}

static void a_password_without_end_is_not_hashed(void **state)
{
	static char endless[PASSWORD_MAX_BYTES + 1];
	char hash[PASSWORD_HASH_SIZE] = "untouched";
	struct err err = { 0 };

	(void)state;
	memset(endless, 'a', sizeof(endless));
	assert_false(password_hash(endless, sizeof(endless), hash, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(hash, "untouched");
	assert_false(password_verify("$argon2id$v=19$m=19456,t=2,p=1$a$b",
				     endless, sizeof(endless)));
}

static const char *const known[] = { "frontdesk", "EX7-004211", "Example 7000",
				     NULL };
static const char *const nothing[] = { NULL };

static void assert_acceptable(const char *password, bool expected)
{
	struct err err = { 0 };
	bool acceptable = password_acceptable(password, known, &err);

	if (acceptable != expected) {
		print_error("password \"%s\": %s\n", password, err.text);
	}
	assert_int_equal(acceptable, expected);
	assert_int_equal(err.kind, expected ? ERR_NONE : ERR_INVALID);
}

static void ordinary_pass_phrases_are_accepted(void **state)
{
	(void)state;
	assert_acceptable("violet umbrella on tuesday", true);
	assert_acceptable("xk7Qmv2p", true);
	assert_acceptable("tea & biscuits", true);
	assert_acceptable("Grünkohl mit Pinkel", true);
	assert_acceptable("\xf0\x9f\x90\x9d\xf0\x9f\x90\x8c\xf0\x9f\x90\x9d"
			  "\xf0\x9f\xa6\x94\xf0\x9f\x90\x9d\xf0\x9f\x90\x8c"
			  "\xf0\x9f\xa6\x8a\xf0\x9f\x90\x87",
			  true);
	assert_acceptable("the printer sings at night", true);
}

/* 1,024 characters of four bytes, and each byte counts. */
static void nothing_is_cut_off(void **state)
{
	char longest[PASSWORD_MAX_BYTES + 5] = "";
	char hash[PASSWORD_HASH_SIZE];
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < PASSWORD_MAX_BYTES; i++) {
		longest[i] = "\xf0\x9f\x90\x9d\xf0\x9f\xa6\x94"
			     "\xf0\x9f\x90\x8c\xf0\x9f\xa6\x8a"
			     "\xf0\x9f\x90\x87"[i % 20];
	}
	assert_acceptable(longest, true);
	assert_true(password_hash(longest, strlen(longest), hash, &err));
	assert_true(password_verify(hash, longest, strlen(longest)));
	assert_false(password_verify(hash, longest, strlen(longest) - 4));
	longest[PASSWORD_MAX_BYTES - 1] ^= 1;
	assert_false(password_verify(hash, longest, strlen(longest)));
	strcat(longest, "\xf0\x9f\x90\x87");
	assert_acceptable(longest, false);
}

static void spaces_are_kept(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	struct err err = { 0 };

	(void)state;
	assert_acceptable("  violet  umbrella ", true);
	assert_true(password_hash("  violet  umbrella ", 19, hash, &err));
	assert_true(password_verify(hash, "  violet  umbrella ", 19));
	assert_false(password_verify(hash, "violet umbrella", 15));
	assert_false(password_verify(hash, "  Violet  umbrella ", 19));
}

static void length_counts_characters_not_bytes(void **state)
{
	char longest[PASSWORD_MAX_CHARACTERS + 2];

	(void)state;
	assert_acceptable("xk7Qmv2", false);
	assert_acceptable("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", false);
	for (size_t i = 0; i < sizeof(longest) - 1; i++) {
		longest[i] = "violet umbrel"[i % 13];
	}
	longest[PASSWORD_MAX_CHARACTERS] = '\0';
	assert_acceptable(longest, true);
	longest[PASSWORD_MAX_CHARACTERS] = 'x';
	longest[PASSWORD_MAX_CHARACTERS + 1] = '\0';
	assert_acceptable(longest, false);
}

static void what_everybody_tries_first_is_refused(void **state)
{
	static const char *const bad[] = {
		"password",     "PASSWORD",
		"Password1",    "p@ssw0rd",
		"P455w0rd!!",   "12345678",
		"87654321",     "123456789",
		"1234567890",   "11111111",
		"aaaaaaaaaaaa", "abcabcabc",
		"12341234",     "abcdefgh",
		"qwertyui",     "qwertyuiop",
		"asdfghjkl",    "1qaz2wsx",
		"1q2w3e4r",     "iloveyou",
		"sunshine",     "football1",
		"welcome2026!", "letmein123",
		"trustno1",     "sluicesluice",
		"Sluice2026",   "printer1",
		"Pr1nter!!",    "!!admin!!",
		"adminadmin",   "administrator",
		"service123",   "Operator1",
		"customer",     "auditor99",
		"changeme",     "correcthorsebatterystaple",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_acceptable(bad[i], false);
	}
}

static void what_is_known_of_account_and_machine_is_no_password(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_acceptable("frontdesk", false);
	assert_acceptable("FrontDesk", false);
	assert_acceptable("EX7-004211", false);
	assert_acceptable("example7000", false);
	assert_acceptable("frontdesk mangoes", true);
	assert_true(password_acceptable("frontdesk", nothing, &err));
}

static void control_characters_and_broken_text_are_refused(void **state)
{
	(void)state;
	assert_acceptable("violet\numbrella", false);
	assert_acceptable("violet\xff umbrella", false);
	assert_acceptable("violet\x1bumbrella", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_verifies_its_password_only),
		cmocka_unit_test(the_same_password_gets_different_hashes),
		cmocka_unit_test(verify_refuses_hashes_of_another_making),
		cmocka_unit_test(a_password_without_end_is_not_hashed),
		cmocka_unit_test(ordinary_pass_phrases_are_accepted),
		cmocka_unit_test(length_counts_characters_not_bytes),
		cmocka_unit_test(nothing_is_cut_off),
		cmocka_unit_test(spaces_are_kept),
		cmocka_unit_test(what_everybody_tries_first_is_refused),
		cmocka_unit_test(
			what_is_known_of_account_and_machine_is_no_password),
		cmocka_unit_test(
			control_characters_and_broken_text_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
