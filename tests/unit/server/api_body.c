/*
 * Bodies piece by piece (src/server/api_body.c): how much is read, that what
 * ended is never read again, and when a body is late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "server/api_call.h"
#include "server/server.h"
#include "server/server_config.h"
#include "tests/unit/server/memory_exchange.h"

#define ALLOWED_S 30
#define DRAINED_MAX 1048576
#define BEGUN_MS 5000

/* A call with a body, of which nothing else is known. */
struct scene {
	struct memory_exchange m;
	struct exchange counted;
	struct server_config config;
	struct server server;
	struct api_call call;
	unsigned reads;
	uint8_t *body;
};

static int64_t now_ms;

static int64_t given_ms(void)
{
	return now_ms;
}

static const struct api_clock clock = { .monotonic_ms = given_ms };

static ssize_t count_read(void *ctx, void *dst, size_t len)
{
	struct scene *scene = ctx;
	scene->reads++;
	assert_true(len > 0 && len <= API_PIECE_BYTES);
	return scene->m.exchange.read(&scene->m, dst, len);
}

/* Announces so many bytes, of which so many come. */
static void begin(struct scene *scene, size_t announced, size_t come)
{
	memset(scene, 0, sizeof(*scene));
	memory_init(&scene->m);
	scene->body = mem_zalloc(announced + 1);
	memory_body(&scene->m, scene->body, announced);
	scene->m.body_len = come;
	scene->config.api_body_s = ALLOWED_S;
	scene->server.config = &scene->config;
	scene->counted = scene->m.exchange;
	scene->counted.ctx = scene;
	scene->counted.read = count_read;
	scene->call = (struct api_call){ .server = &scene->server,
					 .exchange = &scene->counted,
					 .clock = &clock };
	now_ms = BEGUN_MS;
	api_body_begin(&scene->call);
}

static void end(struct scene *scene)
{
	mem_free(scene->body);
	memory_clear(&scene->m);
}

static size_t piece(struct scene *scene)
{
	uint8_t bytes[API_PIECE_BYTES];
	return api_body_piece(&scene->call, bytes);
}

static void a_body_comes_in_pieces_and_is_not_read_past_its_end(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, 2 * API_PIECE_BYTES + 1, 2 * API_PIECE_BYTES + 1);
	assert_int_equal(piece(&scene), API_PIECE_BYTES);
	assert_int_equal(piece(&scene), API_PIECE_BYTES);
	assert_int_equal(piece(&scene), 1);
	assert_int_equal(scene.call.body_left, 0);
	assert_int_equal(scene.reads, 3);
	assert_int_equal(piece(&scene), 0);
	assert_int_equal(scene.reads, 3);
	end(&scene);
}

/* Who asked again would wait for a peer that has nothing more to say. */
static void what_ended_early_is_not_read_again(void **state)
{
	(void)state;
	for (int fails = 0; fails <= 1; fails++) {
		struct scene scene;
		begin(&scene, 100, 60);
		scene.m.fail = fails == 1;
		assert_int_equal(piece(&scene), 60);
		assert_int_equal(piece(&scene), 0);
		assert_int_equal(scene.call.body_left, 40);
		assert_true(scene.call.body_ended);
		assert_int_equal(piece(&scene), 0);
		assert_int_equal(scene.reads, 2);
		end(&scene);
	}
}

static void without_a_length_there_is_no_body(void **state)
{
	static const char *const bad[] = {
		NULL, "", "0", "-1", "x", "1x", "9223372036854775808"
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct scene scene;
		begin(&scene, 10, 10);
		memory_param(&scene.m, "CONTENT_LENGTH", bad[i]);
		scene.counted.envp = scene.m.envp;
		api_body_begin(&scene.call);
		assert_int_equal(scene.call.body_left, 0);
		assert_int_equal(piece(&scene), 0);
		assert_int_equal(scene.reads, 0);
		end(&scene);
	}
}

static void it_is_late_from_its_deadline_on(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, 10, 10);
	now_ms = BEGUN_MS + ALLOWED_S * 1000 - 1;
	assert_false(api_body_is_late(&scene.call));
	now_ms++;
	assert_true(api_body_is_late(&scene.call));
	/* More may be allowed, from then on. */
	api_body_allow(&scene.call, 7);
	now_ms += 6999;
	assert_false(api_body_is_late(&scene.call));
	now_ms++;
	assert_true(api_body_is_late(&scene.call));
	end(&scene);
}

static void what_is_refused_is_read_unless_it_is_long_or_late(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, DRAINED_MAX, DRAINED_MAX);
	api_body_drain(&scene.call);
	assert_int_equal(scene.call.body_left, 0);
	end(&scene);
	begin(&scene, DRAINED_MAX + 1, DRAINED_MAX + 1);
	api_body_drain(&scene.call);
	assert_int_equal(scene.reads, 0);
	end(&scene);
	begin(&scene, 10, 10);
	scene.m.piece = 1;
	api_body_drain(&scene.call);
	assert_int_equal(scene.call.body_left, 0);
	end(&scene);
	begin(&scene, 10, 10);
	now_ms += ALLOWED_S * 1000;
	api_body_drain(&scene.call);
	assert_int_equal(scene.reads, 0);
	end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_body_comes_in_pieces_and_is_not_read_past_its_end),
		cmocka_unit_test(what_ended_early_is_not_read_again),
		cmocka_unit_test(without_a_length_there_is_no_body),
		cmocka_unit_test(it_is_late_from_its_deadline_on),
		cmocka_unit_test(
			what_is_refused_is_read_unless_it_is_long_or_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
