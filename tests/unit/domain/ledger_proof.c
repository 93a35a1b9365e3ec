/* The proof that the log only grew, between any two of its sizes. */
#include <string.h>

#include "tests/unit/domain/people.h"

#define ENTRIES 20

static void append(struct db *db)
{
	struct ledger_entry entry = {
		.at = NOW, .kind = LEDGER_GRANT, .actor = "test", .result = "ok"
	};
	assert_done(ledger_append(db, &entry, err));
}

static void every_size_grew_out_of_every_earlier_one(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_head heads[ENTRIES + 1];
	struct merkle_proof proof;
	for (uint64_t n = 1; n <= ENTRIES; n++) {
		append(t->db);
		assert_done(ledger_head(t->db, &heads[n], err));
	}
	for (uint64_t n = 1; n <= ENTRIES; n++) {
		for (uint64_t m = 1; m <= n; m++) {
			assert_done(
				ledger_consistency(t->db, m, n, &proof, err));
			assert_true(merkle_consistency_verify(
				m, n, proof.hash, proof.count, heads[m].root,
				heads[n].root));
			assert_true(m == n ||
				    !merkle_consistency_verify(
					    m, n, proof.hash, proof.count,
					    heads[n].root, heads[n].root));
		}
	}
}

static void sizes_that_never_were_are_refused(void **state)
{
	struct temporary_db *t = *state;
	struct merkle_proof proof = { .count = 99 };
	append(t->db);
	append(t->db);
	assert_fails(ERR_INVALID, ledger_consistency(t->db, 0, 2, &proof, err));
	assert_fails(ERR_INVALID, ledger_consistency(t->db, 2, 1, &proof, err));
	assert_fails(ERR_INVALID, ledger_consistency(t->db, 1, 3, &proof, err));
	assert_int_equal(proof.count, 99);
}

static void a_damaged_tree_gives_no_proof(void **state)
{
	struct temporary_db *t = *state;
	struct merkle_proof proof;
	for (int i = 0; i < 5; i++) {
		append(t->db);
	}
	temporary_db_drop_triggers(t->db);
	temporary_db_run(t->db, "DELETE FROM ledger_nodes WHERE level = 1");
	assert_fails(ERR_INVALID, ledger_consistency(t->db, 3, 5, &proof, err));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(every_size_grew_out_of_every_earlier_one),
		T(sizes_that_never_were_are_refused),
		T(a_damaged_tree_gives_no_proof),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
