/*
 * A file from the browser, through the real page process: sealed as it comes
 * in, once, only with the order's own token, and nowhere as it is.
 */
#include "tests/pages/jobdata_support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "crypto/sha256.h"
#include "domain/job_seal.h"
#include "web/csrf.h"

#define CANARY "CANARY-of-the-document"
#define TYPE "multipart/form-data; boundary=bOuNdArY"

static struct jobdata_pages p;

/* A form as a browser sends it; NULL leaves a field out. */
struct form {
	const char *csrf, *token, *content;
	const char *end; /* NULL = as it must be */
};

static void put_field(struct buf *body, const char *name, const char *value)
{
	if (value != NULL) {
		buf_printf(body,
			   "--bOuNdArY\r\nContent-Disposition: form-data; "
			   "name=\"%s\"\r\n\r\n%s\r\n",
			   name, value);
	}
}

static struct answer upload(const struct jobs_order *order,
			    const struct person *who, const struct form *form)
{
	struct buf body = BUF_INIT;

	put_field(&body, "csrf", form->csrf);
	put_field(&body, "token", form->token);
	if (form->content != NULL) {
		buf_printf(&body,
			   "--bOuNdArY\r\nContent-Disposition: form-data; "
			   "name=\"file\"; filename=\"" CANARY
			   ".pdf\"\r\nContent-Type: application/pdf\r\n\r\n%s",
			   form->content);
	}
	buf_put_str(&body,
		    form->end != NULL ? form->end : "\r\n--bOuNdArY--\r\n");
	struct call call = { .method = "POST",
			     .path = jobdata_path("file/", order),
			     .who = who,
			     .form = buf_str(&body),
			     .csrf = "",
			     .content_type = TYPE };
	struct answer a = pages_call(&p.pages, &call);

	buf_clear(&body);
	return a;
}

static struct form right_form(const struct jobs_order *order,
			      const struct person *who, const char *content)
{
	static char csrf[CSRF_TOKEN_SIZE], token[JOBS_TOKEN_SIZE];

	csrf_token(csrf, who->cookie);
	jobs_token(order, who->cookie, token);
	return (struct form){ csrf, token, content, NULL };
}

static void expect_upload(const struct jobs_order *order,
			  const struct person *who, const struct form *form,
			  int status)
{
	struct answer a = upload(order, who, form);

	expect_status(&a, status);
	answer_clear(&a);
}

static void expect_untouched(const struct jobs_order *order)
{
	struct jobs_item item = jobdata_item(&p, order->id, 0);
	char *path = job_seal_path(p.pages.config.state, item.transaction);

	assert_int_equal(item.state, JOBS_WAITING);
	assert_int_equal(item.attempts, 0);
	assert_false(files_exists(path));
	mem_free(path);
}

static void a_file_is_sealed_as_it_comes(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, JOBS_UPLOAD);
	struct form form;
	struct buf content = BUF_INIT, sealed = BUF_INIT;
	uint8_t digest[SHA256_SIZE];
	char hex[65];

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		buf_put_str(&content, CANARY "\r\n--bOuNd\n");
	}
	form = right_form(&order, &p.sender, buf_str(&content));
	struct answer a =
		pages_get(&p.pages, &p.sender, jobdata_path("", &order));

	expect_text(&a, "multipart/form-data");
	expect_text(&a, form.token);
	expect_text(&a, "100,000 bytes");
	answer_clear(&a);
	a = pages_get(&p.pages, &p.sender, "/jobdata");
	expect_text(&a, "Waits for the file");
	answer_clear(&a);
	a = upload(&order, &p.sender, &form);
	expect_status(&a, 303);
	expect_location(&a, jobdata_path("", &order));
	answer_clear(&a);

	a = pages_get(&p.pages, &p.sender, "/jobdata");
	expect_text(&a, "On its way");
	answer_clear(&a);

	struct jobs_item item = jobdata_item(&p, order.id, 0);
	char *path = job_seal_path(p.pages.config.state, item.transaction);

	assert_int_equal(item.state, JOBS_SEALED);
	assert_int_equal(item.plain_bytes, content.len);
	sha256_bytes(content.data, content.len, digest);
	hex_encode(hex, digest, sizeof(digest));
	assert_string_equal(item.plain_sha256, hex);
	assert_true(files_read(path, 1024 * 1024, &sealed, NULL));
	assert_int_equal(sealed.len, item.sealed_bytes);
	assert_memory_equal(sealed.data, "age-encryption.org/v1\n", 22);
	assert_null(memmem(sealed.data, sealed.len, CANARY, strlen(CANARY)));
	char *log = pages_running_log(&p.pages);

	assert_null(strstr(log, CANARY));
	mem_free(log);
	mem_free(path);
	buf_clear(&content);
	buf_clear(&sealed);
	/* once */
	form = right_form(&order, &p.sender, "again");
	expect_upload(&order, &p.sender, &form, 403);
	order = jobdata_order_of(&p, order.id);
	form = right_form(&order, &p.sender, "again");
	expect_upload(&order, &p.sender, &form, 403);
	assert_int_equal(jobdata_item(&p, order.id, 0).state, JOBS_SEALED);
}

static void only_the_right_form_is_taken(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, JOBS_UPLOAD);
	struct form form = right_form(&order, &p.sender, CANARY);
	const char *csrf = form.csrf, *token = form.token;

	(void)state;
	form.csrf = NULL;
	expect_upload(&order, &p.sender, &form, 403);
	form.csrf = csrf;
	form.token = "0123456789abcdef";
	expect_upload(&order, &p.sender, &form, 403);
	form.token = NULL;
	expect_upload(&order, &p.sender, &form, 400);
	form.token = token;
	form.content = NULL;
	expect_upload(&order, &p.sender, &form, 400);
	form = right_form(&order, &p.another, CANARY);
	expect_upload(&order, &p.another, &form, 403);
	form = right_form(&order, &p.elsewhere, CANARY);
	expect_upload(&order, &p.elsewhere, &form, 403);
	form = right_form(&order, &p.pages.customer, CANARY);
	expect_upload(&order, &p.pages.customer, &form, 403);
	expect_untouched(&order);
}

static void before_the_confirmation_no_file_is_taken(void **state)
{
	struct jobs_order order = jobdata_choose(&p, JOBS_UPLOAD);
	struct form form = right_form(&order, &p.sender, CANARY);

	(void)state;
	expect_upload(&order, &p.sender, &form, 409);
	expect_untouched(&order);
	jobdata_withdraw(&p);
	expect_upload(&order, &p.sender, &form, 409);
}

static void an_order_of_jobs_takes_no_file(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");
	struct form form = right_form(&order, &p.sender, CANARY);

	(void)state;
	expect_upload(&order, &p.sender, &form, 403);
	expect_untouched(&order);
}

/* What is taken and cannot be sealed ends the order, with the reason. */
static void expect_failed(const char *content, const char *end,
			  const char *words)
{
	struct jobs_order order = jobdata_confirmed(&p, JOBS_UPLOAD);
	struct form form = right_form(&order, &p.sender, content);

	form.end = end;
	expect_upload(&order, &p.sender, &form, 303);
	struct jobs_item item = jobdata_item(&p, order.id, 0);
	char *path = job_seal_path(p.pages.config.state, item.transaction);
	struct answer a =
		pages_get(&p.pages, &p.sender, jobdata_path("", &order));

	assert_int_equal(item.state, JOBS_FAILED);
	assert_false(files_exists(path));
	expect_text(&a, "Not sent");
	expect_words(&a, words);
	answer_clear(&a);
	mem_free(path);
}

static void what_cannot_be_sealed_leaves_nothing(void **state)
{
	struct buf big = BUF_INIT;

	(void)state;
	expect_failed("", NULL, "This job is empty");
	expect_failed(CANARY, "", "did not arrive whole");
	expect_failed(CANARY,
		      "\r\n--bOuNdArY\r\nContent-Disposition: "
		      "form-data; name=\"file\"; filename=\"b\"\r\n\r\n"
		      "second\r\n--bOuNdArY--\r\n",
		      "more than one file");
	for (size_t i = 0; i < 110000; i++) {
		buf_put_char(&big, 'x');
	}
	expect_failed(buf_str(&big), NULL, "larger than");
	buf_clear(&big);
}

static void no_other_page_takes_a_file(void **state)
{
	struct jobs_order order = jobdata_choose(&p, JOBS_UPLOAD);
	struct call call = { .method = "POST",
			     .path = jobdata_path("cancel/", &order),
			     .who = &p.sender,
			     .csrf = "",
			     .content_type = TYPE };
	char csrf[CSRF_TOKEN_SIZE];
	struct buf body = BUF_INIT;

	(void)state;
	csrf_token(csrf, p.sender.cookie);
	put_field(&body, "csrf", csrf);
	buf_put_str(&body, "--bOuNdArY\r\nContent-Disposition: form-data; "
			   "name=\"file\"; filename=\"f\"\r\n\r\nx"
			   "\r\n--bOuNdArY--\r\n");
	call.form = buf_str(&body);
	struct answer a = pages_call(&p.pages, &call);

	expect_status(&a, 400);
	expect_text(&a, "This page takes no file.");
	answer_clear(&a);
	buf_clear(&body);
	assert_int_equal(jobdata_order_of(&p, order.id).state, JOBS_CHOSEN);
}

#define TEST(name)                                                     \
	cmocka_unit_test_prestate_setup_teardown(name, jobdata_set_up, \
						 jobdata_tear_down, &p)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_sealed_as_it_comes),
		TEST(only_the_right_form_is_taken),
		TEST(before_the_confirmation_no_file_is_taken),
		TEST(an_order_of_jobs_takes_no_file),
		TEST(what_cannot_be_sealed_leaves_nothing),
		TEST(no_other_page_takes_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
