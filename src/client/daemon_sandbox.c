/*
 * Which files the daemon, and with it every collector, can still reach. A
 * collector's own data must lie in the state folder (to write), or be named
 * by an absolute path among its arguments (to read).
 */
#include "client/daemon_sandbox.h"

#include <libgen.h>
#include <string.h>

#include "base/mem.h"
#include "base/sandbox.h"

#define PATHS_MAX 64

struct paths {
	struct sandbox_path list[PATHS_MAX + 1];
	char *own[PATHS_MAX]; /* texts of the list, to be freed */
	size_t count;
};

/* More paths than fit are left out: less is allowed, never more. */
static void add(struct paths *paths, const char *path, bool write)
{
	if (paths->count < PATHS_MAX && path[0] != '\0') {
		char *copy = mem_strdup(path);
		paths->own[paths->count] = copy;
		paths->list[paths->count++] =
			(struct sandbox_path){ copy, write };
	}
}

static void add_folder_of(struct paths *paths, const char *path)
{
	char *copy = mem_strdup(path);
	add(paths, dirname(copy), false);
	mem_free(copy);
}

static void add_arguments(struct paths *paths, const char *arguments)
{
	char *copy = mem_strdup(arguments), *rest = NULL;
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (word[0] == '/') {
			add(paths, word, false);
		}
	}
	mem_free(copy);
}

static void tell(const struct client *client,
		 const struct sandbox_result *result)
{
	if (result->landlock_abi > 0 && result->seccomp) {
		log_info(client->log, "sandbox: Landlock %d, seccomp",
			 result->landlock_abi);
		return;
	}
	log_warn(client->log, "sandbox: %s, %s",
		 result->landlock_abi > 0 ? "Landlock"
					  : "this kernel has no Landlock",
		 result->seccomp ? "seccomp" : "this kernel has no seccomp");
}

bool daemon_sandbox(const struct client *client, struct err *err)
{
	const struct device_config *config = client->config;
	struct paths paths = { .count = 0 };
	struct sandbox_result result = { 0, false };
	add(&paths, config->state, true);
	add(&paths, config->keys, false);
	add(&paths, config->folder, false);
	add_folder_of(&paths, config->server_anchor);
	add_folder_of(&paths, config->receipt_verifier);
	for (size_t i = 0; i < config->collectors_count; i++) {
		add_folder_of(&paths, config->collectors[i].program);
		add_arguments(&paths, config->collectors[i].arguments);
	}
	bool ok = sandbox_enter(SANDBOX_DAEMON, paths.list, &result, err);
	if (ok) {
		tell(client, &result);
	}
	for (size_t i = 0; i < paths.count; i++) {
		mem_free(paths.own[i]);
	}
	return ok;
}
