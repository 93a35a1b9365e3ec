/*
 * Devices of the fleet: bound by certificate, silent ones first, revoked at
 * once.
 */
#include "server/fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "server/certificates.h"
#include "tests/unit/server/samples.h"

#define HASH_A \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct fleet_new fresh(void)
{
	return (struct fleet_new){
		.id = "ex7-new",
		.title = "Third floor",
		.serial_number = "EX7-9",
		.ledger_key = "",
		.certificate = HASH_A,
		.certificate_serial = "0102",
		.not_before = SAMPLES_NOW,
		.not_after = SAMPLES_NOW + 100,
	};
}

static void a_device_is_found_by_its_certificate(void **state)
{
	struct samples *s = *state;
	struct fleet_device d;
	struct err err = { 0 };
	assert_true(fleet_by_certificate(s->server.db, s->device.sha256,
					 SAMPLES_NOW, &d, &err));
	assert_string_equal(SAMPLES_DEVICE, d.id);
	assert_string_equal(s->device.sha256, d.certificate);
	assert_true(fleet_by_certificate(s->server.db, s->other.sha256,
					 SAMPLES_NOW, &d, &err));
	assert_string_equal(SAMPLES_OTHER, d.id);
	assert_false(fleet_by_certificate(s->server.db, HASH_A, SAMPLES_NOW, &d,
					  &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
}

static void a_certificate_alone_may_not_stand(void **state)
{
	struct samples *s = *state;
	struct fleet_new row = fresh();
	struct fleet_device d = { 0 };
	struct err err = { 0 };
	assert_true(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	assert_true(fleet_by_certificate(s->server.db, HASH_A, SAMPLES_NOW + 99,
					 &d, &err));
	/* Its time is over, whatever TLS says of a session that goes on. */
	assert_false(fleet_by_certificate(s->server.db, HASH_A,
					  SAMPLES_NOW + 100, &d, &err));
	assert_int_equal(ERR_LIMIT, err.kind);
	assert_string_equal("ex7-new", d.id);
	err_reset(&err);
	assert_true(certificates_revoke(s->server.db, "root", HASH_A, "lost",
					SAMPLES_NOW, &err));
	assert_false(fleet_by_certificate(s->server.db, HASH_A, SAMPLES_NOW, &d,
					  &err));
	assert_int_equal(ERR_LIMIT, err.kind);
	assert_non_null(strstr(err.text, "revoked"));
	err_reset(&err);
	/* The device itself: that says more. */
	assert_true(fleet_revoke(s->server.db, "root", "ex7-new", SAMPLES_NOW,
				 &err));
	assert_false(fleet_by_certificate(s->server.db, HASH_A, SAMPLES_NOW, &d,
					  &err));
	assert_int_equal(ERR_DENIED, err.kind);
}

static void enrolled_again_it_may_bring_another_log_key(void **state)
{
	struct samples *s = *state;
	struct fleet_new row = fresh();
	struct fleet_device d = { 0 };
	struct err err = { 0 };
	row.ledger_key = "sluice/ex7-new+00000000+AAAA";
	assert_true(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	assert_true(fleet_get(s->server.db, "ex7-new", &d, &err));
	assert_string_equal(row.ledger_key, d.ledger_key);
	assert_true(fleet_enrolled_again(s->server.db, "ex7-new", &err));
	assert_true(fleet_get(s->server.db, "ex7-new", &d, &err));
	assert_string_equal("", d.ledger_key);
}

static void adding_is_an_entry_of_the_ledger(void **state)
{
	struct samples *s = *state;
	struct fleet_new row = fresh();
	struct fleet_device d;
	struct err err = { 0 };
	size_t before = samples_entries(s, LEDGER_DEVICE);
	assert_true(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	assert_int_equal(before + 1, samples_entries(s, LEDGER_DEVICE));
	assert_true(fleet_get(s->server.db, "ex7-new", &d, &err));
	assert_string_equal("Third floor", d.title);
	assert_string_equal("root", d.added_by);
	assert_int_equal(SAMPLES_NOW, d.added_at);
	assert_int_equal(0, d.last_seen_at);
	assert_int_equal(0, d.transmissions);
	assert_int_equal(SAMPLES_NOW + 100, d.certificate_until);
	assert_string_equal("", d.services);
}

static void no_device_takes_the_place_of_another(void **state)
{
	struct samples *s = *state;
	struct fleet_new row = fresh();
	struct err err = { 0 };
	size_t before = samples_entries(s, 0);
	row.id = SAMPLES_DEVICE;
	assert_false(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	row = fresh();
	row.certificate = s->device.sha256;
	err_reset(&err);
	assert_false(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	assert_int_equal(before, samples_entries(s, 0));
}

static void bad_ids_and_titles_are_refused(void **state)
{
	struct samples *s = *state;
	static const char *const bad[] = { "",    "A",   "a b",
					   "a_b", "a/b", "\xc3\xa9" };
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fleet_new row = fresh();
		row.id = bad[i];
		err_reset(&err);
		assert_false(fleet_add(s->server.db, "root", &row, SAMPLES_NOW,
				       &err));
		assert_int_equal(ERR_INVALID, err.kind);
	}
	struct fleet_new row = fresh();
	row.title = "two\nlines";
	err_reset(&err);
	assert_false(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	assert_int_equal(ERR_INVALID, err.kind);
}

static void a_revoked_device_is_refused_for_good(void **state)
{
	struct samples *s = *state;
	struct fleet_device d = { 0 };
	struct err err = { 0 };
	size_t before = samples_entries(s, LEDGER_DEVICE);
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW + 5, &err));
	assert_false(fleet_by_certificate(s->server.db, s->device.sha256,
					  SAMPLES_NOW, &d, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	assert_string_equal(SAMPLES_DEVICE, d.id);
	err_reset(&err);
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW + 9, &err));
	assert_true(fleet_get(s->server.db, SAMPLES_DEVICE, &d, &err));
	assert_int_equal(SAMPLES_NOW + 5, d.revoked_at);
	assert_int_equal(before + 1, samples_entries(s, LEDGER_DEVICE));
	assert_false(fleet_revoke(s->server.db, "root", "nobody", SAMPLES_NOW,
				  &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
}

static void the_silent_stand_first_and_the_revoked_last(void **state)
{
	struct samples *s = *state;
	struct fleet_new row = fresh();
	struct fleet_device *list = NULL;
	struct err err = { 0 };
	size_t count = 0;
	assert_true(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	assert_true(fleet_seen(s->server.db, SAMPLES_DEVICE, "A", "M",
			       SAMPLES_NOW + 10, &err));
	assert_true(fleet_seen(s->server.db, SAMPLES_OTHER, "B", "M",
			       SAMPLES_NOW + 5, &err));
	assert_true(fleet_list(s->server.db, &list, &count, &err));
	assert_int_equal(3, count);
	assert_string_equal("ex7-new", list[0].id);
	assert_string_equal(SAMPLES_OTHER, list[1].id);
	assert_string_equal(SAMPLES_DEVICE, list[2].id);
	mem_free(list);
	assert_true(fleet_revoke(s->server.db, "root", "ex7-new", SAMPLES_NOW,
				 &err));
	assert_true(fleet_list(s->server.db, &list, &count, &err));
	assert_string_equal("ex7-new", list[2].id);
	mem_free(list);
}

static void keep_head(struct samples *s, const char *device, int64_t size,
		      int64_t at, int64_t conflict_at)
{
	struct err err = { 0 };
	struct stmt q;
	assert_true(db_query(s->server.db, &q,
			     "INSERT INTO witnessed (device, size, root, note, "
			     "at, conflict_at) "
			     "VALUES (?, ?, zeroblob(32), 'x', ?, ?)",
			     &err));
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, size);
	db_bind_int(&q, 3, at);
	db_bind_int(&q, 4, conflict_at);
	assert_true(db_run(&q, &err));
}

/* Each its own, and none of a device that has none. */
static void the_head_that_is_kept_of_a_log_comes_along(void **state)
{
	struct samples *s = *state;
	struct fleet_new row = fresh();
	struct fleet_device *list = NULL;
	struct fleet_device d;
	struct err err = { 0 };
	size_t count = 0;
	assert_true(fleet_add(s->server.db, "root", &row, SAMPLES_NOW, &err));
	keep_head(s, SAMPLES_DEVICE, 9, 100, 200);
	keep_head(s, "ex7-new", 7, 300, 0);
	assert_true(fleet_list(s->server.db, &list, &count, &err));
	assert_int_equal(3, count); /* in the order of their ids */
	assert_string_equal(SAMPLES_OTHER, list[0].id);
	assert_int_equal(0, list[0].log.size);
	assert_int_equal(0, list[0].log.at);
	assert_int_equal(0, list[0].log.conflict_at);
	assert_string_equal(SAMPLES_DEVICE, list[1].id);
	assert_int_equal(9, list[1].log.size);
	assert_int_equal(100, list[1].log.at);
	assert_int_equal(200, list[1].log.conflict_at);
	assert_string_equal("ex7-new", list[2].id);
	assert_int_equal(7, list[2].log.size);
	assert_int_equal(0, list[2].log.conflict_at);
	mem_free(list);
	assert_true(fleet_get(s->server.db, SAMPLES_DEVICE, &d, &err));
	assert_int_equal(9, d.log.size);
	assert_int_equal(200, d.log.conflict_at);
}

static void what_a_device_says_of_itself_is_kept(void **state)
{
	struct samples *s = *state;
	struct fleet_device d;
	struct err err = { 0 };
	assert_true(fleet_seen(s->server.db, SAMPLES_DEVICE, "S-1", "Model 1",
			       SAMPLES_NOW + 10, &err));
	/* A clock that goes back does not make it older. */
	assert_true(fleet_seen(s->server.db, SAMPLES_DEVICE, "S-2", "Model 2",
			       SAMPLES_NOW, &err));
	assert_true(fleet_get(s->server.db, SAMPLES_DEVICE, &d, &err));
	assert_string_equal("S-2", d.serial_number);
	assert_string_equal("Model 2", d.make_and_model);
	assert_int_equal(SAMPLES_NOW + 10, d.last_seen_at);
}

static void an_id_is_read_as_people_type_it(void **state)
{
	(void)state;
	static const struct {
		const char *typed, *id;
	} known[] = {
		{ "ex7-004211", "ex7-004211" },
		{ "EX7-004211", "ex7-004211" },
		{ "  Ex7 - 004211\t", "ex7-004211" },
		{ "ex7\xe2\x80\x91"
		  "004211",
		  "ex7-004211" },
		{ "EX7\xe2\x80\x93"
		  "004211\xc2\xa0",
		  "ex7-004211" },
		{ "A.b", "a.b" },
	};
	static const char too_long[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aa";
	static const char *const bad[] = {
		"",       "  ",         "ex7_1",       "ex7/1",
		"ex7\n1", "\xc3\x84x7", "ex7\xe2\x80", too_long,
	};
	char id[FLEET_ID_SIZE] = "kept";
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(fleet_id_typed(bad[i], id));
		assert_string_equal("kept", id);
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_true(fleet_id_typed(known[i].typed, id));
		assert_string_equal(known[i].id, id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_device_is_found_by_its_certificate),
		SAMPLES_TEST(a_certificate_alone_may_not_stand),
		SAMPLES_TEST(enrolled_again_it_may_bring_another_log_key),
		SAMPLES_TEST(adding_is_an_entry_of_the_ledger),
		SAMPLES_TEST(no_device_takes_the_place_of_another),
		SAMPLES_TEST(bad_ids_and_titles_are_refused),
		SAMPLES_TEST(a_revoked_device_is_refused_for_good),
		SAMPLES_TEST(the_silent_stand_first_and_the_revoked_last),
		SAMPLES_TEST(the_head_that_is_kept_of_a_log_comes_along),
		SAMPLES_TEST(what_a_device_says_of_itself_is_kept),
		SAMPLES_TEST(an_id_is_read_as_people_type_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
