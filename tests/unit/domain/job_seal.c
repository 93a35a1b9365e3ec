/* Sealing the content of a job into the state folder (src/domain/job_seal.c). */
#include "domain/job_seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "crypto/sha256.h"
#include "tests/support/folder.h"
#include "tests/unit/store/temporary_db.h"

#define ID "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"
#define CANARY "the canary of the job sings here"
#define MANY ((size_t)3 * 1024 * 1024)

/* A state folder, and two people who can open what is sealed. */
struct sealing {
	char state[64];
	struct age_identity people[2];
	struct jobs_recipient to[2];
};

static int begin(void **state)
{
	struct sealing *s = mem_zalloc(sizeof(*s));
	folder_make(s->state, sizeof(s->state));
	for (size_t i = 0; i < 2; i++) {
		age_identity_make(&s->people[i]);
		age_recipient_format(&s->people[i].recipient, s->to[i].key);
	}
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct sealing *s = *state;
	folder_remove(s->state);
	mem_free(s);
	return 0;
}

/* A source of bytes that can go wrong. */
struct source {
	size_t left;
	size_t most;     /* of one read; 0 = as many as there is room for */
	size_t fails_at; /* when so many are left; SIZE_MAX = never */
	size_t stops_at; /* going() says no from so many asks; 0 = never */
	size_t asked;
	size_t at;
};

static struct source source_of(size_t bytes)
{
	return (struct source){ .left = bytes, .fails_at = SIZE_MAX };
}

static ssize_t give(void *ctx, void *dst, size_t len, struct err *err)
{
	struct source *s = ctx;
	uint8_t *to = dst;
	if (s->left <= s->fails_at && s->fails_at != SIZE_MAX) {
		err_set(err, ERR_RETRY, "the job is gone");
		return -1;
	}
	size_t n = s->left < len ? s->left : len;
	n = s->most != 0 && n > s->most ? s->most : n;
	for (size_t i = 0; i < n; i++) {
		to[i] = (uint8_t)CANARY[(s->at + i) % (sizeof(CANARY) - 1)];
	}
	s->at += n;
	s->left -= n;
	return (ssize_t)n;
}

static bool going(void *ctx, struct err *err)
{
	struct source *s = ctx;
	s->asked++;
	return s->stops_at == 0 || s->asked < s->stops_at ||
	       err_set(err, ERR_DENIED, "it was cancelled");
}

static struct job_content content_of(struct source *source)
{
	return (struct job_content){
		.read = give, .going = going, .ctx = source, .max = MANY
	};
}

/* ---- looking at what came of it ---- */

static size_t files_in_folder(const struct sealing *s)
{
	char path[96];
	size_t count = 0;
	snprintf(path, sizeof(path), "%s/sealed", s->state);
	DIR *folder = opendir(path);
	const struct dirent *entry;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		count += entry->d_name[0] != '.';
	}
	if (folder != NULL) {
		closedir(folder);
	}
	return count;
}

static void read_sealed(const struct sealing *s, struct buf *out)
{
	char *path = job_seal_path(s->state, ID);
	assert_done(files_read(path, 2 * MANY, out, err));
	mem_free(path);
}

static bool keep(void *ctx, const void *data, size_t len, struct err *err)
{
	(void)err;
	buf_put(ctx, data, len);
	return true;
}

static void open_sealed(const struct sealing *s, size_t who, struct buf *plain)
{
	struct buf file = BUF_INIT;
	const struct age_sink sink = { keep, plain };
	read_sealed(s, &file);
	struct age_opener *opener = age_opener_new(&s->people[who], 1, &sink);
	assert_done(age_opener_feed(opener, file.data, file.len, err));
	assert_done(age_opener_end(opener, err));
	age_opener_free(opener);
	buf_clear(&file);
}

static void assert_hash(const char *expected, const struct buf *of)
{
	uint8_t hash[SHA256_SIZE];
	char hex[65];
	sha256_bytes(of->data, of->len, hash);
	hex_encode(hex, hash, sizeof(hash));
	assert_string_equal(expected, hex);
}

/* Seals, and each of the recipients gets exactly that out of it. */
static void assert_round_trip(const struct sealing *s, size_t bytes,
			      size_t recipients, size_t most)
{
	struct source source = source_of(bytes);
	struct job_sealed sealed;
	struct buf file = BUF_INIT;
	source.most = most;
	struct job_content content = content_of(&source);
	assert_done(job_seal(s->state, ID, s->to, recipients, &content, &sealed,
			     err));
	read_sealed(s, &file);
	assert_int_equal(bytes, sealed.plain_bytes);
	assert_int_equal(file.len, sealed.sealed_bytes);
	assert_hash(sealed.sealed_sha256, &file);
	buf_clear(&file);
	for (size_t i = 0; i < recipients; i++) {
		struct buf plain = BUF_INIT;
		open_sealed(s, i, &plain);
		assert_int_equal(bytes, plain.len);
		assert_hash(sealed.plain_sha256, &plain);
		assert_memory_equal(CANARY, plain.data,
				    bytes < sizeof(CANARY) - 1
					    ? bytes
					    : sizeof(CANARY) - 1);
		buf_clear(&plain);
	}
}

static void assert_fails_without_trace(const struct sealing *s,
				       const struct job_content *content,
				       enum err_kind kind, const char *why)
{
	struct job_sealed sealed = { .plain_bytes = 99 };
	struct err said = { .kind = ERR_NONE };
	assert_false(job_seal(s->state, ID, s->to, 1, content, &sealed, &said));
	assert_string_equal(err_kind_name(kind), err_kind_name(said.kind));
	if (strstr(said.text, why) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", why, said.text);
	}
	assert_int_equal(99, sealed.plain_bytes);
	assert_int_equal(0, files_in_folder(s));
}

/* ---- what works ---- */

static void sizes_around_the_chunks(void **state)
{
	static const size_t sizes[] = { 1,
					2,
					AGE_CHUNK - 1,
					AGE_CHUNK,
					AGE_CHUNK + 1,
					2 * AGE_CHUNK - 1,
					2 * AGE_CHUNK,
					2 * AGE_CHUNK + 1,
					1024 * 1024 + 1,
					MANY };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_round_trip(*state, sizes[i], 1, 0);
	}
}

static void reads_of_any_length(void **state)
{
	static const size_t most[] = { 1, 7, 4096, AGE_CHUNK - 1 };
	for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		assert_round_trip(*state, AGE_CHUNK + 100, 1, most[i]);
	}
}

static void each_recipient_opens_it(void **state)
{
	assert_round_trip(*state, 1000, 2, 0);
}

static void the_file_is_for_the_group_whatever_the_umask(void **state)
{
	const struct sealing *s = *state;
	struct stat about;
	char *path = job_seal_path(s->state, ID);
	char folder[96];
	mode_t before = umask(077);
	assert_round_trip(s, 10, 1, 0);
	umask(before);
	assert_int_equal(0, stat(path, &about));
	assert_int_equal(0660, about.st_mode & 07777);
	snprintf(folder, sizeof(folder), "%s/sealed", s->state);
	assert_int_equal(0, stat(folder, &about));
	assert_int_equal(0770, about.st_mode & 0777);
	mem_free(path);
}

static void the_job_is_in_no_file(void **state)
{
	const struct sealing *s = *state;
	struct buf file = BUF_INIT;
	assert_round_trip(s, AGE_CHUNK * 2 + 5, 1, 0);
	assert_int_equal(1, files_in_folder(s));
	read_sealed(s, &file);
	assert_null(memmem(file.data, file.len, "canary", 6));
	buf_clear(&file);
}

static void what_was_left_of_a_try_is_replaced(void **state)
{
	const struct sealing *s = *state;
	char *path = job_seal_path(s->state, ID);
	char part[160];
	assert_round_trip(s, 10, 1, 0);
	snprintf(part, sizeof(part), "%s.part", path);
	assert_done(files_write(part, "left over", 9, 0600, err));
	assert_done(files_write(path, "older", 5, 0600, err));
	assert_round_trip(s, 20, 1, 0);
	assert_int_equal(1, files_in_folder(s));
	mem_free(path);
}

/* Somebody with a foot in the folder does not lead us elsewhere. */
static void a_link_is_not_followed(void **state)
{
	const struct sealing *s = *state;
	char *path = job_seal_path(s->state, ID);
	char part[160], other[96];
	struct buf kept = BUF_INIT;
	assert_round_trip(s, 10, 1, 0);
	snprintf(other, sizeof(other), "%s/other", s->state);
	snprintf(part, sizeof(part), "%s.part", path);
	assert_done(files_write(other, "mine", 4, 0600, err));
	assert_int_equal(0, symlink(other, part));
	assert_int_equal(0, unlink(path));
	assert_int_equal(0, symlink(other, path));
	assert_round_trip(s, 10, 1, 0);
	assert_done(files_read(other, 100, &kept, err));
	assert_string_equal("mine", buf_str(&kept));
	buf_clear(&kept);
	mem_free(path);
}

static void removing_takes_the_file_and_none_is_fine(void **state)
{
	const struct sealing *s = *state;
	assert_round_trip(s, 10, 1, 0);
	job_seal_remove(s->state, ID);
	assert_int_equal(0, files_in_folder(s));
	job_seal_remove(s->state, ID);
}

static void it_is_asked_once_a_mib(void **state)
{
	const struct sealing *s = *state;
	struct source source = source_of(MANY);
	struct job_content content = content_of(&source);
	struct job_sealed sealed;
	assert_done(job_seal(s->state, ID, s->to, 1, &content, &sealed, err));
	assert_in_range(source.asked, 2, 3);
	content.going = NULL;
	source = source_of(MANY);
	assert_done(job_seal(s->state, ID, s->to, 1, &content, &sealed, err));
	assert_int_equal(0, source.asked);
}

/* ---- what does not ---- */

static void an_empty_job_is_refused(void **state)
{
	struct source source = source_of(0);
	struct job_content content = content_of(&source);
	assert_fails_without_trace(*state, &content, ERR_INVALID, "empty");
}

static void a_job_that_is_too_large_is_refused(void **state)
{
	struct source source = source_of(MANY + 1);
	struct job_content content = content_of(&source);
	assert_fails_without_trace(*state, &content, ERR_LIMIT,
				   "larger than the 3145728 bytes");
	content.max = 5;
	source = source_of(6);
	assert_fails_without_trace(*state, &content, ERR_LIMIT, "larger");
}

static void a_job_that_vanishes_leaves_nothing(void **state)
{
	static const size_t at[] = { MANY, MANY - 1, MANY / 2, 1, 0 };
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct source source = source_of(MANY);
		source.fails_at = at[i];
		struct job_content content = content_of(&source);
		assert_fails_without_trace(*state, &content, ERR_RETRY,
					   "the job is gone");
	}
}

static void what_must_not_go_on_leaves_nothing(void **state)
{
	for (size_t asks = 1; asks <= 2; asks++) {
		struct source source = source_of(MANY);
		source.stops_at = asks;
		struct job_content content = content_of(&source);
		assert_fails_without_trace(*state, &content, ERR_DENIED,
					   "it was cancelled");
		assert_int_equal(asks, source.asked);
	}
}

static void recipients_that_are_none_are_refused(void **state)
{
	struct sealing *s = *state;
	struct source source = source_of(10);
	struct job_content content = content_of(&source);
	struct job_sealed sealed;
	struct jobs_recipient many[JOBS_RECIPIENTS_MAX + 1];
	for (size_t i = 0; i <= JOBS_RECIPIENTS_MAX; i++) {
		many[i] = s->to[0];
	}
	assert_fails(ERR_INVALID,
		     job_seal(s->state, ID, s->to, 0, &content, &sealed, err));
	assert_fails(ERR_INVALID,
		     job_seal(s->state, ID, many, JOBS_RECIPIENTS_MAX + 1,
			      &content, &sealed, err));
	s->to[0].key[10] ^= 1;
	assert_fails_without_trace(s, &content, ERR_INVALID, "");
	assert_int_equal(0, source.at); /* nothing was read */
}

static void an_id_that_is_none_is_refused(void **state)
{
	const struct sealing *s = *state;
	static const char *const bad[] = { "", "../x", "a/b", ID "/x",
					   "0193594e" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct source source = source_of(10);
		struct job_content content = content_of(&source);
		struct job_sealed sealed;
		assert_fails(ERR_INVALID, job_seal(s->state, bad[i], s->to, 1,
						   &content, &sealed, err));
	}
}

/* As a full disk: no file may grow over so many bytes. */
static void full_in_a_child(const struct sealing *s, rlim_t most)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = { most, most };
		struct source source = source_of(MANY);
		struct job_content content = content_of(&source);
		struct job_sealed sealed;
		struct err why = { .kind = ERR_NONE };
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		bool refused = !job_seal(s->state, ID, s->to, 1, &content,
					 &sealed, &why) &&
			       why.kind == ERR_IO;
		_exit(refused ? 0 : 1);
	}
	int status = 1;
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_int_equal(0, status);
}

static void a_full_disk_leaves_nothing(void **state)
{
	static const rlim_t most[] = { 0, 100, 70000, 1000000 };
	const struct sealing *s = *state;
	for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		full_in_a_child(s, most[i]);
		assert_int_equal(0, files_in_folder(s));
	}
}

/* A file stands where the folder ought to be. */
static void without_a_folder_nothing_is_sealed(void **state)
{
	const struct sealing *s = *state;
	char path[96];
	struct source source = source_of(10);
	struct job_content content = content_of(&source);
	struct job_sealed sealed;
	snprintf(path, sizeof(path), "%s/sealed", s->state);
	assert_done(files_write(path, "x", 1, 0600, err));
	assert_fails(ERR_IO,
		     job_seal(s->state, ID, s->to, 1, &content, &sealed, err));
	snprintf(path, sizeof(path), "%s/none", s->state);
	assert_fails(ERR_IO,
		     job_seal(path, ID, s->to, 1, &content, &sealed, err));
	assert_int_equal(0, source.at);
}

/* In a child, as somebody who may not write there, which root always may. */
static void a_folder_that_cannot_be_written_is_told(void **state)
{
	const struct sealing *s = *state;
	char path[96];
	snprintf(path, sizeof(path), "%s/sealed", s->state);
	assert_int_equal(0, mkdir(path, 0700));
	assert_int_equal(0, chmod(path, 0555));
	assert_int_equal(0, chmod(s->state, 0755));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct source source = source_of(10);
		struct job_content content = content_of(&source);
		struct job_sealed sealed;
		struct err why = { .kind = ERR_NONE };
		bool refused = (geteuid() != 0 || seteuid(65534) == 0) &&
			       !job_seal(s->state, ID, s->to, 1, &content,
					 &sealed, &why) &&
			       why.kind == ERR_IO && source.at == 0;
		_exit(refused ? 0 : 1);
	}
	int status = 1;
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_int_equal(0, status);
	assert_int_equal(0, files_in_folder(s));
}

static void a_folder_under_its_name_is_not_replaced(void **state)
{
	const struct sealing *s = *state;
	char *path = job_seal_path(s->state, ID);
	struct source source = source_of(10);
	struct job_content content = content_of(&source);
	struct job_sealed sealed;
	assert_round_trip(s, 10, 1, 0);
	job_seal_remove(s->state, ID);
	assert_int_equal(0, mkdir(path, 0700));
	assert_fails(ERR_IO,
		     job_seal(s->state, ID, s->to, 1, &content, &sealed, err));
	assert_int_equal(1, files_in_folder(s));
	mem_free(path);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(sizes_around_the_chunks),
		T(reads_of_any_length),
		T(each_recipient_opens_it),
		T(the_file_is_for_the_group_whatever_the_umask),
		T(the_job_is_in_no_file),
		T(what_was_left_of_a_try_is_replaced),
		T(a_link_is_not_followed),
		T(removing_takes_the_file_and_none_is_fine),
		T(it_is_asked_once_a_mib),
		T(an_empty_job_is_refused),
		T(a_job_that_is_too_large_is_refused),
		T(a_job_that_vanishes_leaves_nothing),
		T(what_must_not_go_on_leaves_nothing),
		T(recipients_that_are_none_are_refused),
		T(an_id_that_is_none_is_refused),
		T(a_full_disk_leaves_nothing),
		T(without_a_folder_nothing_is_sealed),
		T(a_folder_that_cannot_be_written_is_told),
		T(a_folder_under_its_name_is_not_replaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
