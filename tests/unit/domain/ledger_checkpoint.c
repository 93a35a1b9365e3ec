/* Signed heads (src/domain/ledger_checkpoint.c). */
#include "tests/unit/domain/people.h"

#include <string.h>

static void the_text_is_that_of_tlog_checkpoint(void **state)
{
	(void)state;
	struct ledger_head head = { 42, { 0 } };
	struct buf out = BUF_INIT;
	ledger_checkpoint_text(&out, "sluice/ex7-004211", &head);
	assert_string_equal("sluice/ex7-004211\n42\n"
			    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
			    buf_str(&out));
	buf_clear(&out);
}

static void the_newest_is_read_back(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_head head = { 3, { 1, 2, 3 } };
	struct ledger_head found;
	struct buf note = BUF_INIT;
	assert_fails(ERR_NOT_FOUND,
		     ledger_checkpoint_last(t->db, &found, &note, err));
	assert_done(ledger_checkpoint_save(t->db, &head, "three", NOW, err));
	head.size = 12;
	assert_done(ledger_checkpoint_save(t->db, &head, "twelve", NOW, err));
	head.size = 7;
	assert_done(ledger_checkpoint_save(t->db, &head, "seven", NOW, err));
	assert_done(ledger_checkpoint_last(t->db, &found, &note, err));
	assert_int_equal(12, found.size);
	assert_memory_equal(head.root, found.root, sizeof(found.root));
	assert_string_equal("twelve", buf_str(&note));
	buf_clear(&note);
}

static void saving_the_same_again_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_head head = { 3, { 1, 2, 3 } };
	assert_done(ledger_checkpoint_save(t->db, &head, "n", NOW, err));
	assert_done(ledger_checkpoint_save(t->db, &head, "n", NOW, err));
	assert_done(ledger_checkpoint_save(t->db, &head, "cosigned", NOW, err));
	assert_int_equal(2, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "ledger_checkpoints"));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_that_of_tlog_checkpoint),
		T(the_newest_is_read_back),
		T(saving_the_same_again_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
