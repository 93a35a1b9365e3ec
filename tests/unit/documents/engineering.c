/*
 * Engineering: the forms, each with a line that it is for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "documents/log_line.h"
#include "rows.h"
#include "samples.h"

static const struct document *const d = &document_engineering;

static void rows_are_of_class_machine_and_lines_by_form(void **state)
{
	static const struct row_class none[] = { { NULL, CLASS_UNSET } };

	(void)state;
	rows_are_machine_but(d, none);
	assert_int_equal(document_field(d, "Log/Line")->type, TYPE_LINE);
	row_takes(d, "Log/Name", "controller");
	row_refuses(d, "Log/Name", "log of Jane");
	row_refuses(d, "Log/Line", "two\nlines");
}

static void every_form_fits_its_own_line_first(void **state)
{
	(void)state;
	for (const char *const *form = d->forms; *form != NULL; form++) {
		struct buf text = BUF_INIT;
		struct log_line line;
		assert_true(log_line_form_ok(*form));
		samples_line(&text, d, *form);
		assert_true(log_line_match(d->forms, buf_str(&text), &line));
		assert_ptr_equal(line.form, *form);
		assert_int_equal(line.slots[0].len, strlen(SAMPLES_MOMENT));
		buf_clear(&text);
	}
}

static void lines_as_printers_write_them(void **state)
{
	static const struct {
		const char *text;
		enum field_class class; /* of a slot that is not machine's */
	} rows[] = {
		{ "engine: start, firmware 7.2.1", CLASS_MACHINE },
		{ "engine: state warming", CLASS_MACHINE },
		{ "engine: register 0x1f value 0xDEADBEEF", CLASS_MACHINE },
		{ "fuser: temperature 184.5 C, target 185 C", CLASS_MACHINE },
		{ "dfe: error 12 in rip", CLASS_MACHINE },
		{ "job: my thesis (final).pdf took 812 ms, 40 sheets",
		  CLASS_JOB },
		{ "network: lease fe80::1%eth0 for 3600 s", CLASS_NETWORK },
		{ "panel: signed in Jane Doe", CLASS_PERSONAL },
		{ "panel: signed out Jane Doe", CLASS_PERSONAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200] = SAMPLES_MOMENT " ";
		struct log_line line;
		enum field_class found = CLASS_MACHINE;
		strcat(text, rows[i].text);
		if (!log_line_match(d->forms, text, &line)) {
			fail_msg("%s", text);
		}
		for (size_t k = 0; k < line.count; k++) {
			if (line.slots[k].class != CLASS_MACHINE) {
				found = line.slots[k].class;
			}
		}
		assert_int_equal(found, rows[i].class);
	}
}

static void lines_that_say_more_have_no_form(void **state)
{
	static const char *const rows[] = {
		"engine: state warming for Jane",
		"engine: jam at sensor 7, sheet 3 of Salaries.pdf",
		"engine: start, firmware 7.2.1-jane",
		"engine: register 0x1f value 0x4a616e6520446f65",
		"panel: signed in",
		"panel: wrong password hunter2",
		"wifi: joined Jane's phone",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200] = SAMPLES_MOMENT " ";
		struct log_line line;
		strcat(text, rows[i]);
		if (log_line_match(d->forms, text, &line)) {
			fail_msg("%s fits %s", text, line.form);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_of_class_machine_and_lines_by_form),
		cmocka_unit_test(every_form_fits_its_own_line_first),
		cmocka_unit_test(lines_as_printers_write_them),
		cmocka_unit_test(lines_that_say_more_have_no_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
