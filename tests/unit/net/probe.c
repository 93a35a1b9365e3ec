/* What there is of the network (src/net/probe.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static void the_loopback_interface_is_none(void **state)
{
	(void)state;
	struct buf names = BUF_INIT, addresses = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	if (!probe_interfaces(&names, &addresses, &err)) {
		fail_msg("%s", err.text);
	}
	assert_null(strstr(buf_str(&addresses), "127.0.0.1"));
	assert_null(strstr(buf_str(&addresses), "fe80:"));
	/* No address without an interface. */
	assert_true(names.len > 0 || addresses.len == 0);
	buf_clear(&names);
	buf_clear(&addresses);
}

static void addresses_are_told_as_people_write_them(void **state)
{
	(void)state;
	static const char *const hosts[] = { "192.0.2.14", "2001:db8::14" };
	struct tcp_addresses all = { .count = 0 };
	struct deadline soon = deadline_in(1000, -1);
	for (size_t i = 0; i < 2; i++) {
		struct tcp_addresses one;
		assert_true(tcp_resolve(hosts[i], 443, &soon, &one, NULL));
		all.list[all.count++] = one.list[0];
	}
	struct buf text = BUF_INIT;
	probe_put_addresses(&text, &all);
	assert_string_equal(buf_str(&text), "192.0.2.14, 2001:db8::14");
	buf_clear(&text);
}

static void a_long_list_is_cut_between_addresses(void **state)
{
	(void)state;
	struct tcp_addresses all;
	struct deadline soon = deadline_in(1000, -1);
	assert_true(tcp_resolve("2001:db8:1111:2222:3333:4444:5555:6666", 443,
				&soon, &all, NULL));
	for (all.count = 1; all.count < TCP_ADDRESSES_MAX; all.count++) {
		all.list[all.count] = all.list[0];
	}
	struct buf text = BUF_INIT;
	probe_put_addresses(&text, &all);
	assert_in_range(text.len, 150, 200);
	assert_string_equal(buf_str(&text) + text.len - 5, ":6666");
	buf_clear(&text);
}

static void the_other_end_is_told(void **state)
{
	(void)state;
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len),
			 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, len), 0);
	struct buf text = BUF_INIT, want = BUF_INIT;
	probe_put_peer(&text, fd);
	buf_printf(&want, "127.0.0.1 port %u", ntohs(at.sin_port));
	assert_string_equal(buf_str(&text), buf_str(&want));
	buf_reset(&text);
	probe_put_peer(&text, -1);
	assert_int_equal(text.len, 0);
	buf_clear(&want);
	buf_clear(&text);
	(void)close(fd);
	(void)close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_loopback_interface_is_none),
		cmocka_unit_test(addresses_are_told_as_people_write_them),
		cmocka_unit_test(a_long_list_is_cut_between_addresses),
		cmocka_unit_test(the_other_end_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
