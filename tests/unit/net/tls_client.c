/*
 * What the client offers, and bytes over a connection. Handshakes that fail
 * are in upload.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/tls_client.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tcp.h"
#include "tests/support/fault.h"
#include "tests/support/pki_trust.h"

#define SUITES_AT 43 /* in a record with ClientHello and no session id */

static struct pki_trusted device;

static int set_up(void **state)
{
	*state = &device;
	return pki_trust_set_up(state);
}

static size_t take_hello(uint8_t *hello, size_t size)
{
	int ends[2];
	struct tls_client *tls = NULL;
	struct deadline over = deadline_in(0, -1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_false(tls_client_open(ends[0], device.trust, PKI_NAME,
				     device.pki.now, &over, NULL, &tls, NULL));
	assert_null(tls);
	ssize_t n = recv(ends[1], hello, size, 0);
	assert_true(n > SUITES_AT + 16);
	(void)close(ends[1]);
	return (size_t)n;
}

static void offers_tls_1_2_and_three_suites_only(void **state)
{
	(void)state;
	static const uint8_t aes_first[] = {
		0xC0, 0x2B, 0xC0, 0x2C, 0xCC, 0xA9
	};
	static const uint8_t chacha_first[] = { 0xCC, 0xA9, 0xC0,
						0x2B, 0xC0, 0x2C };
	uint8_t hello[2048];
	(void)take_hello(hello, sizeof(hello));
	assert_int_equal(hello[9], 3);
	assert_int_equal(hello[10], 3);
	assert_int_equal(hello[SUITES_AT], 0); /* no session to resume */
	assert_int_equal(hello[SUITES_AT + 1], 0);
	assert_int_equal(hello[SUITES_AT + 2], sizeof(aes_first));
	assert_memory_equal(hello + SUITES_AT + 3,
			    tls_client_prefers_aes() ? aes_first : chacha_first,
			    sizeof(aes_first));
}

static void names_the_server_and_is_never_the_same_twice(void **state)
{
	(void)state;
	uint8_t one[2048], two[2048];
	size_t len = take_hello(one, sizeof(one));
	(void)take_hello(two, sizeof(two));
	assert_non_null(memmem(one, len, PKI_NAME, strlen(PKI_NAME)));
	assert_memory_not_equal(one + 11, two + 11, 32);
}

/* Connected to a server in this mode. */
static struct tls_client *open_to(struct fault *fault, const char *mode,
				  const struct deadline *deadline)
{
	struct tcp_addresses found;
	struct tls_client *tls = NULL;
	struct err err = { .kind = ERR_NONE };
	int fd;
	fault_start(fault, &device.pki, mode, NULL, NULL);
	if (!tcp_resolve("127.0.0.1", fault->port, deadline, &found, &err) ||
	    !tcp_connect(&found, "127.0.0.1", fault->port, deadline, &fd,
			 &err) ||
	    !tls_client_open(fd, device.trust, PKI_NAME, device.pki.now,
			     deadline, NULL, &tls, &err)) {
		fail_msg("%s", err.text);
	}
	return tls;
}

/* Says yes so often, then no; what had left by then. */
struct whoever {
	unsigned yes;
	uint64_t sent; /* counted by the client */
	uint64_t sent_at_no;
};

static bool says_yes_then_no(void *ctx, struct err *err)
{
	struct whoever *w = ctx;
	if (w->yes > 0) {
		w->yes--;
		return true;
	}
	w->sent_at_no = w->sent;
	return err_set(err, ERR_DENIED, "no");
}

/* With this many times "yes": did the handshake work? */
static bool shakes_hands(struct fault *fault, struct whoever *w)
{
	const struct deadline_check check = { says_yes_then_no, w };
	struct deadline soon = deadline_in(60000, -1);
	struct tcp_addresses found;
	struct tls_client *tls = NULL;
	struct err err = { .kind = ERR_NONE };
	int fd = -1;
	if (!tcp_resolve("127.0.0.1", fault->port, &soon, &found, &err) ||
	    !tcp_connect(&found, "127.0.0.1", fault->port, &soon, &fd, &err)) {
		fail_msg("%s", err.text);
	}
	soon.check = &check;
	if (!tls_client_open(fd, device.trust, PKI_NAME, device.pki.now, &soon,
			     &w->sent, &tls, &err)) {
		assert_int_equal(err.kind, ERR_DENIED);
		assert_string_equal(err.text, "no");
		return false;
	}
	uint64_t before = w->sent;
	tls_client_close(tls);
	assert_true(w->sent > before); /* who may goes on to say goodbye */
	return true;
}

/*
 * A withdrawal in the midst of a handshake: not one byte more, least of all
 * the device's certificate, at whatever point it comes.
 */
static void who_says_no_stops_a_handshake_at_once(void **state)
{
	(void)state;
	struct fault fault;
	unsigned before_hello = 0, after_hello = 0;
	bool done = false;
	for (unsigned yes = 0; !done; yes++) {
		struct whoever w = { .yes = yes };
		fault_start(&fault, &device.pki, "silent", NULL, NULL);
		done = shakes_hands(&fault, &w);
		fault_stop(&fault);
		if (!done) {
			assert_int_equal(w.sent, w.sent_at_no);
			*(w.sent == 0 ? &before_hello : &after_hello) += 1;
		}
	}
	assert_int_equal(before_hello, 1);
	assert_true(after_hello > 0);
}

static void room_is_one_record_and_fills_up(void **state)
{
	(void)state;
	struct fault fault;
	struct deadline soon = deadline_in(20000, -1);
	struct tls_client *tls = open_to(&fault, "silent", &soon);
	uint8_t *room = NULL;
	size_t len = 0, left = 0;
	assert_true(tls_client_room(tls, &room, &len, &soon, NULL));
	assert_int_equal(len, 16384);
	memset(room, 'x', 100);
	tls_client_wrote(tls, 100);
	assert_true(tls_client_room(tls, &room, &left, &soon, NULL));
	assert_int_equal(left, len - 100);
	assert_true(tls_client_flush(tls, &soon, NULL));
	tls_client_close(tls);
	fault_stop(&fault);
}

static void a_closed_stream_reads_as_its_end(void **state)
{
	(void)state;
	struct fault fault;
	struct deadline soon = deadline_in(20000, -1);
	struct tls_client *tls =
		open_to(&fault, "close-after-handshake", &soon);
	const uint8_t *data = NULL;
	size_t len = 99;
	assert_true(tls_client_read(tls, &data, &len, &soon, NULL));
	assert_int_equal(len, 0);
	assert_true(tls_client_read(tls, &data, &len, &soon, NULL));
	assert_int_equal(len, 0);
	tls_client_close(tls);
	fault_stop(&fault);
}

static void an_answer_is_read_in_pieces(void **state)
{
	(void)state;
	static const char request[] =
		"POST / HTTP/1.1\r\nIdempotency-Key: \"x\"\r\n"
		"Content-Length: 0\r\n\r\n";
	struct fault fault;
	struct deadline soon = deadline_in(20000, -1);
	struct tls_client *tls = open_to(&fault, "no-receipt", &soon);
	uint8_t *room = NULL;
	const uint8_t *data = NULL;
	size_t len = 0;
	assert_true(tls_client_room(tls, &room, &len, &soon, NULL));
	memcpy(room, request, strlen(request));
	tls_client_wrote(tls, strlen(request));
	assert_true(tls_client_flush(tls, &soon, NULL));
	assert_true(tls_client_read(tls, &data, &len, &soon, NULL));
	assert_true(len > 12);
	assert_memory_equal(data, "HTTP", 4);
	tls_client_read_done(tls, 5);
	assert_true(tls_client_read(tls, &data, &len, &soon, NULL));
	assert_memory_equal(data, "1.1 201", 7);
	tls_client_read_done(tls, len);
	tls_client_close(tls);
	fault_stop(&fault);
}

/* Opens to a server in this mode and keeps only what was seen of it. */
static bool look_at(const char *mode, const char *cert, struct tls_seen *seen)
{
	struct fault fault;
	struct deadline soon = deadline_in(20000, -1);
	struct tcp_addresses found;
	struct tls_client *tls = NULL;
	int fd;
	fault_start(&fault, &device.pki, mode, cert, NULL);
	assert_true(tcp_resolve("127.0.0.1", fault.port, &soon, &found, NULL));
	assert_true(
		tcp_connect(&found, "127.0.0.1", fault.port, &soon, &fd, NULL));
	memset(seen, 7, sizeof(*seen));
	bool ok =
		tls_client_open_seen(fd, device.trust, PKI_NAME, device.pki.now,
				     &soon, NULL, seen, &tls, NULL);
	tls_client_close(tls);
	fault_stop(&fault);
	return ok;
}

static void the_other_side_is_seen_even_when_it_is_refused(void **state)
{
	(void)state;
	struct tls_seen seen;
	assert_true(look_at("silent", NULL, &seen));
	assert_true(seen.shown && seen.trusted && !seen.http);
	assert_non_null(strstr(seen.suite, "ECDHE-ECDSA-"));
	assert_non_null(strstr(seen.subject, PKI_NAME));
	assert_int_equal(seen.not_after, device.pki.now + PKI_DAY_S);
	assert_false(look_at("silent", "impostor.pem", &seen));
	assert_true(seen.shown && !seen.trusted && !seen.http);
	assert_null(seen.suite);
	assert_string_equal(seen.issuer, "CN=Inspecting Proxy Root");
	assert_false(look_at("plain", NULL, &seen));
	assert_true(!seen.shown && !seen.trusted && seen.http);
	assert_string_equal(seen.issuer, "");
	assert_false(look_at("close-at-once", NULL, &seen));
	assert_true(!seen.shown && !seen.trusted && !seen.http);
}

static void closing_nothing_is_fine(void **state)
{
	(void)state;
	tls_client_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offers_tls_1_2_and_three_suites_only),
		cmocka_unit_test(names_the_server_and_is_never_the_same_twice),
		cmocka_unit_test(who_says_no_stops_a_handshake_at_once),
		cmocka_unit_test(room_is_one_record_and_fills_up),
		cmocka_unit_test(a_closed_stream_reads_as_its_end),
		cmocka_unit_test(an_answer_is_read_in_pieces),
		cmocka_unit_test(
			the_other_side_is_seen_even_when_it_is_refused),
		cmocka_unit_test(closing_nothing_is_fine),
	};
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
