/*
 * What holds for every page of the table: who may see it, what a form must
 * carry, which fields it takes, what the browser is told. A new page is in
 * these tests as soon as it is in the table.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cgi/device/pages.h"
#include "tests/pages/support.h"
#include "web/csrf.h"

static struct pages pages;
static struct person persons[4];

static const unsigned roles[] = {
	ROLE_ADMIN,
	ROLE_CUSTOMER,
	ROLE_OPERATOR,
	ROLE_AUDITOR,
};

static int set_up(void **state)
{
	static const char *const names[] = { "ada", "carl", "olga", "audrey" };

	*state = &pages;
	pages_make(&pages);
	for (size_t i = 0; i < 4; i++) {
		persons[i] = pages_person(&pages, names[i], roles[i]);
	}
	return 0;
}

/* An address of the page: "*" becomes something that does not exist. */
static const char *address(const struct page *page, char *dst, size_t size)
{
	snprintf(dst, size, "%s", page->path);

	char *star = strchr(dst, '*');

	if (star != NULL) {
		*star = '\0';
		strncat(dst, "999999", size - strlen(dst) - 1);
	}
	return dst;
}

static struct answer ask(const struct page *page, const struct person *who)
{
	char path[128];
	struct call call = {
		.method = (page->methods & METHOD_BIT(METHOD_GET)) != 0
				  ? "GET"
				  : "POST",
		.path = address(page, path, sizeof(path)),
		.who = who,
	};

	return pages_call(&pages, &call);
}

static void each_role_sees_its_pages_and_no_other(void **state)
{
	(void)state;
	for (const struct page *p = device_pages; p->path != NULL; p++) {
		for (size_t i = 0; i < 4; i++) {
			struct answer answer = ask(p, &persons[i]);
			bool may = roles_allow(p->role, roles[i], true);
			bool get = (p->methods & METHOD_BIT(METHOD_GET)) != 0;

			/* a POST row beside a GET row has tests of its own */
			if (may == (answer.status == 403) && get) {
				fail_msg("%s as role %u: %d", p->path, roles[i],
					 answer.status);
			}
			if (strcmp(p->path, "/logout") == 0) {
				char name[24];

				snprintf(name, sizeof(name), "again%zu", i);
				persons[i] =
					pages_person(&pages, name, roles[i]);
			}
			answer_clear(&answer);
		}
	}
}

static void without_signing_in_pages_lead_to_the_sign_in(void **state)
{
	struct person visitor = pages_visitor();

	(void)state;
	for (const struct page *p = device_pages; p->path != NULL; p++) {
		struct answer answer = ask(p, &visitor);
		char to[1024];

		answer_field(&answer, "Location", to, sizeof(to));
		if ((p->role & ROLE_ANYBODY) != 0) {
			assert_int_not_equal(answer.status, 403);
		} else if (strncmp(to, "/login", 6) != 0) {
			fail_msg("%s leads to \"%s\", status %d", p->path, to,
				 answer.status);
		}
		answer_clear(&answer);
	}
}

static void a_form_without_its_token_changes_nothing(void **state)
{
	char stale[CSRF_TOKEN_SIZE];
	struct person everything =
		pages_person(&pages, "erin",
			     ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR |
				     ROLE_AUDITOR | ROLE_JOB_DATA);
	const char *const tokens[] = { "", "wrong", stale };

	(void)state;
	csrf_token(stale, "another-session");
	for (const struct page *p = device_pages; p->path != NULL; p++) {
		char path[128];
		struct call call = {
			.method = "POST",
			.path = address(p, path, sizeof(path)),
			.who = &everything,
		};

		if ((p->methods & METHOD_BIT(METHOD_POST)) == 0) {
			continue;
		}
		for (size_t i = 0; i < 3; i++) {
			call.csrf = tokens[i];

			struct answer answer = pages_call(&pages, &call);

			expect_status(&answer, 403);
			expect_text(&answer, "too old");
			expect_text(&answer, "Nothing was changed");
			answer_clear(&answer);
		}
		call.csrf = NULL;
		call.site = "cross-site";

		struct answer answer = pages_call(&pages, &call);

		expect_status(&answer, 403);
		answer_clear(&answer);
	}
	assert_true(pages_ledger_count(&pages, "refused", "token") >= 10);
	assert_true(pages_ledger_count(&pages, "refused", "another site") > 5);
}

static void an_unknown_method_is_refused_with_what_is_allowed(void **state)
{
	static const char *const methods[] = { "DELETE",  "PUT", "TRACE",
					       "OPTIONS", "get", "" };

	(void)state;
	for (const struct page *p = device_pages; p->path != NULL; p++) {
		char path[128];
		char allow[64];
		struct call call = {
			.path = address(p, path, sizeof(path)),
			.who = &persons[0],
		};

		for (size_t i = 0; i < 6; i++) {
			call.method = methods[i];

			struct answer answer = pages_call(&pages, &call);

			expect_status(&answer, 405);
			answer_field(&answer, "Allow", allow, sizeof(allow));
			assert_true(strstr(allow, "GET") != NULL ||
				    strstr(allow, "POST") != NULL);
			answer_clear(&answer);
		}
	}
}

static void an_unknown_path_is_not_found_in_plain_words(void **state)
{
	static const char *const paths[] = {
		"/nothing",    "/log/1/2",     "/users/",      "/Services",
		"//",          "/log/",        "/send/../log", "/services/",
		"/index.html", "/.git/config",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct answer answer = pages_get(&pages, &persons[0], paths[i]);

		expect_status(&answer, 404);
		expect_text(&answer, "There is no such page");
		expect_text(&answer, "Reference");
		answer_clear(&answer);
	}
}

static void a_field_that_no_page_declared_is_refused(void **state)
{
	struct person everything =
		pages_person(&pages, "fred",
			     ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR |
				     ROLE_AUDITOR | ROLE_JOB_DATA);

	(void)state;
	for (const struct page *p = device_pages; p->path != NULL; p++) {
		char path[128];
		struct call call = {
			.method = "POST",
			.path = address(p, path, sizeof(path)),
			.who = &everything,
			.form = "admin=1",
		};

		if ((p->methods & METHOD_BIT(METHOD_GET)) != 0) {
			call.method = "GET";
			call.query = "admin=1";
		}
		struct answer answer = pages_call(&pages, &call);

		expect_status(&answer, 400);
		expect_text(&answer, "has no field");
		answer_clear(&answer);
	}
}

/* Every field of every form and query, one after the other. */
static void put_hostile(const struct web_field *fields, size_t n,
			struct buf *out)
{
	for (size_t i = 0; fields[i].name != NULL; i++) {
		urlencoded_put(out, fields[i].name,
			       i == n ? PAGES_HOSTILE : "1");
	}
}

static void try_hostile(const struct page *p, const struct person *who,
			const struct web_field *fields, bool post)
{
	for (size_t n = 0; fields[n].name != NULL; n++) {
		struct buf pairs = BUF_INIT;
		char path[128];

		put_hostile(fields, n, &pairs);

		struct call call = {
			.method = post ? "POST" : "GET",
			.path = address(p, path, sizeof(path)),
			.query = post ? NULL : buf_str(&pairs),
			.form = buf_str(&pairs),
			.who = who,
		};
		struct answer answer = pages_call(&pages, &call);

		if (answer.status >= 500) {
			fail_msg("%s field %s: %d", p->path, fields[n].name,
				 answer.status);
		}
		expect_no_text(&answer, "<script>alert");
		expect_no_text(&answer, "\"1\")<");
		answer_clear(&answer);
		buf_clear(&pairs);
	}
}

static void hostile_text_in_every_field_stays_text(void **state)
{
	struct person everything =
		pages_person(&pages, "gina",
			     ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR |
				     ROLE_AUDITOR | ROLE_JOB_DATA);

	(void)state;
	for (const struct page *p = device_pages; p->path != NULL; p++) {
		if (p->query != NULL &&
		    (p->methods & METHOD_BIT(METHOD_GET)) != 0) {
			try_hostile(p, &everything, p->query, false);
		}
		if (p->form != NULL && strcmp(p->path, "/login") != 0) {
			try_hostile(p, &everything, p->form, true);
		}
	}
}

static void a_form_of_10_mb_is_refused_before_it_is_read(void **state)
{
	struct call call = {
		.method = "POST",
		.path = "/services",
		.who = &persons[1],
		.content_length = "10485760",
	};
	struct answer answer = pages_call(&pages, &call);

	(void)state;
	expect_status(&answer, 413);
	expect_text(&answer, "The form is too large");
	answer_clear(&answer);

	call.content_length = "-1";
	answer = pages_call(&pages, &call);
	expect_status(&answer, 400);
	answer_clear(&answer);

	call.content_length = "100";
	answer = pages_call(&pages, &call);
	expect_status(&answer, 400);
	answer_clear(&answer);

	call.content_length = NULL;
	call.content_type = "multipart/form-data; boundary=x";
	answer = pages_call(&pages, &call);
	expect_status(&answer, 400);
	answer_clear(&answer);
}

static void every_answer_carries_the_security_fields(void **state)
{
	static const char *const fields[] = {
		"X-Content-Type-Options: nosniff",
		"Referrer-Policy: no-referrer",
		"Cross-Origin-Opener-Policy: same-origin",
		"Cross-Origin-Resource-Policy: same-origin",
		"Strict-Transport-Security: max-age=",
		"Cache-Control: no-store",
		"frame-ancestors 'none'",
		"Content-Security-Policy: default-src 'none'",
	};

	(void)state;
	for (const struct page *p = device_pages; p->path != NULL; p++) {
		struct answer answer = ask(p, &persons[1]);

		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]);
		     i++) {
			if (strstr(answer.head, fields[i]) == NULL) {
				fail_msg("%s without %s", p->path, fields[i]);
			}
		}
		assert_null(strstr(answer.head, "unsafe"));
		expect_no_text(&answer, "style=");
		expect_no_text(&answer, "onclick");
		if (strcmp(p->path, "/logout") == 0) {
			persons[1] =
				pages_person(&pages, "carla", ROLE_CUSTOMER);
		}
		answer_clear(&answer);
	}
}

static void a_refused_role_stands_in_the_log(void **state)
{
	size_t before = pages_ledger_count(&pages, "refused", "role");
	struct answer answer = pages_get(&pages, &persons[3], "/users");

	(void)state;
	expect_status(&answer, 403);
	expect_text(&answer, "Your account has no role for this page. "
			     "Those who may: admin.");
	answer_clear(&answer);
	assert_int_equal(pages_ledger_count(&pages, "refused", "role"),
			 before + 1);
}

static void the_reference_of_an_error_is_in_the_running_log(void **state)
{
	struct answer answer = pages_get(&pages, &persons[0], "/nothing");
	const char *at = strstr(answer.body, "R-20");
	char reference[18];

	(void)state;
	assert_non_null(at);
	snprintf(reference, sizeof(reference), "%s", at);

	char *log = pages_running_log(&pages);

	assert_non_null(strstr(log, reference));
	mem_free(log);
	answer_clear(&answer);
}

static void a_broken_database_shows_no_details(void **state)
{
	struct pages broken;
	char path[128];

	(void)state;
	pages_make(&broken);
	snprintf(path, sizeof(path), "%s/state/sluice.db", broken.dir);
	db_close(broken.db);
	broken.db = NULL;
	assert_int_equal(remove(path), 0);

	struct answer answer = pages_get(&broken, NULL, "/");

	expect_status(&answer, 503);
	expect_no_text(&answer, "sluice.db");
	expect_no_text(&answer, broken.dir);
	answer_clear(&answer);
	pages_remove(&broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_sees_its_pages_and_no_other),
		cmocka_unit_test(without_signing_in_pages_lead_to_the_sign_in),
		cmocka_unit_test(a_form_without_its_token_changes_nothing),
		cmocka_unit_test(
			an_unknown_method_is_refused_with_what_is_allowed),
		cmocka_unit_test(an_unknown_path_is_not_found_in_plain_words),
		cmocka_unit_test(a_field_that_no_page_declared_is_refused),
		cmocka_unit_test(hostile_text_in_every_field_stays_text),
		cmocka_unit_test(a_form_of_10_mb_is_refused_before_it_is_read),
		cmocka_unit_test(every_answer_carries_the_security_fields),
		cmocka_unit_test(a_refused_role_stands_in_the_log),
		cmocka_unit_test(
			the_reference_of_an_error_is_in_the_running_log),
		cmocka_unit_test(a_broken_database_shows_no_details),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
