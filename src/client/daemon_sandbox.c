/*
 * Which files the daemon can still reach; and what it may run: collectors and
 * job sources, or nothing when a launcher does that.
 */
#include "client/daemon_sandbox.h"

#include "base/mem.h"
#include "base/sandbox.h"
#include "client/paths.h"

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

bool daemon_sandbox(struct client *client, struct err *err)
{
	const struct device_config *config = client->config;
	struct paths *paths = mem_zalloc(sizeof(*paths));
	struct sandbox_result result = { 0, false };
	bool alone = client->launcher != NULL;
	paths_add(paths, config->state, true);
	paths_add(paths, config->keys, true); /* certificates are renewed */
	paths_add(paths, config->folder, false);
	paths_add_folder_of(paths, config->server_anchor);
	paths_add_folder_of(paths, config->receipt_verifier);
	paths_add_folder_of(paths, config->vendor_verifier);
	paths_add_folder_of(paths, config->instruction_verifier);
	paths_add_folder_of(paths, config->enrol_anchor);
	for (size_t i = 0; !alone && i < config->collectors_count; i++) {
		paths_add_collector(paths, config, &config->collectors[i]);
	}
	for (size_t i = 0; !alone && i < config->job_sources_count; i++) {
		paths_add_collector(paths, config, &config->job_sources[i].run);
	}
	bool ok = sandbox_enter(alone ? SANDBOX_DAEMON_NO_EXEC : SANDBOX_DAEMON,
				paths->list, &result, err);
	if (ok) {
		client->sandbox = result;
		tell(client, &result);
	}
	paths_clear(paths);
	mem_free(paths);
	return ok;
}
