/*
 * Which EST server is asked, under which name, and what it is shown: the
 * Communication Server, or another one that the configuration names.
 */
#include "client/enrol_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "domain/consent.h"
#include "domain/queue.h"
#include "tests/unit/client/enrol_scene.h"

#define EXIT_SKIPPED 77
#define ENROLL "request POST /.well-known/est/simpleenroll"
#define REENROLL "request POST /.well-known/est/simplereenroll"

static struct err why;

static bool ask(struct enrol_scene *s, const char *code)
{
	struct est_answer answer;
	err_reset(&why);
	bool ok = enrol_ask(&s->device.client, code, &answer, &why) &&
		  answer.outcome == EST_ISSUED;
	est_answer_clear(&answer);
	return ok;
}

/* An EST server that is not the Communication Server, with a root of its own. */
static void serve_elsewhere(struct enrol_scene *s, const char *faults)
{
	struct device_config *config = &s->device.config;
	enrol_scene_serve(s, "");
	enrol_scene_hang_up(s);
	config->server_port = 1;
	fault_start(&s->fault, &s->device.pki, faults, "impostor.pem", NULL);
	config->enrol_name = PKI_NAME;
	config->enrol_address = "127.0.0.1";
	config->enrol_port = s->fault.port;
}

static void trust_it(struct enrol_scene *s, const char *anchor)
{
	struct buf pem = BUF_INIT;
	char *path = pki_path(&s->device.pki, anchor);
	assert_true(files_read(path, 65536, &pem, NULL));
	assert_true(files_write(s->device.config.enrol_anchor, pem.data,
				pem.len, 0644, NULL));
	mem_free(path);
	buf_clear(&pem);
}

static void
the_communication_server_is_asked_unless_another_is_named(void **state)
{
	struct enrol_scene *s = *state;
	assert_string_equal(enrol_server_name(&s->device.client), PKI_NAME);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	assert_true(ask(s, ENROL_CODE));
	enrol_scene_hear(s, "connection anonymous");
	enrol_scene_hear(s, ENROLL);
	s->device.config.enrol_name = "est.example";
	assert_string_equal(enrol_server_name(&s->device.client),
			    "est.example");
}

static void another_server_is_believed_by_its_own_root_alone(void **state)
{
	struct enrol_scene *s = *state;
	serve_elsewhere(s, "est:code=" ENROL_CODE);
	assert_false(ask(s, ENROL_CODE));
	assert_int_equal(why.kind, ERR_NOT_FOUND); /* no anchor */
	trust_it(s, "server-anchor.pem");
	assert_false(ask(s, ENROL_CODE));
	assert_int_equal(why.kind, ERR_RETRY);
	trust_it(s, "other-anchor.pem");
	assert_true(ask(s, ENROL_CODE));
	/* It needs nothing that belongs to the Communication Server. */
	assert_true(files_remove(s->device.config.server_anchor, NULL));
	assert_true(ask(s, ENROL_CODE));
}

static void it_has_a_path_and_a_user_of_its_own(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_serve(s, "code=" ENROL_CODE);
	s->device.config.enrol_user = "fleet-9";
	assert_false(ask(s, ENROL_CODE));
	assert_int_equal(why.kind, ERR_NONE); /* 401 */
	s->device.config.enrol_user = PKI_DEVICE;
	assert_true(ask(s, ENROL_CODE));
	s->device.config.enrol_path = "/.well-known/est/label";
	assert_false(ask(s, ENROL_CODE));
	assert_non_null(strstr(why.text, "/.well-known/est/label"));
}

static void a_renewal_shows_the_certificate(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_serve(s, "");
	assert_true(ask(s, NULL));
	enrol_scene_hear(s, "connection known");
	enrol_scene_hear(s, REENROLL);
	enrol_scene_forget(s);
	assert_false(ask(s, NULL));
	assert_int_equal(why.kind, ERR_NOT_FOUND);
}

/* It must name what stands in the certificate, whatever that is. */
static void a_renewal_keeps_the_names_that_the_authority_gave(void **state)
{
	struct enrol_scene *s = *state;
	char sha256[65], before[65];
	enrol_scene_serve(s, "names");
	for (int i = 0; i < 2; i++) {
		enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, before);
		assert_true(enrol_recover(&s->device.client, NULL));
		(void)enrol_scene_round(s, true);
		enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
		assert_string_not_equal(sha256, before);
		assert_string_equal(enrol_scene_row(s).subject,
				    "O=Company, CN=Seven");
		assert_string_equal(enrol_scene_row(s).problem, "");
	}
}

static void a_device_that_knows_no_server_says_what_to_do(void **state)
{
	struct enrol_scene *s = *state;
	assert_true(files_remove(s->device.config.server_anchor, NULL));
	assert_false(ask(s, ENROL_CODE));
	assert_int_equal(why.kind, ERR_RETRY);
	assert_non_null(strstr(why.text, "init --provision"));
}

static void permission_is_asked_before_each_connection(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_serve(s, "code=" ENROL_CODE);
	assert_true(consent_withdraw(s->device.db, "customer", SERVICE_UNSET,
				     device_time(), NULL, NULL));
	assert_false(ask(s, ENROL_CODE));
	assert_int_equal(why.kind, ERR_DENIED);
	assert_true(fault_is_quiet(&s->fault));
}

/* What left, and no more, whatever came of it. */
static void what_left_is_counted_for_the_month(void **state)
{
	struct enrol_scene *s = *state;
	struct queue_month month;
	uint64_t before = 0;
	enrol_scene_serve(s, "code=" ENROL_CODE);
	for (int i = 0; i < 2; i++) {
		(void)ask(s, i == 0 ? ENROL_CODE : "wrong-code-1");
		assert_true(queue_month_read(s->device.db, device_time(),
					     &month, NULL));
		assert_true(month.used > before + 500);
		assert_true(month.used < before + ENROL_LEAVES_BYTES);
		before = month.used;
	}
}

#define test(function)                                                \
	cmocka_unit_test_setup_teardown(function, enrol_scene_set_up, \
					enrol_scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_communication_server_is_asked_unless_another_is_named),
		test(another_server_is_believed_by_its_own_root_alone),
		test(it_has_a_path_and_a_user_of_its_own),
		test(a_renewal_shows_the_certificate),
		test(a_renewal_keeps_the_names_that_the_authority_gave),
		test(a_device_that_knows_no_server_says_what_to_do),
		test(permission_is_asked_before_each_connection),
		test(what_left_is_counted_for_the_month),
	};
	if (system("openssl version >/dev/null 2>&1") != 0) {
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
