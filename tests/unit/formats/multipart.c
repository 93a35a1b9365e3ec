/*
 * Forms with a file: what browsers send is read in pieces of any size,
 * everything else is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/multipart.h"

#define TYPE "multipart/form-data; boundary=XyZ"
#define FIELD(name, value)                                      \
	"--XyZ\r\nContent-Disposition: form-data; name=\"" name \
	"\"\r\n\r\n" value "\r\n"
#define FILE_HEAD(file)                                            \
	"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; " \
	"filename=\"" file "\"\r\nContent-Type: application/pdf\r\n\r\n"
#define END "\r\n--XyZ--\r\n"

struct input {
	const char *at;
	size_t left;
	size_t piece; /* most bytes a call gives; 0 = all */
	bool fails;   /* at the end */
};

static ssize_t give(void *ctx, void *dst, size_t len)
{
	struct input *input = ctx;
	len = input->piece > 0 && len > input->piece ? input->piece : len;
	len = len > input->left ? input->left : len;
	memcpy(dst, input->at, len);
	input->at += len;
	input->left -= len;
	return len == 0 && input->fails ? -1 : (ssize_t)len;
}

/* What came of a form. */
struct outcome {
	enum err_kind kind;
	bool in_file; /* wrong within the file */
	struct urlencoded fields;
	struct buf file;
};

static struct outcome read_form(const char *type, struct input input,
				size_t take)
{
	struct outcome out = { .file = BUF_INIT };
	struct multipart *m = NULL;
	struct err err = { .kind = ERR_NONE };
	char piece[512];
	ssize_t got = 0;
	if (multipart_open(type, give, &input, &m, &err) &&
	    multipart_fields(m, "file", &out.fields, &err)) {
		while ((got = multipart_file(m, piece, take, &err)) > 0) {
			buf_put(&out.file, piece, (size_t)got);
		}
		out.in_file = got < 0;
		/* Over is over, broken is broken. */
		assert_int_equal(multipart_file(m, piece, take, NULL), got);
	}
	out.kind = err.kind;
	multipart_close(m);
	return out;
}

static struct outcome read_text(const char *text)
{
	return read_form(TYPE, (struct input){ text, strlen(text), 0, false },
			 512);
}

static void forget(struct outcome *out)
{
	urlencoded_clear(&out->fields);
	buf_clear(&out->file);
}

static void expect_refused(const char *text, enum err_kind kind)
{
	struct outcome out = read_text(text);
	if (out.kind != kind) {
		fail_msg("%d instead of %d for %.200s", out.kind, kind, text);
	}
	forget(&out);
}

/* Nearly a delimiter at many places, and NUL bytes. */
static const char content[] = "a\0b\r\n--XyW\r\n--Xy\r\n-\r\n\r\r\n--XyY--\r";
static const char before[] = FIELD("csrf", "t0") FIELD("token", "")
	FIELD("token", "twice\r\n-- \xc3\xbc") FILE_HEAD("a b.pdf");

static struct buf whole_form(void)
{
	struct buf form = BUF_INIT;
	buf_put_str(&form, before);
	buf_put(&form, content, sizeof(content) - 1);
	buf_put_str(&form, END);
	return form;
}

static void expect_whole(struct outcome *out)
{
	size_t at = 0;
	assert_int_equal(out->kind, ERR_NONE);
	assert_int_equal(out->fields.count, 3);
	assert_string_equal(urlencoded_get(&out->fields, "csrf"), "t0");
	assert_string_equal(urlencoded_next(&out->fields, "token", &at), "");
	assert_string_equal(urlencoded_next(&out->fields, "token", &at),
			    "twice\r\n-- \xc3\xbc");
	assert_int_equal(out->file.len, sizeof(content) - 1);
	assert_memory_equal(out->file.data, content, sizeof(content) - 1);
}

static void pieces_of_any_size_give_the_same(void **state)
{
	struct buf form = whole_form();
	(void)state;
	for (size_t piece = 1; piece <= form.len; piece++) {
		for (size_t take = 1; take < 40; take += 19) {
			struct input input = { buf_str(&form), form.len, piece,
					       false };
			struct outcome out = read_form(TYPE, input, take);
			expect_whole(&out);
			forget(&out);
		}
	}
	buf_clear(&form);
}

static void cut_anywhere_is_refused(void **state)
{
	struct buf form = whole_form();
	(void)state;
	for (size_t len = 0; len < form.len; len++) {
		struct input input = { buf_str(&form), len, 0, false };
		struct outcome out = read_form(TYPE, input, 512);
		/* Only the last line end may be missing. */
		bool fine = len == form.len - 2;
		assert_int_equal(out.kind, fine ? ERR_NONE : ERR_INVALID);
		assert_int_equal(out.in_file, !fine && len >= strlen(before));
		forget(&out);
		input = (struct input){ buf_str(&form), len, 0, true };
		out = read_form(TYPE, input, 512);
		assert_int_equal(out.kind, ERR_INVALID);
		forget(&out);
	}
	buf_clear(&form);
}

static void an_empty_file_is_a_file(void **state)
{
	struct outcome out = read_text(FILE_HEAD("") END);
	(void)state;
	assert_int_equal(out.kind, ERR_NONE);
	assert_int_equal(out.fields.count, 0);
	assert_int_equal(out.file.len, 0);
	forget(&out);
}

static void a_file_larger_than_the_window_comes_whole(void **state)
{
	struct buf form = BUF_INIT;
	(void)state;
	buf_put_str(&form, FILE_HEAD("big"));
	for (size_t i = 0; i < 300000; i++) {
		buf_put_char(&form, (char)(i % 251));
	}
	buf_put_str(&form, END);
	for (size_t piece = 0; piece < 70000; piece += 9999) {
		struct input input = { buf_str(&form), form.len, piece, false };
		struct outcome out = read_form(TYPE, input, 500);
		assert_int_equal(out.kind, ERR_NONE);
		assert_int_equal(out.file.len, 300000);
		for (size_t i = 0; i < out.file.len; i++) {
			assert_int_equal(out.file.data[i], i % 251);
		}
		forget(&out);
	}
	buf_clear(&form);
}

static void odd_forms_are_refused(void **state)
{
	static const char *const odd[] = {
		"",
		"--XyZ--\r\n",
		FIELD("a", "b") "--XyZ--\r\n",
		"text before\r\n" FILE_HEAD("x") "y" END,
		"\r\n" FILE_HEAD("x") "y" END,
		FILE_HEAD("x") "y\r\n" FILE_HEAD("z") "y" END,
		FILE_HEAD("x") "y\r\n" FIELD("csrf", "late") "--XyZ--\r\n",
		FILE_HEAD("x") "y" END "after",
		FILE_HEAD("x") "y" END "\r\n",
		FILE_HEAD("x") "y\r\n--XyZ \r\n",
		FILE_HEAD("x") "y\r\n--XyZAB" END,
		"--XyZ\nContent-Disposition: form-data; name=\"a\"\n\nb\n"
		"--XyZ--\n",
		"--XyZ\r\n\r\nno head" END,
		"--XyZ\r\nContent-Type: text/plain\r\n\r\nno name" END,
	};
	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		expect_refused(odd[i], ERR_INVALID);
	}
}

static void odd_heads_are_refused(void **state)
{
	static const char *const odd[] = {
		"Content-Disposition: attachment; name=\"a\"",
		"Content-Disposition: form-data",
		"Content-Disposition: form-data; name=a",
		"Content-Disposition: form-data; name=\"\"",
		"Content-Disposition: form-data; name=\"a",
		"Content-Disposition: form-data; name=\"a\" x",
		"Content-Disposition: form-data; name=\"a\"; name=\"b\"",
		"Content-Disposition: form-data; name=\"a\"; x=\"b\"",
		"Content-Disposition: form-data; name=\"file\"; "
		"filename*=\"UTF-8''x\"",
		"Content-Disposition: form-data; name=\"file\"; "
		"filename=\"a\\\"; name=\"csrf\"",
		"Content-Disposition: form-data; name=\"file\"; "
		"filename=\"a\"; filename=\"b\"",
		"Content-Disposition: form-data; name=\"other\"; "
		"filename=\"a\"",
		"Content-Disposition: form-data; name=\"a\xff\"",
		"Content-Disposition: form-data; name=\"a\rb\"",
		"Content-Disposition : form-data; name=\"a\"",
		"Content-Disposition form-data",
		"Content-Disposition: form-data; name=\"a\"\r\n"
		"Content-Disposition: form-data; name=\"a\"",
		"Content-Disposition: form-data; name=\"a\"\r\n"
		"Content-Transfer-Encoding: base64",
		"Content-Disposition: form-data; name=\"a\"\r\n folded: x",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct buf form = BUF_INIT;
		buf_printf(&form, "--XyZ\r\n%s\r\n\r\nb\r\n%s", odd[i],
			   FILE_HEAD("x") "y" END);
		expect_refused(buf_str(&form), ERR_INVALID);
		buf_clear(&form);
	}
	expect_refused(FIELD("a", "\xff") FILE_HEAD("x") END, ERR_INVALID);
}

static void what_is_too_large_is_refused(void **state)
{
	struct buf form = BUF_INIT;
	(void)state;
	buf_put_str(&form, "--XyZ\r\nContent-Disposition: form-data; "
			   "name=\"file\"; filename=\"");
	for (size_t i = 0; i < MULTIPART_LINE_MAX; i++) {
		buf_put_char(&form, 'n');
	}
	buf_put_str(&form, "\"\r\n\r\ny" END);
	expect_refused(buf_str(&form), ERR_LIMIT);
	buf_reset(&form);
	buf_put_str(&form, "--XyZ\r\nContent-Disposition: form-data; "
			   "name=\"file\"; filename=\"x\"\r\n");
	for (size_t i = 0; i < MULTIPART_LINES_MAX; i++) {
		buf_put_str(&form, "X: y\r\n");
	}
	buf_put_str(&form, "\r\ny" END);
	expect_refused(buf_str(&form), ERR_LIMIT);
	buf_reset(&form);
	for (size_t i = 0; i <= MULTIPART_FIELDS_MAX; i++) {
		buf_put_str(&form, FIELD("a", "b"));
	}
	buf_put_str(&form, FILE_HEAD("x") "y" END);
	expect_refused(buf_str(&form), ERR_LIMIT);
	buf_reset(&form);
	buf_put_str(&form, "--XyZ\r\nContent-Disposition: form-data; "
			   "name=\"a\"\r\n\r\n");
	for (size_t i = 0; i < 3 * MULTIPART_FIELDS_BYTES_MAX; i++) {
		buf_put_char(&form, 'v');
	}
	buf_put_str(&form, "\r\n" FILE_HEAD("x") "y" END);
	expect_refused(buf_str(&form), ERR_LIMIT);
	buf_clear(&form);
}

static void content_types_are_read_strictly(void **state)
{
	static const char form[] = FILE_HEAD("x") "y" END;
	static const struct {
		const char *type;
		enum err_kind kind;
	} types[] = {
		{ "Multipart/Form-Data;boundary=\"XyZ\"", ERR_NONE },
		{ "multipart/form-data ; Boundary=XyZ ", ERR_NONE },
		{ "multipart/form-data; boundary=", ERR_INVALID },
		{ "multipart/form-data", ERR_INVALID },
		{ "multipart/form-data; boundary=\"XyZ", ERR_INVALID },
		{ "multipart/form-data; boundary=XyZ; charset=x", ERR_INVALID },
		{ "multipart/form-data; charset=x; boundary=XyZ", ERR_INVALID },
		{ "multipart/mixed; boundary=XyZ", ERR_INVALID },
		{ "multipart/form-data; boundary=X\xc3\xbc", ERR_INVALID },
		{ "multipart/form-data; boundary="
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaa",
		  ERR_INVALID },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct input input = { form, sizeof(form) - 1, 0, false };
		struct outcome out = read_form(types[i].type, input, 512);
		assert_int_equal(out.kind, types[i].kind);
		forget(&out);
	}
	assert_true(multipart_is_type("multipart/form-data"));
	assert_false(multipart_is_type("multipart/form-datax"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_any_size_give_the_same),
		cmocka_unit_test(cut_anywhere_is_refused),
		cmocka_unit_test(an_empty_file_is_a_file),
		cmocka_unit_test(a_file_larger_than_the_window_comes_whole),
		cmocka_unit_test(odd_forms_are_refused),
		cmocka_unit_test(odd_heads_are_refused),
		cmocka_unit_test(what_is_too_large_is_refused),
		cmocka_unit_test(content_types_are_read_strictly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
