/*
 * Logs of the simulated printer: which lines have a form and which have not.
 */
#include "collectors/sim_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "documents/log_line.h"
#include "sim_reading.h"

/* Lines that are in no form on purpose: the end of their beginning. */
static bool is_free(const char *line)
{
	static const char *const begins[] = { " engine: operator ",
					      " panel: fax header set to " };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (strncmp(line + strcspn(line, " "), begins[i],
			    strlen(begins[i])) == 0) {
			return true;
		}
	}
	return strcmp(line, "-- mark --") == 0;
}

struct seen {
	size_t lines, free_lines;
	unsigned classes;
	unsigned forms; /* bits, by place in the list */
};

static void look(const char *text, struct seen *seen)
{
	const char *const *forms = document_engineering.forms;
	struct log_line line;

	seen->lines++;
	if (!log_line_match(forms, text, &line)) {
		if (!is_free(text)) {
			fail_msg("in no form: %s", text);
		}
		seen->free_lines++;
		return;
	}
	for (size_t i = 0; i < line.count; i++) {
		seen->classes |= 1u << line.slots[i].class;
	}
	for (size_t i = 0; forms[i] != NULL; i++) {
		seen->forms |= forms[i] == line.form ? 1u << i : 0;
	}
}

static void look_at_all(const struct collected *c, struct seen *seen)
{
	const struct item *logs = c->documents[DOCUMENT_ENGINEERING];

	for (const struct item *l = logs->children; l != NULL; l = l->next) {
		for (const struct item *i = l->children; i != NULL;
		     i = i->next) {
			if (i->field->type == TYPE_LINE) {
				look(i->text, seen);
			}
		}
	}
}

static void lines_have_a_form_but_those_that_must_not(void **state)
{
	struct seen seen = { 0, 0, 0, 0 };

	(void)state;
	for (int days = 3; days <= 120; days += 3) {
		struct sim_engine e;
		struct collected c;
		sim_reading_after(days, &e, &c);
		look_at_all(&c, &seen);
		collected_clear(&c);
	}
	assert_true(seen.free_lines > 0);
	assert_true(seen.lines > 5 * seen.free_lines);
	assert_int_equal(seen.classes,
			 1u << CLASS_MACHINE | 1u << CLASS_NETWORK |
				 1u << CLASS_PERSONAL | 1u << CLASS_JOB);
	/* All but one of the 21 forms: nobody signs out. */
	assert_int_equal(__builtin_popcount(seen.forms), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_a_form_but_those_that_must_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
