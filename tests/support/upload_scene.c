/*
 * One resumable upload to tests/support/tus_server: what it is told to do
 * wrong, what both sides saw, and whether the right bytes arrived, once.
 */
#include "tests/support/upload_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/note.h"

/* Long for a computer, short for a person. */
static const struct upload_limits limits = {
	.connect_ms = 10000,
	.handshake_ms = 10000,
	.idle_ms = 10000,
	.answer_ms = 10000,
	.least_rate = 1024,
};

static const struct http1_field metadata[] = {
	{ "purpose", "Banding on page 3" },
	{ NULL, NULL },
};

struct pki_trusted upload_scene_device;

int upload_scene_set_up(void **state)
{
	*state = &upload_scene_device;
	return pki_trust_set_up(state);
}

static bool stage(void *ctx, enum upload_stage now,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	struct upload_scene *scene = ctx;
	(void)err;
	assert_int_equal(now, scene->last + 1);
	assert_true((peer == NULL) == (now == UPLOAD_CONNECTING));
	scene->last = now;
	return true;
}

static bool going(void *ctx, struct err *err)
{
	struct upload_scene *scene = ctx;
	scene->asked++;
	if (scene->stop_at_ask >= 0) {
		assert_int_equal(write(scene->stop_at_ask, "x", 1), 1);
	}
	return scene->refuse_at == 0 || scene->asked < scene->refuse_at ||
	       err_set(err, ERR_DENIED, "The owner says no more.");
}

static void progress(void *ctx, uint64_t offset)
{
	struct upload_scene *scene = ctx;
	assert_true(offset <= scene->file.size);
	scene->told = offset;
}

/* Bytes that differ from place to place. */
static void fill(uint8_t *data, size_t size)
{
	uint32_t x = 1;
	for (size_t i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(x >> 24);
	}
}

/* A file that is deleted already. */
static int make_file(const void *data, size_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	int fd = dup(fileno(file));
	assert_true(fd >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(write(fd, data, size), (ssize_t)size);
	return fd;
}

void upload_scene_start(struct upload_scene *scene, const char *faults,
			size_t size)
{
	char mode[256];
	uint8_t *data = mem_alloc(size);
	memset(scene, 0, sizeof(*scene));
	fill(data, size);
	scene->file = (struct upload_file){
		.transaction = UPLOAD_SCENE_TRANSACTION,
		.type = "application/vnd.sluice.sealed",
		.metadata = metadata,
		.fd = make_file(data, size),
		.size = size,
	};
	sha256_bytes(data, size, scene->file.sha256);
	hex_encode(scene->sha256, scene->file.sha256, SHA256_SIZE);
	mem_free(data);
	scene->watch = (struct upload_watch){
		.stage = stage, .ctx = scene, .stop_fd = -1, .going = going
	};
	scene->pace = (struct upload_pace){ 0, progress, scene };
	scene->stop_at_ask = -1;
	(void)snprintf(mode, sizeof(mode), "tus:%s", faults);
	fault_start(&scene->fault, &upload_scene_device.pki, mode, NULL, NULL);
}

void upload_scene_end(struct upload_scene *scene)
{
	fault_stop(&scene->fault);
	upload_answer_clear(&scene->answer);
	(void)close(scene->file.fd);
}

struct upload_server upload_scene_server(const struct upload_scene *scene)
{
	return (struct upload_server){
		.name = PKI_NAME,
		.address = "127.0.0.1",
		.port = scene->fault.port,
		.trust = upload_scene_device.trust,
		.limits = &limits,
	};
}

bool upload_scene_go(struct upload_scene *scene)
{
	const struct upload_server server = upload_scene_server(scene);
	scene->last = UPLOAD_UNSET;
	scene->asked = 0;
	err_reset(&scene->err);
	upload_answer_clear(&scene->answer);
	return upload_resumable(&server, &scene->file, &scene->watch,
				&scene->pace, upload_scene_device.pki.now,
				&scene->offset, &scene->answer, &scene->err);
}

void upload_scene_go_well(struct upload_scene *scene)
{
	if (!upload_scene_go(scene)) {
		fail_msg("%s", scene->err.text);
	}
	assert_int_equal(scene->last, UPLOAD_SENT);
	assert_int_equal(scene->offset, scene->file.size);
	assert_int_equal(scene->told, scene->file.size);
	assert_int_equal(scene->answer.status, 200);
	struct note_opened opened;
	assert_true(note_open(
		buf_str(&scene->answer.receipt), scene->answer.receipt.len,
		&upload_scene_device.pki.verifier, 1, &opened, NULL));
}

void upload_scene_go_wrong(struct upload_scene *scene, enum err_kind kind,
			   const char *words)
{
	bool ok = upload_scene_go(scene);
	if (ok || scene->err.kind != kind ||
	    strstr(scene->err.text, words) == NULL) {
		fail_msg("\"%s\" (%s)", scene->err.text,
			 err_kind_name(scene->err.kind));
	}
	assert_int_equal(scene->answer.receipt.len, 0);
}

static void hear_line(struct upload_told *told, const char *line)
{
	char method[16] = "";
	if (sscanf(line, "request %15s", method) == 1) {
		assert_true(strlen(told->text) + 20 < sizeof(told->text));
		(void)strcat(told->text, method);
		(void)strcat(told->text, " ");
	} else if (text_starts_with(line, "whole ")) {
		assert_true(text_copy(told->whole, sizeof(told->whole), line));
		told->wholes++;
	} else if (text_starts_with(line, "created ")) {
		assert_true(text_copy(told->metadata, sizeof(told->metadata),
				      line + strlen("created ")));
		told->created++;
	}
}

void upload_scene_hear(struct upload_scene *scene, unsigned connections,
		       struct upload_told *told)
{
	memset(told, 0, sizeof(*told));
	for (unsigned ends = 0; ends < connections;) {
		char line[1024];
		fault_expect(&scene->fault, "", line, sizeof(line));
		hear_line(told, line);
		ends += text_equal(line, "end") ? 1 : 0;
	}
}

void upload_scene_assert_whole(const struct upload_scene *scene,
			       const struct upload_told *told)
{
	char whole[160];
	(void)snprintf(whole, sizeof(whole),
		       "whole " UPLOAD_SCENE_TRANSACTION " %s %" PRIu64,
		       scene->sha256, scene->file.size);
	assert_string_equal(told->whole, whole);
	assert_int_equal(told->wholes, 1);
}
