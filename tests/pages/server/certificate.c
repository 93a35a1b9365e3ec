/*
 * One certificate on the console, and its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/ledger.h"
#include "domain/roles.h"
#include "server/certificates.h"
#include "tests/pages/server/staff.h"

static void revoking_needs_the_box_and_is_for_good(void **state)
{
	struct staff *staff = *state;
	struct err err = { 0 };
	char path[96], text[128];
	snprintf(path, sizeof(path), "/certificate/%s",
		 staff->server.device.sha256);
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, path));
	assert_true(staff_sees(staff, staff->server.device.sha256));
	assert_true(staff_sees(staff, "a request that staff took in"));
	assert_true(staff_sees(staff, "Valid until"));
	assert_int_equal(400, staff_post(staff, path, "reason=lost", true));
	assert_true(staff_sees(staff, "Tick the box first"));
	assert_true(staff_sees(staff, "value=\"lost\""));
	assert_int_equal(403, staff_post(staff, path, "sure=1", false));
	assert_true(certificates_check(staff->server.server.db,
				       staff->server.device.sha256, SAMPLES_NOW,
				       &err));
	assert_int_equal(303, staff_post(staff, path, "sure=1&reason=key+lost",
					 true));
	snprintf(text, sizeof(text), "%s?done=revoked", path);
	char sent[128];
	assert_string_equal(text, staff_sent_to(staff, sent, sizeof(sent)));
	assert_int_equal(200, staff_get(staff, text));
	assert_true(staff_sees(staff, "The certificate is revoked."));
	assert_true(staff_sees(staff, "desk: key lost"));
	assert_false(staff_sees(staff, "Revoke the certificate"));
	assert_false(certificates_check(staff->server.server.db,
					staff->server.device.sha256,
					SAMPLES_NOW, &err));
	assert_int_equal(1, samples_entries(&staff->server, LEDGER_ENROLMENT));
	/* The device without one is among those that need something. */
	assert_int_equal(200, staff_get(staff, "/enrol"));
	assert_true(staff_sees(staff, "Revoked"));
	assert_true(staff_sees(staff, "/device/" SAMPLES_DEVICE));
}

static void what_is_not_there_is_not_found(void **state)
{
	struct staff *staff = *state;
	char path[96];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(404, staff_get(staff, "/certificate/x"));
	memset(path, 0, sizeof(path));
	strcpy(path, "/certificate/");
	memset(path + strlen(path), '0', 64);
	assert_int_equal(404, staff_get(staff, path));
	assert_int_equal(404, staff_post(staff, path, "sure=1", true));
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_ENROLMENT));
}

static void who_is_no_staff_sees_none(void **state)
{
	struct staff *staff = *state;
	char path[96];
	snprintf(path, sizeof(path), "/certificate/%s",
		 staff->server.device.sha256);
	staff_sign_in(staff, "clerk", ROLE_ADMIN | ROLE_JOB_DATA);
	assert_int_equal(200, staff_get(staff, "/account"));
	assert_int_equal(403, staff_get(staff, path));
	assert_int_equal(403, staff_post(staff, path, "sure=1", true));
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_ENROLMENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(revoking_needs_the_box_and_is_for_good),
		STAFF_TEST(what_is_not_there_is_not_found),
		STAFF_TEST(who_is_no_staff_sees_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
