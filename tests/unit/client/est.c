/*
 * Enrolment with an EST server whose authority is openssl: what is issued,
 * what is put off and refused, and every answer that is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/est.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "formats/certs.h"
#include "tests/support/fault.h"
#include "tests/support/pki_trust.h"

#define CODE "K7QPM-3ZD9R-01XYT-W8B4C"
#define PATH "/.well-known/est"
#define EXIT_SKIPPED 77

static struct pki_trusted device;

/* One enrolment. */
struct scene {
	struct fault fault;
	struct upload_server server;
	struct upload_watch watch;
	struct ask_way way;
	struct est est;
	struct est_request request;
	struct est_answer answer;
	struct trust *anonymous;
	struct err err;
};

static void start(struct scene *s, const char *faults, bool anonymous)
{
	char mode[256], *path = pki_path(&device.pki, "server-anchor.pem");
	struct buf anchor = BUF_INIT;
	memset(s, 0, sizeof(*s));
	assert_true(files_read(path, 65536, &anchor, NULL));
	assert_true(trust_new_anonymous(anchor.data, anchor.len, &s->anonymous,
					NULL));
	buf_clear(&anchor);
	mem_free(path);
	(void)snprintf(mode, sizeof(mode), "est:%s", faults);
	fault_start(&s->fault, &device.pki, mode, NULL, NULL);
	s->server = (struct upload_server){
		.name = PKI_NAME,
		.address = "127.0.0.1",
		.port = s->fault.port,
		.trust = anonymous ? s->anonymous : device.trust,
	};
	s->watch.stop_fd = -1;
	ask_begin(&s->way, &s->server, &s->watch, device.pki.now);
	s->est = (struct est){ &s->way, PATH };
	s->request = (struct est_request){
		.key = &device.pki.device,
		.common_name = PKI_DEVICE,
		.serial_number = "SN-7",
		.user = PKI_DEVICE,
		.password = CODE,
	};
}

static void end(struct scene *s)
{
	ask_end(&s->way);
	fault_stop(&s->fault);
	trust_free(s->anonymous);
	est_answer_clear(&s->answer);
}

static bool go(struct scene *s)
{
	err_reset(&s->err);
	est_answer_clear(&s->answer);
	return est_enrol(&s->est, &s->request, &s->answer, &s->err);
}

static void go_well(struct scene *s)
{
	if (!go(s)) {
		fail_msg("%s", s->err.text);
	}
}

/* Number of certificates in the answer; the leaf has our key and name. */
static unsigned check_chain(const struct scene *s)
{
	struct reader r = reader_of(s->answer.chain.data, s->answer.chain.len);
	char label[CERTS_LABEL_SIZE];
	struct buf der = BUF_INIT, subject = BUF_INIT;
	uint8_t point[P256_POINT_SIZE];
	unsigned count = 0;
	assert_int_equal(s->answer.outcome, EST_ISSUED);
	while (certs_pem_next(&r, label, &der, NULL)) {
		assert_string_equal(label, "CERTIFICATE");
		if (count++ == 0) {
			assert_true(certs_public_point(der.data, der.len, point,
						       NULL));
			assert_memory_equal(point,
					    device.pki.device.public_point,
					    sizeof(point));
			assert_true(certs_subject_text(der.data, der.len,
						       &subject, NULL));
			assert_string_equal(buf_str(&subject),
					    "CN=" PKI_DEVICE
					    ", serialNumber=SN-7");
		}
		buf_reset(&der);
	}
	buf_clear(&subject);
	buf_clear(&der);
	return count;
}

static void issues(const char *faults)
{
	struct scene s;
	start(&s, faults, true);
	go_well(&s);
	assert_int_equal(check_chain(&s), 1);
	assert_int_equal(s.answer.status, 200);
	end(&s);
}

static void a_code_gets_a_certificate_without_having_one(void **state)
{
	struct scene s;
	char line[128];
	(void)state;
	start(&s, "code=" CODE, true);
	go_well(&s);
	assert_int_equal(check_chain(&s), 1);
	fault_expect(&s.fault, "connection", line, sizeof(line));
	assert_string_equal(line, "connection anonymous");
	fault_expect(&s.fault, "request", line, sizeof(line));
	assert_string_equal(line, "request POST " PATH "/simpleenroll");
	end(&s);
}

static void a_certificate_gets_another_one_without_a_code(void **state)
{
	struct scene s;
	char line[128];
	(void)state;
	start(&s, "code=" CODE, false);
	s.request.password = NULL;
	s.request.renews = device.trust->chain[0].data;
	s.request.renews_len = device.trust->chain[0].data_len;
	go_well(&s);
	assert_int_equal(check_chain(&s), 1);
	fault_expect(&s.fault, "connection", line, sizeof(line));
	assert_string_equal(line, "connection known");
	fault_expect(&s.fault, "request", line, sizeof(line));
	assert_string_equal(line, "request POST " PATH "/simplereenroll");
	end(&s);
}

static void every_way_of_writing_the_answer_is_taken(void **state)
{
	(void)state;
	issues("long");
	issues("bare-type");
	issues("type=application/pkcs7-mime;smime-type=\"certs-only\"");
	issues("type=Application/PKCS7-MIME; charset=x; Smime-Type=certs-only");
	/* Ours is the last of three, and the authority is a root. */
	issues("extra");
}

static void issuers_come_behind_the_certificate_without_the_root(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "extra,between", true);
	go_well(&s);
	assert_int_equal(check_chain(&s), 2);
	end(&s);
}

/* No more than a handshake can show: the device would have no use for it. */
static void a_chain_is_no_longer_than_can_be_shown(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "ladder", true);
	go_well(&s);
	assert_int_equal(check_chain(&s), TRUST_CHAIN_MAX);
	end(&s);
}

static void who_is_between_is_asked_with_cacerts(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "between,alone", true);
	go_well(&s);
	assert_int_equal(check_chain(&s), 2);
	end(&s);
	/* Without it the certificate is there all the same. */
	start(&s, "between,alone,no-cacerts", true);
	go_well(&s);
	assert_int_equal(check_chain(&s), 1);
	end(&s);
}

/* An error, and it is worth another try. */
static void cannot_be_read(const char *faults, const char *words)
{
	struct scene s;
	start(&s, faults, true);
	if (go(&s) || s.err.kind != ERR_RETRY ||
	    strstr(s.err.text, words) == NULL ||
	    strstr(s.err.text, PKI_NAME) == NULL) {
		fail_msg("%s: \"%s\" (%s)", faults, s.err.text,
			 err_kind_name(s.err.kind));
	}
	assert_int_equal(s.answer.outcome, EST_UNSET);
	assert_int_equal(s.answer.chain.len, 0);
	end(&s);
}

static void what_is_no_answer_is_tried_again(void **state)
{
	(void)state;
	cannot_be_read("type=text/html", "no application/pkcs7-mime");
	cannot_be_read("type=application/pkcs7-mimes", "no application/pkcs7");
	cannot_be_read("type=application/pkcs7-mime; "
		       "smime-type=server-generated-key",
		       "no application/pkcs7-mime");
	cannot_be_read("no-base64", "no base64");
	cannot_be_read("garbage", "no PKCS #7");
	cannot_be_read("other-key", "no certificate for this device's key");
	cannot_be_read("other-key,extra", "no certificate for this device");
	cannot_be_read("status=204", "no EST at " PATH);
	cannot_be_read("status=404", "no EST at " PATH);
	cannot_be_read("status=301", "301");
	cannot_be_read("status=408", "408");
	cannot_be_read("status=500", "500");
}

static void an_answer_that_is_lost_is_tried_again(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "lose", true);
	assert_false(go(&s));
	assert_int_equal(s.err.kind, ERR_RETRY);
	end(&s);
}

static void a_busy_server_says_how_long(void **state)
{
	struct scene s;
	(void)state;
	static const char *const busy[] = { "status=503,after=77",
					    "status=429,after=77" };
	for (size_t i = 0; i < 2; i++) {
		start(&s, busy[i], true);
		assert_false(go(&s));
		assert_int_equal(s.err.kind, ERR_RETRY);
		assert_int_equal(s.answer.retry_after_s, 77);
		end(&s);
	}
}

/* That codes were wrong too often, say, is not that the server is busy. */
static void a_busy_server_says_why(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "status=429,plain,after=77", true);
	assert_false(go(&s));
	assert_int_equal(s.err.kind, ERR_RETRY);
	assert_non_null(strstr(s.err.text, " answered 429, \"The test says "
					   "no\". This will be tried again."));
	assert_int_equal(s.answer.retry_after_s, 77);
	end(&s);
}

static void a_request_that_waits_is_issued_at_the_next_try(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "pending=2,after=120", true);
	for (unsigned i = 0; i < 2; i++) {
		go_well(&s);
		assert_int_equal(s.answer.outcome, EST_PENDING);
		assert_int_equal(s.answer.status, 202);
		assert_int_equal(s.answer.retry_after_s, 120);
		assert_int_equal(s.answer.chain.len, 0);
	}
	go_well(&s);
	assert_int_equal(check_chain(&s), 1);
	end(&s);
	start(&s, "pending=1", true);
	go_well(&s);
	assert_int_equal(s.answer.outcome, EST_PENDING);
	assert_int_equal(s.answer.retry_after_s, 0);
	end(&s);
}

static void refuses(const char *faults, int status, const char *words)
{
	struct scene s;
	start(&s, faults, true);
	s.request.password = "WRONG";
	go_well(&s);
	assert_int_equal(s.answer.outcome, EST_REFUSED);
	assert_int_equal(s.answer.status, status);
	if (strcmp(s.answer.words, words) != 0) {
		fail_msg("%s: \"%s\"", faults, s.answer.words);
	}
	assert_int_equal(s.answer.chain.len, 0);
	end(&s);
}

static void a_refusal_keeps_the_servers_words(void **state)
{
	(void)state;
	refuses("code=" CODE, 401,
		PKI_NAME " answered 401, \"The test says no\".");
	refuses("status=403", 403,
		PKI_NAME " answered 403, \"The test says no\".");
	refuses("status=400,plain", 400,
		PKI_NAME " answered 400, \"The test says no\".");
	refuses("status=422", 422,
		PKI_NAME " answered 422, \"The test says no\".");
}

static void a_wrong_server_gets_no_code(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "code=" CODE, true);
	fault_stop(&s.fault);
	fault_start(&s.fault, &device.pki, "est:", "impostor.pem", NULL);
	s.server.port = s.fault.port;
	assert_false(go(&s));
	assert_int_equal(s.err.kind, ERR_RETRY);
	assert_true(fault_is_quiet(&s.fault));
	end(&s);
}

static void a_name_that_cannot_stand_in_a_request_is_told(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "", true);
	s.request.common_name = "";
	assert_false(go(&s));
	assert_int_equal(s.err.kind, ERR_INVALID);
	assert_true(fault_is_quiet(&s.fault));
	end(&s);
}

static int set_up(void **state)
{
	*state = &device;
	return pki_trust_set_up(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_gets_a_certificate_without_having_one),
		cmocka_unit_test(a_certificate_gets_another_one_without_a_code),
		cmocka_unit_test(every_way_of_writing_the_answer_is_taken),
		cmocka_unit_test(
			issuers_come_behind_the_certificate_without_the_root),
		cmocka_unit_test(a_chain_is_no_longer_than_can_be_shown),
		cmocka_unit_test(who_is_between_is_asked_with_cacerts),
		cmocka_unit_test(what_is_no_answer_is_tried_again),
		cmocka_unit_test(an_answer_that_is_lost_is_tried_again),
		cmocka_unit_test(a_busy_server_says_how_long),
		cmocka_unit_test(a_busy_server_says_why),
		cmocka_unit_test(
			a_request_that_waits_is_issued_at_the_next_try),
		cmocka_unit_test(a_refusal_keeps_the_servers_words),
		cmocka_unit_test(a_wrong_server_gets_no_code),
		cmocka_unit_test(a_name_that_cannot_stand_in_a_request_is_told),
	};
	if (system("openssl version >/dev/null 2>&1") != 0) {
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
