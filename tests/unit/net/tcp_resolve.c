/*
 * Names to addresses: numbers without a resolver, names with one that has a
 * deadline.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/tcp.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/no_sockets.h"

/* A label of more than 63 letters is in no name service: no packet is sent. */
#define LABEL_16 "abcdefghijklmnop"
#define NO_HOST LABEL_16 LABEL_16 LABEL_16 LABEL_16 ".test"

static bool resolve(const char *host, int port, struct tcp_addresses *found,
		    struct err *err)
{
	struct deadline soon = deadline_in(20000, -1);
	return tcp_resolve(host, port, &soon, found, err);
}

static void numbers_need_no_name_service(void **state)
{
	(void)state;
	struct tcp_addresses found;
	struct deadline over = deadline_in(0, -1);
	assert_true(tcp_resolve("192.0.2.7", 8443, &over, &found, NULL));
	assert_int_equal(found.count, 1);
	struct sockaddr_in v4;
	memcpy(&v4, &found.list[0].at, sizeof(v4));
	assert_int_equal(v4.sin_family, AF_INET);
	assert_int_equal(ntohs(v4.sin_port), 8443);
	assert_int_equal(ntohl(v4.sin_addr.s_addr), 0xc0000207);
	assert_true(tcp_resolve("2001:db8::7", 1, &over, &found, NULL));
	assert_int_equal(found.list[0].at.ss_family, AF_INET6);
}

static void numbers_make_no_socket(void **state)
{
	(void)state;
	int status = 0;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct tcp_addresses found;
		bool ok = !no_sockets() ||
			  (resolve("127.0.0.1", 1, &found, NULL) &&
			   resolve("::1", 1, &found, NULL));
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void names_are_looked_up(void **state)
{
	(void)state;
	struct tcp_addresses found;
	struct err err = { .kind = ERR_NONE };
	if (!resolve("localhost", 80, &found, &err)) {
		fail_msg("%s", err.text);
	}
	assert_true(found.count >= 1);
}

static void a_name_that_nobody_knows_says_what_to_check(void **state)
{
	(void)state;
	struct tcp_addresses found = { .count = 99 };
	struct err err = { .kind = ERR_NONE };
	assert_false(resolve(NO_HOST, 80, &found, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, NO_HOST));
	assert_non_null(strstr(err.text, "DNS"));
	assert_int_equal(found.count, 99);
}

static void a_deadline_ends_the_search(void **state)
{
	(void)state;
	struct tcp_addresses found;
	struct err err = { .kind = ERR_NONE };
	struct deadline over = deadline_in(0, -1);
	assert_false(tcp_resolve(NO_HOST, 80, &over, &found, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child left */
}

static void bad_hosts_and_ports_are_refused(void **state)
{
	(void)state;
	struct tcp_addresses found;
	struct err err = { .kind = ERR_NONE };
	char host[300];
	memset(host, 'a', sizeof(host));
	host[254] = '\0';
	assert_false(resolve(host, 80, &found, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_false(resolve("", 80, &found, NULL));
	assert_false(resolve("127.0.0.1", 0, &found, NULL));
	assert_false(resolve("127.0.0.1", 65536, &found, NULL));
	assert_false(resolve("127.0.0.1", -1, &found, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_need_no_name_service),
		cmocka_unit_test(numbers_make_no_socket),
		cmocka_unit_test(names_are_looked_up),
		cmocka_unit_test(a_name_that_nobody_knows_says_what_to_check),
		cmocka_unit_test(a_deadline_ends_the_search),
		cmocka_unit_test(bad_hosts_and_ports_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
