/*
 * Anchors, chain and key: what fits together and what does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/trust.h"

#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "tests/support/pki.h"

/* A root with an RSA key, made once with "openssl req -x509 -newkey rsa". */
static const char rsa_root[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIDBzCCAe+gAwIBAgIUP7JBG94HtTonD2VR9to71AXH4vEwDQYJKoZIhvcNAQEL\n"
	"BQAwEzERMA8GA1UEAwwIUlNBIFJvb3QwHhcNMjYxMTIzMDY1ODM4WhcNNDYxMTE4\n"
	"MDY1ODM4WjATMREwDwYDVQQDDAhSU0EgUm9vdDCCASIwDQYJKoZIhvcNAQEBBQAD\n"
	"ggEPADCCAQoCggEBANbAQOzFe536OZDovM9Z+uihqGDlhl1t/QZaEj1o4pp5UGpv\n"
	"KFq3pUJV33oQTTgjQNTZQkNyPeGpBDeIBQ4uD53nJghfQxt/wtBLpuGOOtPHKgg8\n"
	"sFazjvNA53UMMOO/H9QPPMn9C81qEGr2YvE7UguWzbX1hTFJI//3A49X7iF3zuPc\n"
	"r7JP6LM3KzH9+j3EQncSNxFqPgUEdBpRg2NNG/HEPvZrq+ND6gCn2cq5xQ4fUbs/\n"
	"GWo5ZOyBR7BtQSMPUjvmK7yy28deWznTzME9hX6CL+f+j2El+G9JTay4KDwjIAcc\n"
	"GTN0ea1Vk38Ao7hcRbkjmNA2DWIL68SaVlvhBQ0CAwEAAaNTMFEwHQYDVR0OBBYE\n"
	"FI8IhkO7sThglN+c0QL3yaka4QHiMB8GA1UdIwQYMBaAFI8IhkO7sThglN+c0QL3\n"
	"yaka4QHiMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAAWdW+Of\n"
	"R/lS30mLv3l//M+QvLDFPH350Dx+2nefZKZeO+TLg7r0nDvoXSm42CV141jayJkq\n"
	"mqWaPZaQdp8JNhSBOW/6xY1nysbnhBgO8hj4E4FaJlDbRsy3u9w5ry7Tvbd9sGSJ\n"
	"gBo7hPSmFbQsASCYpNeYqylnR7Khtf6C6XSbGblp52bgg56dmD5u+YHcql4FYeF8\n"
	"jJuInRIwcytSLQpw7N/46mYk3CwyCMI17UiTHUMJ7Tdo4WOiEIEnKfd8BiR97MJy\n"
	"S+/DPTGfuUK6ku/NX6ZNwiwulTVpHOBWDuAFxlVQujgVnghpMEClWeESCiFyuynX\n"
	"CowRwaXOge/CZS4=\n"
	"-----END CERTIFICATE-----\n";

static struct pki pki;

static int set_up(void **state)
{
	*state = &pki;
	return pki_set_up(state);
}

static char *read_text(const char *name)
{
	struct buf data = BUF_INIT;
	char *path = pki_path(&pki, name);
	assert_true(files_read(path, 65536, &data, NULL));
	mem_free(path);
	return buf_take_str(&data);
}

static bool make(const char *anchor, const char *chain, struct trust **trust,
		 struct err *err)
{
	return trust_new(anchor, strlen(anchor), chain, strlen(chain),
			 &pki.device, trust, err);
}

static void takes_anchor_chain_and_key_that_fit(void **state)
{
	(void)state;
	char *anchor = read_text("server-anchor.pem");
	char *chain = read_text("identity.pem");
	struct trust *trust = NULL;
	assert_true(make(anchor, chain, &trust, NULL));
	assert_int_equal(trust->anchors_count, 1);
	assert_int_equal(trust->chain_count, 1);
	assert_int_equal(trust->anchors[0].flags, BR_X509_TA_CA);
	assert_int_equal(trust->time_floor, pki.now - PKI_DAY_S);
	trust_free(trust);
	mem_free(anchor);
	mem_free(chain);
}

static void takes_overlapping_roots_up_to_eight(void **state)
{
	(void)state;
	char *anchor = read_text("server-anchor.pem");
	char *chain = read_text("identity.pem");
	struct trust *trust = NULL;
	struct err err = { .kind = ERR_NONE };
	struct buf many = BUF_INIT;
	for (int i = 0; i < TRUST_ANCHORS_MAX; i++) {
		buf_put_str(&many, anchor);
	}
	assert_true(make(buf_str(&many), chain, &trust, NULL));
	assert_int_equal(trust->anchors_count, TRUST_ANCHORS_MAX);
	trust_free(trust);
	buf_put_str(&many, anchor);
	assert_false(make(buf_str(&many), chain, &trust, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&many);
	mem_free(anchor);
	mem_free(chain);
}

static void assert_anchor_refused(const char *anchor, const char *words)
{
	struct trust *trust = NULL;
	struct err err = { .kind = ERR_NONE };
	char *chain = read_text("identity.pem");
	assert_false(make(anchor, chain, &trust, &err));
	assert_null(trust);
	if (err.kind != ERR_INVALID || strstr(err.text, words) == NULL) {
		fail_msg("\"%s\"", err.text);
	}
	assert_false(trust_check_anchor(anchor, strlen(anchor), NULL));
	mem_free(chain);
}

static void a_root_that_cannot_be_one_is_refused(void **state)
{
	(void)state;
	char *leaf = read_text("server.pem");
	char *key = read_text("server.key");
	assert_anchor_refused("", "no certificate");
	assert_anchor_refused("hello\n", "no certificate");
	assert_anchor_refused(leaf, "not one of an authority");
	assert_anchor_refused(key, "EC PRIVATE KEY");
	assert_anchor_refused(rsa_root, "RSA");
	assert_anchor_refused("-----BEGIN CERTIFICATE-----\nMAAA\n"
			      "-----END CERTIFICATE-----\n",
			      "cannot be read");
	assert_anchor_refused("-----BEGIN CERTIFICATE-----\n", "root");
	mem_free(leaf);
	mem_free(key);
}

static void a_certificate_of_another_key_is_refused(void **state)
{
	(void)state;
	char *anchor = read_text("server-anchor.pem");
	char *chain = read_text("server.pem");
	struct trust *trust = NULL;
	struct err err = { .kind = ERR_NONE };
	assert_false(make(anchor, chain, &trust, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "another key"));
	err_reset(&err);
	assert_false(make(anchor, "", &trust, &err));
	assert_non_null(strstr(err.text, "device's certificate"));
	mem_free(anchor);
	mem_free(chain);
}

static void a_chain_has_an_end(void **state)
{
	(void)state;
	char *anchor = read_text("server-anchor.pem");
	char *link = read_text("identity.pem");
	struct buf chain = BUF_INIT;
	struct trust *trust = NULL;
	struct err err = { .kind = ERR_NONE };
	for (int i = 0; i < TRUST_CHAIN_MAX; i++) {
		buf_put_str(&chain, link);
	}
	assert_true(make(anchor, buf_str(&chain), &trust, NULL));
	assert_int_equal(trust->chain_count, TRUST_CHAIN_MAX);
	trust_free(trust);
	trust = NULL;
	buf_put_str(&chain, link);
	assert_false(make(anchor, buf_str(&chain), &trust, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_null(trust);
	buf_clear(&chain);
	mem_free(link);
	mem_free(anchor);
}

static void a_chain_that_is_none_is_refused(void **state)
{
	static const char junk[] = "-----BEGIN CERTIFICATE-----\nMAAA\n"
				   "-----END CERTIFICATE-----\n";
	static const char cut[] = "-----BEGIN CERTIFICATE-----\n";
	static const char *const bad[] = { "", "hello\n", junk, cut };
	(void)state;
	char *anchor = read_text("server-anchor.pem");
	char *key = read_text("identity.key");
	for (size_t i = 0; i <= sizeof(bad) / sizeof(bad[0]); i++) {
		struct trust *trust = NULL;
		struct err err = { .kind = ERR_NONE };
		assert_false(make(
			anchor, i < sizeof(bad) / sizeof(bad[0]) ? bad[i] : key,
			&trust, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_null(trust);
	}
	mem_free(key);
	mem_free(anchor);
}

static void reads_the_three_files(void **state)
{
	(void)state;
	char *anchor = pki_path(&pki, "server-anchor.pem");
	char *chain = pki_path(&pki, "identity.pem");
	char *key = pki_path(&pki, "identity.key");
	struct trust *trust = NULL;
	struct err err = { .kind = ERR_NONE };
	assert_true(trust_load(anchor, chain, key, &trust, NULL));
	trust_free(trust);
	trust = NULL;
	assert_false(trust_load("/nonexistent", chain, key, &trust, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	err_reset(&err);
	assert_false(trust_load(anchor, "/nonexistent", key, &trust, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	err_reset(&err);
	assert_false(trust_load(anchor, chain, "/nonexistent", &trust, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	err_reset(&err);
	assert_int_equal(chmod(key, 0644), 0);
	assert_false(trust_load(anchor, chain, key, &trust, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_null(trust);
	assert_int_equal(chmod(key, 0600), 0);
	mem_free(key);
	mem_free(chain);
	mem_free(anchor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_anchor_chain_and_key_that_fit),
		cmocka_unit_test(takes_overlapping_roots_up_to_eight),
		cmocka_unit_test(a_root_that_cannot_be_one_is_refused),
		cmocka_unit_test(a_certificate_of_another_key_is_refused),
		cmocka_unit_test(a_chain_has_an_end),
		cmocka_unit_test(a_chain_that_is_none_is_refused),
		cmocka_unit_test(reads_the_three_files),
	};
	return cmocka_run_group_tests(tests, set_up, pki_tear_down);
}
