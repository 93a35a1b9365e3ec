/*
 * Which files the configuration names, for the sandboxes of daemon, launcher
 * and collectors. What the profile of a sandbox allows by itself stands in
 * base/sandbox.c; the working folder of a collector is collector_place.c's.
 */
#include "client/paths.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

void paths_add(struct paths *paths, const char *path, bool write)
{
	if (paths->count < PATHS_MAX && path[0] != '\0') {
		char *copy = mem_strdup(path);
		paths->own[paths->count] = copy;
		paths->list[paths->count++] =
			(struct sandbox_path){ copy, write };
	}
}

void paths_add_folder_of(struct paths *paths, const char *path)
{
	if (path[0] == '\0') {
		return; /* dirname() would make it our working folder */
	}
	char *copy = mem_strdup(path);
	paths_add(paths, dirname(copy), false);
	mem_free(copy);
}

/* Is a the same as b, or a folder above it? Both without "." and "..". */
static bool is_above(const char *a, const char *b)
{
	size_t len = strlen(a);
	while (len > 0 && a[len - 1] == '/') {
		len--;
	}
	return strncmp(a, b, len) == 0 && (b[len] == '/' || b[len] == '\0');
}

/* Without symbolic links; a path that cannot be followed stays as it is. */
static char *resolved(const char *path)
{
	char *real = realpath(path, NULL);
	char *copy = mem_strdup(real != NULL ? real : path);
	free(real);
	return copy;
}

static bool meets(const char *path, const char *folder)
{
	if (folder == NULL || folder[0] == '\0') {
		return false;
	}
	char *a = resolved(path), *b = resolved(folder);
	bool met = strstr(a, "/..") != NULL || is_above(a, b) || is_above(b, a);
	mem_free(b);
	mem_free(a);
	return met;
}

static bool is_secret(const struct device_config *config, const char *path)
{
	return meets(path, config->keys) || meets(path, config->state);
}

static void add_argument(struct paths *paths,
			 const struct device_config *config, const char *word)
{
	struct stat about;
	if (word[0] == '/' && !is_secret(config, word)) {
		bool device = stat(word, &about) == 0 && S_ISCHR(about.st_mode);
		paths_add(paths, word, device);
	}
}

void paths_add_collector(struct paths *paths,
			 const struct device_config *config,
			 const struct device_collector *collector)
{
	char *copy = mem_strdup(collector->program);
	const char *folder = dirname(copy);
	paths_add(paths,
		  is_secret(config, folder) ? collector->program : folder,
		  false);
	mem_free(copy);
	char *rest = NULL;
	copy = mem_strdup(collector->arguments);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		add_argument(paths, config, word);
	}
	mem_free(copy);
}

void paths_clear(struct paths *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		mem_free(paths->own[i]);
	}
	paths->count = 0;
	paths->list[0] = (struct sandbox_path){ NULL, false };
}
