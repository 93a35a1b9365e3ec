/* People's side of the outbox (src/domain/outbox_stage.c). */
#include "domain/outbox.h"

#include <string.h>

#include "base/mem.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "tests/unit/domain/people.h"

static int with_grants(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	return 0;
}

static bool approve(struct db *db, const struct outbox_item *item,
		    struct err *err)
{
	return outbox_approve(db, "otto", item->transaction, item->sha256,
			      NOW + 7, err);
}

static struct outbox_item new_item(struct db *db)
{
	struct transmission_head head = { .grants_count = 0 };
	struct outbox_item item = {
		.state = OUTBOX_STAGED,
		.services = METERING,
		.created_at = NOW,
		.created_by = "otto",
	};
	uuid_v7(item.transaction, (int64_t)NOW * 1000);
	assert_done(consent_grants(db, METERING, NOW, &head, err));
	strcpy(item.grants, head.grants[0].id);
	return item;
}

static void a_preview_is_stored_with_what_it_leaves_out(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item = new_item(t->db), found;
	struct withheld rows[] = {
		{ "CustomerInfo", "", CLASS_PERSONAL, "personal data", 1 },
		{ "Status", "HostName", CLASS_NETWORK, "network", 2 },
		{ "Status", "Mystery", CLASS_UNSET, "not in the catalogue", 7 },
	};
	struct withheld_list left = { .at = rows, .count = 3 },
			     read = { .at = NULL };
	assert_done(outbox_stage(t->db, &item, "<x/>", 4, &left, err));
	assert_done(outbox_get(t->db, item.transaction, &found, err));
	assert_int_equal(OUTBOX_STAGED, found.state);
	assert_int_equal(STAGE_PREPARED, found.stage);
	assert_int_equal(METERING, found.services);
	assert_int_equal(4, found.bytes);
	assert_int_equal(64, strlen(found.sha256));
	assert_string_equal("otto", found.created_by);
	assert_int_equal(0, found.approved_at);
	assert_string_equal("", found.peer);
	assert_done(outbox_withheld(t->db, item.transaction, &read, err));
	assert_int_equal(3, read.count);
	assert_string_equal("Status", read.at[1].document);
	assert_string_equal("HostName", read.at[1].path);
	assert_int_equal(CLASS_NETWORK, read.at[1].class);
	assert_int_equal(7, read.at[2].count);
	mem_free(read.at);
	assert_int_equal(1, entries(t->db, LEDGER_STAGED));
	assert_last_entry(t->db, LEDGER_WITHHELD,
			  "3 fields left out: 1 not "
			  "in the catalogue, 1 network, 1 personal");
}

static void a_newer_preview_replaces_older_ones(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two, other, sample, queued;
	queue_item(t->db, METERING, NOW, &queued);
	stage_item(t->db, METERING, false, NULL, NOW, &one);
	stage_item(t->db, SUPPLIES, false, NULL, NOW, &other);
	stage_item(t->db, METERING, false, NULL, NOW + 1, &two);
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, one.transaction));
	assert_int_equal(OUTBOX_STAGED, state_of(t->db, other.transaction));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, queued.transaction));
	assert_done(outbox_get(t->db, one.transaction, &one, err));
	assert_string_equal("replaced by a newer preview", one.problem);
	stage_item(t->db, METERING, true, NULL, NOW + 2, &sample);
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, two.transaction));
	assert_int_equal(OUTBOX_SAMPLE, state_of(t->db, sample.transaction));
}

static bool try_stage(struct db *db, const struct outbox_item *item,
		      const char *body, struct err *err)
{
	return outbox_stage(db, item, body, strlen(body), NULL, err);
}

static void wrong_items_are_invalid(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item good = new_item(t->db), bad;
	bad = good;
	bad.state = OUTBOX_QUEUED;
	assert_fails(ERR_INVALID, try_stage(t->db, &bad, "x", err));
	bad = good;
	strcpy(bad.transaction, "no uuid");
	assert_fails(ERR_INVALID, try_stage(t->db, &bad, "x", err));
	bad = good;
	bad.services = 0;
	assert_fails(ERR_INVALID, try_stage(t->db, &bad, "x", err));
	bad = good;
	bad.services = 1u << 28;
	assert_fails(ERR_INVALID, try_stage(t->db, &bad, "x", err));
	bad = good;
	bad.state = OUTBOX_SAMPLE;
	assert_fails(ERR_INVALID, try_stage(t->db, &bad, "x", err));
	bad = good;
	bad.bytes = 2;
	assert_fails(ERR_INVALID, try_stage(t->db, &bad, "x", err));
	bad = good;
	memset(bad.sha256, '0', 64);
	assert_fails(ERR_INVALID, try_stage(t->db, &bad, "x", err));
	assert_fails(ERR_INVALID, try_stage(t->db, &good, "", err));
	assert_done(try_stage(t->db, &good, "x", err));
	assert_fails(ERR_INVALID, try_stage(t->db, &good, "x", err));
}

static void too_big_is_a_limit(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item = new_item(t->db);
	size_t size = TRANSMISSION_MAX + 1;
	char *big = mem_zalloc(size);
	assert_fails(ERR_LIMIT,
		     outbox_stage(t->db, &item, big, size, NULL, err));
	assert_done(outbox_stage(t->db, &item, big, size - 1, NULL, err));
	mem_free(big);
}

static void nothing_is_staged_without_its_grants(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item = new_item(t->db);
	item.services = METERING | SUPPLIES;
	assert_fails(ERR_DENIED, try_stage(t->db, &item, "x", err));
	item = new_item(t->db);
	item.grants[0] = '\0';
	assert_fails(ERR_DENIED, try_stage(t->db, &item, "x", err));
	item = new_item(t->db);
	assert_done(
		consent_withdraw(t->db, "c", SERVICE_METERING, NOW, NULL, err));
	assert_fails(ERR_DENIED, try_stage(t->db, &item, "x", err));
	assert_int_equal(0, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "transmissions"));
	assert_int_equal(0, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "bodies"));
}

static void send_needs_the_hash_that_was_seen(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	stage_item(t->db, METERING, false, NULL, NOW, &item);
	static const char *const hashes[] = {
		"", NULL, "x",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
		"b855"
	};
	for (size_t i = 0; i < 4; i++) {
		assert_fails(ERR_INVALID,
			     outbox_approve(t->db, "otto", item.transaction,
					    hashes[i], NOW, err));
	}
	assert_int_equal(OUTBOX_STAGED, state_of(t->db, item.transaction));
	assert_done(approve(t->db, &item, err));
	assert_fails(ERR_INVALID,
		     outbox_approve(t->db, "otto", item.transaction, "x", NOW,
				    err));
	assert_done(outbox_get(t->db, item.transaction, &item, err));
	assert_int_equal(OUTBOX_QUEUED, item.state);
	assert_int_equal(NOW + 7, item.approved_at);
	assert_string_equal("otto", item.approved_by);
	assert_last_entry(t->db, LEDGER_APPROVED, "exactly these bytes");
	assert_fails(ERR_NOT_FOUND, outbox_approve(t->db, "otto", "none",
						   item.sha256, NOW, err));
}

static void pressing_send_again_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	stage_item(t->db, METERING, false, NULL, NOW, &item);
	assert_done(approve(t->db, &item, err));
	assert_done(outbox_approve(t->db, "anna", item.transaction, item.sha256,
				   NOW + 99, err));
	assert_done(outbox_begin(t->db, item.transaction, "peer", NOW, err));
	assert_done(approve(t->db, &item, err));
	assert_done(
		outbox_sent(t->db, item.transaction, "note", NOW, NOW, err));
	assert_done(approve(t->db, &item, err));
	assert_int_equal(1, entries(t->db, LEDGER_APPROVED));
	assert_done(outbox_get(t->db, item.transaction, &item, err));
	assert_string_equal("otto", item.approved_by);
}

static void a_sample_is_never_sent(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	stage_item(t->db, METERING, true, NULL, NOW, &item);
	assert_fails(ERR_DENIED, approve(t->db, &item, err));
	assert_fails(ERR_DENIED,
		     outbox_begin(t->db, item.transaction, "p", NOW, err));
	assert_int_equal(OUTBOX_SAMPLE, state_of(t->db, item.transaction));
}

static void send_without_a_grant_is_refused_and_logged(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	stage_item(t->db, METERING, false, NULL, NOW, &item);
	/* The program was updated since: other words. */
	temporary_db_run(t->db, "DROP TRIGGER grants_end_once");
	temporary_db_run(t->db, "UPDATE grants SET text_sha256 = "
				"printf('%064d', 0) WHERE service = 1");
	assert_fails(ERR_DENIED, approve(t->db, &item, err));
	assert_int_equal(OUTBOX_STAGED, state_of(t->db, item.transaction));
	assert_last_entry(t->db, LEDGER_REFUSED, "changed since");
}

static void cancelling_says_who_and_why(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	assert_done(outbox_cancel(t->db, "otto", item.transaction,
				  "pressed\nCancel", NOW, err));
	assert_done(outbox_get(t->db, item.transaction, &item, err));
	assert_int_equal(OUTBOX_CANCELLED, item.state);
	assert_null(strchr(item.problem, '\n'));
	assert_last_entry(t->db, LEDGER_CANCELLED, "Cancel");
	assert_fails(ERR_NOT_FOUND,
		     outbox_cancel(t->db, "otto", "none", "x", NOW, err));
}

static void purging_takes_all_that_hold_a_service(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two, three, sending;
	size_t count = 9;
	queue_item(t->db, METERING, NOW, &sending);
	assert_done(outbox_begin(t->db, sending.transaction, "p", NOW, err));
	queue_item(t->db, METERING | SUPPLIES, NOW, &one);
	stage_item(t->db, METERING, true, NULL, NOW, &two);
	stage_item(t->db, SUPPLIES, false, NULL, NOW, &three);
	assert_done(outbox_purge(t->db, "carla", METERING, NOW, &count, err));
	/* The sample goes too, but waited for nothing. */
	assert_int_equal(1, count);
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, one.transaction));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, two.transaction));
	assert_int_equal(OUTBOX_STAGED, state_of(t->db, three.transaction));
	/* What is on its way cannot be called back; the log says so. */
	assert_int_equal(OUTBOX_SENDING, state_of(t->db, sending.transaction));
	assert_done(outbox_purge(t->db, "carla", METERING, NOW, &count, err));
	assert_int_equal(0, count);
}

static void a_full_disk_at_staging_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, item;
	size_t size = 500000;
	char *big = mem_alloc(size);
	memset(big, 'x', size);
	stage_item(t->db, METERING, false, NULL, NOW, &old);
	item = new_item(t->db);
	int64_t before = entries(t->db, LEDGER_UNSET);
	struct err why = { .kind = ERR_NONE };
	temporary_db_fill(t->db, true);
	assert_false(outbox_stage(t->db, &item, big, size, NULL, &why));
	assert_int_equal(ERR_IO, why.kind);
	assert_non_null(strstr(why.text, "nothing was lost"));
	assert_int_equal(OUTBOX_STAGED, state_of(t->db, old.transaction));
	assert_int_equal(before, entries(t->db, LEDGER_UNSET));
	struct buf body = BUF_INIT;
	assert_done(outbox_body(t->db, old.transaction, &body, err));
	buf_clear(&body);
	temporary_db_fill(t->db, false);
	assert_done(outbox_stage(t->db, &item, big, size, NULL, err));
	assert_ledger_whole(t->db);
	mem_free(big);
}

static void what_nobody_pressed_says_why_it_is_sent(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	stage_item(t->db, METERING, false, NULL, NOW, &item);
	assert_fails(ERR_INVALID,
		     outbox_approve_automatic(t->db, "otto", item.transaction,
					      item.sha256, "jam", NOW, err));
	assert_done(outbox_approve_automatic(t->db, AUTOMATIC_ALARM,
					     item.transaction, item.sha256,
					     "jam", NOW, err));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
	assert_last_entry(t->db, LEDGER_APPROVED, "nobody pressed Send: jam");
}

static void the_timer_replaces_no_preview(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item preview, item = { .state = OUTBOX_STAGED };
	stage_item(t->db, METERING, false, NULL, NOW, &preview);
	uuid_v7(item.transaction, (int64_t)NOW * 1000);
	item.services = METERING;
	memcpy(item.grants, preview.grants, sizeof(item.grants));
	item.created_at = NOW;
	strcpy(item.created_by, AUTOMATIC_TIMER);
	assert_done(outbox_stage(t->db, &item, "other", 5, NULL, err));
	assert_int_equal(OUTBOX_STAGED, state_of(t->db, preview.transaction));
	assert_last_entry(t->db, LEDGER_STAGED, "to be sent by itself");
}

static void only_what_this_maker_queued_is_purged(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	assert_done(outbox_purge_made_by(t->db, "ada", AUTOMATIC_TIMER,
					 METERING, "off", NOW, err));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
	assert_done(outbox_get(t->db, item.transaction, &item, err));
	assert_done(outbox_purge_made_by(t->db, "ada", item.created_by,
					 SUPPLIES, "off", NOW, err));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
	assert_done(outbox_purge_made_by(t->db, "ada", item.created_by,
					 METERING, "off", NOW, err));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, item.transaction));
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_grants, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(what_nobody_pressed_says_why_it_is_sent),
		T(the_timer_replaces_no_preview),
		T(only_what_this_maker_queued_is_purged),
		T(a_preview_is_stored_with_what_it_leaves_out),
		T(a_newer_preview_replaces_older_ones),
		T(wrong_items_are_invalid),
		T(too_big_is_a_limit),
		T(nothing_is_staged_without_its_grants),
		T(send_needs_the_hash_that_was_seen),
		T(pressing_send_again_changes_nothing),
		T(a_sample_is_never_sent),
		T(send_without_a_grant_is_refused_and_logged),
		T(cancelling_says_who_and_why),
		T(purging_takes_all_that_hold_a_service),
		T(a_full_disk_at_staging_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
