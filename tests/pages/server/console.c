/*
 * What is true for every page of the console.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/ledger.h"
#include "domain/roles.h"
#include "tests/pages/server/staff.h"

#include "cgi/server/pages.h"

/* The path of a row, with something real for "*". */
static const char *path_of(const struct staff *staff, const struct page *page,
			   char *dst, size_t size)
{
	char id[UUID_TEXT_SIZE];
	samples_transaction(id, 1);
	size_t len = strlen(page->path);
	if (page->path[len - 1] != '*') {
		return page->path;
	}
	snprintf(dst, size, "%.*s%s", (int)len - 1, page->path,
		 strstr(page->path, "device") != NULL ? SAMPLES_DEVICE
		 : strstr(page->path, "certificate") != NULL
			 ? staff->server.device.sha256
			 : id);
	return dst;
}

static void strangers_see_no_page_of_staff(void **state)
{
	struct staff *staff = *state;
	char dst[128];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff_receive(staff, SAMPLES_DEVICE, 1, SAMPLES_NOW);
	staff->cookie[0] = '\0';
	for (const struct page *p = console_pages; p->path != NULL; p++) {
		if (p->role == ROLE_ANYBODY || p->show == NULL) {
			continue;
		}
		assert_int_equal(303, staff_get(staff, path_of(staff, p, dst,
							       sizeof(dst))));
		assert_int_equal(
			0, strncmp("/login",
				   staff_sent_to(staff, dst, sizeof(dst)), 6));
	}
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
}

static void a_wrong_role_sees_no_page_of_staff(void **state)
{
	struct staff *staff = *state;
	char dst[128];
	staff_sign_in(staff, "clerk", ROLE_ADMIN);
	staff_receive(staff, SAMPLES_DEVICE, 1, SAMPLES_NOW);
	size_t refused = samples_entries(&staff->server, LEDGER_REFUSED);
	for (const struct page *p = console_pages; p->path != NULL; p++) {
		if (p->role == ROLE_STAFF) {
			assert_int_equal(403, staff_get(staff,
							path_of(staff, p, dst,
								sizeof(dst))));
			refused++;
		}
	}
	assert_int_equal(refused,
			 samples_entries(&staff->server, LEDGER_REFUSED));
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
}

static void every_page_of_staff_opens(void **state)
{
	struct staff *staff = *state;
	char dst[128], policy[512];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff_receive(staff, SAMPLES_DEVICE, 1, SAMPLES_NOW);
	for (const struct page *p = console_pages; p->path != NULL; p++) {
		if (p->role != ROLE_STAFF || p->template == NULL) {
			continue;
		}
		assert_int_equal(200, staff_get(staff, path_of(staff, p, dst,
							       sizeof(dst))));
		memory_header(&staff->m, "Content-Security-Policy", policy,
			      sizeof(policy));
		assert_non_null(strstr(policy, "default-src 'none'"));
		assert_true(staff_sees(staff, "Sign out"));
		assert_false(staff_sees(staff, "<script"));
	}
}

static void every_form_needs_its_token(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	for (const struct page *p = console_pages; p->path != NULL; p++) {
		if (p->act != NULL) {
			assert_true(p->writes);
			assert_int_equal(403,
					 staff_post(staff, p->path, "", false));
		}
	}
	assert_int_equal(200, staff_get(staff, "/devices"));
}

static void unknown_pages_fields_and_methods(void **state)
{
	struct staff *staff = *state;
	char text[64];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(404, staff_get(staff, "/nothing"));
	assert_int_equal(404, staff_get(staff, "/device/"));
	assert_int_equal(404, staff_get(staff, "/device/a/b"));
	assert_int_equal(400, staff_get(staff, "/devices?mystery=1"));
	assert_int_equal(405, staff_post(staff, "/devices", "", true));
	assert_string_equal("GET, HEAD", memory_header(&staff->m, "Allow", text,
						       sizeof(text)));
}

static void one_request_leaves_nothing_to_the_next(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_int_equal(0, staff->console->people.session.id);
	staff->cookie[0] = '\0';
	assert_int_equal(303, staff_get(staff, "/devices"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(strangers_see_no_page_of_staff),
		STAFF_TEST(a_wrong_role_sees_no_page_of_staff),
		STAFF_TEST(every_page_of_staff_opens),
		STAFF_TEST(every_form_needs_its_token),
		STAFF_TEST(unknown_pages_fields_and_methods),
		STAFF_TEST(one_request_leaves_nothing_to_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
