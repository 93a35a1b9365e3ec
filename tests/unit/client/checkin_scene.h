#ifndef SLUICE_TESTS_CHECKIN_SCENE_H
#define SLUICE_TESTS_CHECKIN_SCENE_H

#include "client/checkin.h"
#include "tests/support/device.h"
#include "tests/support/fault.h"
#include "tests/unit/domain/people.h"

#define DAY_S ((int64_t)86400)

/* A device that may check in, and a server for it. */
struct checkin_scene {
	struct device device;
	struct fault server; /* pid 0 = none */
};

int checkin_scene_begin(void **state);
int checkin_scene_end(void **state);

/* A server with these faults (fault_start()) in place of the one before. */
void checkin_scene_server(struct checkin_scene *scene, const char *mode);

/* By itself; gives when it wants the next one. */
int64_t checkin_scene_round(struct checkin_scene *scene);

/* A person asks; why->kind is NONE when it went well. */
void checkin_scene_ask(struct checkin_scene *scene, struct err *why);
void checkin_scene_ask_well(struct checkin_scene *scene);

struct checkin_state checkin_scene_state(struct checkin_scene *scene);

/* The newest row. */
struct checkin_done checkin_scene_last(struct checkin_scene *scene);

/* What the server got: the rest of its line "check-in ". */
void checkin_scene_hear(struct checkin_scene *scene, char line[256]);

#endif
