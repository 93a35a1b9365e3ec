#ifndef SLUICE_TESTS_DOCTOR_SCENE_H
#define SLUICE_TESTS_DOCTOR_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/doctor.h"
#include "tests/support/device.h"

/* What tests of the test of the connection share: a device, its last test. */
extern struct device device;
extern struct connection_test test;

void doctor_scene_run(void);

/* Fails when there is no such step. */
const struct connection_step *doctor_scene_step(const char *name);

/* It ended so, and its text has these words. */
void assert_step(const char *name, enum connection_result result,
		 const char *words);

#endif
