/*
 * Making a server: whole or not at all, private keys private, nothing
 * overwritten.
 */
#include "server/founding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "base/files.h"
#include "base/mem.h"
#include "server/server_config.h"
#include "tests/support/folder.h"

struct place {
	char dir[64];
	char *conf;
};

static int set_up(void **state)
{
	struct place *p = mem_zalloc(sizeof(*p));
	folder_make(p->dir, sizeof(p->dir));
	p->conf = files_join(p->dir, "server/server.conf");
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	folder_remove(p->dir);
	mem_free(p->conf);
	mem_free(p);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define NOW 1795442400

static struct founding plan_of(const struct place *p)
{
	return (struct founding){
		.conf = p->conf,
		.name = "comms.example",
		.listen = "",
		.user = "",
		.web_user = "",
		.static_folder = "/usr/share/sluice/static",
		.api_port = 8443,
		.console_port = 8444,
	};
}

static unsigned mode_of(const struct place *p, const char *name)
{
	struct stat st;
	char *path = files_join(p->dir, name);
	assert_int_equal(0, stat(path, &st));
	mem_free(path);
	return st.st_mode & 0777;
}

static void a_server_is_made_whole(void **state)
{
	struct place *p = *state;
	struct founding plan = plan_of(p);
	struct server_config config;
	struct err err = { 0 };
	char code[SETUP_CODE_SIZE] = "";
	assert_true(founding_make(&plan, "root", NOW, code, &err));
	assert_int_equal(SETUP_CODE_SIZE - 1, strlen(code));
	assert_true(server_config_load(p->conf, &config, &err));
	assert_string_equal("comms.example", config.name);
	server_config_clear(&config);
	static const char *const secret[] = {
		"server/keys/server-ca.key",
		"server/keys/server.key",
		"server/keys/device-ca.key",
		"server/keys/receipt.key",
	};
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++) {
		assert_int_equal(0600, mode_of(p, secret[i]));
	}
	assert_int_equal(0700, mode_of(p, "server/keys"));
	assert_int_equal(0700, mode_of(p, "server/web/tmp"));
	assert_true(mode_of(p, "server/lighttpd.conf") != 0);
	assert_true(mode_of(p, "server/state/server.db") != 0);
	char *draft = files_join(p->dir, "server/server.conf.draft");
	assert_false(files_exists(draft));
	mem_free(draft);
}

static void nothing_is_overwritten(void **state)
{
	struct place *p = *state;
	struct founding plan = plan_of(p);
	struct err err = { 0 };
	struct buf before = BUF_INIT, after = BUF_INIT;
	char code[SETUP_CODE_SIZE];
	char *key = files_join(p->dir, "server/keys/receipt.key");
	assert_true(founding_make(&plan, "root", NOW, code, &err));
	assert_true(files_read(key, 4096, &before, &err));
	assert_false(founding_make(&plan, "root", NOW, code, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	assert_true(files_read(key, 4096, &after, &err));
	assert_string_equal(buf_str(&before), buf_str(&after));
	buf_clear(&before);
	buf_clear(&after);
	mem_free(key);
}

static void one_that_died_half_way_is_told(void **state)
{
	struct place *p = *state;
	struct founding plan = plan_of(p);
	struct err err = { 0 };
	char code[SETUP_CODE_SIZE];
	char *folder = files_join(p->dir, "server");
	char *draft = files_join(p->dir, "server/server.conf.draft");
	assert_true(files_make_dir(folder, 0755, &err));
	assert_true(files_write(draft, "x", 1, 0644, &err));
	assert_false(founding_make(&plan, "root", NOW, code, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	assert_non_null(strstr(err.text, "did not finish"));
	mem_free(folder);
	mem_free(draft);
}

static void wrong_plans_are_refused(void **state)
{
	struct place *p = *state;
	char code[SETUP_CODE_SIZE];
	for (int i = 0; i < 6; i++) {
		struct founding plan = plan_of(p);
		struct err err = { 0 };
		switch (i) {
		case 0:
			plan.name = "Not A Name";
			break;
		case 1:
			plan.name = "";
			break;
		case 2:
			plan.console_port = plan.api_port;
			break;
		case 3:
			plan.listen = "127.0.0.1\"\nssl.engine";
			break;
		case 4:
			plan.static_folder = "/a\nb";
			break;
		default:
			plan.web_user = "a;b";
			break;
		}
		assert_false(founding_make(&plan, "root", NOW, code, &err));
		assert_int_equal(ERR_INVALID, err.kind);
		assert_false(files_exists(p->conf));
	}
}

static void the_configuration_explains_every_key(void **state)
{
	struct place *p = *state;
	struct founding plan = plan_of(p);
	struct buf out = BUF_INIT;
	plan.listen = "127.0.0.1";
	founding_put_conf(&plan, &out);
	for (const struct config_setting *s = server_config_settings;
	     s->section != NULL; s++) {
		assert_non_null(strstr(buf_str(&out), s->help));
	}
	assert_non_null(strstr(buf_str(&out), "\nname = comms.example\n"));
	assert_non_null(strstr(buf_str(&out), "\nlisten = 127.0.0.1\n"));
	assert_non_null(strstr(buf_str(&out), "\n#user =\n"));
	buf_clear(&out);
}

static void lighttpd_is_told_to_verify_devices(void **state)
{
	struct place *p = *state;
	struct founding plan = plan_of(p);
	struct buf out = BUF_INIT;
	plan.listen = "::1";
	plan.web_user = "www-data";
	founding_put_lighttpd(&plan, "/srv/sluice", &out);
	const char *text = buf_str(&out);
	assert_null(strchr(text, '@'));
	static const char *const lines[] = {
		"server.port = 8443\n",
		"server.bind = \"[::1]\"\n",
		"\"[::1]:8444\"",
		"server.username = \"www-data\"\n",
		"ssl.verifyclient.activate = \"enable\"\n",
		/* Who has no certificate yet must reach enrolment. */
		"ssl.verifyclient.enforce = \"disable\"\n",
		"ssl.verifyclient.ca-file = \"/srv/sluice/keys/device-ca.pem\"",
		"server.stream-request-body = 2\n",
		"server.tag = \"\"\n",
		"\"socket\" => \"/srv/sluice/state/api.sock\"",
		"$HTTP[\"url\"] =~ \"^/\\.well-known/est/\" {\n",
		"\"socket\" => \"/srv/sluice/state/enrol.sock\"",
		"\"socket\" => \"/srv/sluice/state/console.sock\"",
		"\"/static/\" => \"/usr/share/sluice/static/\"",
		"\"MinProtocol\" => \"TLSv1.2\"",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_non_null(strstr(text, lines[i]));
	}
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_server_is_made_whole),
		TEST(nothing_is_overwritten),
		TEST(one_that_died_half_way_is_told),
		TEST(wrong_plans_are_refused),
		TEST(the_configuration_explains_every_key),
		TEST(lighttpd_is_told_to_verify_devices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
