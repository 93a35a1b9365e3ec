/* sluice.conf (src/domain/device_config.c). */
#include "domain/device_config.h"

#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/support/folder.h"
#include "tests/unit/store/temporary_db.h"

struct place {
	char dir[64];
	char path[96];
};

static int make(void **state)
{
	struct place *p = mem_zalloc(sizeof(*p));
	folder_make(p->dir, sizeof(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/sluice.conf", p->dir);
	*state = p;
	return 0;
}

static int end(void **state)
{
	struct place *p = *state;
	folder_remove(p->dir);
	mem_free(p);
	return 0;
}

static void put(const struct place *p, const char *text)
{
	assert_done(files_write(p->path, text, strlen(text), 0600, err));
}

static void everything_but_the_id_has_a_preset(void **state)
{
	struct place *p = *state;
	struct device_config c;
	char state_dir[128];
	put(p, "[device]\nid = ex7-004211\n");
	assert_done(device_config_load(p->path, &c, err));
	assert_string_equal("ex7-004211", c.id);
	assert_string_equal("Printer", c.title);
	assert_string_equal("", c.serial);
	assert_string_equal(p->dir, c.folder);
	snprintf(state_dir, sizeof(state_dir), "%s/state", p->dir);
	assert_string_equal(state_dir, c.state);
	assert_int_equal(443, c.server_port);
	assert_int_equal(60, c.collect_timeout_s);
	assert_int_equal(0, c.collectors_count);
	device_config_clear(&c);
	device_config_clear(&c);
}

static void a_collector_has_the_name_of_a_file(void **state)
{
	struct place *p = *state;
	static const char *const wrong[] = { "..", ".hidden", "a/b", "../keys",
					     "two words" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[200];
		struct device_config c;
		struct err err = { .kind = ERR_NONE };
		snprintf(text, sizeof(text),
			 "[device]\nid = a\n[collector:%s]\n"
			 "program = /bin/true\n",
			 wrong[i]);
		put(p, text);
		assert_false(device_config_load(p->path, &c, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
}

static void values_and_collectors_are_read_in_order(void **state)
{
	struct place *p = *state;
	struct device_config c;
	put(p, "[device]\nid = a\nstate = /var/lib/sluice\n"
	       "keys = k\n[server]\nname = cs.example\nport = 8443\n"
	       "[collector:sim]\nprogram = /usr/bin/sim\narguments = -v x\n"
	       "[collector:ipp]\nprogram = /usr/bin/ipp\nuser = nobody\n");
	assert_done(device_config_load(p->path, &c, err));
	assert_string_equal("/var/lib/sluice", c.state);
	assert_int_equal(8443, c.server_port);
	assert_int_equal(2, c.collectors_count);
	assert_string_equal("sim", c.collectors[0].name);
	assert_string_equal("-v x", c.collectors[0].arguments);
	assert_string_equal("", c.collectors[0].user);
	assert_string_equal("/usr/bin/ipp", c.collectors[1].program);
	assert_string_equal("nobody", c.collectors[1].user);
	char *path = device_config_state_path(&c, "sluice.db");
	assert_string_equal("/var/lib/sluice/sluice.db", path);
	mem_free(path);
	path = device_config_key_path(&c, "ledger.key");
	assert_non_null(strstr(path, "/k/ledger.key"));
	mem_free(path);
	device_config_clear(&c);
}

static void wrong_files_are_refused(void **state)
{
	struct place *p = *state;
	struct device_config c;
	static const char *const wrong[] = {
		"",
		"[device]\nid =\n",
		"[device]\nid = Ex7\n",
		"[device]\nid = a b\n",
		"[device]\nid = ../a\n",
		"[device]\nid = "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaa\n",
		"[device]\nid = a\nidd = b\n",
		"[device]\nid = a\n[server]\nport = 0\n",
		"[device]\nid = a\n[server]\nport = 99999\n",
		"[device]\nid = a\n[collector:x]\nprogram = sim\n",
		"[device]\nid = a\n[collector:x]\nuser = nobody\n",
	};
	assert_fails(ERR_NOT_FOUND, device_config_load(p->path, &c, err));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put(p, wrong[i]);
		assert_fails(ERR_INVALID, device_config_load(p->path, &c, err));
	}
}

static void too_many_collectors_are_a_limit(void **state)
{
	struct place *p = *state;
	struct device_config c;
	struct buf text = BUF_INIT;
	buf_put_str(&text, "[device]\nid = a\n");
	for (int i = 0; i <= DEVICE_COLLECTORS_MAX; i++) {
		buf_printf(&text, "[collector:c%d]\nprogram = /bin/true\n", i);
	}
	put(p, buf_str(&text));
	buf_clear(&text);
	assert_fails(ERR_LIMIT, device_config_load(p->path, &c, err));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, end)
	const struct CMUnitTest tests[] = {
		T(everything_but_the_id_has_a_preset),
		T(values_and_collectors_are_read_in_order),
		T(a_collector_has_the_name_of_a_file),
		T(wrong_files_are_refused),
		T(too_many_collectors_are_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
