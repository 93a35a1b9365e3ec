/*
 * Questions to the rows of one document. See rows.h.
 */
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void rows_are_machine_but(const struct document *d,
			  const struct row_class *others)
{
	for (const struct row_class *o = others; o->path != NULL; o++) {
		if (document_field(d, o->path) == NULL) {
			fail_msg("%s has no %s", d->name, o->path);
		}
	}
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		enum field_class wanted = CLASS_MACHINE;
		for (const struct row_class *o = others; o->path != NULL; o++) {
			if (strcmp(o->path, f->path) == 0) {
				wanted = o->class;
			}
		}
		if (f->class != wanted) {
			fail_msg("%s/%s is of class %s, not %s", d->name,
				 f->path, field_class_name(f->class),
				 field_class_name(wanted));
		}
	}
}

void rows_moment_is(const struct document *d, const char *path, bool required)
{
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		assert_int_equal(f->moment, strcmp(f->path, path) == 0);
	}
	assert_int_equal(document_field(d, path)->required, required);
}

static bool takes(const struct document *d, const char *path, const char *value)
{
	const struct field *f = document_field(d, path);

	if (f == NULL) {
		fail_msg("%s has no %s", d->name, path);
		return false;
	}
	return field_check(f, value, f->unit, NULL);
}

void row_takes(const struct document *d, const char *path, const char *value)
{
	if (!takes(d, path, value)) {
		fail_msg("%s/%s refuses %s", d->name, path, value);
	}
}

void row_refuses(const struct document *d, const char *path, const char *value)
{
	if (takes(d, path, value)) {
		fail_msg("%s/%s takes %s", d->name, path, value);
	}
}
