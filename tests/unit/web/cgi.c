#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/web/site.h"
#include "web/cgi.h"

/* Runs one process with form on descriptor 0; its answer goes to dst. */
static void run(char *const env[], const char *form, char *dst, size_t size)
{
	int in[2];
	int out[2];
	int status;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);

	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct site site;
		struct test_app app;

		site_make(&site, &app);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		_exit(cgi_serve(&site, env, 1700000000000, NULL) ? 0 : 1);
	}
	close(in[0]);
	close(out[1]);
	assert_int_equal(write(in[1], form, strlen(form)),
			 (ssize_t)strlen(form));
	close(in[1]);

	size_t len = 0;
	ssize_t got;

	while ((got = read(out[0], dst + len, size - len - 1)) > 0) {
		len += (size_t)got;
	}
	dst[len] = '\0';
	close(out[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_page_goes_to_standard_output(void **state)
{
	char method[] = "REQUEST_METHOD=GET";
	char path[] = "PATH_INFO=/open";
	char *const env[] = { method, path, NULL };
	char answer[4096];

	(void)state;
	run(env, "", answer, sizeof(answer));
	assert_memory_equal(answer, "Status: 200 OK\r\n", 16);
	assert_non_null(strstr(answer, "\r\n\r\nOpen|shown|"));
}

static void head_gets_no_body(void **state)
{
	char method[] = "REQUEST_METHOD=HEAD";
	char path[] = "PATH_INFO=/open";
	char *const env[] = { method, path, NULL };
	char answer[4096];

	(void)state;
	run(env, "", answer, sizeof(answer));
	assert_memory_equal(answer, "Status: 200 OK\r\n", 16);
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void a_form_comes_from_standard_input(void **state)
{
	char method[] = "REQUEST_METHOD=POST";
	char path[] = "PATH_INFO=/form";
	char cookie[] = "HTTP_COOKIE=__Host-s=good";
	char type[] = "CONTENT_TYPE=application/x-www-form-urlencoded";
	char length[40];
	char *const env[] = { method, path, cookie, type, length, NULL };
	const char *form = site_form("good", "name=desk-2");
	char answer[4096];

	(void)state;
	snprintf(length, sizeof(length), "CONTENT_LENGTH=%zu", strlen(form));
	run(env, form, answer, sizeof(answer));
	assert_non_null(strstr(answer, "Location: /form?done=desk-2\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_goes_to_standard_output),
		cmocka_unit_test(head_gets_no_body),
		cmocka_unit_test(a_form_comes_from_standard_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
