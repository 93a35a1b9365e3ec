/*
 * NVM from IPP: values that a printer makes itself, and no others.
 */
#include "collectors/ipp_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "answers.h"
#include "collectors/ipp_documents.h"

static void add_number(ipp_t *ipp, ipp_tag_t tag, const char *name, int value)
{
	ippAddInteger(ipp, IPP_TAG_PRINTER, tag, name, value);
}

static void add_word(ipp_t *ipp, ipp_tag_t tag, const char *name,
		     const char *value)
{
	ippAddString(ipp, IPP_TAG_PRINTER, tag, name, NULL, value);
}

/* The value of the n-th setting of this id; NULL = there is none. */
static const char *setting(const struct collected *c, const char *id, int n)
{
	const struct item *root = c->documents[DOCUMENT_NVM];

	for (const struct item *i = root != NULL ? root->children : NULL;
	     i != NULL; i = i->next) {
		if (strcmp(item_text(i, "Id"), id) == 0 && n-- == 0) {
			return item_text(i, "Value");
		}
	}
	return NULL;
}

static void each_kind_of_value_is_read(void **state)
{
	static const int finishings[] = { 4, 5 };
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	add_number(ipp, IPP_TAG_INTEGER, "copies-default", 1);
	add_number(ipp, IPP_TAG_INTEGER, "media-bottom-margin-default", 423);
	add_number(ipp, IPP_TAG_ENUM, "print-quality-default", 4);
	add_number(ipp, IPP_TAG_ENUM, "orientation-requested-default", 99);
	add_word(ipp, IPP_TAG_KEYWORD, "sides-default", "one-sided");
	add_word(ipp, IPP_TAG_KEYWORD, "output-bin-default", "face-down");
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM, "finishings-default",
		       2, finishings);
	ippAddResolution(ipp, IPP_TAG_PRINTER, "printer-resolution-default",
			 IPP_RES_PER_INCH, 600, 1200);
	answers_collect(ipp, &c);
	assert_null(c.strays);
	assert_string_equal(setting(&c, "copies-default", 0), "1");
	assert_string_equal(setting(&c, "media-bottom-margin-default", 0),
			    "4230");
	assert_string_equal(setting(&c, "print-quality-default", 0), "normal");
	assert_string_equal(setting(&c, "orientation-requested-default", 0),
			    "99");
	assert_string_equal(setting(&c, "sides-default", 0), "one-sided");
	assert_string_equal(setting(&c, "output-bin-default", 0), "face-down");
	assert_string_equal(setting(&c, "finishings-default", 0), "staple");
	assert_string_equal(setting(&c, "finishings-default", 1), "punch");
	assert_string_equal(setting(&c, "printer-resolution-default", 0),
			    "600x1200");
	collected_clear(&c);
	ippDelete(ipp);
}

static void dots_per_centimetre_become_dots_per_inch(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	ippAddResolution(ipp, IPP_TAG_PRINTER, "printer-resolution-default",
			 IPP_RES_PER_CM, 236, 118);
	answers_collect(ipp, &c);
	assert_string_equal(setting(&c, "printer-resolution-default", 0),
			    "599x300");
	collected_clear(&c);
	ippDelete(ipp);
}

static void a_name_that_somebody_chose_is_no_setting(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	add_word(ipp, IPP_TAG_NAME, "print-color-mode-default", "KimSpecimen");
	add_word(ipp, IPP_TAG_TEXT, "sides-default", "Specimen");
	add_number(ipp, IPP_TAG_ENUM, "copies-default", 3);
	answers_collect(ipp, &c);
	assert_null(c.documents[DOCUMENT_NVM]);
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void an_output_bin_is_a_setting_of_the_owner(void **state)
{
	static const ipp_tag_t tags[] = { IPP_TAG_NAME, IPP_TAG_KEYWORD };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ipp_t *ipp = answers_new();
		struct collected c;
		add_word(ipp, tags[i], "output-bin-default", "mail box of Kim");
		answers_collect(ipp, &c);
		assert_null(c.strays);
		assert_string_equal(item_text(c.documents[DOCUMENT_NVM],
					      "OwnerSetting/Value"),
				    "mail box of Kim");
		assert_null(item_find(c.documents[DOCUMENT_NVM], "Setting"));
		collected_clear(&c);
		ippDelete(ipp);
	}
}

static void what_is_not_in_the_list_is_not_asked_for(void **state)
{
	const struct field *id = document_field(&document_nvm, "Setting/Id");
	const struct field *own =
		document_field(&document_nvm, "OwnerSetting/Id");

	(void)state;
	for (size_t i = 0; ipp_documents_attributes[i] != NULL; i++) {
		const char *name = ipp_documents_attributes[i];
		size_t len = strlen(name);
		if (len > 8 && strcmp(name + len - 8, "-default") == 0) {
			assert_true(field_word_in(id->choices, name) ||
				    field_word_in(own->choices, name));
		}
	}
}

static void nothing_and_no_value_break_nothing(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	ippAddOutOfBand(ipp, IPP_TAG_PRINTER, IPP_TAG_NOVALUE,
			"copies-default");
	add_number(ipp, IPP_TAG_INTEGER, "media-bottom-margin-default", -1);
	add_number(ipp, IPP_TAG_INTEGER, "printer-resolution-default", 600);
	ippAddResolution(ipp, IPP_TAG_PRINTER, "number-up-default",
			 IPP_RES_PER_INCH, 1, 1);
	answers_collect(ipp, &c);
	assert_null(c.documents[DOCUMENT_NVM]);
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_value_is_read),
		cmocka_unit_test(dots_per_centimetre_become_dots_per_inch),
		cmocka_unit_test(a_name_that_somebody_chose_is_no_setting),
		cmocka_unit_test(an_output_bin_is_a_setting_of_the_owner),
		cmocka_unit_test(what_is_not_in_the_list_is_not_asked_for),
		cmocka_unit_test(nothing_and_no_value_break_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
