/*
 * Passwords made of what is known about the account and the machine.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/own_words.h"

#include <string.h>

static const char *const words[] = {
	"frontdesk", "EX7-004211", "Example 7000 MFP", "jo", "", NULL
};

static void words_alone_or_decorated_are_found(void **state)
{
	static const char *const bad[] = {
		"frontdesk",       "FRONTDESK",
		"frontdesk2026!",  "front-desk",
		"!!frontdesk!!",   "frontdeskfrontdesk",
		"frontdeskabc",    "EX7-004211",
		"ex7004211",       "004211-ex7",
		"xEX7-004211x",    "example7000",
		"Example 7000mfp", "example.example",
		"004211004211",    "frontdesk ex7-004211",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!own_words_only(bad[i], words)) {
			fail_msg("\"%s\" is not found", bad[i]);
		}
	}
}

static void a_password_with_more_in_it_is_fine(void **state)
{
	static const char *const good[] = {
		"frontdesk plants need water",
		"for example: mangoes",
		"ex7 flies north",
		"jo jo jo jo",
		"1234567890123",
		"",
		"########",
		"Gru\xcc\x88\xc3\x9f vom frontdesk",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (own_words_only(good[i], words)) {
			fail_msg("\"%s\" is found", good[i]);
		}
	}
}

static void long_texts_do_no_harm(void **state)
{
	static char word[5000];
	static char password[5000];
	const char *const list[] = { word, NULL };

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	memset(password, 'w', sizeof(password) - 1);
	assert_false(own_words_only(password, list));
	password[100] = '\0';
	assert_false(own_words_only(password, list));
	word[100] = '\0';
	assert_true(own_words_only(password, list));
}

static void without_words_nothing_is_found(void **state)
{
	const char *const none[] = { NULL };

	(void)state;
	assert_false(own_words_only("frontdesk", none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_alone_or_decorated_are_found),
		cmocka_unit_test(a_password_with_more_in_it_is_fine),
		cmocka_unit_test(long_texts_do_no_harm),
		cmocka_unit_test(without_words_nothing_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
