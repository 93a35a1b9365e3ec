/*
 * A browser of the console's pages, in memory.
 */
#include "tests/pages/server/staff.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/accounts.h"
#include "server/ingest.h"

#define PASSWORD "a long enough pass"
#define COOKIE "__Host-sluice-server"

void staff_make(struct staff *staff)
{
	struct err err = { 0 };
	void *state = NULL;
	memset(staff, 0, sizeof(*staff));
	samples_make(&staff->server);
	memory_init(&staff->m);
	if (!console_open(&staff->server.config, &staff->server.log, &state,
			  &err)) {
		fail_msg("%s", err.text);
	}
	staff->console = state;
}

void staff_remove(struct staff *staff)
{
	console_close(staff->console);
	memory_clear(&staff->m);
	samples_remove(&staff->server);
}

int staff_set_up(void **state)
{
	struct staff *staff = mem_zalloc(sizeof(*staff));
	staff_make(staff);
	*state = staff;
	return 0;
}

int staff_tear_down(void **state)
{
	staff_remove(*state);
	mem_free(*state);
	return 0;
}

/* Keeps the cookie that the answer sets, as a browser does. */
static void keep_cookie(struct staff *staff)
{
	char line[256];
	memory_header(&staff->m, "Set-Cookie", line, sizeof(line));
	const char *equals = strchr(line, '=');
	if (equals != NULL) {
		snprintf(staff->cookie, sizeof(staff->cookie), "%.*s",
			 (int)strcspn(equals + 1, ";"), equals + 1);
	}
}

static void keep_token(struct staff *staff)
{
	static const char mark[] = "name=\"csrf\" value=\"";
	const char *at = strstr(staff->m.content, mark);
	if (at != NULL) {
		at += strlen(mark);
		snprintf(staff->csrf, sizeof(staff->csrf), "%.*s",
			 (int)strcspn(at, "\""), at);
	}
}

static int ask(struct staff *staff, const char *method, const char *target,
	       const char *form)
{
	struct memory_exchange *m = &staff->m;
	char path[512];
	char cookies[256];
	size_t len = strcspn(target, "?");
	memory_clear(m);
	memory_init(m);
	snprintf(path, sizeof(path), "%.*s", (int)len, target);
	snprintf(cookies, sizeof(cookies), COOKIE "=%s; " COOKIE "-pre=%s",
		 staff->cookie, staff->cookie);
	memory_param(m, "REQUEST_METHOD", method);
	memory_param(m, "PATH_INFO", path);
	memory_param(m, "SCRIPT_NAME", "");
	memory_param(m, "QUERY_STRING",
		     target[len] == '?' ? target + len + 1 : "");
	memory_param(m, "REMOTE_ADDR", "192.0.2.14");
	memory_param(m, "HTTPS", "on");
	memory_param(m, "HTTP_HOST", "comms.example:8444");
	if (staff->cookie[0] != '\0') {
		memory_param(m, "HTTP_COOKIE", cookies);
	}
	if (form != NULL) {
		memory_param(m, "CONTENT_TYPE",
			     "application/x-www-form-urlencoded");
		memory_body(m, form, strlen(form));
	}
	console_serve(staff->console, &m->exchange,
		      (int64_t)SAMPLES_NOW * 1000);
	memory_answer(m);
	keep_cookie(staff);
	keep_token(staff);
	return m->status;
}

int staff_get(struct staff *staff, const char *target)
{
	return ask(staff, "GET", target, NULL);
}

int staff_post(struct staff *staff, const char *path, const char *form,
	       bool with_token)
{
	struct buf body = BUF_INIT;
	buf_put_str(&body, form);
	if (with_token) {
		buf_printf(&body, "%scsrf=%s", form[0] == '\0' ? "" : "&",
			   staff->csrf);
	}
	int status = ask(staff, "POST", path, buf_str(&body));
	buf_clear(&body);
	return status;
}

bool staff_sees(const struct staff *staff, const char *text)
{
	return strstr(staff->m.content, text) != NULL;
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

bool staff_sees_word(const struct staff *staff, const char *word)
{
	const char *page = staff->m.content;
	const char *at = page;
	size_t len = strlen(word);

	while ((at = strstr(at, word)) != NULL) {
		if ((at == page || !is_of_word(at[-1])) &&
		    !is_of_word(at[len])) {
			return true;
		}
		at++;
	}
	return false;
}

const char *staff_sent_to(const struct staff *staff, char *dst, size_t size)
{
	return memory_header(&staff->m, "Location", dst, size);
}

void staff_sign_in(struct staff *staff, const char *name, unsigned roles)
{
	struct err err = { 0 };
	char form[256];
	int64_t id = 0;
	if (!accounts_create(staff->server.server.db, "test", name, PASSWORD,
			     NULL, roles, SAMPLES_NOW, &id, &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(200, staff_get(staff, "/login"));
	snprintf(form, sizeof(form), "name=%s&password=a+long+enough+pass",
		 name);
	assert_int_equal(303, staff_post(staff, "/login", form, true));
}

void staff_receive(struct staff *staff, const char *device, unsigned n,
		   int64_t now)
{
	struct samples *s = &staff->server;
	struct buf body = BUF_INIT, receipt = BUF_INIT;
	struct refusal refusal = { 0 };
	struct fleet_device row = { 0 };
	struct upload_head head = { 0 };
	bool repeated = false;
	samples_transaction(head.transaction, n);
	samples_upload(&body, device, head.transaction);
	head.bytes = body.len;
	sha256_bytes(body.data, body.len, head.sha256);
	snprintf(row.id, sizeof(row.id), "%s", device);
	struct ingest *ingest = ingest_begin(&s->server, &row,
					     strcmp(device, SAMPLES_DEVICE) == 0
						     ? s->device.sha256
						     : s->other.sha256,
					     &head);
	if (!ingest_feed(ingest, body.data, body.len, &refusal) ||
	    !ingest_finish(ingest, now, &receipt, &repeated, &refusal)) {
		fail_msg("%s", refusal.detail);
	}
	ingest_free(ingest);
	buf_clear(&body);
	buf_clear(&receipt);
}
