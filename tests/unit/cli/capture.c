/* Runs commands as main() does, with the output in memory. */
#include "capture.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 200

int capture_run(struct capture *c, const struct cli_command *commands,
		const char *line)
{
	char *words[WORDS_MAX + 1];
	char *copy = strdup(line);
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
		.in_fd = open("/dev/null", O_RDONLY | O_CLOEXEC),
		.self = "/proc/self/exe",
		.actor = "command line: tester",
	};
	int code = cli_run(&c->cli, commands, "a test", count, words);
	fclose(c->out_file);
	fclose(c->problems_file);
	close(c->cli.in_fd);
	free(copy);
	return code;
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
