/*
 * Resumable uploads to a tus server that is not ours: npm's @tus/server
 * behind Node's TLS (tests/browser/tus_server.mjs). Skipped where Node or the
 * packages of tests/browser are not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/upload_resumable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/upload_scene.h"

#define EXIT_SKIPPED 77
#define SIZE (1024u * 1024 + 4321)

static void assert_arrives(struct upload_scene *scene)
{
	char line[256], whole[256];
	if (!upload_scene_go(scene)) {
		fail_msg("%s", scene->err.text);
	}
	assert_int_equal(scene->offset, scene->file.size);
	assert_string_equal(buf_str(&scene->answer.receipt), "received\n");
	fault_expect(&scene->fault, "whole", line, sizeof(line));
	(void)snprintf(whole, sizeof(whole),
		       "whole " UPLOAD_SCENE_TRANSACTION " %s %llu",
		       scene->sha256, (unsigned long long)scene->file.size);
	assert_string_equal(line, whole);
	assert_true(fault_is_quiet(&scene->fault));
}

static void another_server_takes_the_whole(void **state)
{
	(void)state;
	struct upload_scene scene;
	upload_scene_start(&scene, "other", SIZE);
	assert_arrives(&scene);
	upload_scene_end(&scene);
}

static void another_server_keeps_what_was_interrupted(void **state)
{
	(void)state;
	/* after the creation, in the middle, before the last record */
	static const unsigned steps[] = { 2, 3, 9, 17 };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct upload_scene scene;
		upload_scene_start(&scene, "other", SIZE);
		scene.refuse_at = steps[i];
		upload_scene_go_wrong(&scene, ERR_DENIED, "no more");
		scene.refuse_at = 0;
		scene.file.created = true;
		assert_arrives(&scene);
		upload_scene_end(&scene);
	}
}

static void another_server_says_what_it_does_not_have(void **state)
{
	(void)state;
	struct upload_scene scene;
	upload_scene_start(&scene, "other", SIZE);
	scene.file.created = true; /* HEAD finds nothing: created anew */
	assert_arrives(&scene);
	upload_scene_end(&scene);
}

static void another_server_deletes(void **state)
{
	(void)state;
	struct upload_scene scene;
	upload_scene_start(&scene, "other", SIZE);
	const struct upload_server server = upload_scene_server(&scene);
	scene.refuse_at = 9;
	upload_scene_go_wrong(&scene, ERR_DENIED, "no more");
	scene.refuse_at = 0;
	for (int i = 0; i < 2; i++) { /* the second finds nothing */
		scene.last = UPLOAD_UNSET;
		assert_true(upload_delete(&server, UPLOAD_SCENE_TRANSACTION,
					  &scene.watch,
					  upload_scene_device.pki.now, NULL));
	}
	assert_arrives(&scene);
	upload_scene_end(&scene);
}

/* What tests/browser/tus_server.mjs needs. */
static bool can_run(void)
{
	return system("cd \"${abs_top_srcdir:-.}/tests/browser\" && "
		      "node -e 'process.exit(+process.versions.node"
		      ".split(\".\")[0] < 20 ? 1 : 0)' 2>/dev/null && "
		      "test -d node_modules/@tus/server") == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_server_takes_the_whole),
		cmocka_unit_test(another_server_keeps_what_was_interrupted),
		cmocka_unit_test(another_server_says_what_it_does_not_have),
		cmocka_unit_test(another_server_deletes),
	};
	if (!can_run()) {
		(void)puts("skipped: Node 20 or npm's @tus/server is not "
			   "there");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, upload_scene_set_up,
				      pki_trust_tear_down);
}
