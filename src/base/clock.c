/*
 * Time as numbers and as RFC 3339 text, always UTC. The calendar is computed
 * here and not by gmtime(), which reads time zone files that a sandboxed page
 * cannot see. Nothing below main() calls the clock_..._now() functions.
 */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_SECONDS 86400
#define LAST_SECOND INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static int64_t read_ms(clockid_t id)
{
	struct timespec now = { 0 };
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_utc_now(void)
{
	return read_ms(CLOCK_REALTIME) / 1000;
}

int64_t clock_utc_now_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to the first day of the year. */
static int64_t days_before_year(int year)
{
	int past = year - 1;
	int64_t leaps = past / 4 - past / 100 + past / 400;
	return (int64_t)(year - 1970) * 365 + leaps - 477;
}

/* By hand: a page shows a hundred times, and snprintf() is slow at it. */
static void put_two(char dst[2], int value)
{
	dst[0] = (char)('0' + value / 10);
	dst[1] = (char)('0' + value % 10);
}

void clock_format(char dst[CLOCK_TEXT_SIZE], int64_t utc)
{
	int64_t seconds = utc < 0 ? 0 : utc > LAST_SECOND ? LAST_SECOND : utc;
	int64_t days = seconds / DAY_SECONDS;
	int rest = (int)(seconds % DAY_SECONDS);
	int year = 1970 + (int)(days / 366);
	while (days_before_year(year + 1) <= days) {
		year++;
	}
	int day = (int)(days - days_before_year(year));
	int month = 1;
	while (day >= month_days(year, month)) {
		day -= month_days(year, month);
		month++;
	}
	memcpy(dst, "0000-00-00T00:00:00Z", CLOCK_TEXT_SIZE);
	put_two(dst, year / 100);
	put_two(dst + 2, year % 100);
	put_two(dst + 5, month);
	put_two(dst + 8, day + 1);
	put_two(dst + 11, rest / 3600);
	put_two(dst + 14, rest / 60 % 60);
	put_two(dst + 17, rest % 60);
}

static const char *month_name(int month)
{
	static const char *const names[] = {
		"January",   "February", "March",    "April",
		"May",       "June",     "July",     "August",
		"September", "October",  "November", "December",
	};
	return names[month - 1];
}

/* Of two digits in the text of clock_format(), which are always there. */
static int number_of(const char *digits)
{
	return (digits[0] - '0') * 10 + digits[1] - '0';
}

void clock_day(char dst[CLOCK_WORDS_SIZE], int64_t utc)
{
	char text[CLOCK_TEXT_SIZE];
	clock_format(text, utc);
	(void)snprintf(dst, CLOCK_WORDS_SIZE, "%d %s %.4s", number_of(text + 8),
		       month_name(number_of(text + 5)), text);
}

void clock_minute(char dst[CLOCK_WORDS_SIZE], int64_t utc)
{
	char text[CLOCK_TEXT_SIZE], day[CLOCK_WORDS_SIZE];
	clock_format(text, utc);
	clock_day(day, utc);
	(void)snprintf(dst, CLOCK_WORDS_SIZE, "%.17s, %.5s UTC", day,
		       text + 11);
}

void clock_second(char dst[CLOCK_WORDS_SIZE], int64_t utc)
{
	char text[CLOCK_TEXT_SIZE], day[CLOCK_WORDS_SIZE];
	clock_format(text, utc);
	clock_day(day, utc);
	(void)snprintf(dst, CLOCK_WORDS_SIZE, "%.17s, %.8s UTC", day,
		       text + 11);
}

/* Two or four digits at src as a number; -1 if they are none. */
static int digits(const char *src, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (src[i] < '0' || src[i] > '9') {
			return -1;
		}
		value = value * 10 + (src[i] - '0');
	}
	return value;
}

bool clock_parse(const char *src, int64_t *utc)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	if (src == NULL || strlen(src) != sizeof(shape) - 1) {
		return false;
	}
	for (size_t i = 0; shape[i] != '\0'; i++) {
		bool digit = src[i] >= '0' && src[i] <= '9';
		if (shape[i] == 'd' ? !digit : src[i] != shape[i]) {
			return false;
		}
	}
	int year = digits(src, 4);
	int month = digits(src + 5, 2);
	int day = digits(src + 8, 2);
	int hour = digits(src + 11, 2);
	int minute = digits(src + 14, 2);
	int second = digits(src + 17, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > month_days(year, month) || hour > 23 || minute > 59 ||
	    second > 59) {
		return false;
	}
	int64_t days = days_before_year(year) + day - 1;
	for (int past = 1; past < month; past++) {
		days += month_days(year, past);
	}
	*utc = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
	return true;
}

/* Of a name: a moment beside it is a part of that name. */
static bool is_of_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("-_/+", c) != NULL);
}

/* Does a moment stand around this "T", as a word? */
static bool is_moment(const char *text, const char *t, int64_t *utc)
{
	char moment[CLOCK_TEXT_SIZE];
	if (t - text < 10 || strnlen(t, 10) < 10 || is_of_name(t[10])) {
		return false;
	}
	const char *first = t - 10;
	if (first > text && is_of_name(first[-1])) {
		return false;
	}
	memcpy(moment, first, CLOCK_TEXT_SIZE - 1);
	moment[CLOCK_TEXT_SIZE - 1] = '\0';
	return clock_parse(moment, utc);
}

void clock_put_words(struct buf *out, const char *text)
{
	const char *rest = text;
	int64_t utc;
	for (const char *t = text; (t = strchr(t, 'T')) != NULL; t++) {
		if (is_moment(text, t, &utc)) {
			char words[CLOCK_WORDS_SIZE];
			clock_second(words, utc);
			buf_put(out, rest, (size_t)(t - 10 - rest));
			buf_put_str(out, words);
			rest = t + 10;
		}
	}
	buf_put_str(out, rest);
}
