/*
 * Which interfaces and addresses are told (src/net/probe.c): getifaddrs() is
 * this test's, so that the machine may have whatever it has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define UP (IFF_UP | IFF_RUNNING)
#define LIST_MAX 24
#define TEXT_MAX 200 /* probe.c */

/* One row of what the system tells. */
struct row {
	const char *name;
	unsigned flags;
	const char *address; /* NULL = none, "" = of another family */
};

static struct scene {
	struct ifaddrs list[LIST_MAX];
	char names[LIST_MAX][IFNAMSIZ];
	struct sockaddr_storage at[LIST_MAX];
	size_t count; /* 0 = nothing can be listed */
	int given;    /* lists that are not freed yet */
} system_has;

/* In place of the C library's. */
int getifaddrs(struct ifaddrs **list)
{
	if (system_has.count == 0) {
		errno = EACCES;
		return -1;
	}
	system_has.given++;
	*list = system_has.list;
	return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
	assert_ptr_equal(list, system_has.list);
	system_has.given--;
}

static void set_address(struct ifaddrs *one, struct sockaddr_storage *at,
			const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	one->ifa_addr = (struct sockaddr *)at;
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(at, &v4, sizeof(v4));
	} else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
		memcpy(at, &v6, sizeof(v6));
	} else {
		at->ss_family = AF_UNIX;
	}
}

static void has(const struct row *rows, size_t count)
{
	memset(&system_has, 0, sizeof(system_has));
	assert_true(count <= LIST_MAX);
	system_has.count = count;
	for (size_t i = 0; i < count; i++) {
		struct ifaddrs *one = &system_has.list[i];
		(void)snprintf(system_has.names[i], IFNAMSIZ, "%s",
			       rows[i].name);
		one->ifa_name = system_has.names[i];
		one->ifa_flags = rows[i].flags;
		one->ifa_next = i + 1 < count ? one + 1 : NULL;
		if (rows[i].address != NULL) {
			set_address(one, &system_has.at[i], rows[i].address);
		}
	}
}

static void expect(const char *want_names, const char *want_addresses)
{
	struct buf names = BUF_INIT, addresses = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	assert_true(probe_interfaces(&names, &addresses, &err));
	assert_string_equal(buf_str(&names), want_names);
	assert_string_equal(buf_str(&addresses), want_addresses);
	assert_int_equal(system_has.given, 0);
	buf_clear(&names);
	buf_clear(&addresses);
}

static void each_name_is_told_once_with_its_addresses(void **state)
{
	static const struct row rows[] = {
		{ "eth0", UP, "" },
		{ "eth0", UP, "192.0.2.14" },
		{ "wlan0", UP, "198.51.100.7" },
		{ "eth0", UP, "2001:db8::14" },
		{ "tun0", UP, NULL },
	};
	(void)state;
	has(rows, 5);
	expect("eth0, wlan0, tun0", "192.0.2.14, 198.51.100.7, 2001:db8::14");
	has(rows, 1);
	expect("eth0", "");
}

static void only_what_is_up_and_has_a_link_counts(void **state)
{
	static const struct row rows[] = {
		{ "lo", UP | IFF_LOOPBACK, "127.0.0.1" },
		{ "eth0", IFF_UP, "192.0.2.1" },
		{ "eth1", IFF_RUNNING, "192.0.2.2" },
		{ "eth2", 0, "192.0.2.3" },
		{ "eth3", UP | IFF_BROADCAST, "192.0.2.4" },
	};
	(void)state;
	has(rows, 5);
	expect("eth3", "192.0.2.4");
}

/* 169.254/16 and fe80::/10, which ends with febf. */
static void addresses_for_the_cable_alone_are_left_out(void **state)
{
	static const struct row rows[] = {
		{ "eth0", UP, "169.254.0.1" },    { "eth0", UP, "169.254.7.7" },
		{ "eth0", UP, "169.253.0.1" },    { "eth0", UP, "169.255.0.1" },
		{ "eth0", UP, "fe80::1" },        { "eth0", UP, "fe90::1" },
		{ "eth0", UP, "fea0::1" },        { "eth0", UP, "febf::1" },
		{ "eth0", UP, "fec0::1" },        { "eth0", UP, "fd00::1" },
		{ "eth0", UP, "2001:db8::fe80" }, { "eth0", UP, "2a01::1" },
	};
	(void)state;
	has(rows, sizeof(rows) / sizeof(rows[0]));
	expect("eth0", "169.253.0.1, 169.255.0.1, fec0::1, fd00::1, "
		       "2001:db8::fe80, 2a01::1");
}

/* To the byte. */
static void a_list_ends_where_it_would_be_too_long(void **state)
{
	struct row rows[LIST_MAX];
	struct buf want = BUF_INIT;
	char names[LIST_MAX][IFNAMSIZ];
	(void)state;
	for (size_t i = 0; i < LIST_MAX; i++) {
		(void)snprintf(names[i], IFNAMSIZ, "interface-%03zu-", i);
		rows[i] = (struct row){ names[i], UP, NULL };
	}
	for (size_t i = 0; i < 12; i++) {
		buf_printf(&want, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	assert_int_equal(want.len, 12 * 14 + 11 * 2);
	has(rows, LIST_MAX);
	expect(buf_str(&want), "");
	/* What still fits is told, behind what did not. */
	(void)snprintf(names[12], IFNAMSIZ, "%s", "123456789");
	(void)snprintf(names[13], IFNAMSIZ, "%s", "12345678");
	has(rows, 14);
	buf_put_str(&want, ", 12345678");
	assert_int_equal(want.len, TEXT_MAX);
	expect(buf_str(&want), "");
	buf_clear(&want);
}

static void what_cannot_be_listed_is_an_error(void **state)
{
	struct buf names = BUF_INIT, addresses = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	has(NULL, 0);
	assert_false(probe_interfaces(&names, &addresses, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(names.len + addresses.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_is_told_once_with_its_addresses),
		cmocka_unit_test(only_what_is_up_and_has_a_link_counts),
		cmocka_unit_test(addresses_for_the_cable_alone_are_left_out),
		cmocka_unit_test(a_list_ends_where_it_would_be_too_long),
		cmocka_unit_test(what_cannot_be_listed_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
