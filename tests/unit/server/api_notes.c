/*
 * Texts that devices ask for: who gets what, and only after being known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "server/sealed_custody.h"
#include "server/api_call.h"
#include "tests/unit/server/way.h"

static int ask(struct way *w, const char *path, const char *query)
{
	way_fresh_request(w);
	memory_param(&w->m, "QUERY_STRING", query);
	way_ask(w, "GET", path);
	return w->m.status;
}

static void a_device_asks_for_its_notices(void **state)
{
	struct samples *s = *state;
	const struct sealed_keeper keeper = sealed_keeper_of(s);
	struct sealed item;
	struct way w;
	struct err err = { 0 };
	way_open(&w, s, 1, 100);
	sealed_receive(s, SAMPLES_DEVICE, 1, 100, SAMPLES_NOW, &item);
	assert_true(sealed_custody_delete(&keeper, &item, "desk", SAMPLES_NOW,
					  &err));
	assert_int_equal(200, ask(&w, "/v1/notices", "after=0"));
	assert_non_null(strstr(w.m.content, "after 0\nlast 1\nnotice 1\n"
					    "kind deleted\n"));
	way_expect_type(&w, API_NOTE_TYPE);
	assert_int_equal(200, ask(&w, "/v1/notices", NULL));
	assert_int_equal(200, ask(&w, "/v1/notices", ""));
	assert_non_null(strstr(w.m.content, "last 1\n"));
	assert_int_equal(200, ask(&w, "/v1/notices", "after=1"));
	assert_non_null(strstr(w.m.content, "after 1\nlast 1\n\n"));
	/* Another device sees none of them; a stranger not even that. */
	way_fresh_request(&w);
	memory_param(&w.m, "SSL_CLIENT_CERT", buf_str(&s->other.pem));
	way_ask(&w, "GET", "/v1/notices");
	assert_non_null(strstr(w.m.content,
			       "device " SAMPLES_OTHER "\nafter 0\nlast 0\n"));
	memory_param(&w.m, "SSL_CLIENT_VERIFY", "NONE");
	way_ask(&w, "GET", "/v1/notices");
	way_expect_problem(&w, 403, "certificate");
	way_close(&w);
}

static void other_questions_are_refused(void **state)
{
	static const char *const bad[] = {
		"after",
		"after=",
		"after=-1",
		"after=1x",
		"before=1",
		"after=1&x=2",
		"after=9223372036854775808",
		"AFTER=1",
		"after=%31",
	};
	struct way w;
	way_open(&w, *state, 1, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(400, ask(&w, "/v1/notices", bad[i]));
		way_expect_problem(&w, 400, "syntax");
	}
	assert_int_equal(404, ask(&w, "/v1/notices/", NULL));
	way_ask(&w, "POST", "/v1/notices");
	way_expect_problem(&w, 405, "method");
	way_close(&w);
}

static void the_list_of_recipients_is_given_as_it_is(void **state)
{
	static const char note[] = "sluice.recipients/v1\nand more\n";
	struct samples *s = *state;
	struct way w;
	struct err err = { 0 };
	way_open(&w, s, 1, 100);
	assert_int_equal(404, ask(&w, "/v1/recipients", NULL));
	way_expect_problem(&w, 404, "path");
	char *path = files_join(s->config.state, SERVER_RECIPIENTS);
	assert_true(files_write(path, note, strlen(note), 0644, &err));
	assert_int_equal(200, ask(&w, "/v1/recipients", NULL));
	assert_string_equal(note, w.m.content);
	way_expect_type(&w, API_NOTE_TYPE);
	/* One that cannot be read is there, and is no empty one. */
	assert_int_equal(0, unlink(path));
	assert_int_equal(0, mkdir(path, 0755));
	assert_int_equal(503, ask(&w, "/v1/recipients", NULL));
	way_expect_problem(&w, 503, "storage");
	assert_int_equal(0, rmdir(path));
	mem_free(path);
	way_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_device_asks_for_its_notices),
		SAMPLES_TEST(other_questions_are_refused),
		SAMPLES_TEST(the_list_of_recipients_is_given_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
