/* Which list of recipients a device believes. */
#include "domain/recipient_list.h"

#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/support/folder.h"
#include "tests/support/vendor.h"
#include "tests/unit/domain/people.h"

#define DAY_S (24 * 60 * 60)
#define ACTOR "command line: root"

static bool take(struct db *db, const struct buf *note, int64_t now,
		 bool *taken, struct err *err)
{
	struct note_verifier vendor;
	vendor_verifier(&vendor);
	return recipient_list_take(db, ACTOR, buf_str(note), note->len, &vendor,
				   now, taken, err);
}

static bool load(struct db *db, int64_t now, struct recipients *list,
		 struct err *err)
{
	struct note_verifier vendor;
	vendor_verifier(&vendor);
	return recipient_list_load(db, &vendor, now, list, err);
}

/* A note with this number, signed by the vendor. */
static void make_note(uint64_t number, struct buf *note)
{
	struct recipients list;
	vendor_list(&list, number, NOW);
	buf_reset(note);
	vendor_sign(&list, note);
}

static void assert_refused(struct db *db, const struct buf *note, int64_t now,
			   enum err_kind kind, const char *words)
{
	struct err err = { .kind = ERR_NONE };
	bool taken = true;
	int64_t before = entries(db, LEDGER_REFUSED);
	assert_false(take(db, note, now, &taken, &err));
	assert_int_equal(kind, err.kind);
	assert_non_null(strstr(err.text, words));
	assert_true(taken);
	assert_int_equal(before + 1, entries(db, LEDGER_REFUSED));
	assert_last_entry(db, LEDGER_REFUSED, words);
}

static void a_list_is_taken_in_once(void **state)
{
	struct temporary_db *t = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	bool taken = false;
	assert_fails(ERR_NOT_FOUND, load(t->db, NOW, &list, err));
	make_note(7, &note);
	assert_done(take(t->db, &note, NOW, &taken, err));
	assert_true(taken);
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "Example Printers, number 7, 2 recipients");
	assert_done(take(t->db, &note, NOW, &taken, err));
	assert_false(taken);
	assert_done(take(t->db, &note, NOW, NULL, err));
	assert_int_equal(1, entries(t->db, LEDGER_CONFIGURATION));
	assert_int_equal(0, entries(t->db, LEDGER_REFUSED));
	assert_done(load(t->db, NOW, &list, err));
	assert_int_equal(7, list.number);
	assert_int_equal(2, list.count);
	const struct recipient *found =
		recipient_list_find(&list, vendor_recipient_keys[1]);
	assert_non_null(found);
	assert_string_equal("Test Person", found->name);
	assert_null(recipient_list_find(&list, vendor_recipient_keys[2]));
	assert_null(recipient_list_find(&list, ""));
	assert_ledger_whole(t->db);
	buf_clear(&note);
}

static void only_a_newer_one_takes_its_place(void **state)
{
	struct temporary_db *t = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	bool taken = false;
	make_note(7, &note);
	assert_done(take(t->db, &note, NOW, NULL, err));
	make_note(6, &note);
	assert_refused(t->db, &note, NOW, ERR_DENIED, "number 7 was taken");
	vendor_list(&list, 7, NOW);
	list.count = 1;
	buf_reset(&note);
	vendor_sign(&list, &note);
	assert_refused(t->db, &note, NOW, ERR_DENIED,
		       "Another list of recipients with number 7");
	make_note(9, &note);
	assert_done(take(t->db, &note, NOW, &taken, err));
	assert_true(taken);
	make_note(7, &note);
	assert_refused(t->db, &note, NOW, ERR_DENIED, "number 9 was taken");
	assert_done(load(t->db, NOW, &list, err));
	assert_int_equal(9, list.number);
	assert_ledger_whole(t->db);
	buf_clear(&note);
}

static void dates_are_kept(void **state)
{
	struct temporary_db *t = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	make_note(1, &note); /* issued an hour before, until 30 days after */
	assert_refused(t->db, &note, NOW - 3601, ERR_DENIED, "still to come");
	assert_refused(t->db, &note, NOW + 30 * DAY_S, ERR_DENIED,
		       "expired at");
	assert_done(take(t->db, &note, NOW - 3600, NULL, err));
	assert_done(load(t->db, NOW + 10 * DAY_S - 1, &list, err));
	assert_int_equal(2, list.count);
	assert_done(load(t->db, NOW + 10 * DAY_S, &list, err));
	assert_int_equal(1, list.count);
	assert_string_equal("Colour desk", list.of[0].name);
	assert_fails(ERR_DENIED, load(t->db, NOW + 20 * DAY_S, &list, err));
	assert_fails(ERR_DENIED, load(t->db, NOW + 30 * DAY_S, &list, err));
	assert_int_equal(1, list.count);
	buf_clear(&note);
}

static void what_the_vendor_did_not_sign_is_refused(void **state)
{
	struct temporary_db *t = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	vendor_list(&list, 3, NOW);
	assert_true(recipients_put(&note, &list, NULL));
	assert_refused(t->db, &note, NOW, ERR_INVALID, "list of recipients");
	buf_reset(&note);
	vendor_other_sign(&list, &note);
	assert_refused(t->db, &note, NOW, ERR_DENIED, "list of recipients");
	make_note(3, &note);
	note.data[30] ^= 1;
	assert_refused(t->db, &note, NOW, ERR_DENIED, "list of recipients");
	buf_reset(&note);
	vendor_sign_text("sluice.recipients/v1\nvendor a\nnumber x\n", &note);
	assert_refused(t->db, &note, NOW, ERR_INVALID, "line 3: number");
	assert_fails(ERR_NOT_FOUND, load(t->db, NOW, &list, err));
	assert_int_equal(
		0, temporary_db_number(t->db,
				       "SELECT count(*) FROM recipient_lists"));
	assert_ledger_whole(t->db);
	buf_clear(&note);
}

/* The table is not believed: what stands there is checked again. */
static void a_changed_row_is_no_list(void **state)
{
	struct temporary_db *t = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	make_note(2, &note);
	assert_done(take(t->db, &note, NOW, NULL, err));
	temporary_db_run(t->db, "UPDATE recipient_lists SET note = "
				"replace(note, 'Colour', 'Color')");
	assert_fails(ERR_DENIED, load(t->db, NOW, &list, err));
	buf_clear(&note);
}

static void a_new_key_of_the_vendor_starts_anew(void **state)
{
	struct temporary_db *t = *state;
	struct note_verifier other;
	struct recipients list;
	struct buf note = BUF_INIT, before = BUF_INIT;
	bool taken = false;
	vendor_other_verifier(&other);
	make_note(900, &before);
	assert_done(take(t->db, &before, NOW, NULL, err));
	assert_fails(ERR_DENIED,
		     recipient_list_load(t->db, &other, NOW, &list, err));
	vendor_list(&list, 8, NOW);
	vendor_other_sign(&list, &note);
	assert_done(recipient_list_take(t->db, ACTOR, buf_str(&note), note.len,
					&other, NOW, &taken, err));
	assert_true(taken);
	assert_done(recipient_list_load(t->db, &other, NOW, &list, err));
	assert_int_equal(8, list.number);
	/* The same number, signed again. */
	vendor_list(&list, 900, NOW);
	buf_reset(&note);
	vendor_other_sign(&list, &note);
	assert_done(recipient_list_take(t->db, ACTOR, buf_str(&note), note.len,
					&other, NOW, &taken, err));
	assert_true(taken);
	assert_done(recipient_list_load(t->db, &other, NOW, &list, err));
	assert_int_equal(900, list.number);
	assert_fails(ERR_DENIED, load(t->db, NOW, &list, err));
	buf_clear(&note);
	buf_clear(&before);
}

/* A list that needs new pages of the database. */
static void make_big_note(struct buf *note)
{
	struct recipients list;
	vendor_list(&list, 1, NOW);
	for (size_t i = 0; i < RECIPIENTS_MAX; i++) {
		struct age_recipient key = { .key = { (uint8_t)(i + 2) } };
		struct recipient *r = &list.of[i];
		age_recipient_format(&key, r->key);
		snprintf(r->name, sizeof(r->name), "%0100zu", i);
		snprintf(r->role, sizeof(r->role), "%0100zu", i);
		r->until = list.until;
	}
	list.count = RECIPIENTS_MAX;
	vendor_sign(&list, note);
}

static void a_full_disk_is_no_refusal(void **state)
{
	struct temporary_db *t = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	make_big_note(&note);
	temporary_db_fill(t->db, true);
	assert_false(take(t->db, &note, NOW, NULL, &why));
	assert_int_equal(ERR_IO, why.kind);
	temporary_db_fill(t->db, false);
	assert_fails(ERR_NOT_FOUND, load(t->db, NOW, &list, err));
	assert_done(take(t->db, &note, NOW, NULL, err));
	buf_clear(&note);
}

static void the_vendors_key_is_in_a_file(void **state)
{
	(void)state;
	char dir[64];
	struct note_verifier vendor, found;
	struct buf text = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	folder_make(dir, sizeof(dir));
	char *path = files_join(dir, "vendor.verifier");
	struct device_config config = { .vendor_verifier = "" };
	assert_fails(ERR_NOT_FOUND,
		     recipient_list_vendor(&config, &found, err));
	config.vendor_verifier = path;
	assert_false(recipient_list_vendor(&config, &found, &why));
	assert_int_equal(ERR_NOT_FOUND, why.kind);
	assert_non_null(strstr(why.text, path));
	vendor_verifier(&vendor);
	note_verifier_put(&text, &vendor);
	assert_done(files_write(path, text.data, text.len, 0644, err));
	assert_done(recipient_list_vendor(&config, &found, err));
	assert_string_equal(VENDOR_NAME, found.name);
	assert_done(files_write(path, "x\n", 2, 0644, err));
	assert_fails(ERR_INVALID, recipient_list_vendor(&config, &found, err));
	mem_free(path);
	buf_clear(&text);
	folder_remove(dir);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_list_is_taken_in_once),
		T(only_a_newer_one_takes_its_place),
		T(dates_are_kept),
		T(what_the_vendor_did_not_sign_is_refused),
		T(a_changed_row_is_no_list),
		T(a_new_key_of_the_vendor_starts_anew),
		T(a_full_disk_is_no_refusal),
		T(the_vendors_key_is_in_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
