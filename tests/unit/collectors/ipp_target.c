/* Addresses of printers, and printers that are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collectors/ipp_target.h"

#include <string.h>

static void an_address_is_taken_apart(void **state)
{
	(void)state;
	struct ipp_target t = { 0 };
	assert_true(ipp_target_read(&t, "--uri", "ipps://h.example/ipp/print",
				    NULL, NULL));
	assert_string_equal(t.host, "h.example");
	assert_string_equal(t.resource, "/ipp/print");
	assert_int_equal(t.port, 631);
	assert_true(t.tls);
	assert_int_equal(t.timeout_s, 20);
	assert_true(ipp_target_read(&t, "URI", "ipp://[::1]:8631/printers/a",
				    "5", NULL));
	assert_string_equal(t.host, "::1");
	assert_int_equal(t.port, 8631);
	assert_false(t.tls);
	assert_int_equal(t.timeout_s, 5);
}

static void others_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[][2] = {
		{ NULL, NULL },        { "http://h/", NULL },
		{ "ipp:", NULL },      { "ipp://user@h/", NULL },
		{ "", NULL },          { "ipp://h/", "0" },
		{ "ipp://h/", "601" }, { "ipp://h/", "soon" },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct ipp_target t = { 0 };
		struct err err = { .kind = ERR_NONE };
		assert_false(ipp_target_read(&t, "URI", wrong[i][0],
					     wrong[i][1], &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
}

static void nobody_there_is_told(void **state)
{
	(void)state;
	struct ipp_target t = { 0 };
	struct err err = { .kind = ERR_NONE };
	/* The discard port. */
	assert_true(
		ipp_target_read(&t, "URI", "ipp://127.0.0.1:9/", "5", NULL));
	assert_null(ipp_target_connect(&t, NULL, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, "127.0.0.1 port 9"));
	err_reset(&err);
	assert_null(ipp_target_connect(&t, "/nonexistent/socket", &err));
	assert_int_equal(err.kind, ERR_RETRY);
}

static void a_request_says_whom_and_who(void **state)
{
	(void)state;
	struct ipp_target t = { .uri = "ipp://h/" };
	ipp_t *request = ipp_target_request(&t, IPP_OP_GET_JOBS, "operator");
	assert_int_equal(ippGetOperation(request), IPP_OP_GET_JOBS);
	assert_string_equal(ippGetString(ippFindAttribute(request,
							  "printer-uri",
							  IPP_TAG_URI),
					 0, NULL),
			    "ipp://h/");
	assert_string_equal(
		ippGetString(ippFindAttribute(request, "requesting-user-name",
					      IPP_TAG_NAME),
			     0, NULL),
		"operator");
	ippDelete(request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_taken_apart),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(nobody_there_is_told),
		cmocka_unit_test(a_request_says_whom_and_who),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
