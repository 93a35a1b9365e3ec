/* See doctor_scene.h. */
#include "tests/unit/client/doctor_scene.h"

#include <string.h>

struct device device;
struct connection_test test;

void doctor_scene_run(void)
{
	struct err err = { .kind = ERR_NONE };
	if (!doctor_run(&device.client, &test, &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(test.at, device_time());
	for (size_t i = 0; i < test.count; i++) {
		assert_int_not_equal(test.steps[i].result, CONNECTION_UNSET);
		assert_true(test.steps[i].text[0] != '\0');
		/* Whoever reads that something failed reads what to do. */
		assert_true(test.steps[i].result != CONNECTION_FAILED ||
			    test.steps[i].remedy[0] != '\0');
	}
}

const struct connection_step *doctor_scene_step(const char *name)
{
	for (size_t i = 0; i < test.count; i++) {
		if (strcmp(test.steps[i].name, name) == 0) {
			return &test.steps[i];
		}
	}
	fail_msg("there is no step \"%s\"", name);
	return &test.steps[0];
}

void assert_step(const char *name, enum connection_result result,
		 const char *words)
{
	const struct connection_step *s = doctor_scene_step(name);
	if (s->result != result || strstr(s->text, words) == NULL) {
		fail_msg("%s: %s, \"%s\"", name,
			 connection_result_name(s->result), s->text);
	}
}
