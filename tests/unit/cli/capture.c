/* Runs commands as main() does, with the output in memory. */
#include "capture.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/clock.h"
#include "cli/commands.h"

#define WORDS_MAX 200

static int input_of(const char *input)
{
	FILE *file = tmpfile();
	if (file == NULL || fputs(input, file) < 0 || fflush(file) != 0) {
		abort();
	}
	int fd = dup(fileno(file));
	fclose(file);
	if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0) {
		abort();
	}
	return fd;
}

static bool names_a_time(const char *key)
{
	size_t len = strlen(key);
	return (len > 3 && strcmp(key + len - 3, "_at") == 0) ||
	       strcmp(key, "at") == 0 || strcmp(key, "not_before") == 0 ||
	       strcmp(key, "not_after") == 0;
}

/* Every time in JSON is RFC 3339, or null where there is none. */
static void check_times(const char *line, json_t *value)
{
	const char *key;
	size_t n;
	int64_t utc;
	json_t *in;
	json_array_foreach(value, n, in)
	{
		check_times(line, in);
	}
	json_object_foreach(value, key, in)
	{
		if (!names_a_time(key)) {
			check_times(line, in);
		} else if (!json_is_null(in) &&
			   (!json_is_string(in) ||
			    !clock_parse(json_string_value(in), &utc))) {
			fail_msg("\"%s\": %s is no time as JSON has it", line,
				 key);
		}
	}
}

/* One value, or one a line. */
static void check_json(const char *line, const char *text, size_t len)
{
	json_t *value;
	size_t at = 0;
	while (at < len && text[at + strspn(text + at, " \n")] != '\0') {
		json_error_t error;
		value = json_loadb(text + at, len - at, JSON_DISABLE_EOF_CHECK,
				   &error);
		if (value == NULL) {
			fail_msg("\"%s\" gave no JSON: %s", line, error.text);
		}
		check_times(line, value);
		json_decref(value);
		at += (size_t)error.position;
	}
}

int capture_run_input(struct capture *c, const struct cli_command *commands,
		      const char *line, const char *input)
{
	char *words[WORDS_MAX + 1];
	char *copy = strdup(line);
	char *self = capture_program("sluice");
	int count = 0;
	for (char *word = strtok(copy, " "); word != NULL && count < WORDS_MAX;
	     word = strtok(NULL, " ")) {
		words[count++] = word;
	}
	words[count] = NULL;
	memset(c, 0, sizeof(*c));
	c->out_file = open_memstream(&c->out, &c->out_len);
	c->problems_file = open_memstream(&c->problems, &c->problems_len);
	c->cli = (struct cli){
		.program = "sluice",
		.default_conf = "/nonexistent/sluice.conf",
		.out = c->out_file,
		.problems = c->problems_file,
		.in_fd = input_of(input),
		.self = self,
		.actor = "command line: tester",
	};
	int code = cli_run(&c->cli, commands, "a test", count, words);
	fclose(c->out_file);
	fclose(c->problems_file);
	close(c->cli.in_fd);
	free(self);
	free(copy);
	if (code == CLI_DONE && strstr(line, " --json") != NULL) {
		check_json(line, c->out, c->out_len);
	}
	return code;
}

int capture_run(struct capture *c, const struct cli_command *commands,
		const char *line)
{
	return capture_run_input(c, commands, line, "");
}

void capture_clear(struct capture *c)
{
	free(c->out);
	free(c->problems);
	memset(c, 0, sizeof(*c));
}

char *capture_make_dir(void)
{
	char *dir = strdup("/tmp/sluice-cli-XXXXXX");
	if (dir == NULL || mkdtemp(dir) == NULL) {
		abort();
	}
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void capture_remove_dir(char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

char *capture_program(const char *name)
{
	const char *build = getenv("abs_top_builddir");
	char *path = NULL;
	if (asprintf(&path, "%s/%s", build == NULL ? "." : build, name) < 0) {
		abort();
	}
	return path;
}

void capture_device_make(struct capture_device *d)
{
	char *line = NULL;
	char *collector = capture_program("sluice-collect-sim");
	struct capture c;
	d->dir = capture_make_dir();
	if (asprintf(&d->conf, "%s/sluice.conf", d->dir) < 0 ||
	    asprintf(&line, "init --conf %s --serial EX7-1 --collector sim=%s",
		     d->conf, collector) < 0) {
		abort();
	}
	if (capture_run(&c, device_commands, line) != 0) {
		fputs(c.problems, stderr);
		abort();
	}
	capture_clear(&c);
	free(collector);
	free(line);
}

void capture_device_remove(struct capture_device *d)
{
	capture_remove_dir(d->dir);
	free(d->conf);
	memset(d, 0, sizeof(*d));
}

int capture_device_set_up(void **state)
{
	capture_device_make(*state);
	return 0;
}

int capture_device_tear_down(void **state)
{
	capture_device_remove(*state);
	return 0;
}

void capture_device_run(struct capture_device *d, struct capture *c, int code,
			const char *line)
{
	char *whole = NULL;
	if (asprintf(&whole, "%s --conf %s", line, d->conf) < 0) {
		abort();
	}
	int got = capture_run(c, device_commands, whole);
	if (got != code) {
		fail_msg("\"%s\" gave %d, not %d: %s%s", line, got, code,
			 c->out, c->problems);
	}
	free(whole);
}

void capture_device_check(struct capture_device *d, int code, const char *line,
			  const char *text)
{
	struct capture c;
	capture_device_run(d, &c, code, line);
	if (text != NULL && strstr(c.out, text) == NULL &&
	    strstr(c.problems, text) == NULL) {
		fail_msg("\"%s\" does not say \"%s\": %s%s", line, text, c.out,
			 c.problems);
	}
	capture_clear(&c);
}
