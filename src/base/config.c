/*
 * Configuration files, read with inih. The program's table of settings is the
 * whole truth: what it does not list is refused. inih cuts long lines and
 * section names and says nothing of sections without keys, so the text is
 * first walked line by line here. Looking values up is all that happens after
 * config_load().
 */
#include "base/config.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

#define FILE_MAX_BYTES 65536
#define LINE_MAX_BYTES 190   /* inih: 200 with the line end */
#define SECTION_MAX_BYTES 48 /* inih: 50 with the NUL */

struct value {
	char *section;
	const struct config_setting *setting; /* its row in the table */
	char *text;
};

struct config {
	const struct config_setting *settings; /* borrowed */
	char *dir; /* folder of the file, for relative paths */
	struct value *values;
	size_t value_count;
	char **sections; /* every "[...]" in file order, each once */
	size_t section_count;
};

/* What the handler of inih gets. */
struct reading {
	struct config *config;
	struct err *err;
};

static bool is_family(const char *section)
{
	return text_ends_with(section, ":");
}

/* Does a row's section stand for this one? */
static bool covers(const struct config_setting *row, const char *section)
{
	if (!is_family(row->section)) {
		return strcmp(row->section, section) == 0;
	}
	return text_starts_with(section, row->section) &&
	       section[strlen(row->section)] != '\0';
}

static const struct config_setting *
find_setting(const struct config_setting *settings, const char *section,
	     const char *key)
{
	for (const struct config_setting *row = settings; row->section != NULL;
	     row++) {
		if (covers(row, section) &&
		    (key == NULL || strcmp(row->key, key) == 0)) {
			return row;
		}
	}
	return NULL;
}

static const struct value *find_value(const struct config *config,
				      const char *section, const char *key)
{
	for (size_t i = 0; i < config->value_count; i++) {
		const struct value *value = &config->values[i];
		if (strcmp(value->section, section) == 0 &&
		    strcmp(value->setting->key, key) == 0) {
			return value;
		}
	}
	return NULL;
}

static bool check(const struct config_setting *setting, const char *text,
		  struct err *err)
{
	int64_t number;
	switch (setting->type) {
	case CONFIG_NUMBER:
		return text_parse_i64(text, setting->min, setting->max,
				      &number) ||
		       err_set(err, ERR_INVALID,
			       "%s is not a number from %lld to %lld",
			       setting->key, (long long)setting->min,
			       (long long)setting->max);
	case CONFIG_TEXT:
	case CONFIG_PATH:
		return text_is_one_line(text, strlen(text)) ||
		       err_set(err, ERR_INVALID,
			       "%s has characters that cannot be shown",
			       setting->key);
	case CONFIG_UNSET:
		break;
	}
	return err_set(err, ERR_BUG, "%s has no type", setting->key);
}

/* Adds a checked value; a relative path gets the folder of the file. */
static void add_value(struct config *config, const char *section,
		      const struct config_setting *setting, const char *text)
{
	config->values =
		mem_resize(config->values,
			   (config->value_count + 1) * sizeof(*config->values));
	bool relative = setting->type == CONFIG_PATH && text[0] != '/' &&
			text[0] != '\0';
	config->values[config->value_count++] = (struct value){
		.section = mem_strdup(section),
		.setting = setting,
		.text = relative ? files_join(config->dir, text)
				 : mem_strdup(text),
	};
}

static int handle(void *user, const char *section, const char *key,
		  const char *text)
{
	struct reading *reading = user;
	struct config *config = reading->config;
	if (reading->err->kind != ERR_NONE) {
		return 0;
	}
	const struct config_setting *setting =
		find_setting(config->settings, section, key);
	if (setting == NULL) {
		err_set(reading->err, ERR_INVALID, "[%s] has no key \"%s\"",
			section, key);
		return 0;
	}
	if (find_value(config, section, key) != NULL) {
		err_set(reading->err, ERR_INVALID, "%s is given twice", key);
		return 0;
	}
	if (!check(setting, text, reading->err)) {
		return 0;
	}
	add_value(config, section, setting, text);
	return 1;
}

/* Notes the section of a line that begins with "[". */
static bool scan_section(struct config *config, const char *line, size_t len,
			 struct err *err)
{
	const char *end = memchr(line, ']', len);
	size_t size = end != NULL ? (size_t)(end - line - 1) : 0;
	if (end == NULL || size > SECTION_MAX_BYTES) {
		return err_set(err, ERR_INVALID,
			       end == NULL ? "the section has no \"]\""
					   : "the section's name is too long");
	}
	char *section = mem_strndup(line + 1, size);
	if (find_setting(config->settings, section, NULL) == NULL) {
		err_set(err, ERR_INVALID, "there is no section [%s]", section);
		mem_free(section);
		return false;
	}
	for (size_t i = 0; i < config->section_count; i++) {
		if (strcmp(config->sections[i], section) == 0) {
			mem_free(section);
			return true;
		}
	}
	config->sections =
		mem_resize(config->sections, (config->section_count + 1) *
						     sizeof(*config->sections));
	config->sections[config->section_count++] = section;
	return true;
}

/* Is it one of the four kinds of line? Sections are noted. */
static bool scan_line(struct config *config, const char *line, size_t len,
		      struct err *err)
{
	while (len > 0 && strchr(" \t\r", *line) != NULL) {
		line++;
		len--;
	}
	if (len == 0 || *line == '#' || *line == ';') {
		return true;
	}
	if (*line == '[') {
		return scan_section(config, line, len, err);
	}
	return memchr(line, '=', len) != NULL ||
	       err_set(err, ERR_INVALID, "neither a section nor key = value");
}

static bool scan_lines(struct config *config, const struct buf *text,
		       const char *path, struct err *err)
{
	struct reader rest = reader_of(text->data, text->len);
	const char *line;
	size_t len;
	for (int number = 1; rest.left > 0; number++) {
		if (!reader_line(&rest, &line, &len)) {
			line = (const char *)rest.at;
			len = rest.left;
			rest.left = 0;
		}
		if (len > LINE_MAX_BYTES) {
			return err_set(err, ERR_INVALID,
				       "%s:%d: longer than %d bytes", path,
				       number, LINE_MAX_BYTES);
		}
		if (!text_is_utf8(line, len)) {
			return err_set(err, ERR_INVALID,
				       "%s:%d: not UTF-8 text", path, number);
		}
		if (!scan_line(config, line, len, err)) {
			return err_prefix(err, "%s:%d", path, number);
		}
	}
	return true;
}

static bool parse(struct config *config, const char *path, struct err *err)
{
	bool ok = false;
	struct buf text = BUF_INIT;
	struct err own = { 0 };
	struct reading reading = { .config = config, .err = &own };
	if (!files_read(path, FILE_MAX_BYTES, &text, err) ||
	    !scan_lines(config, &text, path, err)) {
		goto out;
	}
	int line = ini_parse_string(buf_str(&text), handle, &reading);
	if (line != 0) {
		err_set(err, own.kind != ERR_NONE ? own.kind : ERR_INVALID,
			"%s:%d: %s", path, line,
			own.kind != ERR_NONE ? own.text : "not understood");
		goto out;
	}
	ok = true;
out:
	buf_clear(&text);
	return ok;
}

static void add_presets(struct config *config)
{
	for (const struct config_setting *row = config->settings;
	     row->section != NULL; row++) {
		const char *preset = row->preset != NULL ? row->preset : "";
		if (!is_family(row->section)) {
			if (find_value(config, row->section, row->key) ==
			    NULL) {
				add_value(config, row->section, row, preset);
			}
			continue;
		}
		for (size_t i = 0; i < config->section_count; i++) {
			const char *section = config->sections[i];
			if (covers(row, section) &&
			    find_value(config, section, row->key) == NULL) {
				add_value(config, section, row, preset);
			}
		}
	}
}

bool config_load(const char *path, const struct config_setting *settings,
		 struct config **config, struct err *err)
{
	struct config *loaded = mem_zalloc(sizeof(*loaded));
	const char *slash = strrchr(path, '/');
	loaded->settings = settings;
	loaded->dir =
		slash != NULL
			? mem_strndup(path, slash == path
						    ? 1
						    : (size_t)(slash - path))
			: mem_strdup(".");
	if (!parse(loaded, path, err)) {
		config_free(loaded);
		return false;
	}
	add_presets(loaded);
	*config = loaded;
	return true;
}

void config_free(struct config *config)
{
	if (config == NULL) {
		return;
	}
	for (size_t i = 0; i < config->value_count; i++) {
		mem_free(config->values[i].section);
		mem_free(config->values[i].text);
	}
	for (size_t i = 0; i < config->section_count; i++) {
		mem_free(config->sections[i]);
	}
	mem_free(config->values);
	mem_free(config->sections);
	mem_free(config->dir);
	mem_free(config);
}

const char *config_folder(const struct config *config)
{
	return config->dir;
}

const char *config_text(const struct config *config, const char *section,
			const char *key)
{
	const struct value *value = find_value(config, section, key);
	if (value != NULL) {
		return value->text;
	}
	const struct config_setting *row =
		find_setting(config->settings, section, key);
	if (row == NULL) {
		abort();
	}
	return row->preset != NULL ? row->preset : "";
}

int64_t config_number(const struct config *config, const char *section,
		      const char *key)
{
	int64_t number = 0;
	const char *text = config_text(config, section, key);
	if (*text != '\0' &&
	    !text_parse_i64(text, INT64_MIN, INT64_MAX, &number)) {
		abort();
	}
	return number;
}

const char *config_name(const struct config *config, const char *prefix,
			size_t n)
{
	size_t len = strlen(prefix);
	for (size_t i = 0; i < config->section_count; i++) {
		const char *section = config->sections[i];
		if (text_starts_with(section, prefix) && section[len] == ':') {
			if (n == 0) {
				return section + len + 1;
			}
			n--;
		}
	}
	return NULL;
}

static const struct config_first *find_first(const struct config_first *values,
					     const struct config_setting *s)
{
	for (; values->section != NULL; values++) {
		if (strcmp(values->section, s->section) == 0 &&
		    strcmp(values->key, s->key) == 0) {
			return values;
		}
	}
	return NULL;
}

static void put_first(struct buf *out, const struct config_setting *s,
		      const struct config_first *first)
{
	const char *preset = s->preset == NULL ? "" : s->preset;
	buf_printf(out, "# %s\n", s->help);
	if (first != NULL && first->value == NULL) {
		buf_printf(out, "%s = %d\n", s->key, first->number);
	} else if (first != NULL && first->value[0] != '\0') {
		buf_printf(out, "%s = %s\n", s->key, first->value);
	} else {
		buf_printf(out, "#%s =%s%s\n", s->key,
			   preset[0] == '\0' ? "" : " ", preset);
	}
}

void config_put_first(struct buf *out, const struct config_setting *settings,
		      const struct config_first *values)
{
	const char *section = "";
	for (const struct config_setting *s = settings; s->section != NULL;
	     s++) {
		if (is_family(s->section)) {
			continue;
		}
		if (strcmp(section, s->section) != 0) {
			section = s->section;
			buf_printf(out, "\n[%s]\n", section);
		}
		put_first(out, s, find_first(values, s));
	}
}
