/*
 * Reads one request from a CGI environment and a body callback. Decides
 * nothing about pages: paths, roles and fields are the router's matter.
 *
 * PATH_INFO is the decoded path (RFC 3875, 4.1.5); lighttpd decodes once and
 * resolves "..", so a "%" in it stands for itself.
 */
#include "web/request.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

static const char *variable(char *const envp[], const char *name)
{
	size_t len = strlen(name);

	for (; *envp != NULL; envp++) {
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=') {
			return *envp + len + 1;
		}
	}
	return "";
}

static enum request_method method_of(const char *name)
{
	if (strcmp(name, "GET") == 0) {
		return METHOD_GET;
	}
	if (strcmp(name, "HEAD") == 0) {
		return METHOD_HEAD;
	}
	return strcmp(name, "POST") == 0 ? METHOD_POST : METHOD_OTHER;
}

static bool read_path(struct request *request, const char *path,
		      struct err *err)
{
	size_t len = strlen(path);

	if (len > REQUEST_PATH_MAX || !text_is_one_line(path, len) ||
	    (len > 0 && path[0] != '/')) {
		return err_set(err, ERR_INVALID,
			       "The address of the page is not valid.");
	}
	request->path = mem_strdup(len > 0 ? path : "/");
	return true;
}

static bool read_query(struct request *request, const char *query,
		       struct err *err)
{
	static const struct urlencoded_limits limits = {
		.bytes = REQUEST_QUERY_MAX,
		.pairs = REQUEST_PAIRS_MAX,
		.value = REQUEST_QUERY_MAX,
	};

	if (urlencoded_parse(query, strlen(query), &limits, &request->query,
			     NULL)) {
		return true;
	}
	return err_set(err, ERR_INVALID,
		       "The part of the address after \"?\" is not valid.");
}

/* Copies what is fine; a value that is not plain text counts as none. */
static void read_text(char *dst, size_t size, const char *value)
{
	if (!text_is_one_line(value, strlen(value)) ||
	    !text_copy(dst, size, value)) {
		dst[0] = '\0';
	}
}

static bool read_head(struct request *request, char *const envp[],
		      struct err *err)
{
	const char *site = variable(envp, "HTTP_SEC_FETCH_SITE");
	const char *cookies = variable(envp, "HTTP_COOKIE");

	request->method = method_of(variable(envp, "REQUEST_METHOD"));
	request->https = strcmp(variable(envp, "HTTPS"), "on") == 0;
	request->cross_site = strcmp(site, "cross-site") == 0 ||
			      strcmp(site, "same-site") == 0;
	request->wants_json = text_starts_with(variable(envp, "HTTP_ACCEPT"),
					       "application/json");
	read_text(request->address, sizeof(request->address),
		  variable(envp, "REMOTE_ADDR"));
	read_text(request->host, sizeof(request->host),
		  variable(envp, "HTTP_HOST"));
	request->cookies = mem_strdup(
		strlen(cookies) <= REQUEST_COOKIES_MAX ? cookies : "");
	return read_path(request, variable(envp, "PATH_INFO"), err) &&
	       read_query(request, variable(envp, "QUERY_STRING"), err);
}

/* "application/x-www-form-urlencoded", parameters do not matter. */
static bool is_form_type(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	size_t len = sizeof(form) - 1;

	return strncasecmp(type, form, len) == 0 &&
	       (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static bool read_all(request_body_fn *body, void *ctx, size_t len,
		     struct buf *out, struct err *err)
{
	char piece[4096];

	while (out->len < len) {
		size_t want = len - out->len;
		ssize_t got = body(ctx, piece,
				   want < sizeof(piece) ? want : sizeof(piece));

		if (got <= 0) {
			return err_set(err, ERR_INVALID,
				       "The form did not arrive whole.");
		}
		buf_put(out, piece, (size_t)got);
	}
	mem_burn(piece, sizeof(piece));
	return true;
}

/* The body as far as its length was told. */
static ssize_t read_counted(void *ctx, void *dst, size_t len)
{
	struct request_body *body = ctx;

	if (body->left == 0) {
		return 0;
	}
	ssize_t got = body->read(body->ctx, dst,
				 len < body->left ? len : (size_t)body->left);

	if (got > 0) {
		body->left -= (uint64_t)got;
	}
	return got;
}

/* Up to the file. */
static bool open_file(struct request *request, const char *type, uint64_t len,
		      request_body_fn *body, void *ctx, struct err *err)
{
	if (len > REQUEST_FILE_MAX) {
		return err_set(err, ERR_LIMIT,
			       "The file is larger than 16 GiB.");
	}
	request->body = (struct request_body){ body, ctx, len };
	return multipart_open(type, read_counted, &request->body,
			      &request->file, err) &&
	       multipart_fields(request->file, REQUEST_FILE_FIELD,
				&request->form, err);
}

static bool read_form(struct request *request, char *const envp[],
		      request_body_fn *body, void *ctx, struct err *err)
{
	static const struct urlencoded_limits limits = {
		.bytes = REQUEST_FORM_MAX,
		.pairs = REQUEST_PAIRS_MAX,
		.value = REQUEST_VALUE_MAX,
	};
	const char *length = variable(envp, "CONTENT_LENGTH");
	const char *type = variable(envp, "CONTENT_TYPE");
	uint64_t len = 0;

	if (length[0] != '\0' && !text_parse_u64(length, 0, UINT64_MAX, &len)) {
		return err_set(err, ERR_INVALID,
			       "The form has no valid length.");
	}
	if (len > 0 && multipart_is_type(type)) {
		return open_file(request, type, len, body, ctx, err);
	}
	if (len > REQUEST_FORM_MAX) {
		return err_set(err, ERR_LIMIT,
			       "The form is larger than 64 KiB.");
	}
	if (len > 0 && !is_form_type(type)) {
		return err_set(err, ERR_INVALID, "This is no form of a page.");
	}

	struct buf text = BUF_INIT;
	bool done = read_all(body, ctx, (size_t)len, &text, err);

	if (done && !urlencoded_parse(buf_str(&text), text.len, &limits,
				      &request->form, NULL)) {
		done = err_set(err, ERR_INVALID, "The form is not valid.");
	}
	buf_burn(&text);
	return done;
}

bool request_read(struct request *request, char *const envp[],
		  request_body_fn *body, void *ctx, int64_t now_ms,
		  struct err *err)
{
	*request = (struct request){ .now = now_ms / 1000, .now_ms = now_ms };

	bool done = read_head(request, envp, err);

	if (done && request->method == METHOD_POST) {
		done = read_form(request, envp, body, ctx, err);
	}
	if (request->path == NULL) {
		request->path = mem_strdup("");
	}
	return done;
}

void request_clear(struct request *request)
{
	mem_free(request->path);
	if (request->cookies != NULL) {
		mem_burn_free(request->cookies, strlen(request->cookies));
	}
	urlencoded_clear(&request->query);
	urlencoded_clear(&request->form);
	multipart_close(request->file);
	*request = (struct request){ 0 };
}

ssize_t request_file_read(const struct request *request, void *dst, size_t len,
			  struct err *err)
{
	return multipart_file(request->file, dst, len, err);
}

void request_file_drain(struct request *request, uint64_t max)
{
	char piece[16 * 1024];
	ssize_t got = 1;

	while (request->file != NULL && got > 0 && max > 0) {
		got = read_counted(&request->body, piece,
				   max < sizeof(piece) ? (size_t)max
						       : sizeof(piece));
		max -= got > 0 ? (uint64_t)got : 0;
	}
	mem_burn(piece, sizeof(piece));
}

static const char *value_in(const struct urlencoded *form, const char *name)
{
	const char *value = urlencoded_get(form, name);

	return value != NULL ? value : "";
}

const char *request_query(const struct request *request, const char *name)
{
	return value_in(&request->query, name);
}

const char *request_form(const struct request *request, const char *name)
{
	return value_in(&request->form, name);
}
