/* What the tests of enrolment share. */
#include "tests/unit/client/enrol_scene.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "domain/consent.h"
#include "formats/certs.h"

static struct enrol_scene all;

int enrol_scene_set_up(void **state)
{
	*state = &all;
	memset(&all, 0, sizeof(all));
	device_make(&all.device);
	assert_true(consent_allow(all.device.db, "customer", SERVICE_UNSET,
				  device_time(), NULL));
	return 0;
}

int enrol_scene_tear_down(void **state)
{
	enrol_scene_hang_up(*state);
	device_remove(&all.device);
	return 0;
}

void enrol_scene_serve(struct enrol_scene *scene, const char *faults)
{
	char mode[256];
	(void)snprintf(mode, sizeof(mode), "est:%s", faults);
	device_serve(&scene->device, &scene->fault, mode);
}

void enrol_scene_hang_up(struct enrol_scene *scene)
{
	device_stop_serving(&scene->fault);
}

void enrol_scene_forget(struct enrol_scene *scene)
{
	char *path = device_config_key_path(&scene->device.config,
					    IDENTITY_CERTIFICATE_FILE);
	assert_true(files_remove(path, NULL));
	mem_free(path);
}

void enrol_scene_ask(struct enrol_scene *scene)
{
	assert_true(enrolment_ask(scene->device.db, "ada", ENROL_CODE,
				  device_time(), NULL));
}

int64_t enrol_scene_round(struct enrol_scene *scene, bool now)
{
	int64_t next = 0;
	struct err err = { .kind = ERR_NONE };
	if (!enrol_round(&scene->device.client, now, &next, &err)) {
		fail_msg("%s", err.text);
	}
	assert_true(next > device_time());
	return next;
}

struct enrolment enrol_scene_row(struct enrol_scene *scene)
{
	struct enrolment row;
	assert_true(enrolment_read(scene->device.db, &row, NULL));
	return row;
}

void enrol_scene_hash(struct enrol_scene *scene, const char *file,
		      char sha256[65])
{
	char label[CERTS_LABEL_SIZE];
	struct buf pem = BUF_INIT, der = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	char *path = device_config_key_path(&scene->device.config, file);
	sha256[0] = '\0';
	if (files_read(path, 65536, &pem, NULL)) {
		struct reader r = reader_of(pem.data, pem.len);
		assert_true(certs_pem_next(&r, label, &der, NULL));
		certs_fingerprint(der.data, der.len, hash);
		hex_encode(sha256, hash, sizeof(hash));
	}
	mem_free(path);
	buf_clear(&pem);
	buf_clear(&der);
}

void enrol_scene_assert_uses(struct enrol_scene *scene, const char *sha256)
{
	char used[65];
	enrol_scene_hash(scene, IDENTITY_CERTIFICATE_FILE, used);
	assert_string_equal(used, sha256);
	assert_string_equal(enrol_scene_row(scene).sha256, sha256);
}

void enrol_scene_hear(struct enrol_scene *scene, const char *line)
{
	char told[256];
	fault_expect(&scene->fault, "", told, sizeof(told));
	assert_string_equal(told, line);
}

unsigned enrol_scene_entries(struct enrol_scene *scene)
{
	return device_entries(&scene->device, LEDGER_ENROLMENT, NULL);
}
