/* One line an event; input cannot forge a line. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define TIME_LENGTH (CLOCK_TEXT_SIZE - 1)

struct fixture {
	int ends[2];
	struct log log;
	char text[8192]; /* what take() read */
};

static int open_log(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){ 0 };
	if (pipe2(fixture.ends, O_NONBLOCK) != 0) {
		return -1;
	}
	fixture.log = (struct log){ .fd = fixture.ends[1],
				    .least = LOG_INFO_LEVEL,
				    .program = "test" };
	*state = &fixture;
	return 0;
}

static int close_log(void **state)
{
	struct fixture *fixture = *state;
	close(fixture->ends[0]);
	close(fixture->ends[1]);
	return 0;
}

/* What was logged since; "" if nothing. */
static const char *take(struct fixture *fixture)
{
	ssize_t got = read(fixture->ends[0], fixture->text,
			   sizeof(fixture->text) - 1);
	fixture->text[got > 0 ? got : 0] = '\0';
	return fixture->text;
}

static void a_line_has_time_level_program_and_text(void **state)
{
	struct fixture *fixture = *state;
	log_warn(&fixture->log, "%d of %s", 3, "4");
	const char *line = take(fixture);
	char time[CLOCK_TEXT_SIZE] = "";
	int64_t utc;
	memcpy(time, line, TIME_LENGTH);
	assert_true(clock_parse(time, &utc));
	assert_string_equal(line + TIME_LENGTH, " warn test: 3 of 4\n");
	log_info(&fixture->log, "x");
	assert_string_equal(take(fixture) + TIME_LENGTH, " info test: x\n");
	log_error(&fixture->log, "x");
	assert_string_equal(take(fixture) + TIME_LENGTH, " error test: x\n");
}

static void lower_levels_are_dropped(void **state)
{
	struct fixture *fixture = *state;
	log_debug(&fixture->log, "quiet");
	assert_string_equal(take(fixture), "");
	fixture->log.least = LOG_DEBUG_LEVEL;
	log_debug(&fixture->log, "loud");
	assert_string_equal(take(fixture) + TIME_LENGTH, " debug test: loud\n");
	fixture->log.least = LOG_ERROR_LEVEL;
	log_warn(&fixture->log, "quiet");
	assert_string_equal(take(fixture), "");
}

static void input_cannot_make_a_line(void **state)
{
	struct fixture *fixture = *state;
	log_info(&fixture->log, "%s", "a\nb\tc\rd\x1b[2J\xff");
	assert_string_equal(take(fixture) + TIME_LENGTH,
			    " info test: a b c\xef\xbf\xbd"
			    "d\xef\xbf\xbd[2J\xef\xbf\xbd\n");
}

static void long_texts_are_cut_to_one_valid_line(void **state)
{
	struct fixture *fixture = *state;
	for (size_t shift = 0; shift < 3; shift++) {
		char text[3000] = "";
		memset(text, 'x', shift);
		while (strlen(text) < 2500) {
			strcat(text, "\xe2\x82\xac");
		}
		log_info(&fixture->log, "%s", text);
		const char *line = take(fixture);
		assert_true(strlen(line) < 1100);
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
		assert_true(text_is_utf8(line, strlen(line)));
	}
}

static void a_log_without_descriptor_takes_everything(void **state)
{
	(void)state;
	struct log nowhere = { .fd = -1 };
	log_error(&nowhere, "x");
	log_error(NULL, "x");
}

static void logging_keeps_errno(void **state)
{
	struct fixture *fixture = *state;
	struct log broken = { .fd = 9999, .least = LOG_DEBUG_LEVEL };
	errno = ENOSPC;
	log_error(&broken, "x");
	assert_int_equal(errno, ENOSPC);
	log_error(&fixture->log, "x");
	assert_int_equal(errno, ENOSPC);
}

#define WITH_LOG(test) \
	cmocka_unit_test_setup_teardown(test, open_log, close_log)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOG(a_line_has_time_level_program_and_text),
		WITH_LOG(lower_levels_are_dropped),
		WITH_LOG(input_cannot_make_a_line),
		WITH_LOG(long_texts_are_cut_to_one_valid_line),
		cmocka_unit_test(a_log_without_descriptor_takes_everything),
		WITH_LOG(logging_keeps_errno),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
