/*
 * Uploads to a server that does what it should, and to one that does not:
 * each fault gives its kind of failure and a text that names cause and
 * remedy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/upload.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "formats/certs.h"
#include "formats/note.h"
#include "tests/support/fault.h"
#include "tests/support/pki.h"
#include "tests/support/pki_trust.h"

#define TRANSACTION "01932000-7a11-7c3e-9d54-2f0f6a1be7c1"
#define BODY "<Transmission/>"
#define BIG_BYTES (1024 * 1024)

/* Long for a computer, short for a person. */
static const struct upload_limits limits = {
	.connect_ms = 10000,
	.handshake_ms = 10000,
	.idle_ms = 10000,
	.answer_ms = 10000,
	.least_rate = 1024,
};

/* Short only for what is waited for in vain. */
static const struct upload_limits hasty_answer = {
	.connect_ms = 10000,
	.handshake_ms = 10000,
	.idle_ms = 10000,
	.answer_ms = 100,
	.least_rate = 1024,
};

static const struct upload_limits hasty_handshake = {
	.connect_ms = 10000,
	.handshake_ms = 100,
	.idle_ms = 10000,
	.answer_ms = 10000,
	.least_rate = 1024,
};

struct seen {
	enum upload_stage last;
	enum upload_stage stop_at; /* refuse here; 0 = never */
	uint8_t peer[SHA256_SIZE];
	unsigned asked;     /* how often: may it go on? */
	unsigned refuse_at; /* the answer is no from then on; 0 = never */
};

struct attempt {
	const char *mode; /* of the server; NULL = none listens */
	const char *cert;
	const char *client_ca;
	const char *anchor;                 /* NULL = "server-anchor.pem" */
	const char *identity;               /* NULL = "identity.pem" */
	const char *name;                   /* NULL = PKI_NAME */
	const struct upload_limits *limits; /* NULL = limits */
	int64_t later_s; /* the device's clock is off by this */
	size_t bytes;    /* 0 = BODY */
	struct seen seen;
	struct upload_answer answer;
	struct err err;
	char told[256]; /* the server's "upload" line, if asked for */
	bool expect_upload;
};

static struct pki pki;

static int set_up(void **state)
{
	*state = &pki;
	return pki_set_up(state);
}

static bool watch(void *ctx, enum upload_stage stage,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	struct seen *seen = ctx;
	assert_int_equal(stage, seen->last + 1);
	seen->last = stage;
	if (peer != NULL) {
		memcpy(seen->peer, peer, SHA256_SIZE);
	}
	if (stage == seen->stop_at) {
		return err_set(err, ERR_DENIED, "The owner says no.");
	}
	return true;
}

static bool going(void *ctx, struct err *err)
{
	struct seen *seen = ctx;
	seen->asked++;
	return seen->refuse_at == 0 || seen->asked < seen->refuse_at ||
	       err_set(err, ERR_DENIED, "The owner says no more.");
}

static bool send_to(struct attempt *attempt, int port)
{
	struct trust *trust =
		pki_trust(&pki, attempt->anchor, attempt->identity);
	const struct upload_server server = {
		.name = attempt->name != NULL ? attempt->name : PKI_NAME,
		.address = "127.0.0.1",
		.port = port,
		.trust = trust,
		.limits = attempt->limits != NULL ? attempt->limits : &limits,
	};
	struct upload upload = {
		.transaction = TRANSACTION,
		.type = "application/vnd.sluice.transmission+xml",
		.body = { .data = BODY, .size = strlen(BODY) },
	};
	char *big = NULL;
	if (attempt->bytes > 0) {
		big = mem_zalloc(attempt->bytes);
		upload.body.data = big;
		upload.body.size = attempt->bytes;
	}
	sha256_bytes(upload.body.data, upload.body.size, upload.sha256);
	const struct upload_watch watching = { .stage = watch,
					       .ctx = &attempt->seen,
					       .stop_fd = -1,
					       .going = going };
	bool ok = upload_send(&server, &upload, &watching,
			      pki.now + attempt->later_s, &attempt->answer,
			      &attempt->err);
	mem_free(big);
	trust_free(trust);
	return ok;
}

static bool run(struct attempt *attempt)
{
	struct fault fault;
	fault_start(&fault, &pki, attempt->mode, attempt->cert,
		    attempt->client_ca);
	bool ok = send_to(attempt, fault.port);
	if (attempt->expect_upload) {
		fault_expect(&fault, "upload", attempt->told,
			     sizeof(attempt->told));
	}
	fault_stop(&fault);
	return ok;
}

/* Fails with this kind, these words, and not later than this stage. */
static void assert_fails(struct attempt attempt, enum err_kind kind,
			 const char *words, enum upload_stage stage)
{
	bool ok = run(&attempt);
	if (ok || attempt.err.kind != kind ||
	    strstr(attempt.err.text, words) == NULL) {
		fail_msg("%s: \"%s\" (%s)", attempt.mode, attempt.err.text,
			 err_kind_name(attempt.err.kind));
	}
	assert_int_equal(attempt.seen.last, stage);
	assert_int_equal(attempt.answer.receipt.len, 0);
	upload_answer_clear(&attempt.answer);
}

static void brings_back_the_receipt(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .expect_upload = true };
	assert_true(run(&attempt));
	assert_int_equal(attempt.answer.status, 201);
	struct note_opened opened;
	assert_true(note_open(buf_str(&attempt.answer.receipt),
			      attempt.answer.receipt.len, &pki.verifier, 1,
			      &opened, NULL));
	assert_int_equal(attempt.seen.last, UPLOAD_SENT);
	uint8_t hash[SHA256_SIZE];
	char hex[65], told[256];
	sha256_bytes(BODY, strlen(BODY), hash);
	hex_encode(hex, hash, sizeof(hash));
	(void)snprintf(told, sizeof(told), "upload " TRANSACTION " %s %zu", hex,
		       strlen(BODY));
	assert_string_equal(attempt.told, told);
	upload_answer_clear(&attempt.answer);
}

static void sends_a_megabyte_and_takes_interim_answers(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "interim",
				   .bytes = BIG_BYTES,
				   .expect_upload = true };
	assert_true(run(&attempt));
	assert_non_null(strstr(attempt.told, " 1048576"));
	upload_answer_clear(&attempt.answer);
}

static void names_the_servers_certificate_by_its_hash(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok" };
	assert_true(run(&attempt));
	struct buf file = BUF_INIT, der = BUF_INIT;
	char *path = pki_path(&pki, "server.pem");
	assert_true(files_read(path, 65536, &file, NULL));
	struct reader pem = reader_of(file.data, file.len);
	char label[CERTS_LABEL_SIZE];
	assert_true(certs_pem_next(&pem, label, &der, NULL));
	uint8_t hash[SHA256_SIZE];
	certs_fingerprint(der.data, der.len, hash);
	assert_memory_equal(hash, attempt.seen.peer, sizeof(hash));
	mem_free(path);
	buf_clear(&der);
	buf_clear(&file);
	upload_answer_clear(&attempt.answer);
}

static void sends_nothing_to_a_server_of_another_authority(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .cert = "impostor.pem" };
	assert_fails(attempt, ERR_RETRY, "CN=Inspecting Proxy Root",
		     UPLOAD_CONNECTING);
}

static void sends_nothing_when_the_certificate_has_expired(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .cert = "expired.pem" };
	assert_fails(attempt, ERR_RETRY, "has expired", UPLOAD_CONNECTING);
}

static void
asks_for_the_clock_when_the_certificate_is_not_yet_valid(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .cert = "future.pem" };
	assert_fails(attempt, ERR_RETRY, "Check the clock", UPLOAD_CONNECTING);
}

static void works_with_a_clock_that_was_never_set(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .later_s = -pki.now };
	assert_true(run(&attempt));
	upload_answer_clear(&attempt.answer);
}

static void sends_nothing_to_a_server_of_another_name(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .cert = "misnamed.pem" };
	assert_fails(attempt, ERR_RETRY, "CN=other.test", UPLOAD_CONNECTING);
	attempt.cert = NULL;
	attempt.name = "elsewhere.test";
	assert_fails(attempt, ERR_RETRY, "elsewhere.test", UPLOAD_CONNECTING);
}

static void an_empty_name_does_not_switch_the_check_off(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .name = "" };
	assert_fails(attempt, ERR_RETRY, "name", UPLOAD_CONNECTING);
}

static void says_that_the_server_refuses_the_devices_certificate(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "ok", .identity = "stranger.pem" };
	assert_fails(attempt, ERR_RETRY, "authority that issued this device's",
		     UPLOAD_CONNECTING);
}

static void says_when_the_server_speaks_no_tls_1_2(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "tls13" };
	assert_fails(attempt, ERR_RETRY, "TLS 1.2", UPLOAD_CONNECTING);
	attempt.mode = "plain";
	assert_fails(attempt, ERR_RETRY, "address and port", UPLOAD_CONNECTING);
}

static void a_server_that_hangs_up_is_tried_again(void **state)
{
	(void)state;
	static const struct {
		const char *mode;
		enum upload_stage stage;
	} cases[] = {
		{ "close-at-once", UPLOAD_CONNECTING },
		{ "close-after-handshake", UPLOAD_SENDING },
		{ "close-in-request", UPLOAD_SENDING },
		{ "close-before-answer", UPLOAD_SENDING },
		{ "close-in-answer", UPLOAD_SENDING },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attempt attempt = { .mode = cases[i].mode };
		assert_fails(attempt, ERR_RETRY, "", cases[i].stage);
		attempt.bytes = BIG_BYTES;
		assert_fails(attempt, ERR_RETRY, "", cases[i].stage);
	}
}

static void an_answer_that_makes_no_sense_is_tried_again(void **state)
{
	(void)state;
	static const char *const modes[] = {
		"garbage",      "endless-body",    "endless-chunks",
		"endless-head", "endless-interim", "huge-length",
		"two-lengths",
	};
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct attempt attempt = { .mode = modes[i] };
		assert_fails(attempt, ERR_RETRY, "no usable answer",
			     UPLOAD_SENDING);
	}
	struct attempt attempt = { .mode = "no-receipt" };
	assert_fails(attempt, ERR_RETRY, "without a receipt", UPLOAD_SENT);
}

static void a_slow_server_does_not_hold_the_client(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "silent", .limits = &hasty_answer };
	assert_fails(attempt, ERR_RETRY, "answer is over", UPLOAD_SENDING);
	attempt.mode = "trickle";
	assert_fails(attempt, ERR_RETRY, "answer is over", UPLOAD_SENDING);
	attempt.mode = "no-handshake";
	attempt.limits = &hasty_handshake;
	assert_fails(attempt, ERR_RETRY, "secure connection is over",
		     UPLOAD_CONNECTING);
}

static void each_status_has_its_kind(void **state)
{
	(void)state;
	static const struct {
		const char *mode;
		enum err_kind kind;
	} cases[] = {
		{ "status-301", ERR_RETRY },   { "status-302", ERR_RETRY },
		{ "status-308", ERR_RETRY },   { "status-400", ERR_INVALID },
		{ "status-401", ERR_DENIED },  { "status-403", ERR_DENIED },
		{ "status-404", ERR_RETRY },   { "status-405", ERR_RETRY },
		{ "status-408", ERR_RETRY },   { "status-410", ERR_INVALID },
		{ "status-409", ERR_RETRY },   { "status-413", ERR_LIMIT },
		{ "status-415", ERR_INVALID }, { "status-422", ERR_INVALID },
		{ "status-423", ERR_RETRY },   { "status-425", ERR_RETRY },
		{ "status-429", ERR_RETRY },   { "status-500", ERR_RETRY },
		{ "status-502", ERR_RETRY },   { "status-503", ERR_RETRY },
		{ "status-504", ERR_RETRY },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attempt attempt = { .mode = cases[i].mode };
		assert_fails(attempt, cases[i].kind, "The test says no",
			     UPLOAD_SENT);
	}
}

/* What can be mended is no reason to give a transmission up. */
static void trouble_with_the_certificate_is_waited_out(void **state)
{
	(void)state;
	static const struct {
		const char *mode;
		enum err_kind kind;
		const char *text;
	} cases[] = {
		{ "status-403-problem-certificate", ERR_RETRY, "with a code" },
		{ "status-403-problem-stranger", ERR_RETRY, "what waits is" },
		{ "status-403-problem-revoked", ERR_DENIED, "registered" },
		{ "status-403-problem-foreign", ERR_DENIED, "registered" },
		{ "status-422-problem-certificate", ERR_INVALID, "not be" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attempt attempt = { .mode = cases[i].mode };
		assert_fails(attempt, cases[i].kind, cases[i].text,
			     UPLOAD_SENT);
	}
}

static void hands_on_when_the_server_asks_for_a_pause(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "status-429-after-120" };
	assert_false(run(&attempt));
	assert_int_equal(attempt.answer.status, 429);
	assert_int_equal(attempt.answer.retry_after_s, 120);
	char mode[64];
	(void)snprintf(mode, sizeof(mode), "status-503-until-%lld",
		       (long long)pki.now + 600);
	attempt = (struct attempt){ .mode = mode };
	assert_false(run(&attempt));
	assert_int_equal(attempt.answer.status, 503);
	assert_int_equal(attempt.answer.retry_after_s, 600);
	assert_false(attempt.answer.quota);
}

/* Of an answer that means only what this device has stored in a day. */
static void tells_a_days_quota_from_a_busy_server(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "status-429-quota-3600" };
	assert_fails(attempt, ERR_RETRY, "The test says no\". It is sent then.",
		     UPLOAD_SENT);
	attempt = (struct attempt){ .mode = "status-429-quota-3600" };
	assert_false(run(&attempt));
	assert_true(attempt.answer.quota);
	assert_int_equal(attempt.answer.retry_after_s, 3600);
	attempt = (struct attempt){ .mode = "status-503-quota-3600" };
	assert_false(run(&attempt));
	assert_false(attempt.answer.quota);
}

static void an_answer_before_the_end_of_the_body_counts(void **state)
{
	(void)state;
	struct attempt attempt = { .mode = "early-413",
				   .bytes = 64u * BIG_BYTES };
	assert_fails(attempt, ERR_LIMIT, "413", UPLOAD_SENT);
}

static void the_owner_can_stop_it_before_the_first_byte(void **state)
{
	(void)state;
	struct fault fault;
	fault_start(&fault, &pki, "ok", NULL, NULL);
	struct attempt attempt = { .seen.stop_at = UPLOAD_CONNECTING };
	assert_false(send_to(&attempt, fault.port));
	assert_int_equal(attempt.err.kind, ERR_DENIED);
	assert_true(fault_is_quiet(&fault));
	struct attempt later = { .seen.stop_at = UPLOAD_SENDING };
	char line[128];
	assert_false(send_to(&later, fault.port));
	assert_string_equal(later.err.text, "The owner says no.");
	fault_expect(&fault, "no upload", line, sizeof(line));
	fault_stop(&fault);
}

/* Refused at each of its steps: the server never has the whole. */
static unsigned stop_at_every_step(size_t bytes)
{
	for (unsigned step = 1;; step++) {
		struct fault fault;
		char line[160];
		struct attempt attempt = { .bytes = bytes };
		attempt.seen.refuse_at = step;
		fault_start(&fault, &pki, "ok", NULL, NULL);
		bool ok = send_to(&attempt, fault.port);
		if (ok) {
			fault_expect(&fault, "upload", line, sizeof(line));
			fault_stop(&fault);
			upload_answer_clear(&attempt.answer);
			/* How often it must wait differs, and so do steps. */
			assert_true(attempt.seen.asked < step);
			return attempt.seen.asked;
		}
		fault_expect(&fault, "no upload", line, sizeof(line));
		fault_stop(&fault);
		assert_int_equal(attempt.err.kind, ERR_DENIED);
		assert_string_equal(attempt.err.text,
				    "The owner says no more.");
		assert_int_equal(attempt.seen.last, UPLOAD_SENDING);
		upload_answer_clear(&attempt.answer);
	}
}

static void the_owner_can_stop_it_until_the_last_byte(void **state)
{
	(void)state;
	assert_true(stop_at_every_step(0) >= 1);
	/* At least every 64 KiB, and before the last record. */
	assert_true(stop_at_every_step(BIG_BYTES / 4) >= 4);
}

static void a_server_that_is_down_is_tried_again(void **state)
{
	(void)state;
	struct fault fault;
	fault_start(&fault, &pki, "ok", NULL, NULL);
	int port = fault.port;
	fault_stop(&fault);
	struct attempt attempt = { .mode = NULL };
	assert_false(send_to(&attempt, port));
	assert_int_equal(attempt.err.kind, ERR_RETRY);
	assert_non_null(strstr(attempt.err.text, "Connection refused"));
}

static void a_stop_ends_the_wait(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	struct attempt attempt = { .mode = "silent" };
	struct trust *trust = pki_trust(&pki, attempt.anchor, attempt.identity);
	struct fault fault;
	fault_start(&fault, &pki, "silent", NULL, NULL);
	const struct upload_server server = { PKI_NAME, "127.0.0.1", fault.port,
					      trust, NULL };
	const struct upload upload = {
		.transaction = TRANSACTION,
		.type = "text/plain",
		.body = { .data = "x", .fd = -1, .size = 1 }
	};
	const struct upload_watch watching = { .stop_fd = ends[0] };
	assert_false(upload_send(&server, &upload, &watching, pki.now,
				 &attempt.answer, &attempt.err));
	assert_int_equal(attempt.err.kind, ERR_RETRY);
	assert_non_null(strcasestr(attempt.err.text, "stopped"));
	fault_stop(&fault);
	trust_free(trust);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brings_back_the_receipt),
		cmocka_unit_test(sends_a_megabyte_and_takes_interim_answers),
		cmocka_unit_test(names_the_servers_certificate_by_its_hash),
		cmocka_unit_test(
			sends_nothing_to_a_server_of_another_authority),
		cmocka_unit_test(
			sends_nothing_when_the_certificate_has_expired),
		cmocka_unit_test(
			asks_for_the_clock_when_the_certificate_is_not_yet_valid),
		cmocka_unit_test(works_with_a_clock_that_was_never_set),
		cmocka_unit_test(sends_nothing_to_a_server_of_another_name),
		cmocka_unit_test(an_empty_name_does_not_switch_the_check_off),
		cmocka_unit_test(
			says_that_the_server_refuses_the_devices_certificate),
		cmocka_unit_test(says_when_the_server_speaks_no_tls_1_2),
		cmocka_unit_test(a_server_that_hangs_up_is_tried_again),
		cmocka_unit_test(an_answer_that_makes_no_sense_is_tried_again),
		cmocka_unit_test(a_slow_server_does_not_hold_the_client),
		cmocka_unit_test(each_status_has_its_kind),
		cmocka_unit_test(trouble_with_the_certificate_is_waited_out),
		cmocka_unit_test(hands_on_when_the_server_asks_for_a_pause),
		cmocka_unit_test(tells_a_days_quota_from_a_busy_server),
		cmocka_unit_test(an_answer_before_the_end_of_the_body_counts),
		cmocka_unit_test(the_owner_can_stop_it_before_the_first_byte),
		cmocka_unit_test(the_owner_can_stop_it_until_the_last_byte),
		cmocka_unit_test(a_server_that_is_down_is_tried_again),
		cmocka_unit_test(a_stop_ends_the_wait),
	};
	return cmocka_run_group_tests(tests, set_up, pki_tear_down);
}
