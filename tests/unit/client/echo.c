/*
 * The signed answer to a nonce: only the right server's, only to this question
 * and only about this device.
 */
#include "client/echo.h"

#include <stdlib.h>
#include <string.h>

#include "client/link.h"
#include "tests/unit/client/enrol_scene.h"

static int status;
static struct err why;

static bool ask(struct enrol_scene *s, struct checkin_echo *echo)
{
	const struct upload_watch watch = { .stop_fd = -1 };
	struct ask_way way;
	struct link link;
	err_reset(&why);
	assert_true(link_load(&s->device.client, &link, NULL));
	ask_begin(&way, &link.server, &watch, device_time());
	bool ok =
		echo_ask(&way, &link.verifier, PKI_DEVICE, echo, &status, &why);
	ask_end(&way);
	link_clear(&link);
	return ok;
}

static void the_server_signs_what_it_was_asked(void **state)
{
	struct enrol_scene *s = *state;
	struct checkin_echo echo = { .time = 0 };
	char first[CHECKIN_NONCE_SIZE];
	enrol_scene_serve(s, "");
	assert_true(ask(s, &echo));
	assert_int_equal(status, 200);
	assert_string_equal(echo.device, PKI_DEVICE);
	assert_true(echo.time >= s->device.pki.now);
	memcpy(first, echo.nonce, sizeof(first));
	assert_true(ask(s, &echo));
	assert_string_not_equal(echo.nonce, first);
}

static void refuse(struct enrol_scene *s, const char *faults, int expected,
		   enum err_kind kind)
{
	struct checkin_echo echo = { .time = 7 };
	enrol_scene_serve(s, faults);
	assert_false(ask(s, &echo));
	if (status != expected || why.kind != kind) {
		fail_msg("%s: %d, \"%s\" (%s)", faults, status, why.text,
			 err_kind_name(why.kind));
	}
	assert_int_equal(echo.time, 7);
}

static void another_answer_is_none(void **state)
{
	struct enrol_scene *s = *state;
	refuse(s, "echo=nonce", 200, ERR_INVALID);
	refuse(s, "echo=device", 200, ERR_INVALID);
	refuse(s, "echo=signature", 200, ERR_INVALID);
	refuse(s, "status=403", 403, ERR_DENIED);
	refuse(s, "status=404", 404, ERR_NOT_FOUND);
	refuse(s, "status=500", 500, ERR_RETRY);
}

static void without_a_connection_there_is_no_status(void **state)
{
	struct enrol_scene *s = *state;
	struct checkin_echo echo;
	s->device.config.server_port = 1;
	status = 200;
	assert_false(ask(s, &echo));
	assert_int_equal(status, 0);
	assert_int_equal(why.kind, ERR_RETRY);
}

#define test(function)                                                \
	cmocka_unit_test_setup_teardown(function, enrol_scene_set_up, \
					enrol_scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_server_signs_what_it_was_asked),
		test(another_answer_is_none),
		test(without_a_connection_there_is_no_status),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
