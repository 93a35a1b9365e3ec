/*
 * What changed since somebody agreed, as people read it.
 */
#include "documents/difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "documents/service.h"

static void expect(const struct difference *d, enum difference_kind kind,
		   const char *what, const char *before, const char *now)
{
	assert_int_equal(d->kind, kind);
	assert_string_equal(d->what, what);
	assert_string_equal(d->before, before);
	assert_string_equal(d->now, now);
}

static void changed_words_are_told_by_their_titles(void **state)
{
	static const char before[] = "text sluice.service/v1\nname metering\n"
				     "title Metering\npurpose To bill\n"
				     "sends counters\nnever names\n"
				     "when daily\n";
	static const char now[] = "text sluice.service/v1\nname metering\n"
				  "title Metering\npurpose To bill\n"
				  "sends counters, serial number\n"
				  "when daily\noff you read them\n";
	struct difference_list list = { NULL, 0 };

	(void)state;
	difference_words(before, now, &list);
	assert_int_equal(list.count, 3);
	expect(&list.at[0], DIFFERENCE_CHANGED, "Sends", "counters",
	       "counters, serial number");
	expect(&list.at[1], DIFFERENCE_GONE, "Never sends", "names", "");
	expect(&list.at[2], DIFFERENCE_NEW, "If not allowed", "",
	       "you read them");
	difference_clear(&list);
	assert_int_equal(list.count, 0);
	difference_words(now, now, &list);
	assert_int_equal(list.count, 0);
}

static void nothing_changes_from_one_moment_to_the_next(void **state)
{
	struct difference_list list = { NULL, 0 };
	const struct service *s;

	(void)state;
	for (size_t n = 0; (s = control_at(n)) != NULL; n++) {
		struct buf text = BUF_INIT, rows = BUF_INIT;
		service_put_text(&text, s);
		service_put_catalogue(&rows, s);
		difference_words(buf_str(&text), buf_str(&text), &list);
		difference_fields(buf_str(&rows), buf_str(&rows), &list);
		assert_int_equal(list.count, 0);
		buf_clear(&text);
		buf_clear(&rows);
	}
}

#define COLUMNS "\tone\toptional\t-\t-\t-\tx\t"
#define A_COUNTER "A\tcounter\tmachine" COLUMNS "To bill\n"
#define A_PERSONAL "A\tcounter\tpersonal" COLUMNS "To bill\n"
#define B_TOKEN "B\ttoken\tmachine" COLUMNS "Why\n"
#define C_TOKEN "C\ttoken\tmachine" COLUMNS "More\n"

static void fields_are_told_with_purpose_and_class(void **state)
{
	static const char before[] =
		"service metering\ndocument Billing\n" A_COUNTER B_TOKEN;
	static const char now[] =
		"service metering\ndocument Billing\n" A_PERSONAL C_TOKEN
		"document Elsewhere\n" A_COUNTER;
	struct difference_list list = { NULL, 0 };

	(void)state;
	difference_fields(before, now, &list);
	assert_int_equal(list.count, 4);
	expect(&list.at[0], DIFFERENCE_CHANGED, "Billing, A",
	       "To bill; class machine", "To bill; class personal");
	expect(&list.at[1], DIFFERENCE_NEW, "Billing, C", "",
	       "More; class machine");
	/* A document that this version does not know keeps its name. */
	expect(&list.at[2], DIFFERENCE_NEW, "Elsewhere, A", "",
	       "To bill; class machine");
	expect(&list.at[3], DIFFERENCE_GONE, "Billing, B", "Why; class machine",
	       "");
	difference_clear(&list);
}

static void whatever_changes_in_a_field_is_seen(void **state)
{
	static const char head[] = "document SuppliesUsage\n";
	/* The columns of catalogue.c, one of them changed at a time. */
	static const char *const columns[10] = {
		"Supply/Level", "level",   "machine", "one",
		"optional",     "percent", "-",       "percent items",
		"prtLevel",     "To ship"
	};
	struct difference_list list = { NULL, 0 };

	(void)state;
	for (size_t changed = 1; changed < 10; changed++) {
		struct buf before = BUF_INIT, now = BUF_INIT;
		buf_put_str(&before, head);
		buf_put_str(&now, head);
		for (size_t i = 0; i < 10; i++) {
			const char *end = i < 9 ? "\t" : "\n";
			buf_printf(&before, "%s%s", columns[i], end);
			buf_printf(&now, "%s%s",
				   i == changed ? "other" : columns[i], end);
		}
		difference_fields(buf_str(&before), buf_str(&now), &list);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.at[0].kind, DIFFERENCE_CHANGED);
		assert_string_equal(list.at[0].what,
				    "Supplies Usage, Supply/Level");
		assert_non_null(strstr(list.at[0].now, "other"));
		assert_non_null(strstr(list.at[0].before, columns[changed]));
		assert_string_not_equal(list.at[0].before, list.at[0].now);
		difference_clear(&list);
		buf_clear(&before);
		buf_clear(&now);
	}
}

static void forms_of_lines_come_and_go(void **state)
{
	static const char before[] = "document Engineering\n"
				     "form\t{time} a {number}\n"
				     "form\t{time} b {number}\n";
	static const char now[] = "document Engineering\n"
				  "form\t{time} a {personal}\n"
				  "form\t{time} b {number}\n";
	struct difference_list list = { NULL, 0 };

	(void)state;
	difference_fields(before, now, &list);
	assert_int_equal(list.count, 2);
	expect(&list.at[0], DIFFERENCE_NEW, "a form of log lines", "",
	       "{time} a {personal}");
	expect(&list.at[1], DIFFERENCE_GONE, "a form of log lines",
	       "{time} a {number}", "");
	difference_clear(&list);
}

static void another_order_is_no_difference(void **state)
{
	static const char before[] = "document Nvm\n" A_COUNTER B_TOKEN;
	static const char now[] = "document Nvm\n" B_TOKEN A_COUNTER;
	struct difference_list list = { NULL, 0 };

	(void)state;
	difference_fields(before, now, &list);
	assert_int_equal(list.count, 0);
}

static void texts_of_another_form_do_no_harm(void **state)
{
	static const char *const strange[] = {
		"",
		"\n\n\n",
		"document ",
		"document",
		"document \n",
		"form",
		"form\t",
		"form\t\n",
		"\t\t\t\n",
		"A\tb",
		"no tab at all",
		"A\t\t\t\t\t\n",
		"purpose",
		"purpose ",
		" x\n",
		"document X\nA\t",
		"A\tb\nA\tc\n",
		"sends a\nsends b\n",
	};
	struct difference_list list = { NULL, 0 };
	const size_t count = sizeof(strange) / sizeof(strange[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			difference_words(strange[i], strange[k], &list);
			difference_fields(strange[i], strange[k], &list);
		}
		difference_words(NULL, strange[i], &list);
		difference_fields(strange[i], NULL, &list);
	}
	for (size_t i = 0; i < list.count; i++) {
		assert_int_not_equal(list.at[i].kind, DIFFERENCE_UNSET);
		assert_non_null(list.at[i].what);
		assert_non_null(list.at[i].before);
		assert_non_null(list.at[i].now);
	}
	difference_clear(&list);
	difference_words(NULL, NULL, &list);
	difference_fields(NULL, NULL, &list);
	assert_int_equal(list.count, 0);
}

static void a_new_service_is_new_in_all_its_fields(void **state)
{
	struct difference_list list = { NULL, 0 };
	struct buf rows = BUF_INIT;
	size_t wanted = 0;

	(void)state;
	service_put_catalogue(&rows, service_of(SERVICE_ENGINEERING));
	difference_fields("", buf_str(&rows), &list);
	for (const struct field *f = document_engineering.fields;
	     f->path != NULL; f++) {
		wanted++;
	}
	for (const struct field *f = document_customer_info.fields;
	     f->path != NULL; f++) {
		wanted++;
	}
	for (const char *const *form = document_engineering.forms;
	     *form != NULL; form++) {
		wanted++;
	}
	assert_int_equal(list.count, wanted);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(list.at[i].kind, DIFFERENCE_NEW);
		assert_string_equal(list.at[i].before, "");
		assert_true(strlen(list.at[i].now) > 0);
	}
	difference_clear(&list);
	buf_clear(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_words_are_told_by_their_titles),
		cmocka_unit_test(nothing_changes_from_one_moment_to_the_next),
		cmocka_unit_test(fields_are_told_with_purpose_and_class),
		cmocka_unit_test(whatever_changes_in_a_field_is_seen),
		cmocka_unit_test(forms_of_lines_come_and_go),
		cmocka_unit_test(another_order_is_no_difference),
		cmocka_unit_test(texts_of_another_form_do_no_harm),
		cmocka_unit_test(a_new_service_is_new_in_all_its_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
