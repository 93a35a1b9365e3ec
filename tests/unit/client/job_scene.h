#ifndef SLUICE_TESTS_JOB_SCENE_H
#define SLUICE_TESTS_JOB_SCENE_H

#include <sys/types.h>

#include "tests/support/device.h"
#include "tests/support/fault.h"
#include "tests/unit/domain/jobs_fixture.h"

/*
 * A device on which "anna" is signed in and may send job data, with one job
 * source, "spool", that is a script of the test, and a server to send it to.
 */
struct job_scene {
	struct device device;
	struct jobs_fixture people; /* on the device's database; t is NULL */
	struct jobs_order order;    /* of job_scene_confirm() */
	struct jobs_item item;      /* its first job */
	struct fault server;
};

int job_scene_begin(void **state); /* *state = struct job_scene */
int job_scene_end(void **state);

/* What the source does from now on; $1 is "list" or "get", $2 the job. */
void job_scene_source(struct job_scene *scene, const char *script);

/* Anna chooses and confirms so many jobs. */
void job_scene_confirm(struct job_scene *scene, size_t jobs);

/* Faults of tests/support/tus_server.c. */
void job_scene_server(struct job_scene *scene, const char *faults);

/* One jobs_round(); gives when it wants the next one. */
int64_t job_scene_round(struct job_scene *scene);

/* A function in a process of its own, with a database of its own. */
pid_t job_scene_fork(struct job_scene *scene,
		     void (*run)(struct job_scene *scene));
int job_scene_wait(pid_t pid);

/* The database for what another process does at the same time. */
void job_scene_close(struct job_scene *scene);
void job_scene_open(struct job_scene *scene);

/* The first job as it is now. */
struct jobs_item job_scene_item(struct job_scene *scene);
void job_scene_assert(struct job_scene *scene, enum jobs_item_state state,
		      const char *problem);

/* Entries about the first job. */
unsigned job_scene_entries(struct job_scene *scene, enum ledger_kind kind);

/* Files in the folder of sealed files, halves too. */
unsigned job_scene_files(struct job_scene *scene);

/* A file of this name among the sealed ones. */
void job_scene_put_file(struct job_scene *scene, const char *name);

/* Sealed, as if by a round that ended there. */
void job_scene_seal(struct job_scene *scene);

/* What the server told up to the end of its next connection. */
struct job_told {
	unsigned created, whole, deleted;
	char text[1024]; /* "METHOD " of each request */
	char metadata[1024], whole_line[256];
};
void job_scene_hear(struct job_scene *scene, struct job_told *told);

/* Waits until the server holds; what it told before is passed over. */
void job_scene_await_hold(struct job_scene *scene);

#endif
