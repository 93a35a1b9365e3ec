/* Catalogue: all that can be sent, for everybody who is signed in. */
#include "documents/document.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void every_field_of_every_document_is_there(void **state)
{
	struct answer answer = pages_get(&pages, &pages.operator, "/catalogue");
	const struct document *d;

	(void)state;
	expect_status(&answer, 200);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		expect_words(&answer, d->purpose);
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			if (f->type != TYPE_GROUP) {
				expect_words(&answer, f->purpose);
			}
		}
	}
	expect_text(&answer, "engine: jam at sensor {number}");
	expect_text(&answer, "Part of: Metering.");
	answer_clear(&answer);
}

static void what_never_leaves_is_marked(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, "/catalogue");

	(void)state;
	expect_text(&answer, "Secret</span>");
	expect_text(&answer, "Job</span>");
	expect_text(&answer, "<td data-label=\"Leaves\">never</td>");
	answer_clear(&answer);
}

static void about_leads_to_it(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, "/about");

	(void)state;
	expect_text(&answer, "href=\"/catalogue\"");
	answer_clear(&answer);
	answer = pages_get(&pages, NULL, "/about");
	expect_no_text(&answer, "href=\"/catalogue\"");
	answer_clear(&answer);
	expect_get(&pages, NULL, "/catalogue", 303);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_every_document_is_there),
		cmocka_unit_test(what_never_leaves_is_marked),
		cmocka_unit_test(about_leads_to_it),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
