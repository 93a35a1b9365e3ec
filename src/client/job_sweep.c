/*
 * What is left over in the folder of sealed files. The files themselves are
 * domain/job_seal.c's, jobs on their way jobs.c's.
 */
#include "client/job_sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/link.h"
#include "client/meter.h"
#include "domain/consent.h"
#include "domain/job_seal.h"
#include "domain/jobs.h"
#include "domain/queue.h"
#include "net/upload_resumable.h"

#define ENDING ".age"
#define HALF ".age.part"
#define HALF_S 86400 /* one that nobody wrote to for a day is left over */

/* No permission, no packet: not even to take something back. */
static bool may_talk(struct client *client)
{
	struct consent remote;
	return consent_read_remote(client->db, client->now(), &remote, NULL) &&
	       remote.state == CONSENT_ALLOWED;
}

/* Withdrawn while the server lets us wait: then it forgets by itself. */
static bool going(void *ctx, struct err *err)
{
	return may_talk(ctx) ||
	       err_set(err, ERR_DENIED, "Remote services are not allowed.");
}

/* Best effort: the server forgets by itself what is never completed. */
static void forget(struct client *client, const char *transaction)
{
	struct link link;
	struct err why = { .kind = ERR_NONE };
	struct meter meter = METER_INIT(client);
	const struct upload_watch watch = { .going = going,
					    .ctx = client,
					    .stop_fd = client->stop_fd,
					    .count = &meter.left };
	if (!may_talk(client)) {
		return;
	}
	bool ok = link_load(client, &link, &why);
	if (ok) {
		ok = meter_book(&meter, queue_cost(0, 0), &why) &&
		     upload_delete(&link.server, transaction, &watch,
				   link_time(client), &why);
		ok = meter_settle(&meter, ok ? &why : NULL) && ok;
		link_clear(&link);
	}
	if (!ok) {
		log_warn(client->log,
			 "the server did not forget its part of %s: %s",
			 transaction, why.text);
	}
}

static bool sweep_sealed(struct client *client, const char *name,
			 struct err *err)
{
	char transaction[UUID_TEXT_SIZE];
	struct jobs_item item = { .state = JOBS_ITEM_UNSET };
	struct err why = { .kind = ERR_NONE };
	bool needed = false;
	memcpy(transaction, name, sizeof(transaction) - 1);
	transaction[sizeof(transaction) - 1] = '\0';
	if (!uuid_valid(transaction)) {
		return true; /* not ours */
	}
	if (!jobs_needs_file(client->db, transaction, &needed, err)) {
		return false;
	}
	if (!jobs_item(client->db, transaction, &item, &why) &&
	    why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	if (needed) {
		return true;
	}
	if (item.peer[0] != '\0' && item.state != JOBS_SENT) {
		forget(client, transaction);
	}
	job_seal_remove(client->config->state, transaction);
	return true;
}

/* One that is being written is young. */
static void sweep_half(struct client *client, int folder, const char *name)
{
	struct stat about;
	if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
	    client->now() - about.st_mtime >= HALF_S) {
		(void)unlinkat(folder, name, 0);
	}
}

bool job_sweep(struct client *client, struct err *err)
{
	const size_t id = UUID_TEXT_SIZE - 1;
	char *path = device_config_state_path(client->config, "sealed");
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool ok = true;
	mem_free(path);
	while (folder != NULL && ok && (entry = readdir(folder)) != NULL) {
		const char *name = entry->d_name;
		if (strlen(name) <= id) {
			continue;
		}
		if (text_equal(name + id, ENDING)) {
			ok = sweep_sealed(client, name, err);
		} else if (text_equal(name + id, HALF)) {
			sweep_half(client, dirfd(folder), name);
		}
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
	return ok;
}
