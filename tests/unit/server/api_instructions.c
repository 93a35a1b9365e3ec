/*
 * GET /v1/instructions/N: a device gets its own and no other's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/api_call.h"
#include "tests/unit/server/instructions_samples.h"
#include "tests/unit/server/way.h"

static int ask(struct way *w, const char *path)
{
	way_fresh_request(w);
	way_ask(w, "GET", path);
	return w->m.status;
}

static void a_device_gets_its_own(void **state)
{
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 100);
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	(void)instruction_make(s, INSTRUCTION_RENEW);
	assert_int_equal(200, ask(&w, "/v1/instructions/1"));
	assert_non_null(strstr(w.m.content, "kind message\n"));
	way_expect_type(&w, API_NOTE_TYPE);
	assert_non_null(strstr(w.m.content, "\n\n\xe2\x80\x94 "));
	assert_int_equal(200, ask(&w, "/v1/instructions/2"));
	assert_non_null(strstr(w.m.content, "kind renew\n"));
	/* Another device has none; a stranger not even that. */
	way_fresh_request(&w);
	memory_param(&w.m, "SSL_CLIENT_CERT", buf_str(&s->other.pem));
	way_ask(&w, "GET", "/v1/instructions/1");
	assert_int_equal(404, w.m.status);
	memory_param(&w.m, "SSL_CLIENT_VERIFY", "NONE");
	way_ask(&w, "GET", "/v1/instructions/1");
	way_expect_problem(&w, 403, "certificate");
	way_close(&w);
}

static void other_paths_are_nothing(void **state)
{
	static const char *const bad[] = {
		"/v1/instructions",
		"/v1/instructions/",
		"/v1/instructions/0",
		"/v1/instructions/01",
		"/v1/instructions/-1",
		"/v1/instructions/+1",
		"/v1/instructions/1x",
		"/v1/instructions/1/",
		"/v1/instructions/2",
		"/v1/instructions/9223372036854775808",
		"/v1/instructions/99999999999999999999999999999999",
		"/v1/instructions/../notices",
	};
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 100);
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(404, ask(&w, bad[i]));
	}
	way_ask(&w, "POST", "/v1/instructions/1");
	way_expect_problem(&w, 405, "method");
	way_close(&w);
}

/* It is not said of one that cannot be read that there is none. */
static void a_fault_is_not_the_devices(void **state)
{
	struct samples *s = *state;
	struct stmt q;
	struct way w;
	way_open(&w, s, 1, 100);
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	assert_true(db_query(s->server.db, &q,
			     "ALTER TABLE instructions RENAME TO away", NULL));
	assert_true(db_run(&q, NULL));
	assert_int_equal(500, ask(&w, "/v1/instructions/1"));
	way_expect_problem(&w, 500, "internal");
	way_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_device_gets_its_own),
		SAMPLES_TEST(other_paths_are_nothing),
		SAMPLES_TEST(a_fault_is_not_the_devices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
