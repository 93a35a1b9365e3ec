/* See checkin_scene.h. */
#include "tests/unit/client/checkin_scene.h"

#include <string.h>

#include "base/mem.h"
#include "domain/consent.h"

int checkin_scene_begin(void **state)
{
	struct checkin_scene *scene = mem_zalloc(sizeof(*scene));
	device_make(&scene->device);
	device_allow(&scene->device);
	*state = scene;
	return 0;
}

int checkin_scene_end(void **state)
{
	struct checkin_scene *scene = *state;
	device_stop_serving(&scene->server);
	device_assert_log_whole(&scene->device);
	device_remove(&scene->device);
	mem_free(scene);
	return 0;
}

void checkin_scene_server(struct checkin_scene *scene, const char *mode)
{
	device_serve(&scene->device, &scene->server, mode);
}

int64_t checkin_scene_round(struct checkin_scene *scene)
{
	int64_t next = 0;
	assert_done(checkin_round(&scene->device.client, NULL, &next, err));
	return next;
}

void checkin_scene_ask(struct checkin_scene *scene, struct err *why)
{
	int64_t next = 0;
	*why = (struct err){ .kind = ERR_NONE };
	bool ok = checkin_round(&scene->device.client, "otto", &next, why);
	assert_true(ok == (why->kind == ERR_NONE));
}

void checkin_scene_ask_well(struct checkin_scene *scene)
{
	struct err why;
	checkin_scene_ask(scene, &why);
	if (why.kind != ERR_NONE) {
		fail_msg("%s", why.text);
	}
}

struct checkin_state checkin_scene_state(struct checkin_scene *scene)
{
	struct checkin_state s;
	assert_done(checkins_read(scene->device.db, device_time(), &s, err));
	return s;
}

struct checkin_done checkin_scene_last(struct checkin_scene *scene)
{
	struct checkin_done *list = NULL, last = { .number = 0 };
	size_t count = 0;
	assert_done(checkins_list(scene->device.db, 1, &list, &count, err));
	if (count > 0) {
		last = list[0];
	}
	mem_free(list);
	return last;
}

void checkin_scene_hear(struct checkin_scene *scene, char line[256])
{
	fault_expect(&scene->server, "check-in ", line, 256);
	memmove(line, line + strlen("check-in "),
		strlen(line) + 1 - strlen("check-in "));
}
