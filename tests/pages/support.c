/*
 * Prepares a device's database through the domain layer and runs the device
 * binary as its web server does. Looks at answers as bytes; what they should
 * say is in the tests.
 */
#include "tests/pages/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "domain/sessions.h"
#include "store/migrate.h"
#include "tests/support/folder.h"
#include "tests/support/word.h"
#include "web/csrf.h"
#include "web/html.h"

#define ANSWER_MAX (64u * 1024 * 1024)
#define CALL_SECONDS 60 /* a process that hangs is ended */

static char *path_in(const struct pages *pages, const char *name)
{
	return files_join(pages->dir, name);
}

void pages_make(struct pages *pages)
{
	static const char text[] =
		"[device]\nid = ex7-004211\nserial = EX7-004211\n"
		"title = Example Printer 7\n"
		"[server]\nname = comms.example\naddress = 127.0.0.1\n";

	memset(pages, 0, sizeof(*pages));
	pages->now = clock_utc_now();
	folder_make(pages->dir, sizeof(pages->dir));

	char *conf = path_in(pages, "sluice.conf");

	assert_true(files_write(conf, text, sizeof(text) - 1, 0644, NULL));
	assert_true(device_config_load(conf, &pages->config, NULL));
	assert_true(files_make_dir(pages->config.state, 0755, NULL));

	char *path = device_config_state_path(&pages->config, "sluice.db");

	assert_true(db_open(path, DB_CREATE, &pages->db, NULL));
	assert_true(migrate(pages->db, "device", NULL));
	mem_free(path);
	mem_free(conf);
}

/* What a sanitizer found in one of the processes fails the test. */
static void check_running_log(struct pages *pages)
{
	char *path = path_in(pages, "err");
	char *text = files_exists(path) ? pages_running_log(pages) : NULL;

	if (text != NULL && (strstr(text, "Sanitizer") != NULL ||
			     strstr(text, "runtime error") != NULL)) {
		fail_msg("%s", text);
	}
	mem_free(text);
	mem_free(path);
}

void pages_remove(struct pages *pages)
{
	check_running_log(pages);
	db_close(pages->db);
	device_config_clear(&pages->config);
	folder_remove(pages->dir);
}

struct person pages_person(struct pages *pages, const char *name,
			   unsigned roles)
{
	struct person person = { .signed_in = true };
	struct err err = { .kind = ERR_NONE };
	char token[SESSION_TOKEN_SIZE];
	int64_t id;

	if (!accounts_create(pages->db, "test", name, PAGES_PASSWORD, NULL,
			     roles, pages->now, &id, &err) ||
	    !sessions_start(pages->db, id, "192.0.2.1", pages->now, token,
			    &err)) {
		fail_msg("%s", err.text);
	}
	snprintf(person.name, sizeof(person.name), "%s", name);
	snprintf(person.cookie, sizeof(person.cookie), "%s", token);
	return person;
}

int pages_set_up(void **state)
{
	struct pages *pages = *state;

	pages_make(pages);
	pages->customer = pages_person(pages, "frontdesk", ROLE_CUSTOMER);
	pages->operator= pages_person(pages, "olga", ROLE_OPERATOR);
	pages->auditor = pages_person(pages, "audrey", ROLE_AUDITOR);
	pages->admin = pages_person(pages, "ada", ROLE_ADMIN);
	return 0;
}

int pages_tear_down(void **state)
{
	pages_remove(*state);
	return 0;
}

struct person pages_visitor(void)
{
	struct person person = { .signed_in = false };

	csrf_random(person.cookie);
	return person;
}

/* Environment of one process; each entry is owned. */
struct environment {
	char *at[32];
	size_t count;
};

static void set(struct environment *env, const char *name, const char *value)
{
	struct buf text = BUF_INIT;

	if (value != NULL) {
		buf_printf(&text, "%s=%s", name, value);
		env->at[env->count++] = buf_take_str(&text);
		env->at[env->count] = NULL;
	}
}

static void environment_clear(struct environment *env)
{
	for (size_t i = 0; i < env->count; i++) {
		mem_free(env->at[i]);
	}
}

static void set_cookies(struct environment *env, const struct call *call)
{
	struct buf text = BUF_INIT;

	if (call->cookies != NULL) {
		set(env, "HTTP_COOKIE", call->cookies);
	} else if (call->who != NULL && call->who->cookie[0] != '\0') {
		buf_printf(&text, "other=1; %s=%s",
			   call->who->signed_in ? "__Host-sluice"
						: "__Host-sluice-pre",
			   call->who->cookie);
		set(env, "HTTP_COOKIE", buf_str(&text));
	}
	buf_clear(&text);
}

static void fill_environment(const struct pages *pages, const struct call *call,
			     const struct buf *body, struct environment *env)
{
	char *conf = path_in(pages, "sluice.conf");
	char length[24];

	snprintf(length, sizeof(length), "%zu", body->len);
	set(env, "SLUICE_CONF", conf);
	set(env, "GATEWAY_INTERFACE", "CGI/1.1");
	set(env, "SERVER_PROTOCOL", "HTTP/1.1");
	set(env, "REQUEST_METHOD", call->method);
	set(env, "PATH_INFO", call->path);
	set(env, "QUERY_STRING", call->query != NULL ? call->query : "");
	set(env, "REMOTE_ADDR", "192.0.2.14");
	set(env, "HTTP_HOST", "device.example");
	set(env, "HTTPS", "on");
	set(env, "HTTP_ACCEPT", call->accept);
	set(env, "HTTP_SEC_FETCH_SITE", call->site);
	set(env, "ASAN_OPTIONS", getenv("ASAN_OPTIONS"));
	set(env, "UBSAN_OPTIONS", getenv("UBSAN_OPTIONS"));
	if (strcmp(call->method, "POST") == 0) {
		set(env, "CONTENT_TYPE",
		    call->content_type != NULL
			    ? call->content_type
			    : "application/x-www-form-urlencoded");
		set(env, "CONTENT_LENGTH",
		    call->content_length != NULL ? call->content_length
						 : length);
	}
	set_cookies(env, call);
	mem_free(conf);
}

static void fill_body(const struct call *call, struct buf *body)
{
	char token[CSRF_TOKEN_SIZE] = "";

	if (strcmp(call->method, "POST") != 0) {
		return;
	}
	if (call->who != NULL) {
		csrf_token(token, call->who->cookie);
	}
	const char *csrf = call->csrf != NULL ? call->csrf : token;

	buf_put_str(body, call->form != NULL ? call->form : "");
	if (csrf[0] != '\0') {
		buf_printf(body, "%scsrf=%s", body->len > 0 ? "&" : "", csrf);
	}
}

/* The child: binary as "sluice-page", files as its three descriptors. */
static void run_page(const struct pages *pages, char *const envp[])
{
	char binary[4096];
	char *const argv[] = { (char *)(uintptr_t) "sluice-page", NULL };
	const char *top = getenv("abs_top_builddir");

	snprintf(binary, sizeof(binary), "%s/sluice", top != NULL ? top : ".");
	if (chdir(pages->dir) != 0 || freopen("in", "r", stdin) == NULL ||
	    freopen("out", "w", stdout) == NULL ||
	    freopen("err", "a", stderr) == NULL) {
		_exit(126);
	}
	alarm(CALL_SECONDS);
	execve(binary, argv, envp);
	_exit(127);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void split(struct answer *answer, struct buf *out)
{
	char *all = buf_take_str(out);
	char *end = strstr(all, "\r\n\r\n");

	if (end == NULL || strncmp(all, "Status: ", 8) != 0 ||
	    !is_digit(all[8])) {
		fail_msg("no CGI answer: %.200s", all);
	}
	answer->status = atoi(all + 8);
	answer->head = mem_strndup(all, (size_t)(end - all) + 2);
	answer->body = mem_strdup(end + 4);
	answer->len = strlen(answer->body);
	mem_free(all);
}

struct answer pages_call(struct pages *pages, const struct call *call)
{
	struct answer answer = { .status = 0 };
	struct environment env = { .count = 0 };
	struct buf body = BUF_INIT;
	struct buf out = BUF_INIT;
	char *in_path = path_in(pages, "in");
	char *out_path = path_in(pages, "out");
	int status = 0;

	fill_body(call, &body);
	fill_environment(pages, call, &body, &env);
	assert_true(files_write(in_path, body.data, body.len, 0600, NULL));

	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		run_page(pages, env.at);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		fail_msg("no page program (status %d): is abs_top_builddir "
			 "set?",
			 status);
	}
	assert_true(files_read(out_path, ANSWER_MAX, &out, NULL));
	split(&answer, &out);
	environment_clear(&env);
	buf_clear(&body);
	mem_free(in_path);
	mem_free(out_path);
	return answer;
}

struct answer pages_get(struct pages *pages, const struct person *who,
			const char *path)
{
	const char *query = strchr(path, '?');
	char *plain = mem_strndup(path, query != NULL ? (size_t)(query - path)
						      : strlen(path));
	struct call call = {
		.method = "GET",
		.path = plain,
		.query = query != NULL ? query + 1 : NULL,
		.who = who,
	};
	struct answer answer = pages_call(pages, &call);

	mem_free(plain);
	return answer;
}

struct answer pages_post(struct pages *pages, const struct person *who,
			 const char *path, const char *form)
{
	struct call call = {
		.method = "POST", .path = path, .who = who, .form = form
	};

	return pages_call(pages, &call);
}

void answer_clear(struct answer *answer)
{
	mem_free(answer->head);
	mem_free(answer->body);
	*answer = (struct answer){ .status = 0 };
}

const char *answer_field(const struct answer *answer, const char *name,
			 char *dst, size_t size)
{
	char start[80];

	snprintf(start, sizeof(start), "\r\n%s: ", name);

	const char *at = strstr(answer->head, start);

	dst[0] = '\0';
	if (at != NULL) {
		at += strlen(start);
		snprintf(dst, size, "%.*s", (int)strcspn(at, "\r\n"), at);
	}
	return dst;
}

void expect_status(const struct answer *answer, int status)
{
	if (answer->status != status) {
		fail_msg("status %d, not %d:\n%s\n%.3000s", answer->status,
			 status, answer->head, answer->body);
	}
}

void expect_text(const struct answer *answer, const char *text)
{
	if (strstr(answer->body, text) == NULL) {
		fail_msg("no \"%s\" in:\n%s\n%.6000s", text, answer->head,
			 answer->body);
	}
}

void expect_words(const struct answer *answer, const char *words)
{
	struct buf html = BUF_INIT;

	html_put_text(&html, words);
	expect_text(answer, buf_str(&html));
	buf_clear(&html);
}

void expect_no_text(const struct answer *answer, const char *text)
{
	const char *at = strstr(answer->body, text);

	if (at != NULL) {
		fail_msg("\"%s\" in:\n%s\n%.500s", text, answer->head, at);
	}
}

void expect_no_word(const struct answer *answer, const char *word)
{
	if (word_in(answer->body, word)) {
		fail_msg("\"%s\" in:\n%s\n%.6000s", word, answer->head,
			 answer->body);
	}
}

void expect_location(const struct answer *answer, const char *path)
{
	char to[1024];

	expect_status(answer, 303);
	assert_string_equal(answer_field(answer, "Location", to, sizeof(to)),
			    path);
}

void expect_get(struct pages *pages, const struct person *who, const char *path,
		int status)
{
	struct answer answer = pages_get(pages, who, path);

	expect_status(&answer, status);
	answer_clear(&answer);
}

void expect_post(struct pages *pages, const struct person *who,
		 const char *path, const char *form, int status)
{
	struct answer answer = pages_post(pages, who, path, form);

	expect_status(&answer, status);
	answer_clear(&answer);
}

char *pages_running_log(struct pages *pages)
{
	char *path = path_in(pages, "err");
	struct buf text = BUF_INIT;

	assert_true(files_read(path, ANSWER_MAX, &text, NULL));
	mem_free(path);
	return buf_take_str(&text);
}
