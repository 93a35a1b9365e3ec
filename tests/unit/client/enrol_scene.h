#ifndef SLUICE_TESTS_CLIENT_ENROL_SCENE_H
#define SLUICE_TESTS_CLIENT_ENROL_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/enrol.h"
#include "domain/enrolment.h"
#include "domain/ledger.h"
#include "tests/support/device.h"
#include "tests/support/fault.h"

#define ENROL_CODE "K7QPM-3ZD9R-01XYT-W8B4C"

/* A device with remote services allowed, and a server for it. */
struct enrol_scene {
	struct device device;
	struct fault fault; /* pid 0 = none runs */
};

/* Around each test; the device has the PKI's certificate. */
int enrol_scene_set_up(void **state);
int enrol_scene_tear_down(void **state);

/* One that does this (est_server.c), in place of the one before. */
void enrol_scene_serve(struct enrol_scene *scene, const char *faults);
void enrol_scene_hang_up(struct enrol_scene *scene);

/* Takes the device's certificate away. */
void enrol_scene_forget(struct enrol_scene *scene);
void enrol_scene_ask(struct enrol_scene *scene);

/* One enrol_round() that must not fail; when it is due again. */
int64_t enrol_scene_round(struct enrol_scene *scene, bool now);
struct enrolment enrol_scene_row(struct enrol_scene *scene);

/* SHA-256 of the leaf of a file in the keys folder; "" = no such file. */
void enrol_scene_hash(struct enrol_scene *scene, const char *file,
		      char sha256[65]);

/* The certificate in use is this one, and the database says so. */
void enrol_scene_assert_uses(struct enrol_scene *scene, const char *sha256);

/* The next line that the server tells must be this one. */
void enrol_scene_hear(struct enrol_scene *scene, const char *line);

unsigned enrol_scene_entries(struct enrol_scene *scene);

#endif
