/*
 * The judge of certificates, driven as BearSSL drives it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/tls_peer.h"

#include <string.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "formats/certs.h"
#include "tests/support/pki_trust.h"

#define PROBLEM_MAX 255 /* what the outbox keeps of a problem */

static struct pki_trusted device;

static int set_up(void **state)
{
	*state = &device;
	return pki_trust_set_up(state);
}

static void read_der(const char *name, struct buf *der)
{
	struct buf pem = BUF_INIT;
	char label[CERTS_LABEL_SIZE];
	char *path = pki_path(&device.pki, name);
	assert_true(files_read(path, 65536, &pem, NULL));
	struct reader r = reader_of(pem.data, pem.len);
	assert_true(certs_pem_next(&r, label, der, NULL));
	mem_free(path);
	buf_clear(&pem);
}

/* Shows one certificate in pieces. */
static void show_one(const br_x509_class **ctx, const struct buf *der)
{
	(*ctx)->start_cert(ctx, (uint32_t)der->len);
	(*ctx)->append(ctx, der->data, 100);
	(*ctx)->append(ctx, der->data + 100, der->len - 100);
	(*ctx)->end_cert(ctx);
}

/* Shows a chain of one; gives BearSSL's verdict. */
static unsigned show(struct tls_peer *peer, const char *name,
		     const char *server_name)
{
	struct buf der = BUF_INIT;
	const br_x509_class **ctx = &peer->vtable;
	read_der(name, &der);
	(*ctx)->start_chain(ctx, server_name);
	show_one(ctx, &der);
	unsigned verdict = (*ctx)->end_chain(ctx);
	uint8_t hash[SHA256_SIZE];
	certs_fingerprint(der.data, der.len, hash);
	assert_memory_equal(peer->hash, hash, sizeof(hash));
	buf_clear(&der);
	return verdict;
}

static void assert_verdict(const char *name, const char *server_name,
			   int64_t now, unsigned verdict, const char *words)
{
	struct tls_peer peer;
	struct err err = { .kind = ERR_NONE };
	tls_peer_init(&peer, device.trust, now);
	unsigned got = show(&peer, name, server_name);
	assert_int_equal(got, verdict);
	if (verdict != 0) {
		assert_false(
			tls_peer_explain(&peer, (int)got, server_name, &err));
		assert_int_equal(err.kind, ERR_RETRY);
		assert_non_null(strstr(err.text, words));
		assert_non_null(strstr(err.text, "Nothing was sent"));
		assert_in_range(strlen(err.text), 1, PROBLEM_MAX);
	}
	tls_peer_clear(&peer);
}

static void the_right_server_passes(void **state)
{
	(void)state;
	assert_verdict("server.pem", PKI_NAME, device.pki.now, 0, "");
}

static void each_wrong_server_is_told_apart(void **state)
{
	(void)state;
	assert_verdict("impostor.pem", PKI_NAME, device.pki.now,
		       BR_ERR_X509_NOT_TRUSTED, "Inspecting Proxy Root");
	assert_verdict("expired.pem", PKI_NAME, device.pki.now,
		       BR_ERR_X509_EXPIRED, "has expired");
	assert_verdict("future.pem", PKI_NAME, device.pki.now,
		       BR_ERR_X509_EXPIRED, "not yet valid");
	assert_verdict("misnamed.pem", PKI_NAME, device.pki.now,
		       BR_ERR_X509_BAD_SERVER_NAME, "other.test");
}

static void a_device_is_no_server(void **state)
{
	(void)state;
	assert_verdict("identity.pem", PKI_DEVICE, device.pki.now,
		       BR_ERR_X509_NOT_TRUSTED, "Device Root");
}

static void time_does_not_fall_below_the_floor(void **state)
{
	(void)state;
	assert_verdict("server.pem", PKI_NAME, 0, 0, "");
	assert_verdict("server.pem", PKI_NAME, device.pki.now + 9 * PKI_DAY_S,
		       BR_ERR_X509_EXPIRED, "has expired");
}

/* The verdict when the time is known to lie within these. */
static unsigned verdict_within(const char *name, int64_t earliest,
			       int64_t latest, struct err *err)
{
	struct tls_peer peer;
	struct trust trust = *device.trust;
	trust.time_floor = 0;
	trust.earliest = earliest;
	trust.latest = latest;
	trust.time_from = "a countersigned head of the log";
	/* Not looked at: it may stand anywhere. */
	tls_peer_init(&peer, &trust, 0);
	unsigned verdict = show(&peer, name, PKI_NAME);
	if (verdict != 0) {
		assert_false(
			tls_peer_explain(&peer, (int)verdict, PKI_NAME, err));
		assert_in_range(strlen(err->text), 1, PROBLEM_MAX);
	}
	tls_peer_clear(&peer);
	return verdict;
}

/* "server.pem" is valid from a day ago to a day from now. */
static void a_certificate_passes_if_it_may_be_valid(void **state)
{
	(void)state;
	const int64_t now = device.pki.now, day = PKI_DAY_S;
	const int64_t from = now - day, until = now + day;
	struct err err = { .kind = ERR_NONE };
	const struct {
		int64_t earliest, latest;
	} passes[] = {
		{ now, now },         { 0, INT64_MAX },
		{ from, from },       { until, until },
		{ 0, from },          { until, INT64_MAX },
		{ until, until + 9 }, { now - 400 * day, now + 400 * day },
	};
	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
		assert_int_equal(verdict_within("server.pem",
						passes[i].earliest,
						passes[i].latest, &err),
				 0);
	}
}

static void a_certificate_fails_if_it_cannot_be_valid(void **state)
{
	(void)state;
	const int64_t now = device.pki.now, day = PKI_DAY_S;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(verdict_within("server.pem", now + day + 1, INT64_MAX,
					&err),
			 BR_ERR_X509_EXPIRED);
	assert_non_null(strstr(err.text, "has expired"));
	assert_non_null(strstr(err.text, "(by a countersigned head of the "
					 "log)"));
	err.kind = ERR_NONE;
	assert_int_equal(verdict_within("server.pem", 0, now - day - 1, &err),
			 BR_ERR_X509_EXPIRED);
	assert_non_null(strstr(err.text, "not yet valid"));
	err.kind = ERR_NONE;
	assert_int_equal(verdict_within("expired.pem", now - 9, INT64_MAX,
					&err),
			 BR_ERR_X509_EXPIRED);
	err.kind = ERR_NONE;
	assert_int_equal(verdict_within("future.pem", 0, now, &err),
			 BR_ERR_X509_EXPIRED);
}

/* Whatever the time: name and authority are looked at. */
static void no_time_lets_a_wrong_server_pass(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(verdict_within("impostor.pem", 0, INT64_MAX, &err),
			 BR_ERR_X509_NOT_TRUSTED);
	err.kind = ERR_NONE;
	assert_int_equal(verdict_within("misnamed.pem", 0, INT64_MAX, &err),
			 BR_ERR_X509_BAD_SERVER_NAME);
}

/* Leaf and authority are each judged at their own moment. */
static void each_certificate_of_a_chain_has_its_own_moment(void **state)
{
	(void)state;
	struct tls_peer peer;
	struct trust trust = *device.trust;
	struct buf leaf = BUF_INIT, authority = BUF_INIT;
	trust.time_floor = 0;
	trust.earliest = device.pki.now;
	trust.latest = INT64_MAX;
	tls_peer_init(&peer, &trust, 0);
	const br_x509_class **ctx = &peer.vtable;
	read_der("future.pem", &leaf); /* from tomorrow on */
	read_der("server-anchor.pem", &authority);
	(*ctx)->start_chain(ctx, PKI_NAME);
	show_one(ctx, &leaf);
	show_one(ctx, &authority);
	assert_int_equal((*ctx)->end_chain(ctx), 0);
	buf_clear(&leaf);
	buf_clear(&authority);
	tls_peer_clear(&peer);
}

/* Feeds size bytes that are no certificate, in pieces of 1,000. */
static unsigned feed(size_t size, uint8_t byte)
{
	struct tls_peer peer;
	uint8_t piece[1000];
	memset(piece, byte, sizeof(piece));
	tls_peer_init(&peer, device.trust, device.pki.now);
	const br_x509_class **ctx = &peer.vtable;
	(*ctx)->start_chain(ctx, PKI_NAME);
	(*ctx)->start_cert(ctx, (uint32_t)size);
	for (size_t at = 0; at < size; at += sizeof(piece)) {
		(*ctx)->append(ctx, piece, sizeof(piece));
	}
	assert_in_range(peer.leaf.len, 0, TLS_PEER_LEAF_MAX);
	(*ctx)->end_cert(ctx);
	unsigned verdict = (*ctx)->end_chain(ctx);
	tls_peer_clear(&peer);
	return verdict;
}

static void what_is_no_certificate_or_too_long_fails(void **state)
{
	(void)state;
	assert_int_not_equal(feed(1000, 0), 0);
	assert_int_not_equal(feed(TLS_PEER_LEAF_MAX / 1000 * 1000, 0x30), 0);
	assert_int_not_equal(feed(1000000, 0x30), 0);
}

static void every_code_has_a_text_that_fits(void **state)
{
	(void)state;
	static const char name[] = "comms.example";
	struct tls_peer peer;
	tls_peer_init(&peer, device.trust, device.pki.now);
	for (int code = 1; code < 768; code++) {
		struct err err = { .kind = ERR_NONE };
		assert_false(tls_peer_explain(&peer, code, name, &err));
		assert_int_equal(err.kind, ERR_RETRY);
		assert_non_null(strstr(err.text, name));
		assert_in_range(strlen(err.text), 1, PROBLEM_MAX);
	}
	tls_peer_clear(&peer);
}

static void says_what_a_network_does_to_a_connection(void **state)
{
	(void)state;
	static const struct {
		int code;
		const char *words;
	} cases[] = {
		{ BR_ERR_BAD_MAC, "altered on the way" },
		{ BR_ERR_RECV_FATAL_ALERT + BR_ALERT_BAD_RECORD_MAC,
		  "altered on the way" },
		{ BR_ERR_RECV_FATAL_ALERT + BR_ALERT_DECODE_ERROR,
		  "altered on the way" },
		{ BR_ERR_BAD_VERSION, "sign in first" },
		{ BR_ERR_RECV_FATAL_ALERT + 42,
		  "does not accept this device's certificate" },
	};
	struct tls_peer peer;
	tls_peer_init(&peer, device.trust, device.pki.now);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { .kind = ERR_NONE };
		assert_false(
			tls_peer_explain(&peer, cases[i].code, PKI_NAME, &err));
		if (strstr(err.text, cases[i].words) == NULL) {
			fail_msg("%d: \"%s\"", cases[i].code, err.text);
		}
	}
	tls_peer_clear(&peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_server_passes),
		cmocka_unit_test(each_wrong_server_is_told_apart),
		cmocka_unit_test(a_device_is_no_server),
		cmocka_unit_test(time_does_not_fall_below_the_floor),
		cmocka_unit_test(a_certificate_passes_if_it_may_be_valid),
		cmocka_unit_test(a_certificate_fails_if_it_cannot_be_valid),
		cmocka_unit_test(no_time_lets_a_wrong_server_pass),
		cmocka_unit_test(
			each_certificate_of_a_chain_has_its_own_moment),
		cmocka_unit_test(what_is_no_certificate_or_too_long_fails),
		cmocka_unit_test(every_code_has_a_text_that_fits),
		cmocka_unit_test(says_what_a_network_does_to_a_connection),
	};
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
