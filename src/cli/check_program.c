/*
 * The program of a "--check" and its arguments, for collectors (collect.c) and
 * job sources (jobs_check.c). Running it is client/'s.
 */
#include "cli/check_program.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

/* As sluice.conf would name it: an absolute path. Caller mem_free()s. */
static char *find(const char *word, const char *what, struct err *err)
{
	char *known = strchr(word, '/') == NULL
			      ? files_join(PKGLIBEXECDIR, word)
			      : mem_strdup(word);
	char *path = realpath(known, NULL);
	char *found = NULL;
	if (path == NULL || access(path, X_OK) != 0) {
		bool bare = strchr(word, '/') == NULL;
		err_set(err, ERR_NOT_FOUND,
			"The %s %s cannot be run: there is no such "
			"program.%s%s%s",
			what, known,
			bare ? " One of your own needs its path, like ./" : "",
			bare ? word : "", bare ? "." : "");
	} else {
		found = mem_strdup(path);
	}
	free(path);
	mem_free(known);
	return found;
}

/* Joined as in sluice.conf, where spaces part them. Caller mem_free()s. */
static char *join(const struct cli_args *args, const char *what,
		  struct err *err)
{
	struct buf line = BUF_INIT;
	buf_put_str(&line, "");
	for (size_t i = 0; i < args->count; i++) {
		if (args->at[i][0] == '\0' || strchr(args->at[i], ' ')) {
			err_set(err, ERR_INVALID,
				"An argument of a %s cannot be empty "
				"or hold a space: sluice.conf has no quoting.",
				what);
			buf_clear(&line);
			return NULL;
		}
		buf_printf(&line, "%s%s", i > 0 ? " " : "", args->at[i]);
	}
	return buf_take_str(&line);
}

bool check_program_read(const char *word, const struct cli_args *args,
			const char *what, struct check_program *p,
			struct err *err)
{
	struct check_program made = { .program = find(word, what, err) };
	if (made.program != NULL) {
		made.arguments = join(args, what, err);
	}
	if (made.arguments == NULL) {
		check_program_clear(&made);
		return false;
	}
	made.name = mem_strdup(made.program);
	made.run = (struct device_collector){
		.name = basename(made.name),
		.program = made.program,
		.arguments = made.arguments,
		.user = "",
	};
	*p = made;
	return true;
}

void check_program_clear(struct check_program *p)
{
	mem_free(p->name);
	mem_free(p->arguments);
	mem_free(p->program);
	memset(p, 0, sizeof(*p));
}

int64_t check_program_preset(const char *section, const char *key)
{
	int64_t value = 0;
	for (const struct config_setting *s = device_config_settings;
	     s->section != NULL; s++) {
		if (text_equal(s->section, section) &&
		    text_equal(s->key, key)) {
			(void)!text_parse_i64(s->preset, s->min, s->max,
					      &value);
		}
	}
	return value;
}
