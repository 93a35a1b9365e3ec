#ifndef SLUICE_TESTS_SUPPORT_UPLOAD_SCENE_H
#define SLUICE_TESTS_SUPPORT_UPLOAD_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/upload_resumable.h"
#include "tests/support/fault.h"
#include "tests/support/pki_trust.h"

#define UPLOAD_SCENE_TRANSACTION "01932000-7a11-7c3e-9d54-2f0f6a1be7c1"

/* The PKI of the group of tests. */
extern struct pki_trusted upload_scene_device;
int upload_scene_set_up(void **state); /* then pki_trust_tear_down() */

/* A device that uploads a file, and the server that it uploads it to. */
struct upload_scene {
	struct fault fault;
	struct upload_file file;
	struct upload_watch watch;
	struct upload_pace pace;
	uint64_t offset;
	struct upload_answer answer;
	struct err err;
	enum upload_stage last;
	unsigned asked;     /* how often: may it go on? */
	unsigned refuse_at; /* no from then on; 0 = never */
	uint64_t told;      /* last progress */
	int stop_at_ask;    /* written to when asked; -1 = none */
	char sha256[65];    /* of the file */
};

/* faults are those of tus_server.c, size is that of the file. */
void upload_scene_start(struct upload_scene *scene, const char *faults,
			size_t size);
void upload_scene_end(struct upload_scene *scene);
struct upload_server upload_scene_server(const struct upload_scene *scene);

/* One upload_resumable(). The others fail the test if it ends otherwise. */
bool upload_scene_go(struct upload_scene *scene);
void upload_scene_go_well(struct upload_scene *scene);
void upload_scene_go_wrong(struct upload_scene *scene, enum err_kind kind,
			   const char *words);

/* What the server has told. */
struct upload_told {
	unsigned wholes, created; /* how often an upload was */
	char text[4096];          /* methods of the requests, each with " " */
	char whole[160], metadata[512]; /* of the last of them */
};

/* Waits for the end of so many more connections. */
void upload_scene_hear(struct upload_scene *scene, unsigned connections,
		       struct upload_told *told);

/* The server has had all bytes of the file, and once. */
void upload_scene_assert_whole(const struct upload_scene *scene,
			       const struct upload_told *told);

#endif
