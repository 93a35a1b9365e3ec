/*
 * What an upload lets out is counted, and keeps a rate: src/net/upload.c and
 * what is below it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/upload.h"

#include <string.h>

#include "base/mem.h"
#include "tests/support/fault.h"
#include "tests/support/pki_trust.h"

#define BIG_BYTES (1024 * 1024)

static struct pki_trusted device;

static int set_up(void **state)
{
	*state = &device;
	return pki_trust_set_up(state);
}

struct attempt {
	const char *mode; /* of the server */
	const char *cert;
	size_t bytes;
	uint64_t rate;
	bool refuse; /* the owner says no before any socket */
	uint64_t left;
	unsigned asked; /* how often: may it go on? */
	char told[256]; /* the server's "upload" line, if it is one */
};

static bool watch(void *ctx, enum upload_stage stage,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	const struct attempt *attempt = ctx;
	(void)peer;
	return stage != UPLOAD_CONNECTING || !attempt->refuse ||
	       err_set(err, ERR_DENIED, "no");
}

static bool going(void *ctx, struct err *err)
{
	struct attempt *attempt = ctx;
	(void)err;
	attempt->asked++;
	return true;
}

static bool run(struct attempt *attempt)
{
	struct fault fault;
	fault_start(&fault, &device.pki, attempt->mode, attempt->cert, NULL);
	const struct upload_server server = {
		.name = PKI_NAME,
		.address = "127.0.0.1",
		.port = fault.port,
		.trust = device.trust,
	};
	char *body = mem_zalloc(attempt->bytes);
	struct upload upload = {
		.transaction = "01932000-7a11-7c3e-9d54-2f0f6a1be7c1",
		.type = "text/plain",
		.body = { .data = body, .size = attempt->bytes },
		.rate = attempt->rate,
	};
	sha256_bytes(body, attempt->bytes, upload.sha256);
	const struct upload_watch watching = { .stage = watch,
					       .ctx = attempt,
					       .stop_fd = -1,
					       .going = going,
					       .count = &attempt->left };
	struct upload_answer answer = UPLOAD_ANSWER_INIT;
	bool ok = upload_send(&server, &upload, &watching, device.pki.now,
			      &answer, NULL);
	if (ok) {
		fault_expect(&fault, "upload", attempt->told,
			     sizeof(attempt->told));
	}
	upload_answer_clear(&answer);
	mem_free(body);
	fault_stop(&fault);
	return ok;
}

/* Every byte that leaves, whatever comes of it. */
static void what_leaves_is_counted(void **state)
{
	(void)state;
	static const struct {
		const char *mode;
		const char *cert;
		uint64_t least, most;
	} cases[] = {
		{ "ok", NULL, BIG_BYTES + 1000, BIG_BYTES + 8192 },
		{ "status-503", NULL, BIG_BYTES + 1000, BIG_BYTES + 8192 },
		{ "close-before-answer", NULL, BIG_BYTES + 1000,
		  BIG_BYTES + 8192 },
		{ "early-413", NULL, 1000, BIG_BYTES },
		{ "ok", "impostor.pem", 100, 1000 },
		{ "plain", NULL, 100, 1000 },
		{ "close-at-once", NULL, 0, 1000 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attempt attempt = { .mode = cases[i].mode,
					   .cert = cases[i].cert,
					   .bytes = BIG_BYTES };
		(void)run(&attempt);
		if (attempt.left < cases[i].least ||
		    attempt.left > cases[i].most) {
			fail_msg("%s: %llu left", cases[i].mode,
				 (unsigned long long)attempt.left);
		}
	}
	struct attempt attempt = { .mode = "ok", .bytes = 1, .refuse = true };
	assert_false(run(&attempt));
	assert_int_equal(attempt.left, 0);
}

/* Each slice of net/pace.c leaves as a record of its own, which is counted. */
static void a_rate_sends_in_slices(void **state)
{
	(void)state;
	struct attempt fast = { .mode = "ok", .bytes = 16000 };
	struct attempt slow = { .mode = "ok", .bytes = 16000, .rate = 16000 };
	assert_true(run(&fast));
	assert_true(run(&slow));
	assert_non_null(strstr(slow.told, " 16000"));
	/*
	 * 7 records more of 21 or 29 bytes; signatures vary by 3, and whoever
	 * is closed first says no goodbye, of 2 bytes in a record.
	 */
	assert_in_range(slow.left - fast.left, 7 * 21 - 6 - 2 - 21,
			7 * 29 + 6 + 2 + 29);
	assert_true(slow.asked > fast.asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leaves_is_counted),
		cmocka_unit_test(a_rate_sends_in_slices),
	};
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
