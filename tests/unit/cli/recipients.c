/* The list of recipients by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "tests/support/vendor.h"

#define DAY_S (24 * 60 * 60)

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

/* A file in the device's folder; its path is in path. */
static void put_file(const char *name, const struct buf *text, char path[256])
{
	snprintf(path, 256, "%s/%s", device.dir, name);
	assert_true(files_write(path, text->data, text->len, 0644, NULL));
}

static void trust_vendor(void)
{
	struct note_verifier vendor;
	struct buf text = BUF_INIT;
	char path[256];
	char *trust = files_join(device.dir, "trust");
	assert_true(files_make_dir(trust, 0755, NULL));
	vendor_verifier(&vendor);
	note_verifier_put(&text, &vendor);
	put_file("trust/vendor.verifier", &text, path);
	buf_clear(&text);
	mem_free(trust);
}

/* Imports a list with this number, as it would be made at this time. */
static void import(int code, uint64_t number, int64_t made, const char *words)
{
	struct recipients list;
	struct buf note = BUF_INIT;
	char path[256], line[300];
	vendor_list(&list, number, made);
	vendor_sign(&list, &note);
	put_file("list.note", &note, path);
	snprintf(line, sizeof(line), "recipients import %s", path);
	capture_device_check(&device, code, line, words);
	buf_clear(&note);
}

static void without_key_or_list_it_says_what_to_do(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "recipients",
			     "trust/vendor.verifier. Ask the vendor for it");
	trust_vendor();
	capture_device_check(&device, 0, "recipients",
			     "sluice recipients import");
	capture_device_check(&device, 0, "recipients --json",
			     "\"recipients\": []");
}

static void a_list_is_taken_in_and_shown(void **state)
{
	(void)state;
	struct capture c;
	trust_vendor();
	import(0, 7, clock_utc_now(), "Taken in: list 7 of Example Printers.");
	import(1, 6, clock_utc_now(), "number 7 was taken in already");
	capture_device_check(&device, 0, "recipients",
			     "List 7 of Example Printers, good until ");
	capture_device_check(&device, 0, "recipients", "Colour desk");
	capture_device_check(&device, 0, "recipients",
			     vendor_recipient_keys[1]);
	capture_device_run(&device, &c, 0, "recipients --json");
	json_t *all = json_loads(c.out, 0, NULL);
	assert_non_null(all);
	json_t *first = json_array_get(json_object_get(all, "recipients"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "kind")),
			    "desk");
	assert_string_equal(json_string_value(json_object_get(first, "key")),
			    vendor_recipient_keys[0]);
	assert_int_equal(json_integer_value(json_object_get(all, "number")), 7);
	json_decref(all);
	capture_clear(&c);
	capture_device_check(&device, 0, "log --kind configuration --csv",
			     "list of recipients taken in");
	capture_device_check(&device, 0, "log --kind refused --csv",
			     "command line: tester");
	capture_device_check(&device, 0, "log verify", NULL);
}

static void the_same_list_changes_nothing(void **state)
{
	(void)state;
	int64_t now = clock_utc_now();
	trust_vendor();
	import(0, 7, now, "Taken in");
	import(0, 7, now, "is here already; nothing was changed");
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	trust_vendor();
	import(1, 1, clock_utc_now() - 31 * DAY_S, "expired at");
	import(1, 1, clock_utc_now() + DAY_S, "Check the clock here");
	capture_device_check(&device, 1,
			     "recipients import /nonexistent/list.note",
			     "/nonexistent/list.note cannot be opened");
	capture_device_check(&device, 2, "recipients import",
			     "Something is missing");
	capture_device_check(&device, 0, "recipients", "no list of recipients");
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, set_up, capture_device_tear_down)
	const struct CMUnitTest tests[] = {
		T(without_key_or_list_it_says_what_to_do),
		T(a_list_is_taken_in_and_shown),
		T(the_same_list_changes_nothing),
		T(what_is_wrong_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
