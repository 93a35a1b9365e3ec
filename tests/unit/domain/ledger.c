/* Canonical text, appending, the head (src/domain/ledger.c). */
#include "tests/unit/domain/people.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "formats/merkle.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define UUID "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"

static struct ledger_entry full_entry(void)
{
	return (struct ledger_entry){
		.at = 1764000000,
		.kind = LEDGER_STAGED,
		.transaction = UUID,
		.actor = "otto",
		.service = "metering supplies",
		.grant = UUID " " UUID,
		.peer = HASH,
		.bytes = 2048,
		.sha256 = HASH,
		.result = "ok",
		.text = "prepared",
	};
}

static void append(struct db *db, struct ledger_entry *e)
{
	assert_done(ledger_append(db, e, err));
}

/* The format of the opening comment, byte by byte. */
static void the_canonical_text_is_as_specified(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	struct ledger_entry e = full_entry();
	e.sequence = 17;
	ledger_entry_put(&out, &e);
	assert_string_equal("sluice.entry/v1\n"
			    "sequence 17\n"
			    "at 2025-11-24T16:00:00Z\n"
			    "kind staged\n"
			    "transaction " UUID "\n"
			    "actor otto\n"
			    "service metering supplies\n"
			    "grant " UUID " " UUID "\n"
			    "peer " HASH "\n"
			    "bytes 2048\n"
			    "sha256 " HASH "\n"
			    "result ok\n"
			    "text prepared\n",
			    buf_str(&out));
	buf_clear(&out);
	struct ledger_entry least = { .at = 0,
				      .kind = LEDGER_READ,
				      .text = "" };
	ledger_entry_put(&out, &least);
	assert_string_equal("sluice.entry/v1\nsequence 0\n"
			    "at 1970-01-01T00:00:00Z\nkind read\n",
			    buf_str(&out));
	buf_clear(&out);
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;
	for (; *text != '\0'; text++) {
		lines += *text == '\n';
	}
	return lines;
}

static void hostile_texts_forge_no_line(void **state)
{
	struct temporary_db *t = *state;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		const char *bad = hostile_texts[i];
		struct ledger_entry e = {
			.at = NOW,
			.kind = LEDGER_REFUSED,
			.transaction = bad,
			.actor = bad,
			.service = bad,
			.grant = bad,
			.peer = bad,
			.sha256 = bad,
			.result = bad,
			.text = bad,
		};
		struct buf out = BUF_INIT;
		ledger_entry_put(&out, &e);
		assert_int_equal(12, count_lines(buf_str(&out)));
		assert_true(text_is_utf8(buf_str(&out), out.len));
		buf_clear(&out);
		append(t->db, &e);
	}
	assert_ledger_whole(t->db);
}

static void a_megabyte_of_text_is_cut(void **state)
{
	struct temporary_db *t = *state;
	size_t size = 1024 * 1024;
	char *big = mem_alloc(size + 1);
	memset(big, 0xe2, size);
	big[size] = '\0';
	struct ledger_entry e = {
		.at = NOW, .kind = LEDGER_REFUSED, .actor = big, .text = big
	};
	append(t->db, &e);
	mem_free(big);
	assert_true(temporary_db_number(t->db, "SELECT length(CAST(entry AS "
					       "BLOB)) FROM ledger") < 4096);
	assert_ledger_whole(t->db);
}

static void entries_are_numbered_from_zero(void **state)
{
	struct temporary_db *t = *state;
	for (int64_t i = 0; i < 5; i++) {
		struct ledger_entry e = full_entry();
		append(t->db, &e);
		assert_int_equal(i, e.sequence);
	}
}

/* Independent of what is stored: leaves from the texts, roots from merkle. */
static void the_head_is_the_tree_of_the_texts(void **state)
{
	struct temporary_db *t = *state;
	struct merkle tree;
	struct ledger_head head;
	uint8_t root[MERKLE_HASH_SIZE], leaf[MERKLE_HASH_SIZE];
	merkle_init(&tree);
	for (uint64_t i = 0; i <= 40; i++) {
		assert_done(ledger_head(t->db, &head, err));
		merkle_root(&tree, root);
		assert_int_equal(i, head.size);
		assert_memory_equal(root, head.root, sizeof(root));
		struct ledger_entry e = full_entry();
		e.bytes = i;
		append(t->db, &e);
		struct buf out = BUF_INIT;
		ledger_entry_put(&out, &e);
		merkle_leaf_hash(out.data, out.len, leaf);
		assert_true(merkle_append_store(&tree, leaf, NULL, NULL));
		buf_clear(&out);
	}
}

static void the_head_of_nothing_is_the_hash_of_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_head head;
	uint8_t nothing[SHA256_SIZE];
	sha256_bytes(NULL, 0, nothing);
	assert_done(ledger_head(t->db, &head, err));
	assert_int_equal(0, head.size);
	assert_memory_equal(nothing, head.root, sizeof(nothing));
}

static void an_append_belongs_to_the_callers_transaction(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_entry e = full_entry();
	struct ledger_head head;
	append(t->db, &e);
	assert_done(db_begin(t->db, err));
	append(t->db, &e);
	assert_int_equal(1, e.sequence);
	db_rollback(t->db);
	assert_done(ledger_head(t->db, &head, err));
	assert_int_equal(1, head.size);
	append(t->db, &e);
	assert_ledger_whole(t->db);
}

static void a_full_disk_loses_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_entry e = full_entry();
	uint64_t done = 0;
	temporary_db_fill(t->db, true);
	struct err why = { .kind = ERR_NONE };
	e.sequence = -7;
	while (ledger_append(t->db, &e, &why)) {
		done++;
		assert_true(done < 1000);
		e.sequence = -7;
	}
	assert_int_equal(ERR_IO, why.kind);
	assert_non_null(strstr(why.text, "disk is full"));
	assert_int_equal(-7, e.sequence);
	struct ledger_head head;
	assert_done(ledger_head(t->db, &head, err));
	assert_int_equal(done, head.size);
	temporary_db_fill(t->db, false);
	append(t->db, &e);
	assert_ledger_whole(t->db);
}

static void two_processes_append_without_a_gap(void **state)
{
	struct temporary_db *t = *state;
	pid_t child[2];
	db_close(t->db);
	t->db = NULL;
	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			struct db *db = NULL;
			bool ok = db_open(t->path, DB_READ_WRITE, &db, NULL);
			for (int k = 0; ok && k < 50; k++) {
				struct ledger_entry e = full_entry();
				ok = ledger_append(db, &e, NULL);
			}
			_exit(ok ? 0 : 1);
		}
	}
	for (int i = 0; i < 2; i++) {
		int status = 1;
		assert_int_equal(child[i], waitpid(child[i], &status, 0));
		assert_int_equal(0, status);
	}
	assert_done(db_open(t->path, DB_READ_WRITE, &t->db, err));
	struct ledger_report report;
	assert_done(ledger_verify(t->db, NULL, &report, err));
	assert_int_equal(100, report.entries);
}

static void damaged_nodes_stop_appending(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_entry e = full_entry();
	struct ledger_head head;
	append(t->db, &e);
	temporary_db_drop_triggers(t->db);
	temporary_db_run(t->db, "DELETE FROM ledger_nodes");
	assert_fails(ERR_INVALID, ledger_append(t->db, &e, err));
	assert_fails(ERR_INVALID, ledger_head(t->db, &head, err));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_canonical_text_is_as_specified),
		T(hostile_texts_forge_no_line),
		T(a_megabyte_of_text_is_cut),
		T(entries_are_numbered_from_zero),
		T(the_head_is_the_tree_of_the_texts),
		T(the_head_of_nothing_is_the_hash_of_nothing),
		T(an_append_belongs_to_the_callers_transaction),
		T(a_full_disk_loses_nothing),
		T(two_processes_append_without_a_gap),
		T(damaged_nodes_stop_appending),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
