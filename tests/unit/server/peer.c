/*
 * Who is at the other end: only what TLS says counts, and only exactly.
 */
#include "server/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/certificates.h"
#include "tests/unit/server/memory_exchange.h"
#include "tests/unit/server/samples.h"

static void only_a_verified_certificate_is_one(void **state)
{
	struct samples *s = *state;
	static const struct {
		const char *verdict, *says;
	} cases[] = {
		{ NULL, "is needed" },
		{ "", "is needed" },
		{ "NONE", "is needed" },
		{ "success", "is needed" },
		{ "SUCCESS ", "is needed" },
		{ "FAILED:error:00000014:lib(0)::reason(20)", "is needed" },
		{ "FAILED:error:0000000A:lib(0)::reason(10)", "new code" },
		{ "FAILED:certificate has expired", "new code" },
	};
	struct memory_exchange m;
	memory_init(&m);
	memory_param(&m, "SSL_CLIENT_CERT", buf_str(&s->device.pem));
	memory_param(&m, "HTTP_SSL_CLIENT_VERIFY", "SUCCESS");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct refusal refusal = { 0 };
		char sha256[65] = "kept";
		memory_param(&m, "SSL_CLIENT_VERIFY", cases[i].verdict);
		assert_false(peer_read(&m.exchange, sha256, &refusal));
		assert_int_equal(REFUSAL_CERTIFICATE, refusal.kind);
		assert_non_null(strstr(refusal.detail, cases[i].says));
		assert_string_equal("kept", sha256);
	}
	struct refusal refusal = { 0 };
	char sha256[65] = "";
	memory_param(&m, "SSL_CLIENT_VERIFY", "SUCCESS");
	assert_true(peer_read(&m.exchange, sha256, &refusal));
	assert_string_equal(s->device.sha256, sha256);
	memory_param(&m, "SSL_CLIENT_CERT", "garbage");
	assert_false(peer_read(&m.exchange, sha256, &refusal));
	assert_int_equal(REFUSAL_CERTIFICATE, refusal.kind);
	memory_clear(&m);
}

static enum refusal_kind kind_of(struct samples *s, const char *sha256,
				 int64_t now)
{
	struct refusal refusal = { 0 };
	struct fleet_device device;
	bool ok = peer_device(s->server.db, sha256, now, &device, &refusal);
	assert_true(ok == (refusal.kind == REFUSAL_NONE));
	return refusal.kind;
}

static void each_reason_has_its_kind(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	static const char nobody[] = "00000000000000000000000000000000"
				     "00000000000000000000000000000000";
	assert_int_equal(REFUSAL_NONE,
			 kind_of(s, s->device.sha256, SAMPLES_NOW));
	assert_int_equal(REFUSAL_STRANGER, kind_of(s, nobody, SAMPLES_NOW));
	/* In ten years its time is over. */
	assert_int_equal(REFUSAL_CERTIFICATE,
			 kind_of(s, s->device.sha256,
				 SAMPLES_NOW + (int64_t)3650 * 86400));
	assert_true(certificates_revoke(s->server.db, "root", s->device.sha256,
					"", SAMPLES_NOW, &err));
	assert_int_equal(REFUSAL_CERTIFICATE,
			 kind_of(s, s->device.sha256, SAMPLES_NOW));
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW, &err));
	assert_int_equal(REFUSAL_REVOKED,
			 kind_of(s, s->device.sha256, SAMPLES_NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(only_a_verified_certificate_is_one),
		SAMPLES_TEST(each_reason_has_its_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
