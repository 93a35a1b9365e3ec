/*
 * The command line of the SNMP collector, and secrets in files.
 */
#include "collectors/snmp_target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "tests/support/folder.h"

struct files {
	char dir[256];
	char auth[300], priv[300];
};

static void write_file(const char *path, const char *text, mode_t mode)
{
	struct err err = { 0 };

	assert_true(files_write(path, text, strlen(text), mode, &err));
}

static int begin(void **state)
{
	static struct files files;

	folder_make(files.dir, sizeof(files.dir));
	snprintf(files.auth, sizeof(files.auth), "%s/auth", files.dir);
	snprintf(files.priv, sizeof(files.priv), "%s/priv", files.dir);
	write_file(files.auth, "first secret\n", 0600);
	write_file(files.priv, "other secret", 0640);
	*state = &files;
	return 0;
}

static int end(void **state)
{
	const struct files *files = *state;

	folder_remove(files->dir);
	return 0;
}

/* ERR_NONE = it was taken. */
static enum err_kind kind_of(const struct snmp_options *options)
{
	struct snmp_target target = { .port = 0 };
	struct err err = { 0 };
	bool taken = snmp_target_read(&target, options, &err);

	snmp_target_clear(&target);
	assert_int_equal(taken, err.kind == ERR_NONE);
	return err.kind;
}

static void hosts_have_names_addresses_and_ports(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		bool v6;
	} rows[] = {
		{ "printer.example", "printer.example", 161, false },
		{ "192.0.2.7:1161", "192.0.2.7", 1161, false },
		{ "[2001:db8::7]", "2001:db8::7", 161, true },
		{ "[fe80::1%eth0]:65535", "fe80::1%eth0", 65535, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct snmp_target t = { .port = 0 };
		struct snmp_options o = { .host = rows[i].text };
		struct err err = { 0 };
		assert_true(snmp_target_read(&t, &o, &err));
		assert_string_equal(t.host, rows[i].host);
		assert_int_equal(t.port, rows[i].port);
		assert_int_equal(t.is_v6, rows[i].v6);
		assert_int_equal(t.level, SNMP_LEVEL_COMMUNITY);
		assert_string_equal(buf_str(&t.community), "public");
		assert_int_equal(t.timeout_s, 30);
		assert_int_equal(t.retries, 3);
		snmp_target_clear(&t);
	}
}

static void what_is_no_host_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",           ":161",      "host:",    "host:0",
		"host:65536", "host:x",    "a b",      "unix:/tmp/x",
		"::1",        "[::1",      "[::1]161", "[]",
		"host/path",  "udp:h:161", "tcp:h",    "[::1]:",
	};
	struct snmp_options o = { .host = NULL };

	(void)state;
	assert_int_equal(kind_of(&o), ERR_INVALID);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		o.host = wrong[i];
		assert_int_equal(kind_of(&o), ERR_INVALID);
	}
}

static void times_have_bounds(void **state)
{
	static const struct snmp_options wrong[] = {
		{ .host = "h", .timeout = "0" },
		{ .host = "h", .timeout = "601" },
		{ .host = "h", .timeout = "1s" },
		{ .host = "h", .retries = "11" },
		{ .host = "h", .retries = "-1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(kind_of(&wrong[i]), ERR_INVALID);
	}
}

static void a_user_has_both_secrets_unless_it_says_otherwise(void **state)
{
	const struct files *f = *state;
	struct snmp_options o = { .host = "h",
				  .user = "reader",
				  .auth_file = f->auth,
				  .priv_file = f->priv,
				  .auth_protocol = "SHA-256",
				  .context = "printer" };
	struct snmp_target t = { .port = 0 };
	struct err err = { 0 };

	assert_true(snmp_target_read(&t, &o, &err));
	assert_int_equal(t.level, SNMP_LEVEL_PRIV);
	assert_int_equal(t.auth, SNMP_AUTH_SHA256);
	assert_int_equal(t.priv, SNMP_PRIV_AES);
	assert_string_equal(buf_str(&t.auth_secret), "first secret");
	assert_string_equal(buf_str(&t.priv_secret), "other secret");
	assert_string_equal(t.user, "reader");
	assert_string_equal(t.context, "printer");
	snmp_target_clear(&t);
	assert_int_equal(t.auth_secret.len, 0);
	o.priv_file = NULL;
	assert_int_equal(kind_of(&o), ERR_INVALID);
	o.level = "authNoPriv";
	assert_int_equal(kind_of(&o), ERR_NONE);
	o.auth_file = NULL;
	assert_int_equal(kind_of(&o), ERR_INVALID);
	o.level = "noAuthNoPriv";
	assert_int_equal(kind_of(&o), ERR_NONE);
}

static void options_that_do_not_fit_are_refused(void **state)
{
	const struct files *f = *state;
	const struct snmp_options wrong[] = {
		{ .host = "h", .level = "authPriv" },
		{ .host = "h", .auth_file = f->auth },
		{ .host = "h", .context = "x" },
		{ .host = "h", .user = "u", .community_file = f->auth },
		{ .host = "h", .user = "" },
		{ .host = "h", .user = "u", .level = "" },
		{ .host = "h", .user = "u", .level = "authpriv" },
		{ .host = "h",
		  .user = "u",
		  .level = "noAuthNoPriv",
		  .auth_file = f->auth },
		{ .host = "h",
		  .user = "u",
		  .level = "authNoPriv",
		  .auth_file = f->auth,
		  .priv_file = f->priv },
		{ .host = "h",
		  .user = "u",
		  .auth_file = f->auth,
		  .priv_file = f->priv,
		  .auth_protocol = "MD5" },
		{ .host = "h",
		  .user = "u",
		  .auth_file = f->auth,
		  .priv_file = f->priv,
		  .priv_protocol = "DES" },
		{ .host = "h",
		  .user = "a name that is longer than thirty-two" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(kind_of(&wrong[i]), ERR_INVALID);
	}
}

static void secrets_are_one_line_that_not_everybody_reads(void **state)
{
	const struct files *f = *state;
	const struct snmp_options community = { .host = "h",
						.community_file = f->auth };
	const struct snmp_options user = { .host = "h",
					   .user = "u",
					   .level = "authNoPriv",
					   .auth_file = f->auth };
	char big[SNMP_SECRET_MAX + 2];

	assert_int_equal(kind_of(&community), ERR_NONE);
	write_file(f->auth, "first secret\n", 0644);
	assert_int_equal(kind_of(&community), ERR_DENIED);
	write_file(f->auth, "short\r\n", 0600);
	assert_int_equal(kind_of(&community), ERR_NONE);
	assert_int_equal(kind_of(&user), ERR_INVALID);
	write_file(f->auth, "two lines\nof secrets\n", 0600);
	assert_int_equal(kind_of(&community), ERR_INVALID);
	write_file(f->auth, "\n", 0600);
	assert_int_equal(kind_of(&community), ERR_INVALID);
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	write_file(f->auth, big, 0600);
	assert_int_equal(kind_of(&community), ERR_INVALID);
	big[SNMP_SECRET_MAX] = '\0';
	write_file(f->auth, big, 0600);
	assert_int_equal(kind_of(&community), ERR_NONE);
	const struct snmp_options missing = { .host = "h",
					      .community_file = "/nowhere" };
	assert_int_equal(kind_of(&missing), ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_have_names_addresses_and_ports),
		cmocka_unit_test(what_is_no_host_is_refused),
		cmocka_unit_test(times_have_bounds),
		TEST(a_user_has_both_secrets_unless_it_says_otherwise),
		TEST(options_that_do_not_fit_are_refused),
		TEST(secrets_are_one_line_that_not_everybody_reads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
