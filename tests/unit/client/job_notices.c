/*
 * What the server tells of job data when a person asks: what is believed, and
 * that without a grant there is not a packet. When it is asked by itself is
 * tested with check-ins.
 */
#include "tests/unit/client/job_scene.h"

#include "client/job_notices.h"

#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/recipient_list.h"
#include "formats/notices.h"
#include "tests/support/vendor.h"

/* ---- the server's texts ---- */

static void put_text(struct job_scene *scene, const char *name,
		     const struct buf *text)
{
	char *path = files_join(scene->device.dir, name);
	assert_done(files_write(path, text->data, text->len, 0644, err));
	mem_free(path);
}

static void sign_notices(struct job_scene *scene, const struct notices *notices,
			 const struct ed25519_key *key)
{
	struct buf text = BUF_INIT, note = BUF_INIT;
	char name[64];
	const struct note_signer signer = { scene->device.pki.verifier.name,
					    key };
	(void)snprintf(name, sizeof(name), "notices?after=%llu",
		       (unsigned long long)notices->after);
	assert_done(notices_put(&text, notices, err));
	assert_done(note_sign(buf_str(&text), &signer, 1, &note, err));
	put_text(scene, name, &note);
	buf_clear(&note);
	buf_clear(&text);
}

static void make_notices(struct job_scene *scene, struct notices *notices,
			 uint64_t after, size_t count)
{
	memset(notices, 0, sizeof(*notices));
	(void)strcpy(notices->device, PKI_DEVICE);
	notices->after = after;
	notices->count = count;
	for (size_t i = 0; i < count; i++) {
		struct notice *n = &notices->of[i];
		n->number = after + i + 1;
		n->at = device_time() + (int64_t)i;
		(void)strcpy(n->kind, "opened");
		(void)strcpy(n->transaction, scene->item.transaction);
		(void)strcpy(n->who, "desk");
	}
}

static void give_notices(struct job_scene *scene, uint64_t after, size_t count)
{
	struct notices notices;
	make_notices(scene, &notices, after, count);
	sign_notices(scene, &notices, &scene->device.pki.receipt);
}

/* ---- the device ---- */

/*
 * One job of this device is at the server, which has nothing to tell yet. The
 * vendor's key comes with the tests of his list.
 */
static int begin(void **state)
{
	char faults[160];
	(void)job_scene_begin(state);
	struct job_scene *scene = *state;
	job_scene_confirm(scene, 1);
	job_scene_seal(scene);
	begin_item(&scene->people, &scene->item, device_time());
	finish_item(&scene->people, &scene->item, device_time());
	assert_int_equal(0, remove(scene->device.config.vendor_verifier));
	(void)snprintf(faults, sizeof(faults), "texts=%s", scene->device.dir);
	job_scene_server(scene, faults);
	give_notices(scene, 0, 0);
	return 0;
}

/* A person asks; why->kind is NONE when it went well. */
static void ask(struct job_scene *scene, struct err *why)
{
	*why = (struct err){ .kind = ERR_NONE };
	bool ok = job_notices_ask(&scene->device.client, why);
	assert_true(ok == (why->kind == ERR_NONE));
}

static void ask_well(struct job_scene *scene)
{
	struct err why;
	ask(scene, &why);
	if (why.kind != ERR_NONE) {
		fail_msg("%s", why.text);
	}
}

static void ask_in_vain(struct job_scene *scene, enum err_kind kind,
			const char *words)
{
	struct err why;
	ask(scene, &why);
	if (why.kind != kind || strstr(why.text, words) == NULL) {
		fail_msg("%s: %s", err_kind_name(why.kind), why.text);
	}
}

static size_t notices_kept(struct job_scene *scene)
{
	struct jobs_notice *list = NULL;
	size_t count = 0;
	assert_done(jobs_notices(scene->device.db, scene->item.transaction,
				 &list, &count, err));
	mem_free(list);
	return count;
}

static void without_remote_services_there_is_no_packet(void **state)
{
	struct job_scene *scene = *state;
	assert_done(consent_withdraw(scene->device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, err));
	ask_in_vain(scene, ERR_DENIED, "Remote services are not allowed");
	assert_true(fault_is_quiet(&scene->server));
}

static void a_person_is_told_of_trouble(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "status=500");
	ask_in_vain(scene, ERR_RETRY, "500");
	char *path =
		device_config_key_path(&scene->device.config, "identity.pem");
	assert_int_equal(0, remove(path));
	mem_free(path);
	ask_in_vain(scene, ERR_RETRY, "no certificate");
}

/* ---- what ---- */

static void notices_are_kept_once_with_an_entry(void **state)
{
	struct job_scene *scene = *state;
	give_notices(scene, 0, 2);
	give_notices(scene, 2, 0);
	ask_well(scene);
	ask_well(scene);
	assert_int_equal(2, notices_kept(scene));
	assert_int_equal(2, job_scene_entries(scene, LEDGER_READ));
	give_notices(scene, 2, 1);
	ask_well(scene);
	assert_int_equal(3, notices_kept(scene));
}

static void more_than_fit_come_in_pages(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	give_notices(scene, 0, NOTICES_MAX);
	give_notices(scene, NOTICES_MAX, NOTICES_MAX);
	give_notices(scene, 2 * NOTICES_MAX, 7);
	ask_well(scene);
	assert_int_equal(2 * NOTICES_MAX + 7, notices_kept(scene));
	/* Over one connection. */
	job_scene_hear(scene, &told);
	assert_string_equal("GET GET GET ", told.text);
}

/* A server that always has another page. */
static void pages_without_end_are_left_for_the_next_time(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	for (uint64_t page = 0; page < 9; page++) {
		give_notices(scene, page * NOTICES_MAX, NOTICES_MAX);
	}
	ask_well(scene);
	assert_int_equal(4 * NOTICES_MAX, notices_kept(scene));
	job_scene_hear(scene, &told);
	assert_string_equal("GET GET GET GET ", told.text);
	ask_well(scene);
	assert_int_equal(8 * NOTICES_MAX, notices_kept(scene));
}

/* And has one for as often as it is asked. */
static void a_day_has_so_many_and_the_next_goes_on(void **state)
{
	struct job_scene *scene = *state;
	int64_t now = device_time();
	for (uint64_t page = 0; page < 24; page++) {
		give_notices(scene, page * NOTICES_MAX, NOTICES_MAX);
	}
	for (int i = 0; i < 6; i++) {
		ask_well(scene);
	}
	assert_int_equal(JOBS_NOTICES_A_DAY, notices_kept(scene));
	assert_int_equal(JOBS_NOTICES_A_DAY,
			 job_scene_entries(scene, LEDGER_READ));
	device_set_time(now + 86399);
	ask_well(scene);
	assert_int_equal(JOBS_NOTICES_A_DAY, notices_kept(scene));
	device_set_time(now + 86400);
	for (int i = 0; i < 6; i++) {
		ask_well(scene);
	}
	assert_int_equal(2 * JOBS_NOTICES_A_DAY, notices_kept(scene));
}

static struct job_scene *withdrawing;

/* The clock, and somebody who withdraws as soon as a notice is kept. */
static int64_t withdraw_then(void)
{
	if (withdrawing != NULL && notices_kept(withdrawing) > 0) {
		struct job_scene *scene = withdrawing;
		withdrawing = NULL;
		assert_done(consent_withdraw(scene->device.db, "carla",
					     SERVICE_UNSET, device_time(), NULL,
					     err));
	}
	return device_time();
}

static void withdrawn_between_pages_nothing_more_leaves(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	give_notices(scene, 0, NOTICES_MAX);
	give_notices(scene, NOTICES_MAX, 1);
	withdrawing = scene;
	scene->device.client.now = withdraw_then;
	ask_in_vain(scene, ERR_DENIED, "Remote services are not allowed");
	scene->device.client.now = device_time;
	assert_null(withdrawing);
	job_scene_hear(scene, &told);
	assert_string_equal("GET ", told.text);
}

/* The largest page still fits into what is taken as an answer. */
static void the_longest_names_fit(void **state)
{
	struct job_scene *scene = *state;
	struct notices notices;
	make_notices(scene, &notices, 0, NOTICES_MAX);
	for (size_t i = 0; i < NOTICES_MAX; i++) {
		memset(notices.of[i].who, 'w', NOTICES_WHO_SIZE - 1);
	}
	sign_notices(scene, &notices, &scene->device.pki.receipt);
	give_notices(scene, NOTICES_MAX, 0);
	ask_well(scene);
	assert_int_equal(NOTICES_MAX, notices_kept(scene));
}

static void another_devices_notices_are_refused(void **state)
{
	struct job_scene *scene = *state;
	struct notices notices;
	make_notices(scene, &notices, 0, 1);
	(void)strcpy(notices.device, "other-7");
	sign_notices(scene, &notices, &scene->device.pki.receipt);
	ask_in_vain(scene, ERR_INVALID, "for another device");
	assert_int_equal(0, notices_kept(scene));
}

/* An old answer, given once more. */
static void notices_to_another_question_are_refused(void **state)
{
	struct job_scene *scene = *state;
	struct buf old = BUF_INIT;
	char *path = files_join(scene->device.dir, "notices?after=0");
	give_notices(scene, 0, 1);
	assert_done(files_read(path, 65536, &old, err));
	ask_well(scene);
	put_text(scene, "notices?after=1", &old);
	ask_in_vain(scene, ERR_INVALID, "another question");
	assert_int_equal(1, notices_kept(scene));
	buf_clear(&old);
	mem_free(path);
}

static void only_the_receipt_key_tells(void **state)
{
	struct job_scene *scene = *state;
	struct notices notices;
	struct ed25519_key other;
	uint8_t seed[ED25519_SEED_SIZE] = { 9 };
	ed25519_from_seed(seed, &other);
	make_notices(scene, &notices, 0, 1);
	sign_notices(scene, &notices, &other);
	ask_in_vain(scene, ERR_DENIED, "The notices");
	assert_int_equal(0, notices_kept(scene));
	assert_int_equal(0, job_scene_entries(scene, LEDGER_READ));
}

/* ---- the list of recipients ---- */

static bool has_list(struct job_scene *scene, uint64_t number)
{
	struct note_verifier vendor;
	struct recipients list;
	vendor_verifier(&vendor);
	return recipient_list_load(scene->device.db, &vendor, device_time(),
				   &list, NULL) &&
	       list.number == number;
}

static void give_list(struct job_scene *scene, uint64_t number,
		      void (*sign)(const struct recipients *, struct buf *))
{
	struct recipients list;
	struct buf note = BUF_INIT;
	vendor_list(&list, number, device_time());
	sign(&list, &note);
	put_text(scene, "recipients", &note);
	buf_clear(&note);
}

static void the_vendors_list_is_taken_in(void **state)
{
	struct job_scene *scene = *state;
	vendor_trust(scene->device.config.vendor_verifier);
	give_list(scene, 7, vendor_sign);
	ask_well(scene);
	assert_true(has_list(scene, 7));
	ask_well(scene); /* the same again */
	give_list(scene, 8, vendor_sign);
	ask_well(scene);
	assert_true(has_list(scene, 8));
}

static void a_server_without_a_list_is_fine(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	vendor_trust(scene->device.config.vendor_verifier);
	ask_well(scene);
	job_scene_hear(scene, &told);
	assert_string_equal("GET GET ", told.text);
	assert_false(has_list(scene, 7));
}

/* Without a key of the vendor no list would count, so none is asked for. */
static void a_device_without_a_vendor_does_not_ask_for_a_list(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	give_list(scene, 7, vendor_sign);
	ask_well(scene);
	job_scene_hear(scene, &told);
	assert_true(fault_is_quiet(&scene->server));
	assert_false(has_list(scene, 7));
}

static void another_vendors_list_is_refused(void **state)
{
	struct job_scene *scene = *state;
	vendor_trust(scene->device.config.vendor_verifier);
	give_list(scene, 7, vendor_other_sign);
	give_notices(scene, 0, 1);
	ask_in_vain(scene, ERR_DENIED, "");
	assert_false(has_list(scene, 7));
	/* What the server told before that stands. */
	assert_int_equal(1, notices_kept(scene));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, job_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(without_remote_services_there_is_no_packet),
		TEST(a_person_is_told_of_trouble),
		TEST(notices_are_kept_once_with_an_entry),
		TEST(more_than_fit_come_in_pages),
		TEST(a_day_has_so_many_and_the_next_goes_on),
		TEST(pages_without_end_are_left_for_the_next_time),
		TEST(withdrawn_between_pages_nothing_more_leaves),
		TEST(the_longest_names_fit),
		TEST(another_devices_notices_are_refused),
		TEST(notices_to_another_question_are_refused),
		TEST(only_the_receipt_key_tells),
		TEST(the_vendors_list_is_taken_in),
		TEST(a_server_without_a_list_is_fine),
		TEST(a_device_without_a_vendor_does_not_ask_for_a_list),
		TEST(another_vendors_list_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
