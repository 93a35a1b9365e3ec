/*
 * Collects a response and sends it once. The security fields are added here
 * and nowhere else, so no page can forget them. What a page says stands in
 * its template; who may see it is the router's matter.
 */
#include "web/response.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "web/html.h"

#define FILENAME_MAX_BYTES 100
#define FILE_PIECE_BYTES (64 * 1024)
#define HEAD_ROOM 2048 /* bytes; more only costs a copy */

static const char html_type[] = "text/html; charset=utf-8";

/* On every response; see docs/security.md for the reasons. */
static const char security_fields[] =
	"X-Content-Type-Options: nosniff\r\n"
	"Referrer-Policy: no-referrer\r\n"
	"Cross-Origin-Opener-Policy: same-origin\r\n"
	"Cross-Origin-Resource-Policy: same-origin\r\n"
	"X-Frame-Options: DENY\r\n"
	"Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"
	"Strict-Transport-Security: max-age=31536000\r\n"
	"Cache-Control: no-store\r\n";

static const char page_policy[] =
	"Content-Security-Policy: default-src 'none'; style-src 'self'; "
	"script-src 'self'; img-src 'self'; connect-src 'self'; "
	"form-action 'self'; base-uri 'none'; object-src 'none'; "
	"frame-ancestors 'none'\r\n";

static const char download_policy[] =
	"Content-Security-Policy: default-src 'none'; base-uri 'none'; "
	"form-action 'none'; frame-ancestors 'none'; sandbox\r\n";

void response_init(struct response *response)
{
	*response = (struct response){
		.status = 200,
		.type = html_type,
		.file_fd = -1,
	};
}

static void close_file(struct response *response)
{
	if (response->file_fd >= 0) {
		close(response->file_fd);
	}
	response->file_fd = -1;
	response->file_bytes = 0;
}

void response_clear(struct response *response)
{
	close_file(response);
	buf_clear(&response->fields);
	buf_clear(&response->cookies);
	buf_burn(&response->body);
}

void response_reset(struct response *response)
{
	response->status = 200;
	response->type = html_type;
	response->download = false;
	response->done = false;
	close_file(response);
	buf_reset(&response->fields);
	buf_reset(&response->body);
}

void response_field(struct response *response, const char *name,
		    const char *value)
{
	assert(text_is_one_line(name, strlen(name)));
	assert(text_is_one_line(value, strlen(value)));
	buf_put_str(&response->fields, name);
	buf_put_str(&response->fields, ": ");
	buf_put_str(&response->fields, value);
	buf_put_str(&response->fields, "\r\n");
}

void response_redirect(struct response *response, const char *path)
{
	response_reset(response);
	response->status = 303;
	response->type = "text/plain; charset=utf-8";
	response_field(response, "Location",
		       html_is_own_path(path) ? path : "/");
	buf_put_str(&response->body, "See the other page.\n");
	response->done = true;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/* All of a download but its bytes. */
static void begin_download(struct response *response, const char *type,
			   const char *filename)
{
	struct buf value = BUF_INIT;

	response_reset(response);
	buf_put_str(&value, "attachment; filename=\"");
	for (size_t i = 0; filename[i] != '\0' && i < FILENAME_MAX_BYTES; i++) {
		bool fine = is_name_char(filename[i]) &&
			    (i > 0 || filename[i] != '.');

		buf_put_char(&value, fine ? filename[i] : '_');
	}
	buf_put_char(&value, '"');
	response_field(response, "Content-Disposition", buf_str(&value));
	buf_clear(&value);
	response->type = type;
	response->download = true;
	response->done = true;
}

void response_download(struct response *response, const char *type,
		       const char *filename, const void *data, size_t len)
{
	begin_download(response, type, filename);
	buf_put(&response->body, data, len);
}

void response_download_file(struct response *response, const char *type,
			    const char *filename, int fd, uint64_t bytes)
{
	begin_download(response, type, filename);
	response->file_fd = fd;
	response->file_bytes = bytes;
}

void response_json(struct response *response, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	assert(text != NULL);
	response_reset(response);
	response->type = "application/json; charset=utf-8";
	buf_put_str(&response->body, text);
	response->done = true;
	free(text);
}

const char *response_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 303, "See Other" },
		{ 400, "Bad Request" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 413, "Content Too Large" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status) {
			return reasons[i].reason;
		}
	}
	return "";
}

/* The bytes of the file, a piece at a time. */
static bool send_file(const struct response *response, response_write_fn *write,
		      void *ctx, struct err *err)
{
	uint8_t *piece = mem_zalloc(FILE_PIECE_BYTES);
	uint64_t left = response->file_bytes;
	bool ok = true;

	while (ok && left > 0) {
		size_t want = left < FILE_PIECE_BYTES ? (size_t)left
						      : FILE_PIECE_BYTES;
		ssize_t got = read(response->file_fd, piece, want);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			ok = err_set(err, ERR_IO, "the file ended early");
		} else if (!write(ctx, piece, (size_t)got)) {
			ok = err_set(err, ERR_IO, "the web server is gone");
		} else {
			left -= (uint64_t)got;
		}
	}
	mem_free(piece);
	return ok;
}

bool response_send(const struct response *response, bool head_only,
		   response_write_fn *write, void *ctx, struct err *err)
{
	struct buf all = BUF_INIT;

	buf_reserve(&all, HEAD_ROOM + response->fields.len +
				  response->cookies.len + response->body.len);
	buf_printf(&all, "Status: %d %s\r\n", response->status,
		   response_reason(response->status));
	buf_put_str(&all, "Content-Type: ");
	buf_put_str(&all, response->type);
	buf_printf(&all, "\r\nContent-Length: %" PRIu64 "\r\n",
		   response->file_fd >= 0 ? response->file_bytes
					  : (uint64_t)response->body.len);
	buf_put_str(&all, security_fields);
	buf_put_str(&all, response->download ? download_policy : page_policy);
	buf_put_str(&all, buf_str(&response->fields));
	buf_put_str(&all, buf_str(&response->cookies));
	buf_put_str(&all, "\r\n");
	if (!head_only) {
		buf_put(&all, response->body.data, response->body.len);
	}

	bool done = write(ctx, all.data, all.len);

	buf_burn(&all);
	if (!done) {
		return err_set(err, ERR_IO, "the web server is gone");
	}
	return head_only || response->file_fd < 0 ||
	       send_file(response, write, ctx, err);
}
