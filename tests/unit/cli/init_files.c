/* Texts that "sluice init" writes, read back by the real readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/init_files.h"
#include "domain/device_config.h"

static const struct init_plan plan = {
	.conf = "/d/sluice.conf",
	.folder = "/d",
	.id = "ex7-1",
	.title = "Example 7",
	.serial = "EX7-1",
	.server_name = "comms.example",
	.server_port = 8443,
	.server_address = "127.0.0.1",
	.port = 8631,
	.listen = "127.0.0.1",
	.static_folder = "/usr/share/sluice/static",
	.user = "",
	.pages_user = "",
	.collectors = { 1,
			{ { "sim", (char *)(uintptr_t) "/bin/true", "-a b",
			    "" } } },
	.job_sources = { 1,
			 { { "spool", (char *)(uintptr_t) "/bin/false",
			     "/var/jobs", "" } } },
};

static void load(const struct buf *text, struct device_config *config)
{
	char *dir = capture_make_dir();
	char *path = files_join(dir, "sluice.conf");
	struct err err = { 0 };
	assert_true(files_write(path, text->data, text->len, 0644, &err));
	if (!device_config_load(path, config, &err)) {
		fail_msg("%s", err.text);
	}
	mem_free(path);
	capture_remove_dir(dir);
}

static void the_first_configuration_holds_what_was_asked(void **state)
{
	(void)state;
	struct buf text = BUF_INIT;
	struct device_config config;
	init_put_conf(&plan, &text);
	load(&text, &config);
	assert_string_equal(config.id, "ex7-1");
	assert_string_equal(config.title, "Example 7");
	assert_string_equal(config.serial, "EX7-1");
	assert_string_equal(config.server_name, "comms.example");
	assert_string_equal(config.server_address, "127.0.0.1");
	assert_int_equal(config.server_port, 8443);
	assert_int_equal(config.page_port, 8631);
	assert_int_equal(config.collectors_count, 1);
	assert_string_equal(config.collectors[0].name, "sim");
	assert_string_equal(config.collectors[0].program, "/bin/true");
	assert_string_equal(config.collectors[0].arguments, "-a b");
	assert_int_equal(config.job_sources_count, 1);
	assert_string_equal(config.job_sources[0].run.name, "spool");
	assert_string_equal(config.job_sources[0].title, "spool");
	assert_string_equal(config.job_sources[0].run.program, "/bin/false");
	assert_string_equal(config.job_sources[0].run.arguments, "/var/jobs");
	device_config_clear(&config);
	buf_clear(&text);
}

static void every_setting_is_explained_in_the_first_configuration(void **state)
{
	(void)state;
	struct buf text = BUF_INIT;
	init_put_conf(&plan, &text);
	for (const struct config_setting *s = device_config_settings;
	     s->section != NULL; s++) {
		if (s->section[strlen(s->section) - 1] != ':') {
			assert_non_null(strstr(buf_str(&text), s->help));
		}
	}
	buf_clear(&text);
}

static void the_web_server_gets_every_value(void **state)
{
	(void)state;
	struct buf text = BUF_INIT;
	init_put_lighttpd(&plan, &text);
	const char *conf = buf_str(&text);
	assert_non_null(strstr(conf, "server.port = 8631\n"));
	assert_non_null(strstr(conf, "server.bind = \"127.0.0.1\"\n"));
	assert_non_null(strstr(conf, "ssl.pemfile = \"/d/web/pages.pem\"\n"));
	assert_non_null(strstr(conf, "\"SLUICE_CONF\" => \"/d/sluice.conf\""));
	assert_non_null(strstr(conf, "\"/usr/share/sluice/static/\""));
	assert_null(strstr(conf, "server.username"));
	assert_null(strchr(conf, '@'));
	buf_reset(&text);
	struct init_plan with_user = plan;
	with_user.pages_user = "www-data";
	init_put_lighttpd(&with_user, &text);
	assert_non_null(
		strstr(buf_str(&text), "server.username = \"www-data\"\n"));
	buf_clear(&text);
}

static void check_set(const char *before, const char *after)
{
	struct buf out = BUF_INIT;
	init_set_server(before, "new.example", 8443, &out);
	assert_string_equal(buf_str(&out), after);
	buf_clear(&out);
}

static void provisioning_changes_name_and_port_only(void **state)
{
	(void)state;
	check_set("# c\n[device]\nname = x\nid = a\n[server]\n# n\nname = o\n"
		  "#port = 443\naddress = 1\n[pages]\nport = 1\n",
		  "# c\n[device]\nname = x\nid = a\n[server]\n# n\n"
		  "name = new.example\nport = 8443\naddress = 1\n[pages]\n"
		  "port = 1\n");
	check_set("[server]\naddress = 1\n[pages]\nport = 1\n",
		  "[server]\naddress = 1\nname = new.example\nport = 8443\n"
		  "[pages]\nport = 1\n");
	check_set("[device]\nid = a",
		  "[device]\nid = a\n\n[server]\nname = new.example\n"
		  "port = 8443\n");
	check_set("[server]\nname = o\nname = p\nport=1\n",
		  "[server]\nname = new.example\nport = 8443\n");
}

static void a_first_configuration_can_be_provisioned(void **state)
{
	(void)state;
	struct buf text = BUF_INIT, changed = BUF_INIT;
	struct device_config config;
	struct init_plan bare = plan;
	bare.server_name[0] = '\0';
	init_put_conf(&bare, &text);
	init_set_server(buf_str(&text), "new.example", 9443, &changed);
	load(&changed, &config);
	assert_string_equal(config.server_name, "new.example");
	assert_int_equal(config.server_port, 9443);
	assert_int_equal(config.page_port, 8631);
	device_config_clear(&config);
	buf_clear(&text);
	buf_clear(&changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_configuration_holds_what_was_asked),
		cmocka_unit_test(
			every_setting_is_explained_in_the_first_configuration),
		cmocka_unit_test(the_web_server_gets_every_value),
		cmocka_unit_test(provisioning_changes_name_and_port_only),
		cmocka_unit_test(a_first_configuration_can_be_provisioned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
