/*
 * The judge of certificates, driven as BearSSL drives it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/tls_peer.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/certs.h"
#include "net/tls_client.h"
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

/* One that ended before it is past the floor, whatever the clock says. */
static void the_floor_is_named_where_it_decides(void **state)
{
	struct tls_peer peer;
	struct trust trust = *device.trust;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	trust.time_floor = device.pki.now;
	tls_peer_init(&peer, &trust, 0);
	assert_int_equal(show(&peer, "expired.pem", PKI_NAME),
			 BR_ERR_X509_EXPIRED);
	assert_false(
		tls_peer_explain(&peer, BR_ERR_X509_EXPIRED, PKI_NAME, &err));
	assert_non_null(strstr(err.text, "(by this device's certificate)"));
	tls_peer_clear(&peer);
}

static void time_does_not_fall_below_the_floor(void **state)
{
	(void)state;
	assert_verdict("server.pem", PKI_NAME, 0, 0, "");
	assert_verdict("server.pem", PKI_NAME, device.pki.now + 9 * PKI_DAY_S,
		       BR_ERR_X509_EXPIRED, "has expired");
	assert_verdict("server.pem", PKI_NAME, device.pki.now + 9 * PKI_DAY_S,
		       BR_ERR_X509_EXPIRED, "(by this device's clock)");
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

static void assert_times(const struct err *err, const char *before,
			 int64_t limit, const char *between, int64_t known)
{
	char words[160], first[CLOCK_TEXT_SIZE], second[CLOCK_TEXT_SIZE];
	clock_format(first, limit);
	clock_format(second, known);
	snprintf(words, sizeof(words), "%s%s%s%s", before, first, between,
		 second);
	if (strstr(err->text, words) == NULL) {
		fail_msg("\"%s\" has no \"%s\"", err->text, words);
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
	assert_times(&err, "has expired: at ", now + day, ", and it is past ",
		     now + day + 1);
	assert_non_null(strstr(err.text, "(by a countersigned head of the "
					 "log)"));
	err.kind = ERR_NONE;
	assert_int_equal(verdict_within("server.pem", 0, now - day - 1, &err),
			 BR_ERR_X509_EXPIRED);
	assert_times(&err, "is not yet valid: from ", now - day,
		     ", and it is before ", now - day - 1);
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
	/* The log names the server's own, whatever comes with it. */
	uint8_t hash[SHA256_SIZE];
	struct tls_seen seen = { .shown = false };
	certs_fingerprint(leaf.data, leaf.len, hash);
	assert_memory_equal(peer.hash, hash, sizeof(hash));
	tls_peer_look(&peer, &seen);
	assert_true(seen.shown);
	assert_true(seen.trusted);
	assert_memory_equal(seen.hash, hash, sizeof(hash));
	/* Another chain begins anew. */
	(*ctx)->start_chain(ctx, PKI_NAME);
	tls_peer_look(&peer, &seen);
	assert_false(seen.shown);
	assert_false(seen.trusted);
	buf_clear(&leaf);
	buf_clear(&authority);
	tls_peer_clear(&peer);
}

/* What was seen of a server, for people who look for its fault. */
static void what_was_seen_of_a_server_can_be_shown(void **state)
{
	static const struct {
		const char *name, *issuer, *subject;
		bool trusted;
	} rows[] = {
		{ "server.pem", "Server Root", PKI_NAME, true },
		{ "impostor.pem", "Inspecting Proxy Root", PKI_NAME, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tls_peer peer;
		struct tls_seen seen = { .shown = false };
		tls_peer_init(&peer, device.trust, device.pki.now);
		(void)show(&peer, rows[i].name, PKI_NAME);
		tls_peer_look(&peer, &seen);
		assert_true(seen.shown);
		assert_int_equal(seen.trusted, rows[i].trusted);
		assert_memory_equal(seen.hash, peer.hash, sizeof(seen.hash));
		assert_non_null(strstr(seen.issuer, rows[i].issuer));
		assert_non_null(strstr(seen.subject, rows[i].subject));
		assert_true(seen.not_before < device.pki.now);
		assert_true(seen.not_after > device.pki.now);
		tls_peer_clear(&peer);
	}
}

/*
 * A name of any length leaves room for what to do, and its beginning is shown:
 * it may be the name of a proxy that inspects.
 */
static void long_names_are_cut(void **state)
{
	/* Of two bytes each, so that one lies across the limit or not. */
	static const char umlauts[] =
		"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
		"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
		"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
		"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
		"\xc3\xbc\xc3\xbc";
	static const int codes[] = { BR_ERR_X509_NOT_TRUSTED,
				     BR_ERR_X509_BAD_SERVER_NAME };
	(void)state;
	for (size_t more = 0; more < 4; more++) {
		char name[80];
		struct p256_key key;
		struct tls_peer peer;
		struct buf der = BUF_INIT;
		memcpy(name, "abcd", more);
		strcpy(name + more, umlauts + sizeof(umlauts) - 1 - 56);
		const struct certs_names names = { .common_name = name };
		p256_generate(&key);
		assert_true(certs_self_signed(
			&key, &names, device.pki.now - PKI_DAY_S,
			device.pki.now + PKI_DAY_S, &der, NULL));
		tls_peer_init(&peer, device.trust, device.pki.now);
		const br_x509_class **ctx = &peer.vtable;
		(*ctx)->start_chain(ctx, PKI_NAME);
		show_one(ctx, &der);
		assert_int_not_equal((*ctx)->end_chain(ctx), 0);
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
			struct err err = { .kind = ERR_NONE };
			assert_false(tls_peer_explain(&peer, codes[i], PKI_NAME,
						      &err));
			char *shown = strstr(err.text, "\"CN=");
			assert_non_null(shown);
			size_t len = strcspn(shown + 1, "\"");
			assert_true(text_is_utf8(shown + 1, len));
			assert_in_range(len, 57, 60);
			shown[1 + len] = '\0';
			assert_int_equal(strlen("CN=") + strlen(name) > 60,
					 text_ends_with(shown, "\xe2\x80\xa6"));
			assert_in_range(strlen(err.text), 1, PROBLEM_MAX);
		}
		tls_peer_clear(&peer);
		buf_clear(&der);
	}
}

/*
 * Feeds size bytes that are no certificate, in pieces of 1,000, behind the
 * server's own or as its own.
 */
static unsigned feed_at(size_t size, uint8_t byte, bool behind)
{
	struct tls_peer peer;
	struct buf der = BUF_INIT;
	uint8_t piece[1000];
	memset(piece, byte, sizeof(piece));
	tls_peer_init(&peer, device.trust, device.pki.now);
	const br_x509_class **ctx = &peer.vtable;
	(*ctx)->start_chain(ctx, PKI_NAME);
	if (behind) {
		read_der("impostor.pem", &der);
		show_one(ctx, &der);
		buf_clear(&der);
	}
	(*ctx)->start_cert(ctx, (uint32_t)size);
	for (size_t at = 0; at < size; at += sizeof(piece)) {
		(*ctx)->append(ctx, piece, sizeof(piece));
	}
	assert_in_range(peer.leaf.len, 0, TLS_PEER_LEAF_MAX);
	assert_in_range(peer.next.len, 0, TLS_PEER_LEAF_MAX);
	(*ctx)->end_cert(ctx);
	unsigned verdict = (*ctx)->end_chain(ctx);
	tls_peer_clear(&peer);
	return verdict;
}

static unsigned feed(size_t size, uint8_t byte)
{
	return feed_at(size, byte, false);
}

static void what_is_no_certificate_or_too_long_fails(void **state)
{
	(void)state;
	assert_int_not_equal(feed_at(1000000, 0x30, true), 0);
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
		{ BR_ERR_RECV_FATAL_ALERT, "it ended the handshake (alert 0)" },
		{ BR_ERR_RECV_FATAL_ALERT + 40, "refused the handshake" },
		{ BR_ERR_RECV_FATAL_ALERT + 42,
		  "does not accept this device's certificate" },
		{ BR_ERR_RECV_FATAL_ALERT + 43,
		  "does not accept this device's certificate" },
		{ BR_ERR_RECV_FATAL_ALERT + 44, "was revoked" },
		{ BR_ERR_RECV_FATAL_ALERT + 45, "has expired" },
		{ BR_ERR_RECV_FATAL_ALERT + 46,
		  "does not accept this device's certificate" },
		{ BR_ERR_RECV_FATAL_ALERT + 48, "does not know the authority" },
		{ BR_ERR_RECV_FATAL_ALERT + 49, "no access" },
		{ BR_ERR_RECV_FATAL_ALERT + 70, "does not speak TLS 1.2" },
		{ BR_ERR_RECV_FATAL_ALERT + 112, "answer to this name" },
		{ BR_ERR_RECV_FATAL_ALERT + 116, "wants a certificate" },
		{ BR_ERR_RECV_FATAL_ALERT + 255, "(alert 255)" },
		{ BR_ERR_SEND_FATAL_ALERT, "not answer in proper TLS" },
		{ BR_ERR_IO, "not answer in proper TLS" },
		{ BR_ERR_X509_OK, "cannot be used (code 32)" },
		{ BR_ERR_X509_CRITICAL_EXTENSION, "cannot be used" },
		{ BR_ERR_X509_OK - 1, "not answer in proper TLS" },
		{ BR_ERR_X509_NOT_TRUSTED, "of \"(unreadable)\"" },
		{ BR_ERR_X509_NOT_TRUSTED + 1, "not answer in proper TLS" },
		{ BR_ERR_X509_EXPIRED, "is out of its time; it is past" },
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
		cmocka_unit_test(the_floor_is_named_where_it_decides),
		cmocka_unit_test(a_certificate_passes_if_it_may_be_valid),
		cmocka_unit_test(a_certificate_fails_if_it_cannot_be_valid),
		cmocka_unit_test(no_time_lets_a_wrong_server_pass),
		cmocka_unit_test(
			each_certificate_of_a_chain_has_its_own_moment),
		cmocka_unit_test(what_was_seen_of_a_server_can_be_shown),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(what_is_no_certificate_or_too_long_fails),
		cmocka_unit_test(every_code_has_a_text_that_fits),
		cmocka_unit_test(says_what_a_network_does_to_a_connection),
	};
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
