/* Clean lines (src/domain/line.c). */
#include "tests/unit/domain/people.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/line.h"

static void nothing_gives_nothing(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	line_put(&out, NULL, 100);
	line_put(&out, "", 100);
	assert_int_equal(0, out.len);
	buf_clear(&out);
}

static void hostile_texts_become_one_line_and_stay_so(void **state)
{
	(void)state;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		struct buf once = BUF_INIT;
		struct buf twice = BUF_INIT;
		line_put(&once, hostile_texts[i], 100);
		assert_true(text_is_one_line(buf_str(&once), once.len));
		line_put(&twice, buf_str(&once), 100);
		assert_string_equal(buf_str(&once), buf_str(&twice));
		buf_clear(&once);
		buf_clear(&twice);
	}
}

static void each_bad_character_is_shown_as_one(void **state)
{
	(void)state;
	char dst[64];
	line_copy(dst, sizeof(dst),
		  "a\nb\tc\xe2\x80\xae"
		  "d");
	assert_string_equal("a\xef\xbf\xbd"
			    "b\xef\xbf\xbd"
			    "c\xef\xbf\xbd"
			    "d",
			    dst);
	/* A right-to-left script itself is no trick. */
	line_copy(dst, sizeof(dst), "\xd7\xa9\xd7\x9c\xe2\x80\x8f");
	assert_string_equal("\xd7\xa9\xd7\x9c\xe2\x80\x8f", dst);
}

static void long_lines_are_cut_at_a_character(void **state)
{
	(void)state;
	char dst[12];
	line_copy(dst, sizeof(dst), "12345678901");
	assert_string_equal("12345678901", dst);
	line_copy(dst, sizeof(dst), "123456789012");
	assert_string_equal("12345678\xe2\x80\xa6", dst);
	line_copy(dst, sizeof(dst), "1234567\xc3\xa9\xc3\xa9\xc3\xa9");
	assert_string_equal("1234567\xe2\x80\xa6", dst);
}

static void a_megabyte_is_cut(void **state)
{
	(void)state;
	size_t size = 1024 * 1024;
	char *big = mem_alloc(size + 1);
	memset(big, '\n', size);
	big[size] = '\0';
	struct buf once = BUF_INIT;
	struct buf twice = BUF_INIT;
	line_put(&once, big, 1000);
	assert_true(once.len <= 1000);
	line_put(&twice, buf_str(&once), 1000);
	assert_string_equal(buf_str(&once), buf_str(&twice));
	buf_clear(&once);
	buf_clear(&twice);
	mem_free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_gives_nothing),
		cmocka_unit_test(hostile_texts_become_one_line_and_stay_so),
		cmocka_unit_test(each_bad_character_is_shown_as_one),
		cmocka_unit_test(long_lines_are_cut_at_a_character),
		cmocka_unit_test(a_megabyte_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
