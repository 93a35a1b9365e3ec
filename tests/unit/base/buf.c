/* What base/buf.h promises: bounds, NUL bytes, and a reader that stays inside. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/mem.h"

static void an_empty_buffer_reads_as_empty_text(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	assert_string_equal(buf_str(&b), "");
	buf_put(&b, NULL, 0);
	buf_put_str(&b, NULL);
	assert_int_equal(b.len, 0);
	buf_clear(&b);
}

static void every_kind_of_put_is_followed_by_nul(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	for (int i = 0; i < 300; i++) {
		buf_put(&b, "ab", 2);
		buf_put_char(&b, 'c');
		buf_put_str(&b, "de");
		buf_printf(&b, "%03d", i);
		assert_int_equal(b.len, (size_t)(i + 1) * 8);
		assert_int_equal(strlen(buf_str(&b)), b.len);
	}
	assert_memory_equal(b.data + 299 * 8, "abcde299", 8);
	buf_clear(&b);
	assert_null(b.data);
}

static void formatted_text_of_any_length_fits(void **state)
{
	(void)state;
	for (int width = 0; width < 400; width++) {
		struct buf b = BUF_INIT;
		buf_put_str(&b, "x");
		buf_printf(&b, "%*d", width, 7);
		assert_int_equal(b.len, (size_t)(width > 1 ? width : 1) + 1);
		assert_int_equal(b.data[b.len - 1], '7');
		assert_int_equal(b.data[b.len], 0);
		buf_clear(&b);
	}
}

static void a_full_buffer_drops_and_says_so(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	b.max = 10;
	buf_put_str(&b, "1234567890");
	assert_false(b.overflow);
	buf_put_char(&b, 'x');
	assert_true(b.overflow);
	assert_string_equal(buf_str(&b), "1234567890");
	buf_reset(&b);
	assert_false(b.overflow);
	buf_put_str(&b, "12345678");
	buf_printf(&b, "%s", "abc");
	assert_true(b.overflow);
	assert_string_equal(buf_str(&b), "12345678");
	/* What would fit does not follow what was dropped. */
	buf_put_char(&b, 'z');
	assert_string_equal(buf_str(&b), "12345678");
	buf_clear(&b);
	assert_int_equal(b.max, 10);
}

static void a_bound_holds_for_the_first_put_too(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	b.max = 3;
	buf_printf(&b, "%s", "long");
	assert_true(b.overflow);
	assert_string_equal(buf_str(&b), "");
	buf_burn(&b);
}

static void text_can_be_given_away(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	char *none = buf_take_str(&b);
	assert_string_equal(none, "");
	buf_put_str(&b, "mine");
	char *text = buf_take_str(&b);
	assert_string_equal(text, "mine");
	assert_int_equal(b.len, 0);
	assert_null(b.data);
	mem_free(none);
	mem_free(text);
}

static void a_reader_never_leaves_its_input(void **state)
{
	(void)state;
	struct reader r = reader_of("\x01\x02\x03", 3);
	uint8_t value = 9;
	const uint8_t *at = NULL;
	assert_true(reader_u8(&r, &value));
	assert_int_equal(value, 1);
	assert_false(reader_bytes(&r, 3, &at));
	assert_null(at);
	assert_int_equal(r.left, 2);
	assert_true(reader_bytes(&r, 2, &at));
	assert_int_equal(at[1], 3);
	assert_false(reader_u8(&r, &value));
	assert_false(reader_skip(&r, 1));
	assert_true(reader_skip(&r, 0));
	struct reader none = reader_of(NULL, 0);
	assert_false(reader_u8(&none, &value));
	assert_true(reader_bytes(&none, 0, &at));
	assert_false(reader_skip(&none, SIZE_MAX));
}

static void lines_end_with_lf_or_are_none(void **state)
{
	(void)state;
	struct reader r = reader_of("one\n\ntail", 9);
	const char *line = NULL;
	size_t len = 99;
	assert_true(reader_line(&r, &line, &len));
	assert_int_equal(len, 3);
	assert_memory_equal(line, "one", 3);
	assert_true(reader_line(&r, &line, &len));
	assert_int_equal(len, 0);
	assert_false(reader_line(&r, &line, &len));
	assert_int_equal(r.left, 4);
	assert_true(reader_skip(&r, 4));
	assert_false(reader_line(&r, &line, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_reads_as_empty_text),
		cmocka_unit_test(every_kind_of_put_is_followed_by_nul),
		cmocka_unit_test(formatted_text_of_any_length_fits),
		cmocka_unit_test(a_full_buffer_drops_and_says_so),
		cmocka_unit_test(a_bound_holds_for_the_first_put_too),
		cmocka_unit_test(text_can_be_given_away),
		cmocka_unit_test(a_reader_never_leaves_its_input),
		cmocka_unit_test(lines_end_with_lf_or_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
