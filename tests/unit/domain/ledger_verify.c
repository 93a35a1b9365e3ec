/* Checking the ledger (src/domain/ledger_verify.c): no byte can be changed. */
#include "tests/unit/domain/people.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/ed25519.h"
#include "formats/note.h"

#define ORIGIN "sluice/ex7-004211"
#define ENTRIES 6

struct signer {
	struct ed25519_key key;
	struct buf verifier;
};

static void signer_init(struct signer *s, uint8_t seed)
{
	uint8_t bytes[ED25519_SEED_SIZE] = { seed };
	struct note_verifier v;
	ed25519_from_seed(bytes, &s->key);
	s->verifier = (struct buf)BUF_INIT;
	assert_done(note_verifier_of(ORIGIN, s->key.public_key, &v, err));
	note_verifier_put(&s->verifier, &v);
}

static void sign_head(struct db *db, struct signer *s)
{
	struct ledger_head head;
	struct buf text = BUF_INIT, note = BUF_INIT;
	struct note_signer signer = { ORIGIN, &s->key };
	assert_done(ledger_head(db, &head, err));
	ledger_checkpoint_text(&text, ORIGIN, &head);
	assert_done(note_sign(buf_str(&text), &signer, 1, &note, err));
	assert_done(
		ledger_checkpoint_save(db, &head, buf_str(&note), NOW, err));
	buf_clear(&text);
	buf_clear(&note);
}

static void append(struct db *db, int64_t n)
{
	struct ledger_entry e = {
		.at = NOW + n,
		.kind = LEDGER_STAGED,
		.transaction = "tx",
		.actor = "otto",
		.service = "metering",
		.grant = "gr",
		.peer = "pe",
		.bytes = (uint64_t)n + 1,
		.sha256 = "sh",
		.result = "ok",
		.text = "text",
	};
	assert_done(ledger_append(db, &e, err));
}

/* Six entries, signed at 0, 3 and 6. */
static void build(struct db *db, struct signer *s)
{
	sign_head(db, s);
	for (int64_t i = 0; i < ENTRIES; i++) {
		append(db, i);
		if (i == 2 || i == 5) {
			sign_head(db, s);
		}
	}
	temporary_db_drop_triggers(db);
	temporary_db_run(db, "PRAGMA ignore_check_constraints = ON");
}

static bool verify(struct db *db, const struct signer *s, struct err *err)
{
	struct ledger_report report;
	return ledger_verify(db, buf_str(&s->verifier), &report, err);
}

static void an_empty_log_is_whole(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_report report = { .entries = 9 };
	assert_done(ledger_verify(t->db, NULL, &report, err));
	assert_int_equal(0, report.entries);
	assert_int_equal(0, report.checkpoints);
	assert_int_equal(0, report.signed_size);
}

static void a_good_log_is_reported(void **state)
{
	struct temporary_db *t = *state;
	struct signer s;
	struct ledger_report report;
	struct ledger_head head;
	signer_init(&s, 1);
	build(t->db, &s);
	append(t->db, ENTRIES);
	assert_done(ledger_verify(t->db, buf_str(&s.verifier), &report, err));
	assert_int_equal(ENTRIES + 1, report.entries);
	assert_int_equal(3, report.checkpoints);
	assert_int_equal(ENTRIES, report.signed_size);
	assert_done(ledger_head(t->db, &head, err));
	assert_int_equal(head.size, report.head.size);
	assert_memory_equal(head.root, report.head.root, sizeof(head.root));
	buf_clear(&s.verifier);
}

/* Runs sql in a transaction, verifies, takes it back. */
static void assert_named(struct db *db, const struct signer *s, const char *sql,
			 const char *named)
{
	struct err why = { .kind = ERR_NONE };
	assert_done(db_begin(db, err));
	temporary_db_run(db, sql);
	if (verify(db, s, &why)) {
		fail_msg("not noticed: %s", sql);
	}
	if (why.kind != ERR_INVALID || strstr(why.text, named) == NULL) {
		fail_msg("%s: says %s", sql, why.text);
	}
	db_rollback(db);
}

static void cuts_and_forgeries_are_named(void **state)
{
	struct temporary_db *t = *state;
	struct signer s;
	signer_init(&s, 1);
	build(t->db, &s);
	static const char *const cases[][2] = {
		{ "DELETE FROM ledger WHERE sequence = 2", "entry 2 is" },
		{ "DELETE FROM ledger WHERE sequence = 0", "entry 0 is" },
		{ "DELETE FROM ledger WHERE sequence = 5",
		  "entries at the end are missing" },
		{ "DELETE FROM ledger", "entries at the end are missing" },
		{ "UPDATE ledger SET text = 'x' WHERE sequence = 4",
		  "entry 4 was changed" },
		{ "UPDATE ledger SET kind = 'x' WHERE sequence = 4",
		  "entry 4 was changed" },
		{ "UPDATE ledger SET actor = 'otto' || char(0) || 'x' "
		  "WHERE sequence = 1",
		  "entry 1 was changed" },
		{ "UPDATE ledger SET text = 'x', entry = replace(entry, "
		  "'text text', 'text x') WHERE sequence = 3",
		  "entry 3 was changed: its hash" },
		{ "DELETE FROM ledger_nodes WHERE level = 1 AND place = 1",
		  "node 1 of level 1 is missing" },
		{ "UPDATE ledger_nodes SET hash = zeroblob(32) "
		  "WHERE level = 2",
		  "node 0 of level 2 was changed" },
		{ "INSERT INTO ledger_nodes VALUES (0, 6, zeroblob(32))",
		  "node 6 of level 0 belongs to no entry" },
		{ "INSERT INTO ledger_nodes VALUES (5, 0, zeroblob(32))",
		  "node 0 of level 5 belongs to no entry" },
		{ "UPDATE ledger_checkpoints SET root = zeroblob(32) "
		  "WHERE size = 3",
		  "signed head of 3 entries" },
		{ "UPDATE ledger_checkpoints SET size = 4 WHERE size = 3",
		  "signed head of 4 entries" },
		{ "UPDATE ledger_checkpoints SET size = 7 WHERE size = 6",
		  "a head of 7 entries was signed" },
		{ "INSERT INTO ledger_checkpoints SELECT 3, 'no note', root "
		  "FROM ledger_checkpoints WHERE size = 3",
		  "signed head of 3 entries" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_named(t->db, &s, cases[i][0], cases[i][1]);
	}
	assert_true(verify(t->db, &s, NULL));
	buf_clear(&s.verifier);
}

static void another_key_does_not_verify(void **state)
{
	struct temporary_db *t = *state;
	struct signer s, other;
	signer_init(&s, 1);
	signer_init(&other, 2);
	build(t->db, &s);
	struct ledger_report report;
	assert_fails(ERR_INVALID, verify(t->db, &other, err));
	assert_fails(ERR_INVALID, ledger_verify(t->db, NULL, &report, err));
	assert_fails(ERR_INVALID, ledger_verify(t->db, "no key", &report, err));
	buf_clear(&s.verifier);
	buf_clear(&other.verifier);
}

/* Whoever rewrites everything lacks the key. */
static void a_whole_rewrite_breaks_at_the_signed_head(void **state)
{
	struct temporary_db *t = *state;
	struct signer s;
	signer_init(&s, 1);
	build(t->db, &s);
	temporary_db_run(t->db, "DELETE FROM ledger");
	temporary_db_run(t->db, "DELETE FROM ledger_nodes");
	temporary_db_run(t->db, "DELETE FROM ledger_checkpoints "
				"WHERE size = 0");
	for (int64_t i = 0; i < ENTRIES; i++) {
		append(t->db, i == 1 ? 100 : i);
	}
	struct err why = { .kind = ERR_NONE };
	assert_false(verify(t->db, &s, &why));
	assert_non_null(strstr(why.text, "signed head of 3 entries"));
	buf_clear(&s.verifier);
}

struct cell {
	char table[32], column[32];
	bool number;
};

static size_t all_cells(struct db *db, struct cell cells[], size_t most)
{
	static const char *const tables[] = { "ledger", "ledger_nodes",
					      "ledger_checkpoints" };
	size_t count = 0;
	for (size_t i = 0; i < 3; i++) {
		struct stmt q;
		assert_done(db_query(db, &q,
				     "SELECT name, type FROM "
				     "pragma_table_info(?)",
				     err));
		db_bind_text(&q, 1, tables[i]);
		while (db_row(&q)) {
			assert_true(count < most);
			struct cell *c = &cells[count++];
			snprintf(c->table, sizeof(c->table), "%s", tables[i]);
			snprintf(c->column, sizeof(c->column), "%s",
				 db_text(&q, 0));
			c->number = strcmp(db_text(&q, 1), "INTEGER") == 0;
		}
		assert_done(db_done(&q, err));
	}
	return count;
}

static const char *key_of(const char *table)
{
	return strcmp(table, "ledger") == 0         ? "sequence"
	       : strcmp(table, "ledger_nodes") == 0 ? "level * 1000 + place"
						    : "size";
}

/* Reads the cell's bytes of the n-th row; false after the last row. */
static bool read_cell(struct db *db, const struct cell *c, int64_t row,
		      int64_t *key, uint8_t bytes[], size_t *len)
{
	char sql[256];
	struct stmt q;
	snprintf(sql, sizeof(sql),
		 "SELECT %s, %s FROM %s ORDER BY 1 LIMIT 1 "
		 "OFFSET ?",
		 key_of(c->table), c->column, c->table);
	assert_done(db_query(db, &q, sql, err));
	db_bind_int(&q, 1, row);
	bool any = db_row(&q);
	if (any) {
		*key = db_int(&q, 0);
		const void *data = db_blob(&q, 1, len);
		assert_true(*len < 4096);
		memcpy(bytes, data, *len);
	}
	assert_done(db_done(&q, err));
	return any;
}

static void write_cell(struct db *db, const struct cell *c, int64_t key,
		       const uint8_t bytes[], size_t len)
{
	char sql[256];
	struct stmt q;
	bool blob = strcmp(c->column, "hash") == 0 ||
		    strcmp(c->column, "root") == 0;
	snprintf(sql, sizeof(sql),
		 "UPDATE %s SET %s = CAST(? AS %s) "
		 "WHERE %s = ?",
		 c->table, c->column,
		 c->number ? "INTEGER"
		 : blob    ? "BLOB"
			   : "TEXT",
		 key_of(c->table));
	assert_done(db_query(db, &q, sql, err));
	if (c->number) {
		char text[32];
		snprintf(text, sizeof(text), "%.*s", (int)len,
			 (const char *)bytes);
		db_bind_int(&q, 1, strtoll(text, NULL, 10) + 1000);
	} else {
		db_bind_blob(&q, 1, bytes, len);
	}
	db_bind_int(&q, 2, key);
	assert_done(db_run(&q, err));
}

static void assert_flip_noticed(struct db *db, const struct signer *s,
				const struct cell *c, int64_t key,
				uint8_t bytes[], size_t len, size_t at)
{
	struct err why = { .kind = ERR_NONE };
	uint8_t before = at < len ? bytes[at] : 0;
	if (at < len) {
		bytes[at] ^= 1;
	}
	assert_done(db_begin(db, err));
	write_cell(db, c, key, bytes, len);
	if (verify(db, s, &why)) {
		fail_msg("not noticed: byte %zu of %s.%s in row %lld", at,
			 c->table, c->column, (long long)key);
	}
	assert_int_equal(ERR_INVALID, why.kind);
	db_rollback(db);
	if (at < len) {
		bytes[at] = before;
	}
}

static void any_flipped_byte_of_any_table_is_noticed(void **state)
{
	struct temporary_db *t = *state;
	struct signer s;
	struct cell cells[32];
	size_t flips = 0;
	signer_init(&s, 1);
	build(t->db, &s);
	size_t count = all_cells(t->db, cells, 32);
	assert_true(count >= 19);
	for (size_t i = 0; i < count; i++) {
		int64_t key = 0;
		uint8_t bytes[4096];
		size_t len = 0;
		for (int64_t row = 0;
		     read_cell(t->db, &cells[i], row, &key, bytes, &len);
		     row++) {
			size_t n = cells[i].number ? 1 : len;
			for (size_t at = 0; at < n; at++) {
				assert_flip_noticed(t->db, &s, &cells[i], key,
						    bytes, len, at);
				flips++;
			}
		}
	}
	assert_true(flips > 1000);
	assert_true(verify(t->db, &s, NULL));
	buf_clear(&s.verifier);
}

static void writers_need_not_wait(void **state)
{
	struct temporary_db *t = *state;
	struct db *reader = NULL;
	struct ledger_report report;
	append(t->db, 0);
	assert_done(db_open(t->path, DB_READ_ONLY, &reader, err));
	assert_done(db_begin(t->db, err));
	append(t->db, 1);
	assert_done(ledger_verify(reader, NULL, &report, err));
	assert_int_equal(1, report.entries);
	assert_done(db_commit(t->db, err));
	db_close(reader);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(an_empty_log_is_whole),
		T(a_good_log_is_reported),
		T(cuts_and_forgeries_are_named),
		T(another_key_does_not_verify),
		T(a_whole_rewrite_breaks_at_the_signed_head),
		T(any_flipped_byte_of_any_table_is_noticed),
		T(writers_need_not_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
