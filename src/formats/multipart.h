#ifndef SLUICE_FORMATS_MULTIPART_H
#define SLUICE_FORMATS_MULTIPART_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "formats/urlencoded.h"

/*
 * Forms that carry a file (multipart/form-data), read as they come in. First
 * the fields, small and in memory; then the one file, which is the last part
 * and goes through a window of constant size into the caller's buffer. Its
 * name is not kept. Source: RFC 7578, RFC 2046 section 5.1, but strict: no
 * text before the first part or after the last, no space after a boundary, no
 * "filename*", no Content-Transfer-Encoding, CR LF alone ends a line.
 */
#define MULTIPART_FIELDS_MAX 16
#define MULTIPART_FIELDS_BYTES_MAX (64 * 1024) /* heads and values */
#define MULTIPART_LINE_MAX 4096 /* of a part's head, so of a file name */
#define MULTIPART_LINES_MAX 8   /* of a part's head */
#define MULTIPART_BOUNDARY_MAX 70

struct multipart;

/* Reads up to len bytes; 0 = the end, -1 = failed. */
typedef ssize_t multipart_read_fn(void *ctx, void *dst, size_t len);

/*
 * content_type: the header's value, with the boundary. Errors: INVALID.
 * On success release with multipart_close(), which wipes the window.
 */
MUST_USE bool multipart_open(const char *content_type, multipart_read_fn *read,
			     void *ctx, struct multipart **multipart,
			     struct err *err);
void multipart_close(struct multipart *multipart); /* NULL is fine */

/* Is it this kind of form? */
bool multipart_is_type(const char *content_type);

/*
 * Reads the fields up to the first byte of the file, whose part must be
 * called file. Once. Names that stand there twice are kept, as in
 * urlencoded.h; release with urlencoded_clear().
 * Errors: INVALID (syntax, cut off, no file, broken UTF-8), LIMIT.
 */
MUST_USE bool multipart_fields(struct multipart *multipart, const char *file,
			       struct urlencoded *fields, struct err *err);

/*
 * Then the file: up to len (not 0) bytes. 0 = its end, and the form ended
 * there as it must; -1 = failed, and so is every later call.
 * Errors: INVALID (cut off, more parts after it).
 */
ssize_t multipart_file(struct multipart *multipart, void *dst, size_t len,
		       struct err *err);

#endif
