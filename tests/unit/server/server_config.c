/*
 * server.conf: what is read, what is refused.
 */
#include "server/server_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/support/folder.h"

#define LABEL_OF_64 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static bool load(const char *text, struct server_config *config,
		 struct err *err)
{
	char dir[64];
	folder_make(dir, sizeof(dir));
	char *path = files_join(dir, "server.conf");
	assert_true(files_write(path, text, strlen(text), 0600, err));
	bool ok = server_config_load(path, config, err);
	mem_free(path);
	folder_remove(dir);
	return ok;
}

static void a_name_is_enough(void **state)
{
	struct server_config c;
	struct err err = { 0 };
	(void)state;
	assert_true(load("[server]\nname = comms.example\n", &c, &err));
	assert_string_equal("comms.example", c.name);
	assert_int_equal(8443, c.api_port);
	assert_int_equal(8444, c.console_port);
	assert_int_equal(730, c.certificate_days);
	assert_non_null(strstr(c.vendor_verifier, "/vendor.verifier"));
	assert_int_equal(600, c.api_piece_s);
	assert_true(c.jobs_max_bytes == 17179869184);
	/* Of the largest file two fit, or one of them twice. */
	assert_true(c.day_bytes == 2 * c.jobs_max_bytes);
	assert_true(server_config_sealed_max(&c) == c.jobs_max_bytes);
	c.day_bytes = 16777216;
	assert_true(server_config_sealed_max(&c) == 16777216);
	assert_int_equal(90, c.jobs_keep_days);
	assert_int_equal(48, c.jobs_piece_hours);
	char *path = server_config_state_path(&c, "server.db");
	assert_non_null(strstr(path, "/state/server.db"));
	mem_free(path);
	path = server_config_key_path(&c, "receipt.key");
	assert_non_null(strstr(path, "/keys/receipt.key"));
	mem_free(path);
	server_config_clear(&c);
}

static void every_value_is_read(void **state)
{
	struct server_config c;
	struct err err = { 0 };
	(void)state;
	assert_true(load("[server]\nname = a.b\nstate = /var/s\nkeys = k\n"
			 "user = worker\n[web]\nlisten = 127.0.0.1\n"
			 "user = web\n[api]\nport = 443\nworkers = 9\n"
			 "body_s = 7\n[console]\nport = 444\nworkers = 3\n"
			 "[devices]\ncertificate_days = 30\n"
			 "day_bytes = 1048576\n"
			 "[jobs]\nvendor_verifier = /v/x.verifier\n"
			 "max_bytes = 5000000000\nkeep_days = 7\n"
			 "piece_hours = 3\n",
			 &c, &err));
	assert_string_equal("/var/s", c.state);
	assert_string_equal("worker", c.user);
	assert_string_equal("127.0.0.1", c.listen);
	assert_string_equal("web", c.web_user);
	assert_int_equal(443, c.api_port);
	assert_int_equal(9, c.api_workers);
	assert_int_equal(7, c.api_body_s);
	assert_int_equal(444, c.console_port);
	assert_int_equal(3, c.console_workers);
	assert_int_equal(30, c.certificate_days);
	assert_true(c.day_bytes == 1048576);
	assert_string_equal("/v/x.verifier", c.vendor_verifier);
	assert_true(c.jobs_max_bytes == 5000000000);
	assert_int_equal(7, c.jobs_keep_days);
	assert_int_equal(3, c.jobs_piece_hours);
	server_config_clear(&c);
}

static void what_is_wrong_is_refused(void **state)
{
	static const char *const bad[] = {
		"", /* no name */
		"[server]\nname = Comms.Example\n",
		"[server]\nname = a\nmystery = 1\n",
		"[server]\nname = a\n[api]\nport = 0\n",
		"[server]\nname = a\n[api]\nport = many\n",
		"[server]\nname = a\n[jobs]\nkeep_days = 0\n",
		/* less than one transmission */
		"[server]\nname = a\n[devices]\nday_bytes = 1048575\n",
		"[server]\nname = a\n[jobs]\nmax_bytes = -1\n",
		"[server]\nname = a\n[api]\nport = 8444\n", /* the console's */
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct server_config c;
		struct err err = { 0 };
		assert_false(load(bad[i], &c, &err));
		assert_int_equal(ERR_INVALID, err.kind);
	}
}

static void a_missing_file_is_told(void **state)
{
	struct server_config c;
	struct err err = { 0 };
	(void)state;
	assert_false(server_config_load("/nonexistent/server.conf", &c, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
}

static void names_are_dns_names(void **state)
{
	static const char *const good[] = { "a", "comms.example", "x-1.y2",
					    "localhost" };
	static const char *const bad[] = {
		"",          ".",       "a..b", ".a",       "a.",
		"-a",        "a-",      "A",    "a b",      "a_b",
		"192.0.2.1", "a,DNS:b", "a/b",  "\xc3\xa9", LABEL_OF_64,
	};
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(server_name_is_valid(good[i]));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(server_name_is_valid(bad[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_enough),
		cmocka_unit_test(every_value_is_read),
		cmocka_unit_test(what_is_wrong_is_refused),
		cmocka_unit_test(a_missing_file_is_told),
		cmocka_unit_test(names_are_dns_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
