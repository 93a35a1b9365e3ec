/* Words and marks that pages share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cgi/device/words.h"

static void expect_field(const char *name, const char *words)
{
	struct buf out = BUF_INIT;

	words_put_field(&out, name, strlen(name));
	assert_string_equal(buf_str(&out), words);
	buf_clear(&out);
}

static void names_of_fields_become_words(void **state)
{
	(void)state;
	expect_field("TotalImpressions", "Total impressions");
	expect_field("Supply[2]", "Supply 2");
	expect_field("PrinterContact/ContactName",
		     "Printer contact, contact name");
	expect_field("SerialNumber", "Serial number");
	expect_field("IPPVersion", "IPP version");
	expect_field("MakeURI", "Make URI");
	expect_field("A4", "A4");
	expect_field("", "");
}

static const char *tag_text(const json_t *object)
{
	return json_string_value(
		json_object_get(json_object_get(object, "tag"), "text"));
}

static void sent_is_never_said_without_a_receipt(void **state)
{
	json_t *object = json_object();

	(void)state;
	for (int i = OUTBOX_UNSET; i <= OUTBOX_CANCELLED; i++) {
		struct outbox_item item = { .state = (enum outbox_state)i };

		words_outbox_tag(object, "tag", &item);
		assert_int_equal(strstr(tag_text(object), "Sent,") != NULL,
				 i == OUTBOX_SENT);
	}
	json_decref(object);
}

static void services_stand_in_the_order_of_the_page(void **state)
{
	json_t *object = json_object();

	(void)state;
	words_services(object, "s",
		       SERVICE_BIT(SERVICE_SUPPLIES) |
			       SERVICE_BIT(SERVICE_METERING));
	assert_string_equal(json_string_value(json_object_get(object, "s")),
			    "Metering, Supplies");
	words_service_names(object, "s", "supplies nonsense");
	assert_string_equal(json_string_value(json_object_get(object, "s")),
			    "Supplies");
	words_service_names(object, "s", "personal metering");
	assert_string_equal(json_string_value(json_object_get(object, "s")),
			    "Metering, Personal data");
	words_service_names(object, "s", NULL);
	assert_string_equal(json_string_value(json_object_get(object, "s")),
			    "");
	json_decref(object);
}

static void an_unknown_result_is_shown_as_it_is(void **state)
{
	json_t *object = json_object();

	(void)state;
	words_result_tag(object, "tag", "strange");
	assert_string_equal(tag_text(object), "strange");
	words_result_tag(object, "tag", NULL);
	assert_string_equal(tag_text(object), "Recorded");
	json_decref(object);
}

static void every_class_has_a_mark_of_its_own(void **state)
{
	json_t *object = json_object();

	(void)state;
	words_class_tag(object, "tag", CLASS_NETWORK);
	assert_string_equal(tag_text(object), "Network");
	words_class_tag(object, "tag", CLASS_PERSONAL);
	assert_string_equal(tag_text(object), "Personal");
	words_class_tag(object, "tag", (enum field_class)99);
	assert_string_equal(tag_text(object), "Not in the catalogue");
	json_decref(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_fields_become_words),
		cmocka_unit_test(sent_is_never_said_without_a_receipt),
		cmocka_unit_test(services_stand_in_the_order_of_the_page),
		cmocka_unit_test(every_class_has_a_mark_of_its_own),
		cmocka_unit_test(an_unknown_result_is_shown_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
