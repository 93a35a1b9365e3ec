/*
 * Small requests one after another: how many connections they take, what the
 * watch is told and asked, what is repeated and what is not, and what each
 * answer comes to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/ask.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tests/support/fault.h"
#include "tests/support/pki_trust.h"

static struct pki_trusted device;

struct scene {
	struct fault fault;
	struct upload_server server;
	struct upload_watch watch;
	struct ask_way way;
	struct err err;
	int status;           /* of the last answer */
	char stages[64];      /* as they were told */
	unsigned asked;       /* how often: may it go on? */
	unsigned refuse_at;   /* no from then on; 0 = never */
	bool refuse_to_begin; /* no at the first stage */
};

static bool stage(void *ctx, enum upload_stage now,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	struct scene *s = ctx;
	static const uint8_t none[SHA256_SIZE];
	size_t len = strlen(s->stages);
	assert_true((peer == NULL) == (now == UPLOAD_CONNECTING));
	assert_true(peer == NULL || memcmp(peer, none, sizeof(none)) != 0);
	(void)snprintf(s->stages + len, sizeof(s->stages) - len, "%d", now);
	return !s->refuse_to_begin ||
	       err_set(err, ERR_DENIED, "The owner says no.");
}

static bool going(void *ctx, struct err *err)
{
	struct scene *s = ctx;
	s->asked++;
	return s->refuse_at == 0 || s->asked < s->refuse_at ||
	       err_set(err, ERR_DENIED, "The owner says no more.");
}

static void start(struct scene *s, const char *faults, const char *cert)
{
	char mode[128];
	memset(s, 0, sizeof(*s));
	(void)snprintf(mode, sizeof(mode), "tus:%s", faults);
	fault_start(&s->fault, &device.pki, mode, cert, NULL);
	s->server = (struct upload_server){
		.name = PKI_NAME,
		.address = "127.0.0.1",
		.port = s->fault.port,
		.trust = device.trust,
	};
	s->watch = (struct upload_watch){
		.stage = stage, .ctx = s, .stop_fd = -1, .going = going
	};
	ask_begin(&s->way, &s->server, &s->watch, device.pki.now);
}

static void end(struct scene *s)
{
	ask_end(&s->way);
	ask_end(&s->way); /* once more does no harm */
	fault_stop(&s->fault);
}

/* A request that the server answers with 200 and "sluice.recipients/v1". */
static const struct ask question = { .method = "GET",
				     .target = "/v1/recipients" };
/* One that it answers with 400. */
static const struct ask order = { .method = "POST",
				  .target = "/v1/uploads",
				  .body_type = "text/plain",
				  .body = "",
				  .body_len = 0 };

static bool ask(struct scene *s, const struct ask *what)
{
	struct http_answer answer = HTTP_ANSWER_INIT;
	err_reset(&s->err);
	s->status = 0;
	if (!ask_do(&s->way, what, &answer, &s->err)) {
		return false;
	}
	s->status = answer.head.status;
	assert_true(answer.bytes_out > 0 && answer.bytes_in > 0);
	http_answer_clear(&answer);
	return true;
}

static void ask_well(struct scene *s, const struct ask *what, int status)
{
	if (!ask(s, what)) {
		fail_msg("%s", s->err.text);
	}
	assert_int_equal(s->status, status);
}

static void ask_in_vain(struct scene *s, const struct ask *what,
			enum err_kind kind, const char *words)
{
	if (ask(s, what) || s->err.kind != kind ||
	    strstr(s->err.text, words) == NULL) {
		fail_msg("%d \"%s\" (%s)", s->status, s->err.text,
			 err_kind_name(s->err.kind));
	}
	assert_null(s->way.tls);
}

/* What the server has told so far, the first letter of each line. */
static void expect_told(struct scene *s, const char *letters)
{
	char line[1024], told[64] = "";
	for (size_t i = 0; i < strlen(letters); i++) {
		fault_expect(&s->fault, "", line, sizeof(line));
		told[i] = line[0];
	}
	assert_string_equal(told, letters);
	assert_true(fault_is_quiet(&s->fault));
}

static void requests_share_a_connection(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "", NULL);
	assert_null(s.way.tls); /* nothing was asked yet */
	assert_true(fault_is_quiet(&s.fault));
	ask_well(&s, &question, 200);
	ask_well(&s, &question, 200);
	expect_told(&s, "crr");
	assert_string_equal(s.stages, "123");
	end(&s);
}

static void a_server_that_closes_gets_a_connection_for_each(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "close", NULL);
	ask_well(&s, &question, 200);
	ask_well(&s, &question, 200);
	ask_well(&s, &question, 200);
	expect_told(&s, "crecrecre");
	/* Told once, however many connections it takes. */
	assert_string_equal(s.stages, "123");
	end(&s);
}

static void the_last_request_says_so(void **state)
{
	struct scene s;
	struct ask last = question;
	(void)state;
	last.last = true;
	start(&s, "", NULL);
	ask_well(&s, &last, 200);
	assert_null(s.way.tls);
	ask_well(&s, &question, 200);
	end(&s);
}

static void every_status_is_an_answer(void **state)
{
	static const int all[] = { 204, 301, 400, 401, 404, 413, 429, 503 };
	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct scene s;
		char faults[32];
		(void)snprintf(faults, sizeof(faults), "status=%d", all[i]);
		start(&s, faults, NULL);
		ask_well(&s, &question, all[i]);
		end(&s);
	}
}

static void a_refusal_has_kind_words_and_remedy(void **state)
{
	static const struct {
		const char *faults;
		enum err_kind kind;
		const char *words;
	} all[] = {
		{ "status=404", ERR_NOT_FOUND, "404" },
		{ "status=401", ERR_DENIED, "registered" },
		{ "status=413", ERR_LIMIT, "larger" },
		{ "status=400", ERR_INVALID,
		  "answered 400, \"The test says no\"." },
		{ "status=301", ERR_RETRY, "Redirects are not followed" },
		{ "status=429", ERR_RETRY, "busy" },
		{ "status=500", ERR_RETRY, "again" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct scene s;
		struct http_answer answer = HTTP_ANSWER_INIT;
		struct buf words = BUF_INIT;
		start(&s, all[i].faults, NULL);
		assert_true(ask_do(&s.way, &question, &answer, &s.err));
		assert_false(ask_refused(&s.way, &answer, &s.err));
		assert_int_equal(s.err.kind, all[i].kind);
		assert_non_null(strstr(s.err.text, all[i].words));
		assert_non_null(strstr(s.err.text, PKI_NAME));
		assert_non_null(strstr(s.err.text, "The test says no"));
		assert_null(strstr(s.err.text, "sent again"));
		ask_put_words(&answer, &words);
		assert_string_equal(buf_str(&words), ", \"The test says no\"");
		buf_clear(&words);
		http_answer_clear(&answer);
		end(&s);
	}
}

static void a_busy_server_says_for_how_long(void **state)
{
	struct scene s;
	struct http_answer answer = HTTP_ANSWER_INIT;
	(void)state;
	start(&s, "status=503,after=77", NULL);
	assert_true(ask_do(&s.way, &question, &answer, &s.err));
	assert_int_equal(answer.retry_after_s, 77);
	http_answer_clear(&answer);
	end(&s);
}

static void a_connection_that_had_worked_is_replaced_once(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "hangup", NULL);
	ask_well(&s, &question, 200);
	/* It looks open, and is found closed. */
	ask_well(&s, &question, 200);
	/* Closed or reset, as the kernel sees it by then. */
	ask_in_vain(&s, &question, ERR_RETRY, "connection");
	end(&s);
}

static void
a_request_that_got_no_answer_is_repeated_after_one_that_did(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "lose,on=POST,times=1", NULL);
	ask_well(&s, &question, 200);
	ask_well(&s, &order, 400);
	expect_told(&s, "crrecr");
	end(&s);
}

static void a_first_request_without_an_answer_is_not_repeated(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "lose,times=1", NULL);
	ask_in_vain(&s, &question, ERR_RETRY, "");
	expect_told(&s, "cre");
	end(&s);
}

static void what_is_no_answer_is_worth_another_try(void **state)
{
	struct scene s;
	struct ask small = question;
	(void)state;
	start(&s, "garbage", NULL);
	ask_in_vain(&s, &question, ERR_RETRY, "no usable answer");
	assert_false(s.way.too_long);
	end(&s);
	start(&s, "", NULL);
	small.answer_bytes = 4;
	ask_in_vain(&s, &small, ERR_RETRY, "no usable answer");
	assert_true(s.way.too_long);
	/* The way can be gone again. */
	ask_well(&s, &question, 200);
	assert_false(s.way.too_long);
	end(&s);
}

static void a_wrong_server_gets_no_request(void **state)
{
	static const char *const wrong[] = { "impostor.pem", "misnamed.pem",
					     "expired.pem", "future.pem" };
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct scene s;
		start(&s, "", wrong[i]);
		ask_in_vain(&s, &question, ERR_RETRY, "");
		assert_string_equal(s.stages, "1");
		expect_told(&s, "ce");
		end(&s);
	}
}

static void without_permission_there_is_no_connection(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "", NULL);
	s.refuse_to_begin = true;
	ask_in_vain(&s, &question, ERR_DENIED, "The owner says no.");
	assert_true(fault_is_quiet(&s.fault));
	end(&s);
}

static void permission_is_asked_while_a_request_goes_out(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "", NULL);
	ask_well(&s, &question, 200);
	assert_true(s.asked > 0);
	s.refuse_at = s.asked + 1;
	ask_in_vain(&s, &question, ERR_DENIED, "no more");
	/* And before another connection. */
	ask_in_vain(&s, &question, ERR_DENIED, "no more");
	expect_told(&s, "cre");
	end(&s);
}

/* Once all has left, the answer that says so is waited for. */
static void permission_is_not_asked_once_all_is_there(void **state)
{
	struct scene s;
	(void)state;
	start(&s, "close", NULL);
	ask_well(&s, &question, 200);
	s.way.whole = true;
	s.refuse_at = 1;
	s.asked = 0;
	ask_well(&s, &question, 200);
	assert_int_equal(s.asked, 0);
	end(&s);
}

static void a_stop_ends_the_wait(void **state)
{
	struct scene s;
	int ends[2];
	(void)state;
	assert_int_equal(pipe(ends), 0);
	start(&s, "", NULL);
	s.watch.stop_fd = ends[0];
	assert_int_equal(write(ends[1], "x", 1), 1);
	ask_in_vain(&s, &question, ERR_RETRY, "");
	end(&s);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static int set_up(void **state)
{
	*state = &device;
	return pki_trust_set_up(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_share_a_connection),
		cmocka_unit_test(
			a_server_that_closes_gets_a_connection_for_each),
		cmocka_unit_test(the_last_request_says_so),
		cmocka_unit_test(every_status_is_an_answer),
		cmocka_unit_test(a_refusal_has_kind_words_and_remedy),
		cmocka_unit_test(a_busy_server_says_for_how_long),
		cmocka_unit_test(a_connection_that_had_worked_is_replaced_once),
		cmocka_unit_test(
			a_request_that_got_no_answer_is_repeated_after_one_that_did),
		cmocka_unit_test(
			a_first_request_without_an_answer_is_not_repeated),
		cmocka_unit_test(what_is_no_answer_is_worth_another_try),
		cmocka_unit_test(a_wrong_server_gets_no_request),
		cmocka_unit_test(without_permission_there_is_no_connection),
		cmocka_unit_test(permission_is_asked_while_a_request_goes_out),
		cmocka_unit_test(permission_is_not_asked_once_all_is_there),
		cmocka_unit_test(a_stop_ends_the_wait),
	};
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
