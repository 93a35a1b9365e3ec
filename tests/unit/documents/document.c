/*
 * The tables themselves: what every row of every document must be.
 */
#include "documents/document.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "documents/log_line.h"

static void every_kind_is_in_the_list_once(void **state)
{
	unsigned seen = 0;
	const struct document *d;

	(void)state;
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		assert_in_range(d->kind, 1, DOCUMENT_KINDS - 1);
		assert_false(seen & (1u << d->kind));
		seen |= 1u << d->kind;
		assert_ptr_equal(document_of(d->kind), d);
		assert_ptr_equal(document_by_name(d->name), d);
		assert_true(strlen(d->title) > 0 && strlen(d->purpose) > 0);
	}
	assert_int_equal(seen, (1u << DOCUMENT_KINDS) - 2);
	assert_null(document_of(DOCUMENT_UNSET));
	assert_null(document_of(DOCUMENT_KINDS));
	assert_null(document_by_name("Mystery"));
	assert_null(document_by_name(NULL));
}

static bool is_upper_camel(const char *name)
{
	if (!isupper((unsigned char)name[0])) {
		return false;
	}
	for (const char *c = name; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c)) {
			return false;
		}
	}
	return true;
}

static const struct field *parent_row(const struct document *d,
				      const struct field *f)
{
	char parent[256];
	size_t len = (size_t)(field_name(f) - f->path);

	if (len == 0) {
		return NULL;
	}
	memcpy(parent, f->path, len - 1);
	parent[len - 1] = '\0';
	return document_field(d, parent);
}

/* The schema keeps a word in 64 bytes. */
static void check_words(const char *list)
{
	for (const char *at = list; at != NULL && *at != '\0';) {
		size_t len = strcspn(at, " ");
		assert_in_range(len, 1, 63);
		at += len + (at[len] == ' ');
	}
}

/* What redact.c takes for granted of a row, by its class and type. */
static void check_class(const struct document *d, const struct field *f)
{
	if (f->class == CLASS_NETWORK) {
		/* A pseudonym must be a value, and of no group. */
		assert_true(f->type == TYPE_TOKEN || f->type == TYPE_TEXT);
		assert_null(f->unit);
	}
	if (f->type == TYPE_LINE) {
		assert_int_equal(f->class, CLASS_MACHINE);
		assert_non_null(d->forms);
	}
	if (f->moment) {
		assert_int_equal(f->type, TYPE_TIME);
		assert_int_equal(f->class, CLASS_MACHINE);
		assert_non_null(strchr(f->path, '/'));
		for (const struct field *g = d->fields; g < f; g++) {
			assert_false(g->moment);
		}
	}
}

static void check_row(const struct document *d, const struct field *f)
{
	check_class(d, f);
	check_words(f->choices);
	check_words(f->units);
	assert_int_not_equal(f->class, CLASS_UNSET);
	assert_int_not_equal(f->type, TYPE_UNSET);
	assert_true(is_upper_camel(field_name(f)));
	assert_non_null(f->source);
	assert_non_null(f->purpose);
	assert_null(strpbrk(f->purpose, "\t\n"));
	assert_null(strpbrk(f->source, "\t\n"));
	/* A row's name is found once, and its row is this one. */
	assert_ptr_equal(document_field(d, f->path), f);
	if (strchr(f->path, '/') != NULL) {
		const struct field *above = parent_row(d, f);
		assert_non_null(above);
		assert_true(above < f);
		assert_int_equal(above->type, TYPE_GROUP);
	}
	if (f->choices != NULL) {
		assert_int_equal(f->type, TYPE_KEYWORD);
	}
	if (f->units != NULL) {
		assert_non_null(f->unit);
		assert_true(field_word_in(f->units, f->unit));
	}
	if (f->required) {
		/* Else withholding it would take all around it along. */
		assert_int_equal(f->class, CLASS_MACHINE);
	}
	size_t steps = 1;
	for (const char *c = f->path; *c != '\0'; c++) {
		steps += *c == '/';
	}
	assert_in_range(steps, 1, FIELD_DEPTH_MAX);
	assert_true(strlen(f->path) < 200);
	/* The schema's note, and a line of a page. */
	assert_in_range(strlen(f->purpose), 2, 100);
	assert_in_range(strlen(f->source), 2, 100);
}

static void every_row_is_complete(void **state)
{
	const struct document *d;

	(void)state;
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		assert_true(is_upper_camel(d->name));
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			check_row(d, f);
		}
	}
	assert_null(document_field(document_at(0), "Mystery"));
	assert_null(document_field(document_at(0), ""));
}

static void every_form_of_lines_can_be_read(void **state)
{
	const struct document *d;
	size_t forms = 0;

	(void)state;
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const char *const *form = d->forms;
		     form != NULL && *form != NULL; form++) {
			if (!log_line_form_ok(*form)) {
				fail_msg("%s", *form);
			}
			forms++;
		}
	}
	assert_true(forms > 10);
}

static void what_may_name_a_person_is_not_of_class_machine(void **state)
{
	static const struct {
		enum document_kind kind;
		const char *path;
		enum field_class class;
	} rows[] = {
		{ DOCUMENT_STATUS, "PrinterStateMessage", CLASS_JOB },
		{ DOCUMENT_STATUS, "ConsoleText", CLASS_JOB },
		{ DOCUMENT_STATUS, "QueuedJobCount", CLASS_JOB },
		{ DOCUMENT_CONFIGURATION, "PrinterInfo", CLASS_PERSONAL },
		{ DOCUMENT_CONFIGURATION, "InputTray/Name", CLASS_PERSONAL },
		{ DOCUMENT_CONFIGURATION, "PrinterName", CLASS_NETWORK },
		{ DOCUMENT_CONFIGURATION, "PrinterUri", CLASS_NETWORK },
		{ DOCUMENT_CONFIGURATION, "HostName", CLASS_NETWORK },
		{ DOCUMENT_CONFIGURATION, "Uuid", CLASS_NETWORK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct field *f =
			document_field(document_of(rows[i].kind), rows[i].path);
		if (f == NULL || f->class != rows[i].class) {
			fail_msg("%s: class %d, not %d", rows[i].path,
				 f != NULL ? (int)f->class : -1,
				 (int)rows[i].class);
		}
	}
	for (const struct field *f = document_customer_info.fields;
	     f->path != NULL; f++) {
		assert_int_equal(f->class, CLASS_PERSONAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_in_the_list_once),
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(every_form_of_lines_can_be_read),
		cmocka_unit_test(
			what_may_name_a_person_is_not_of_class_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
