#ifndef SLUICE_WEB_REQUEST_H
#define SLUICE_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "formats/multipart.h"
#include "formats/urlencoded.h"

/*
 * One HTTP request as CGI (RFC 3875) and FastCGI hand it over. Strict: what
 * is not plainly right is refused before a page sees it.
 */
enum request_method {
	METHOD_UNSET = 0,
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_OTHER
};

#define METHOD_BIT(method) (1u << (unsigned)(method))

#define REQUEST_PATH_MAX 512
#define REQUEST_QUERY_MAX 4096
#define REQUEST_COOKIES_MAX 8192
#define REQUEST_FORM_MAX (64 * 1024)
#define REQUEST_PAIRS_MAX 128
#define REQUEST_VALUE_MAX (16 * 1024)

#define REQUEST_FILE_MAX ((uint64_t)16 << 30) /* body of a form with a file */
#define REQUEST_FILE_FIELD "file"

/* Reads up to len bytes of the body; 0 = end, -1 = failed. */
typedef ssize_t request_body_fn(void *ctx, void *dst, size_t len);

/* What is left of a body that is not read at once. */
struct request_body {
	request_body_fn *read;
	void *ctx;
	uint64_t left; /* bytes, of Content-Length */
};

struct request {
	enum request_method method;
	char *path; /* decoded once, "/log/12"; "" until read */
	struct urlencoded query;
	struct urlencoded form; /* POST only */
	char *cookies;          /* header as it came, "" = none */
	char address[64];       /* of the browser, "192.0.2.14"; "" = unknown */
	char host[128];         /* Host header; "" = none */
	bool https;
	bool cross_site; /* Sec-Fetch-Site says another site */
	bool wants_json; /* Accept names application/json first */
	int64_t now;     /* UTC seconds, given by the program */
	int64_t now_ms;  /* UTC milliseconds, the same moment */
	/*
	 * A form that carries a file (multipart/form-data): its fields are in
	 * form, the file is still to be read. NULL = there is none.
	 */
	struct multipart *file;
	struct request_body body;
};

/*
 * Reads a request. envp is the CGI environment ("NAME=value", ends with
 * NULL; FCGX gives the same form), borrowed during the call. The path is
 * PATH_INFO. A body over REQUEST_FORM_MAX is refused before it is read. Of a
 * form with a file, whose field is REQUEST_FILE_FIELD and the last one, only
 * what stands before the file is read; body and ctx are used until
 * request_clear() then, and the request may not move.
 *
 * On false the request holds what was read until then, so that an error page
 * can be made of it; request_clear() it in both cases.
 * Errors: INVALID (400), LIMIT (413).
 */
MUST_USE bool request_read(struct request *request, char *const envp[],
			   request_body_fn *body, void *ctx, int64_t now_ms,
			   struct err *err);
/* Wipes form, cookies and what of a file is in memory. */
void request_clear(struct request *request);

/*
 * Up to len (not 0) bytes of the file. 0 = its end, and the form was whole;
 * -1 = failed (INVALID), for good.
 */
ssize_t request_file_read(const struct request *request, void *dst, size_t len,
			  struct err *err);

/*
 * Reads and drops what is left of the file, but at most max bytes: many
 * browsers look for the answer only when they have sent all.
 */
void request_file_drain(struct request *request, uint64_t max);

/* Value of a query or form field; "" if there is none. */
const char *request_query(const struct request *request, const char *name);
const char *request_form(const struct request *request, const char *name);

#endif
