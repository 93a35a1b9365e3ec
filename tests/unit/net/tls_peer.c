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

/* Shows one certificate in pieces; gives BearSSL's verdict. */
static unsigned show(struct tls_peer *peer, const char *name,
		     const char *server_name)
{
	struct buf der = BUF_INIT;
	const br_x509_class **ctx = &peer->vtable;
	read_der(name, &der);
	(*ctx)->start_chain(ctx, server_name);
	(*ctx)->start_cert(ctx, (uint32_t)der.len);
	(*ctx)->append(ctx, der.data, 100);
	(*ctx)->append(ctx, der.data + 100, der.len - 100);
	(*ctx)->end_cert(ctx);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_server_passes),
		cmocka_unit_test(each_wrong_server_is_told_apart),
		cmocka_unit_test(a_device_is_no_server),
		cmocka_unit_test(time_does_not_fall_below_the_floor),
		cmocka_unit_test(every_code_has_a_text_that_fits),
	};
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
