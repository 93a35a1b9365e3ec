/* Requests to the daemon (src/domain/requests.c). */
#include "domain/requests.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/unit/domain/people.h"

static int64_t add(struct db *db, const char *actor, const char *key)
{
	int64_t id = 0;
	assert_done(requests_add(db, REQUEST_PREVIEW, METERING, actor, key, NOW,
				 &id, err));
	return id;
}

static void a_request_is_taken_once_in_order(void **state)
{
	struct temporary_db *t = *state;
	struct request_row row;
	assert_fails(ERR_NOT_FOUND, requests_take(t->db, &row, err));
	int64_t first = add(t->db, "otto", "k1");
	int64_t second = add(t->db, "otto", "k2");
	assert_done(requests_take(t->db, &row, err));
	assert_int_equal(first, row.id);
	assert_int_equal(REQUEST_TAKEN, row.state);
	assert_int_equal(REQUEST_PREVIEW, row.kind);
	assert_int_equal(METERING, row.services);
	assert_string_equal("otto", row.actor);
	assert_int_equal(NOW, row.asked_at);
	assert_done(requests_take(t->db, &row, err));
	assert_int_equal(second, row.id);
	assert_fails(ERR_NOT_FOUND, requests_take(t->db, &row, err));
}

static void the_same_key_gives_the_same_request(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = add(t->db, "otto", "key");
	assert_int_equal(id, add(t->db, "otto", "key"));
	struct request_row row;
	assert_done(requests_take(t->db, &row, err));
	assert_done(requests_done(t->db, id, "", NOW, err));
	assert_int_equal(id, add(t->db, "otto", "key"));
	/* Keys are one person's own; no key is none. */
	assert_int_not_equal(id, add(t->db, "anna", "key"));
	assert_int_not_equal(add(t->db, "otto", ""), add(t->db, "otto", NULL));
}

static void answers_are_read_back(void **state)
{
	struct temporary_db *t = *state;
	struct request_row row;
	struct err why = { .kind = ERR_NONE };
	int64_t one = add(t->db, "otto", "1");
	int64_t two = add(t->db, "otto", "2");
	assert_done(requests_take(t->db, &row, err));
	assert_done(requests_done(
		t->db, one, "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1", NOW, err));
	assert_done(requests_get(t->db, one, &row, err));
	assert_int_equal(REQUEST_DONE, row.state);
	assert_string_equal("0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
			    row.transaction);
	err_set(&why, ERR_NOT_FOUND, "the collector\nsaid nothing");
	assert_done(requests_refused(t->db, two, &why, NOW, err));
	assert_done(requests_get(t->db, two, &row, err));
	assert_int_equal(REQUEST_REFUSED, row.state);
	assert_int_equal(ERR_NOT_FOUND, row.problem_kind);
	assert_true(text_is_one_line(row.problem, strlen(row.problem)));
	/* An answer is final. */
	assert_fails(ERR_NOT_FOUND, requests_done(t->db, two, "", NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     requests_refused(t->db, one, &why, NOW, err));
	assert_fails(ERR_NOT_FOUND, requests_get(t->db, 99, &row, err));
}

static void a_daemon_that_died_finds_its_requests_again(void **state)
{
	struct temporary_db *t = *state;
	struct request_row row;
	int64_t id = add(t->db, "otto", "1");
	assert_done(requests_take(t->db, &row, err));
	temporary_db_reopen(t);
	assert_fails(ERR_NOT_FOUND, requests_take(t->db, &row, err));
	assert_done(requests_recover(t->db, err));
	assert_done(requests_take(t->db, &row, err));
	assert_int_equal(id, row.id);
}

static void wrong_requests_are_invalid(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = 0;
	char key[66];
	memset(key, 'k', 65);
	key[65] = '\0';
	assert_fails(ERR_INVALID, requests_add(t->db, REQUEST_PREVIEW, 0, "o",
					       "", NOW, &id, err));
	assert_fails(ERR_INVALID, requests_add(t->db, REQUEST_PREVIEW, 1u << 20,
					       "o", "", NOW, &id, err));
	assert_fails(ERR_INVALID, requests_add(t->db, REQUEST_UNSET, METERING,
					       "o", "", NOW, &id, err));
	assert_fails(ERR_INVALID,
		     requests_add(t->db, (enum request_kind)9, METERING, "o",
				  "", NOW, &id, err));
	/* Released versions had it: what is queued needs no request. */
	assert_fails(ERR_INVALID, requests_add(t->db, (enum request_kind)2, 0,
					       "o", "", NOW, &id, err));
	assert_fails(ERR_INVALID, requests_add(t->db, REQUEST_NOTICES, 0, "o",
					       key, NOW, &id, err));
	assert_int_equal(0, id);
	key[64] = '\0';
	assert_done(requests_add(t->db, REQUEST_NOTICES, 0, "o", key, NOW, &id,
				 err));
}

static void requests_about_job_data_are_about_no_service(void **state)
{
	static const enum request_kind kinds[] = { REQUEST_JOBS,
						   REQUEST_NOTICES };
	struct temporary_db *t = *state;
	struct request_row row;
	for (size_t i = 0; i < 2; i++) {
		int64_t id = 0;
		assert_fails(ERR_INVALID,
			     requests_add(t->db, kinds[i], METERING, "otto",
					  "k", NOW, &id, err));
		assert_int_equal(0, id);
		assert_done(requests_add(t->db, kinds[i], 0, "otto",
					 i == 0 ? "key-1" : "", NOW, &id, err));
		assert_done(requests_take(t->db, &row, err));
		assert_int_equal(id, row.id);
		assert_int_equal(kinds[i], row.kind);
		assert_int_equal(0, row.services);
		assert_string_equal(i == 0 ? "key-1" : "", row.key);
	}
	int64_t id = 0;
	assert_fails(ERR_INVALID,
		     requests_add(t->db, (enum request_kind)(REQUEST_TEST + 1),
				  0, "otto", "", NOW, &id, err));
}

/* The daemon answers at the place that the key names. */
static void the_key_is_read_back(void **state)
{
	struct temporary_db *t = *state;
	struct request_row row;
	int64_t id = add(t->db, "otto", "key");
	assert_done(requests_get(t->db, id, &row, err));
	assert_string_equal("key", row.key);
	id = add(t->db, "otto", NULL);
	assert_done(requests_get(t->db, id, &row, err));
	assert_string_equal("", row.key);
}

static void too_many_wait_is_a_limit_and_old_ones_go(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = 0;
	struct request_row row;
	for (int i = 0; i < 100; i++) {
		add(t->db, "otto", "");
	}
	assert_fails(ERR_LIMIT, requests_add(t->db, REQUEST_NOTICES, 0, "o", "",
					     NOW, &id, err));
	for (int i = 0; i < 100; i++) {
		assert_done(requests_take(t->db, &row, err));
		assert_done(requests_done(t->db, row.id, "", NOW, err));
	}
	assert_done(requests_add(t->db, REQUEST_NOTICES, 0, "o", "",
				 NOW + 8 * 24 * 60 * 60, &id, err));
	assert_int_equal(1, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "requests"));
}

static void waking_writes_a_byte_and_never_blocks(void **state)
{
	struct temporary_db *t = *state;
	char path[128], bytes[8];
	requests_wake(t->dir); /* nothing there */
	requests_wake("/nowhere/at/all");
	snprintf(path, sizeof(path), "%s/wake", t->dir);
	assert_int_equal(0, mkfifo(path, 0660));
	requests_wake(t->dir); /* nobody reads */
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	for (int i = 0; i < 70000; i++) { /* more than a pipe holds */
		requests_wake(t->dir);
		if (i == 0) {
			assert_int_equal(1, read(fd, bytes, 1));
		}
	}
	assert_true(read(fd, bytes, sizeof(bytes)) > 0);
	close(fd);
}

static void waking_writes_into_no_other_file(void **state)
{
	struct temporary_db *t = *state;
	char path[128], target[128];
	struct stat st;
	snprintf(path, sizeof(path), "%s/wake", t->dir);
	snprintf(target, sizeof(target), "%s/target", t->dir);
	int fd = open(target, O_CREAT | O_RDWR, 0600);
	assert_int_equal(0, symlink(target, path));
	requests_wake(t->dir);
	assert_int_equal(0, fstat(fd, &st));
	assert_int_equal(0, st.st_size);
	assert_int_equal(0, unlink(path));
	assert_int_equal(0, rename(target, path));
	requests_wake(t->dir);
	assert_int_equal(0, fstat(fd, &st));
	assert_int_equal(0, st.st_size);
	close(fd);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_request_is_taken_once_in_order),
		T(the_same_key_gives_the_same_request),
		T(answers_are_read_back),
		T(a_daemon_that_died_finds_its_requests_again),
		T(wrong_requests_are_invalid),
		T(requests_about_job_data_are_about_no_service),
		T(the_key_is_read_back),
		T(too_many_wait_is_a_limit_and_old_ones_go),
		T(waking_writes_a_byte_and_never_blocks),
		T(waking_writes_into_no_other_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
