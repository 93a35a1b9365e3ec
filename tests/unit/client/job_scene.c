/* See job_scene.h. */
#include "tests/unit/client/job_scene.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/jobs.h"
#include "domain/roles.h"
#include "tests/support/vendor.h"

static void make_people(struct job_scene *scene)
{
	struct jobs_fixture *f = &scene->people;
	int64_t now = device_time();
	f->db = scene->device.db;
	allow_services(f->db, 0, now);
	assert_done(consent_allow(f->db, "carla", GATE_JOB_DATA, now, err));
	sign_in(f, person(f->db, "anna", ROLE_JOB_DATA), now, &f->anna);
	f->desks[0] = (struct recipient){ .is_desk = true,
					  .name = "Colour desk",
					  .role = "image quality",
					  .until = now + YEAR_S };
	assert_true(text_copy(f->desks[0].key, sizeof(f->desks[0].key),
			      vendor_recipient_keys[0]));
}

int job_scene_begin(void **state)
{
	struct job_scene *scene = mem_zalloc(sizeof(*scene));
	device_make(&scene->device);
	make_people(scene);
	job_scene_source(scene, "printf 'content of one job'");
	*state = scene;
	return 0;
}

int job_scene_end(void **state)
{
	struct job_scene *scene = *state;
	device_stop_serving(&scene->server);
	device_assert_log_whole(&scene->device);
	device_remove(&scene->device);
	mem_free(scene);
	return 0;
}

void job_scene_source(struct job_scene *scene, const char *script)
{
	static char path[128];
	(void)snprintf(path, sizeof(path), "%s/spool", scene->device.dir);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	(void)fprintf(file, "#!/bin/sh\n%s\n", script);
	(void)fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
	scene->device.config.job_sources[0] =
		(struct device_job_source){ .run = { "spool", path, "", "" },
					    .title = "Spool" };
	scene->device.config.job_sources_count = 1;
}

void job_scene_confirm(struct job_scene *scene, size_t jobs)
{
	confirm_jobs(&scene->people, jobs, device_time(), &scene->order);
	read_item(&scene->people, &scene->order, 1, &scene->item);
}

void job_scene_server(struct job_scene *scene, const char *faults)
{
	char mode[256];
	(void)snprintf(mode, sizeof(mode), "tus:%s", faults);
	device_serve(&scene->device, &scene->server, mode);
}

int64_t job_scene_round(struct job_scene *scene)
{
	int64_t next = 0;
	scene->device.client.lost_until = 0; /* as the daemon begins one */
	assert_done(jobs_round(&scene->device.client, &next, err));
	return next;
}

void job_scene_close(struct job_scene *scene)
{
	device_close(&scene->device);
	scene->people.db = NULL;
}

void job_scene_open(struct job_scene *scene)
{
	device_open(&scene->device);
	scene->people.db = scene->device.db;
}

pid_t job_scene_fork(struct job_scene *scene,
		     void (*run)(struct job_scene *scene))
{
	job_scene_close(scene);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		job_scene_open(scene);
		run(scene);
		job_scene_close(scene);
		_exit(0);
	}
	job_scene_open(scene);
	return pid;
}

int job_scene_wait(pid_t pid)
{
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

struct jobs_item job_scene_item(struct job_scene *scene)
{
	struct jobs_item item;
	assert_done(jobs_item(scene->device.db, scene->item.transaction, &item,
			      err));
	return item;
}

void job_scene_assert(struct job_scene *scene, enum jobs_item_state state,
		      const char *problem)
{
	struct jobs_item item = job_scene_item(scene);
	if (item.state != state || strstr(item.problem, problem) == NULL) {
		fail_msg("%s: \"%s\"", jobs_item_state_name(item.state),
			 item.problem);
	}
}

unsigned job_scene_entries(struct job_scene *scene, enum ledger_kind kind)
{
	return device_entries(&scene->device, kind, scene->item.transaction);
}

static char *sealed_folder(const struct job_scene *scene)
{
	return device_config_state_path(&scene->device.config, "sealed");
}

unsigned job_scene_files(struct job_scene *scene)
{
	char *path = sealed_folder(scene);
	DIR *folder = opendir(path);
	const struct dirent *entry;
	unsigned count = 0;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		count += entry->d_name[0] != '.';
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
	mem_free(path);
	return count;
}

void job_scene_put_file(struct job_scene *scene, const char *name)
{
	char *folder = sealed_folder(scene);
	char *path = files_join(folder, name);
	assert_done(files_make_dir(folder, 0770, err));
	assert_done(files_write(path, "x", 1, 0660, err));
	mem_free(path);
	mem_free(folder);
}

void job_scene_seal(struct job_scene *scene)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "%s.age", scene->item.transaction);
	seal_item(&scene->people, &scene->item, device_time());
	job_scene_put_file(scene, name);
}

void job_scene_await_hold(struct job_scene *scene)
{
	char line[64];
	fault_expect(&scene->server, "held", line, sizeof(line));
}

static void hear_line(struct job_told *told, const char *line)
{
	told->deleted += text_equal(line, "deleted");
	if (text_starts_with(line, "request ")) {
		const char *method = line + strlen("request ");
		size_t used = strlen(told->text);
		(void)snprintf(told->text + used, sizeof(told->text) - used,
			       "%.*s ", (int)strcspn(method, " "), method);
	} else if (text_starts_with(line, "created ")) {
		told->created++;
		(void)!text_copy(told->metadata, sizeof(told->metadata),
				 line + strlen("created "));
	} else if (text_starts_with(line, "whole ")) {
		told->whole++;
		(void)!text_copy(told->whole_line, sizeof(told->whole_line),
				 line);
	}
}

void job_scene_hear(struct job_scene *scene, struct job_told *told)
{
	char line[1024];
	memset(told, 0, sizeof(*told));
	do {
		fault_expect(&scene->server, "", line, sizeof(line));
		hear_line(told, line);
	} while (!text_equal(line, "end"));
}
