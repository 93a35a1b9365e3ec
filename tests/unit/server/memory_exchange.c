/*
 * Requests without a web server.
 */
#include "tests/unit/server/memory_exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "base/mem.h"

static ssize_t read_body(void *ctx, void *dst, size_t len)
{
	struct memory_exchange *m = ctx;
	size_t left = m->body_len - m->body_at;
	size_t give = len < left ? len : left;
	if (m->piece != 0 && give > m->piece) {
		give = m->piece;
	}
	if (give == 0) {
		return m->fail ? -1 : 0;
	}
	memcpy(dst, m->body + m->body_at, give);
	m->body_at += give;
	return (ssize_t)give;
}

static bool write_answer(void *ctx, const void *data, size_t len)
{
	struct memory_exchange *m = ctx;
	buf_put(&m->out, data, len);
	return true;
}

void memory_init(struct memory_exchange *m)
{
	memset(m, 0, sizeof(*m));
	m->exchange = (struct exchange){
		.ctx = m,
		.envp = m->envp,
		.read = read_body,
		.write = write_answer,
	};
}

void memory_clear(struct memory_exchange *m)
{
	for (size_t i = 0; m->envp[i] != NULL; i++) {
		mem_free(m->envp[i]);
	}
	buf_clear(&m->out);
	memset(m, 0, sizeof(*m));
}

void memory_param(struct memory_exchange *m, const char *name,
		  const char *value)
{
	size_t len = strlen(name);
	size_t at = 0;
	while (m->envp[at] != NULL && (strncmp(m->envp[at], name, len) != 0 ||
				       m->envp[at][len] != '=')) {
		at++;
	}
	assert_true(at < MEMORY_PARAMS_MAX);
	mem_free(m->envp[at]);
	if (value == NULL) {
		/* The last one takes its place. */
		size_t last = at;
		while (m->envp[last] != NULL && m->envp[last + 1] != NULL) {
			last++;
		}
		m->envp[at] = last == at ? NULL : m->envp[last];
		m->envp[last] = NULL;
		return;
	}
	struct buf row = BUF_INIT;
	buf_printf(&row, "%s=%s", name, value);
	m->envp[at] = buf_take_str(&row);
}

void memory_body(struct memory_exchange *m, const void *data, size_t len)
{
	char text[24];
	m->body = data;
	m->body_len = len;
	m->body_at = 0;
	snprintf(text, sizeof(text), "%zu", len);
	memory_param(m, "CONTENT_LENGTH", text);
}

void memory_answer(struct memory_exchange *m)
{
	const char *text = buf_str(&m->out);
	const char *end = strstr(text, "\r\n\r\n");
	assert_non_null(end);
	assert_int_equal(0, strncmp(text, "Status: ", 8));
	m->status = atoi(text + 8);
	m->content = end + 4;
}

const char *memory_header(const struct memory_exchange *m, const char *name,
			  char *dst, size_t size)
{
	const char *line = buf_str(&m->out);
	size_t len = strlen(name);
	dst[0] = '\0';
	while (line != NULL && strncmp(line, "\r\n", 2) != 0) {
		if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
			snprintf(dst, size, "%.*s",
				 (int)strcspn(line + len + 2, "\r"),
				 line + len + 2);
			return dst;
		}
		line = strstr(line, "\r\n");
		line = line == NULL ? NULL : line + 2;
	}
	return dst;
}
