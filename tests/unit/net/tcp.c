/*
 * Connecting, sending and receiving on loopback.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/tcp.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A socket with a port of its own, which does not listen yet. */
static int bound_to_loopback(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static int listen_on_loopback(int *port)
{
	int fd = bound_to_loopback(port);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

static struct tcp_addresses resolve(const char *host, int port)
{
	struct tcp_addresses found;
	struct deadline soon = deadline_in(10000, -1);
	assert_true(tcp_resolve(host, port, &soon, &found, NULL));
	return found;
}

static int connect_to(const struct tcp_addresses *addresses, int port)
{
	struct deadline soon = deadline_in(10000, -1);
	struct err err = { .kind = ERR_NONE };
	int fd = -1;
	if (!tcp_connect(addresses, "127.0.0.1", port, &soon, &fd, &err)) {
		fail_msg("%s", err.text);
	}
	return fd;
}

static void a_connection_waits_for_nothing_and_delays_nothing(void **state)
{
	(void)state;
	int port, delayed = 0;
	int listener = listen_on_loopback(&port);
	struct tcp_addresses found = resolve("127.0.0.1", port);
	int fd = connect_to(&found, port);
	socklen_t len = sizeof(delayed);
	assert_int_equal(
		getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &delayed, &len), 0);
	assert_true(delayed != 0);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	(void)close(fd);
	(void)close(listener);
}

static int ahead_of(int fd)
{
	int ahead = 0;
	socklen_t len = sizeof(ahead);
	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &ahead,
				    &len),
			 0);
	return ahead;
}

static void the_kernel_never_takes_most_of_it_ahead(void **state)
{
	(void)state;
	int port;
	int listener = listen_on_loopback(&port);
	struct tcp_addresses found = resolve("127.0.0.1", port);
	int fd = connect_to(&found, port);
	assert_int_equal(ahead_of(fd), TCP_AHEAD_LEAST);
	tcp_set_ahead(fd, 4096 * 1024);
	assert_int_equal(ahead_of(fd), 512 * 1024);
	tcp_set_ahead(fd, UINT64_MAX);
	assert_int_equal(ahead_of(fd), TCP_AHEAD_MOST);
	tcp_set_ahead(fd, 1024 * 1024);
	assert_int_equal(ahead_of(fd), TCP_AHEAD_LEAST);
	(void)close(fd);
	(void)close(listener);
}

static void an_address_that_refuses_gives_way_to_the_next(void **state)
{
	(void)state;
	int port, dead;
	int listener = listen_on_loopback(&port);
	/* Bound, so that nobody else begins to listen there. */
	int deaf = bound_to_loopback(&dead);
	struct tcp_addresses both = resolve("127.0.0.1", dead);
	struct tcp_addresses good = resolve("127.0.0.1", port);
	struct tcp_addresses six = resolve("::1", dead);
	both.list[1] = six.list[0];
	both.list[2] = good.list[0];
	both.count = 3;
	(void)close(connect_to(&both, port));
	(void)close(deaf);
	(void)close(listener);
}

static void nobody_there_names_host_port_and_reason(void **state)
{
	(void)state;
	int port, fd = -1;
	int deaf = bound_to_loopback(&port);
	struct tcp_addresses found = resolve("127.0.0.1", port);
	struct deadline soon = deadline_in(10000, -1);
	struct err err = { .kind = ERR_NONE };
	assert_false(
		tcp_connect(&found, "printer.example", port, &soon, &fd, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, "printer.example"));
	assert_non_null(strstr(err.text, "Connection refused"));
	assert_int_equal(fd, -1);
	(void)close(deaf);
}

/* A listener whose queue is full answers no further connection. */
static void no_answer_ends_at_the_deadline(void **state)
{
	(void)state;
	int port, fds[4], fd = -1;
	int listener = listen_on_loopback(&port);
	assert_int_equal(listen(listener, 0), 0);
	struct tcp_addresses found = resolve("127.0.0.1", port);
	struct err err = { .kind = ERR_NONE };
	bool ok = true;
	size_t count = 0;
	while (ok && count < 4) {
		struct deadline soon = deadline_in(50, -1);
		ok = tcp_connect(&found, "127.0.0.1", port, &soon, &fd, &err);
		if (ok) {
			fds[count++] = fd;
		}
	}
	assert_false(ok);
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, "no answer in time"));
	while (count > 0) {
		(void)close(fds[--count]);
	}
	(void)close(listener);
}

static void bytes_go_both_ways_without_waiting(void **state)
{
	(void)state;
	int port;
	char data[8];
	size_t done = 99;
	bool closed = true;
	int listener = listen_on_loopback(&port);
	struct tcp_addresses found = resolve("127.0.0.1", port);
	int fd = connect_to(&found, port);
	int peer = accept(listener, NULL, NULL);
	assert_true(tcp_receive(fd, data, sizeof(data), &done, &closed, NULL));
	assert_int_equal(done, 0);
	assert_false(closed);
	assert_true(tcp_send(fd, "hello", 5, false, &done, NULL));
	assert_int_equal(done, 5);
	assert_int_equal(recv(peer, data, 5, MSG_WAITALL), 5);
	assert_true(tcp_send(fd, "held", 4, true, &done, NULL));
	assert_int_equal(done, 4);
	tcp_push(fd);
	assert_int_equal(recv(peer, data, 4, MSG_WAITALL), 4);
	(void)close(peer);
	struct deadline soon = deadline_in(10000, -1);
	assert_true(deadline_wait(fd, POLLIN, &soon, "the end", NULL));
	assert_true(tcp_receive(fd, data, sizeof(data), &done, &closed, NULL));
	assert_true(closed);
	(void)close(fd);
	(void)close(listener);
}

static void a_peer_that_is_gone_is_an_error_and_no_signal(void **state)
{
	(void)state;
	int port;
	size_t done;
	struct err err = { .kind = ERR_NONE };
	int listener = listen_on_loopback(&port);
	struct tcp_addresses found = resolve("127.0.0.1", port);
	int fd = connect_to(&found, port);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	(void)signal(SIGPIPE, SIG_DFL);
	assert_false(tcp_send(fd, "x", 1, false, &done, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	(void)close(fd);
	(void)close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_connection_waits_for_nothing_and_delays_nothing),
		cmocka_unit_test(the_kernel_never_takes_most_of_it_ahead),
		cmocka_unit_test(an_address_that_refuses_gives_way_to_the_next),
		cmocka_unit_test(nobody_there_names_host_port_and_reason),
		cmocka_unit_test(no_answer_ends_at_the_deadline),
		cmocka_unit_test(bytes_go_both_ways_without_waiting),
		cmocka_unit_test(a_peer_that_is_gone_is_an_error_and_no_signal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
