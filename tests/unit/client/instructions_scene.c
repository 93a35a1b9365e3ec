/* See instructions_scene.h. */
#include "tests/unit/client/instructions_scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/link.h"
#include "tests/support/vendor.h"

int instructions_scene_begin(void **state)
{
	struct instructions_scene *scene = mem_zalloc(sizeof(*scene));
	device_make(&scene->device);
	device_allow(&scene->device);
	vendor_trust(scene->device.config.instruction_verifier);
	(void)snprintf(scene->texts, sizeof(scene->texts), "%s/texts",
		       scene->device.dir);
	assert_done(files_make_dir(scene->texts, 0755, err));
	*state = scene;
	return 0;
}

int instructions_scene_end(void **state)
{
	struct instructions_scene *scene = *state;
	device_stop_serving(&scene->server);
	device_assert_log_whole(&scene->device);
	device_remove(&scene->device);
	mem_free(scene);
	return 0;
}

struct instruction scene_instruction(uint64_t number,
				     enum instruction_kind kind)
{
	struct instruction is = {
		.device = PKI_DEVICE,
		.number = number,
		.kind = kind,
		.issued_at = device_time() - 60,
		.expires_at = device_time() + 7 * 86400,
		.by = "desk",
		.reason = "A fault was reported by telephone.",
	};
	if (kind == INSTRUCTION_SEND) {
		strcpy(is.services, "metering");
	} else if (kind == INSTRUCTION_INTERVAL) {
		is.interval_s = 1800;
	} else if (kind == INSTRUCTION_PACKAGE) {
		strcpy(is.package, "engine-2.4.1");
	} else if (kind == INSTRUCTION_MESSAGE) {
		strcpy(is.message, "We call tomorrow at nine.");
	}
	return is;
}

void scene_sign(const struct instruction *is, struct buf *note)
{
	struct buf text = BUF_INIT;
	assert_done(instruction_put(&text, is, err));
	vendor_sign_text(buf_str(&text), note);
	buf_clear(&text);
}

void scene_give(struct instructions_scene *scene, uint64_t number,
		const void *text, size_t len)
{
	char path[160];
	(void)snprintf(path, sizeof(path), "%s/%llu", scene->texts,
		       (unsigned long long)number);
	assert_done(files_write(path, text, len, 0644, err));
}

void scene_give_instruction(struct instructions_scene *scene, uint64_t number,
			    const struct instruction *is)
{
	struct buf note = BUF_INIT;
	scene_sign(is, &note);
	scene_give(scene, number, note.data, note.len);
	buf_clear(&note);
}

void scene_give_text(struct instructions_scene *scene, uint64_t number,
		     const char *text)
{
	struct buf note = BUF_INIT;
	vendor_sign_text(text, &note);
	scene_give(scene, number, note.data, note.len);
	buf_clear(&note);
}

void scene_serve(struct instructions_scene *scene, const char *faults)
{
	char mode[256];
	(void)snprintf(mode, sizeof(mode), "tus:texts=%s%s%s", scene->texts,
		       faults[0] != '\0' ? "," : "", faults);
	device_serve(&scene->device, &scene->server, mode);
}

static bool over_a_link(struct instructions_scene *scene, uint64_t number,
			bool (*run)(struct client *client, struct ask_way *way,
				    uint64_t number, struct err *err),
			struct err *err)
{
	struct client *client = &scene->device.client;
	const struct upload_watch watch = { .stop_fd = -1 };
	struct link link;
	struct ask_way way;
	assert_true(link_load(client, &link, NULL));
	ask_begin(&way, &link.server, &watch, link_time(client));
	bool ok = run(client, &way, number, err);
	ask_end(&way);
	link_clear(&link);
	return ok;
}

bool scene_fetch(struct instructions_scene *scene, uint64_t number,
		 struct err *err)
{
	return over_a_link(scene, number, instructions_fetch, err);
}

bool scene_catch_up(struct instructions_scene *scene, uint64_t number,
		    struct err *err)
{
	return over_a_link(scene, number, instructions_catch_up, err);
}

void scene_fetch_well(struct instructions_scene *scene, uint64_t number)
{
	assert_done(scene_fetch(scene, number, err));
}

enum instruction_state scene_take(struct instructions_scene *scene,
				  const struct instruction *is)
{
	enum instruction_state state = INSTRUCTION_STATE_UNSET;
	struct buf note = BUF_INIT;
	scene_sign(is, &note);
	assert_done(instructions_take(scene->device.db, is, buf_str(&note),
				      device_time(), &state, err));
	buf_clear(&note);
	return state;
}

unsigned scene_round(struct instructions_scene *scene)
{
	unsigned ended = 99;
	assert_done(instructions_round(&scene->device.client, &ended, err));
	return ended;
}

struct instruction_row scene_row(struct instructions_scene *scene,
				 uint64_t number)
{
	struct instruction_row row;
	assert_done(instructions_get(scene->device.db, number, &row, err));
	return row;
}

size_t scene_items(struct instructions_scene *scene, struct outbox_item *newest)
{
	struct outbox_item *list = NULL;
	size_t count = 0;
	assert_done(outbox_list(scene->device.db, OUTBOX_UNSET, 0, &list,
				&count, err));
	if (count > 0 && newest != NULL) {
		*newest = list[0];
	}
	mem_free(list);
	return count;
}

void scene_collector(struct instructions_scene *scene, const char *script)
{
	static char path[128];
	(void)snprintf(path, sizeof(path), "%s/collector", scene->device.dir);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	(void)fprintf(file, "#!/bin/sh\n%s\n", script);
	(void)fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
	scene->device.config.collectors[0].program = path;
}
