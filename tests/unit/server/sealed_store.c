/*
 * Files of sealed data: names, modes, locks, links in their place.
 */
#include "server/sealed_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/unit/server/sealed_samples.h"

#define ID "0193594e-7a11-7c3e-9d54-000000000001"

static mode_t mode_of(const char *path)
{
	struct stat about;
	assert_int_equal(0, stat(path, &about));
	return about.st_mode & 0777;
}

static void bytes_come_in_order_and_get_their_last_name(void **state)
{
	struct samples *s = *state;
	const struct sealed_place place = { s->config.state, SAMPLES_DEVICE,
					    ID };
	struct sealed_file file = SEALED_FILE_INIT;
	struct err err = { 0 };
	uint8_t hash[SHA256_SIZE], wanted[SHA256_SIZE];
	uint64_t bytes = 0;
	char text[8];
	int fd = -1;
	char *part = sealed_path(s, SAMPLES_DEVICE, ID, ".part");
	char *whole = sealed_path(s, SAMPLES_DEVICE, ID, ".age");
	assert_true(sealed_store_bytes(&place) == 0);
	assert_true(sealed_store_remove(&place, &err));
	assert_true(sealed_store_open(&place, &file, &err));
	assert_int_equal(0600, mode_of(part));
	assert_true(sealed_store_append(&file, "abc", 3, &err));
	sealed_store_close(&file);
	assert_true(sealed_store_bytes(&place) == 3);
	assert_true(sealed_store_open(&place, &file, &err));
	assert_true(file.bytes == 3);
	assert_true(sealed_store_append(&file, "de", 2, &err));
	assert_true(sealed_store_sync(&file, &err));
	assert_true(sealed_store_begins(&file, "abcde", 5));
	assert_false(sealed_store_begins(&file, "abcdef", 6));
	assert_false(sealed_store_begins(&file, "b", 1));
	assert_true(sealed_store_hash(&file, hash, &err));
	sha256_bytes("abcde", 5, wanted);
	assert_memory_equal(wanted, hash, sizeof(hash));
	assert_false(sealed_store_read(&place, &fd, &bytes, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	err_reset(&err);
	assert_true(sealed_store_finish(&file, &err));
	assert_true(sealed_store_finish(&file, &err)); /* twice is fine */
	assert_false(files_exists(part));
	assert_int_equal(0600, mode_of(whole));
	sealed_store_close(&file);
	assert_true(sealed_store_open(&place, &file, &err));
	assert_true(file.whole);
	sealed_store_close(&file);
	assert_true(sealed_store_read(&place, &fd, &bytes, &err));
	assert_true(bytes == 5);
	assert_int_equal(5, read(fd, text, sizeof(text)));
	close(fd);
	assert_true(sealed_store_remove(&place, &err));
	assert_false(files_exists(whole));
	assert_true(sealed_store_room(s->config.state) > 0);
	assert_true(sealed_store_room("/nonexistent") == UINT64_MAX);
	mem_free(part);
	mem_free(whole);
}

static void one_at_a_time(void **state)
{
	struct samples *s = *state;
	const struct sealed_place place = { s->config.state, SAMPLES_DEVICE,
					    ID };
	struct sealed_file one = SEALED_FILE_INIT, two = SEALED_FILE_INIT;
	struct err err = { 0 };
	assert_true(sealed_store_open(&place, &one, &err));
	assert_false(sealed_store_open(&place, &two, &err));
	assert_int_equal(ERR_RETRY, err.kind);
	assert_int_equal(-1, two.fd);
	err_reset(&err);
	sealed_store_close(&one);
	sealed_store_close(&one); /* twice is fine */
	assert_true(sealed_store_open(&place, &two, &err));
	sealed_store_close(&two);
}

static void a_device_named_by_dots_stays_in_its_place(void **state)
{
	static const char *const ids[] = { ".", "..", ".hidden", "-x", "a..b" };
	struct samples *s = *state;
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct sealed_place place = { s->config.state, ids[i],
						    ID };
		struct sealed_file file = SEALED_FILE_INIT;
		char folder[80];
		snprintf(folder, sizeof(folder), "%s%s",
			 ids[i][0] == '.' ? "_" : "", ids[i]);
		char *path = sealed_path(s, folder, ID, ".part");
		assert_true(sealed_store_open(&place, &file, &err));
		assert_true(files_exists(path));
		sealed_store_close(&file);
		mem_free(path);
	}
}

static void links_are_not_followed(void **state)
{
	struct samples *s = *state;
	const struct sealed_place place = { s->config.state, SAMPLES_DEVICE,
					    ID };
	struct sealed_file file = SEALED_FILE_INIT;
	struct err err = { 0 };
	assert_true(sealed_store_open(&place, &file, &err));
	sealed_store_close(&file);
	char *part = sealed_path(s, SAMPLES_DEVICE, ID, ".part");
	char *elsewhere = files_join(s->dir, "elsewhere");
	assert_true(files_write(elsewhere, "precious", 8, 0600, &err));
	assert_int_equal(0, unlink(part));
	assert_int_equal(0, symlink(elsewhere, part));
	assert_false(sealed_store_open(&place, &file, &err));
	err_reset(&err);
	assert_true(sealed_store_bytes(&place) == 0);
	/* Removing takes the link and not what it leads to. */
	assert_true(sealed_store_remove(&place, &err));
	assert_true(files_exists(elsewhere));
	assert_int_equal(0, mkfifo(part, 0600));
	assert_false(sealed_store_open(&place, &file, &err));
	assert_int_equal(ERR_IO, err.kind);
	mem_free(part);
	mem_free(elsewhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(bytes_come_in_order_and_get_their_last_name),
		SAMPLES_TEST(one_at_a_time),
		SAMPLES_TEST(a_device_named_by_dots_stays_in_its_place),
		SAMPLES_TEST(links_are_not_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
